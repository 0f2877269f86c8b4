"""The plain engine: nothing is lost or doubled when a worker dies, and what is done is not done again."""

import functools
import os
import signal

import numpy as np
import pytest

from tlcourse.pipeline import Job, partitions
from tlcourse.pipeline.local_engine import LocalEngine
from tlcourse.research.pipeline_steps import pending

ROWS = {"name": np.array([f"{number:03d}" for number in range(100)])}


def doubled(batches, calls=None):
    """Step: twice the number in each name; notes each call in a folder."""
    for batch in batches:
        if calls is not None:
            (calls / f"{batch['name'][0]}_{os.getpid()}_{os.urandom(4).hex()}").touch()
        yield {**batch, "twice": 2 * batch["name"].astype(int)}


def deadly(batches, mark=None):
    """Step: kills its process at row 050; only the first time if there is a `mark`."""
    for batch in doubled(batches):
        if "050" in batch["name"] and (mark is None or not mark.exists()):
            if mark is not None:
                mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        yield batch


def faulty(batches):
    """Step: cannot do row 050."""
    for batch in doubled(batches):
        if "050" in batch["name"]:
            raise ZeroDivisionError("no row 050")
        yield batch


def job(step, folder, rows=ROWS, made_with="test"):
    return Job(step, rows, folder, {"name": "string", "twice": "bigint"}, made_with, pending)


def assert_complete(folder, count=100):
    rows = partitions.read(folder)
    assert rows["name"].tolist() == ROWS["name"][:count].tolist()
    assert rows["twice"].tolist() == [2 * number for number in range(count)]


@pytest.mark.parametrize("workers", [1, 2])
def test_rows_come_back_in_order(workers, tmp_path):
    LocalEngine(workers, chunk_rows=30).run(job(doubled, tmp_path / "out"))
    assert_complete(tmp_path / "out")


def test_a_killed_worker_loses_and_doubles_nothing(tmp_path):
    mark = tmp_path / "killed"
    LocalEngine(2, chunk_rows=10).run(job(functools.partial(deadly, mark=mark), tmp_path / "out"))
    assert mark.exists()
    assert_complete(tmp_path / "out")


def test_a_chunk_that_always_kills_its_worker_ends_the_run(tmp_path):
    with pytest.raises(RuntimeError, match=r"part-00005-\w+ of .* failed 2 times: its process died"):
        LocalEngine(2, chunk_rows=10, attempts=2).run(job(deadly, tmp_path / "out"))
    with pytest.raises(ValueError, match="not finished"):
        partitions.read(tmp_path / "out")


def test_the_last_chunk_that_is_left_does_not_kill_the_engine_itself(tmp_path):
    with pytest.raises(RuntimeError, match="its process died"):
        LocalEngine(2, chunk_rows=100, attempts=2).run(job(deadly, tmp_path / "out"))


def test_a_chunk_that_always_fails_is_named_with_the_reason(tmp_path):
    with pytest.raises(RuntimeError, match=r"part-00005-\w+ of .* failed 3 times: ZeroDivisionError: no row 050"):
        LocalEngine(1, chunk_rows=10).run(job(faulty, tmp_path / "out"))


def calls_of_a_second_run(tmp_path, damage):
    """The first rows of the batches that a second run works on, after `damage` to the folder of the first."""
    out, calls = tmp_path / "out", tmp_path / "calls"
    calls.mkdir()
    LocalEngine(1, chunk_rows=25).run(job(doubled, out))
    damage(out)
    LocalEngine(1, chunk_rows=25).run(job(functools.partial(doubled, calls=calls), out))
    assert_complete(out)
    return sorted(path.name.split("_")[0] for path in calls.iterdir())


def test_what_is_done_is_not_done_again(tmp_path):
    assert calls_of_a_second_run(tmp_path, lambda out: None) == []


def test_an_interrupted_run_goes_on(tmp_path):
    def interrupt(out):
        (out / "_parts.json").unlink()
        for path in out.glob("part-0000[12]-*"):
            path.unlink()

    assert calls_of_a_second_run(tmp_path, interrupt) == ["025", "050"]


def test_a_half_written_part_is_not_taken_for_a_whole_one(tmp_path):
    def halve(out):
        (part,) = out.glob("part-00001-*.npz")
        part.write_bytes(part.read_bytes()[: part.stat().st_size // 2])

    assert calls_of_a_second_run(tmp_path, halve) == ["025"]


def test_a_part_without_the_proof_that_it_is_whole_is_written_again(tmp_path):
    def forget(out):
        next(out.glob("part-00003-*.json")).unlink()

    assert calls_of_a_second_run(tmp_path, forget) == ["075"]


def test_parts_of_other_rows_or_other_code_do_not_count(tmp_path):
    engine, out = LocalEngine(1, chunk_rows=25), tmp_path / "out"
    engine.run(job(doubled, out))
    before = {path.name for path in out.glob("*.npz")}
    engine.run(job(doubled, out, made_with="other code"))
    assert not before & {path.name for path in out.glob("*.npz")}
    engine.run(job(doubled, out, {"name": ROWS["name"][:40]}))
    assert_complete(out, 40)


def test_a_damaged_part_of_a_finished_folder_is_named(tmp_path):
    LocalEngine(1).run(job(doubled, tmp_path / "out"))
    (part,) = (tmp_path / "out").glob("*.npz")
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 255
    part.write_bytes(content)
    with pytest.raises(ValueError, match=r"npz is damaged .*: delete it"):
        partitions.read(tmp_path / "out")


@pytest.mark.parametrize("options", [{"workers": 0}, {"chunk_rows": 0}, {"attempts": 0}])
def test_rejects_numbers_below_one(options):
    with pytest.raises(ValueError, match="must be 1 or more"):
        LocalEngine(**options)
