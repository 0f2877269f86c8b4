"""The messy files: what a correct reader makes of each is known, because it is generated."""

import numpy as np
import pytest

from tlcourse.research.pipeline_steps import STEPS
from tlcourse.samples import raw_files

PEOPLE = range(20_000, 20_004)


@pytest.fixture(scope="module")
def messy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("messy")
    return folder, raw_files.write(folder, PEOPLE, images_each=15, seed=0)


def test_the_truth_has_every_file_and_every_kind(messy):
    folder, truth = messy
    assert list(truth) == sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*"))
    assert {row.kind for row in truth.values()} == {"plain", *raw_files.SHARES, *raw_files.COPIES}


def test_a_correct_reader_finds_the_true_pixels(messy):
    folder, truth = messy
    for name, row in truth.items():
        image = STEPS.read_image((folder / name).read_bytes(), 48)
        if row.image is None:
            assert image is None, f"{name} is {row.kind}"
        else:
            error = np.abs(image.astype(int) - row.image).max()
            assert error <= (1 if row.kind == "large" else 0), f"{name} is {row.kind}"


def test_of_two_copies_one_is_kept_and_of_contradictions_none(messy):
    _, truth = messy
    by_image = {}
    for row in truth.values():
        if row.image is not None:
            by_image.setdefault(row.image.tobytes(), []).append(row)
    for rows in by_image.values():
        if len({row.person for row in rows}) > 1:
            assert {row.status for row in rows} == {"two people"}
        elif len(rows) > 1:
            assert sorted(row.status for row in rows) == ["copy", "kept"]


def test_the_same_seed_gives_the_same_files(messy, tmp_path):
    folder, truth = messy
    raw_files.write(tmp_path, PEOPLE, images_each=15, seed=0)
    assert all((tmp_path / name).read_bytes() == (folder / name).read_bytes() for name in truth)


@pytest.mark.parametrize(("people", "each"), [(range(1), 60), (range(4), 5)])
def test_rejects_too_few_files(people, each, tmp_path):
    with pytest.raises(ValueError, match="2 people and 40 files"):
        raw_files.write(tmp_path, people, each, 0)
