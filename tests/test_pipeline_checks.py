"""A folder that is data until somebody opens it, and what the log of a generator shows."""

import os
from pathlib import Path

import numpy as np
import pytest

from tlcourse import pipeline_checks
from tlcourse.exercises import values
from tlcourse.pipeline_checks import Folder

FILES = {"a.json": '{"bytes": 3}', "a.npz": b"\x00\x01\x02", "inner/": None}


@pytest.mark.parametrize("stored", [False, True])
def test_a_folder_has_its_files_when_it_is_opened(stored):
    folder = values.decoded(values.encoded(Folder(FILES))) if stored else Folder(FILES)
    path = Path(folder)
    assert {entry.name for entry in path.iterdir()} == {"a.json", "a.npz", "inner"}
    assert (folder / "a.npz").read_bytes() == FILES["a.npz"]
    assert sorted(os.listdir(folder)) == ["a.json", "a.npz", "inner"]
    assert [entry.name for entry in folder.glob("*.json")] == ["a.json"]
    assert Path(f"{folder}/inner").is_dir()


def test_each_opening_gives_an_untouched_folder():
    folder = Folder(FILES)
    Path(folder, "a.npz").unlink()
    assert Path(folder, "a.npz").is_file()


def test_a_folder_recognizes_a_change():
    for change in (
        lambda root: (root / "a.npz").unlink(),
        lambda root: (root / "a.npz").write_bytes(b"other"),
        lambda root: (root / "new.txt").touch(),
    ):
        folder = Folder(dict(FILES))
        assert not folder.has_changed()
        root = Path(folder)
        assert not folder.has_changed()
        change(root)
        assert folder.has_changed()
    missing = Folder(None)
    Path(missing).mkdir()
    assert not missing.has_changed(), "an empty folder in place of none is no harm"


@pytest.mark.parametrize(("pixels", "message"), [(np.zeros(3), "float64"), ([0], "list"), (None, "NoneType")])
def test_pixels_of_another_type_fail_with_a_message(pixels, message):
    with pytest.raises(AssertionError, match=f"should be uint8, but they are {message}"):
        pipeline_checks.require_pixels(lambda content, size: pixels)
    pipeline_checks.require_pixels(lambda content, size: np.zeros(3, np.uint8))


def test_a_folder_without_files_can_be_missing():
    assert not Path(Folder(None)).exists()
    assert Path(Folder({})).is_dir()
    with pytest.raises(AttributeError, match="no numpy"):
        _ = Folder({}).numpy


def lazily(batches, load):
    teacher = load()
    for batch in batches:
        yield teacher(batch)


def eagerly(batches, load):
    taken = list(batches)
    for batch in taken:
        yield load()(batch)


def test_a_stream_shows_loads_calls_and_what_was_read_ahead():
    batches, weights = [np.ones((2, 3)), np.ones((4, 3))], np.arange(6.0).reshape(3, 2)
    shown = pipeline_checks.stream(lazily)(batches, weights)
    assert shown["loads"] == 1
    assert shown["batches taken before each result"] == [1, 2]
    assert shown["rows in each call of the teacher"] == [2, 4]
    np.testing.assert_allclose(shown["features"][1], np.full((4, 2), [6, 9]))
    shown = pipeline_checks.stream(eagerly)(batches, weights)
    assert shown["loads"] == 2
    assert shown["batches taken before each result"] == [2, 2]


@pytest.mark.parametrize(("returned", "message"), [(None, "returns None"), ([1], "returns a list")])
def test_what_is_no_iterator_fails_with_a_message(returned, message):
    with pytest.raises(AssertionError, match=message):
        pipeline_checks.stream(lambda batches, load: returned)([], np.eye(2))


PEOPLE = [f"p{number}" for number in range(40)]


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (
            lambda person, share: "test" if hash(person) % 100 / 100 < share else "train",
            "changes from process to process",
        ),
        (lambda person, share: np.random.default_rng().choice(["test", "train"]), "at the second call"),
    ],
)
def test_an_unstable_split_fails_with_a_message(rule, message):
    with pytest.raises(AssertionError, match=message):
        pipeline_checks.splits(rule)(PEOPLE, 0.4)


def test_a_stable_split_is_shown_for_all_people():
    shown = pipeline_checks.splits(lambda person, share: "test" if person.endswith("7") else "train")(PEOPLE, 0.4)
    assert [person for person, part in shown.items() if part == "test"] == ["p7", "p17", "p27", "p37"]
