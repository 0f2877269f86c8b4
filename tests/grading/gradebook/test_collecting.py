"""Submissions from platforms' archives and from the wrong depth: each at its place, the last version of several."""

import datetime
import errno
import io
import shutil
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

from tlcourse.grading.gradebook import enrolled_people
from tlcourse.grading.gradebook.collecting import TIME_UNKNOWN, collect
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.reporting.collected_table import print_collected
from tlcourse.grading.submissions import misplaced
from tlcourse.grading.submissions.archives import BadArchive

UNIT = "01_tiny"
ROSTER = """id,first_name,last_name,email,canvas_id,moodle_id
ann,Ann,Arnold,ann@school.example,101,A1
bob,Bob,Brown,bob@school.example,102,A2
"""
MOODLE = "{}_77_assignsubmission_file_/{}"


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    (folder / "notebooks" / UNIT).mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    (folder / "roster.csv").write_text(ROSTER, encoding="utf-8")
    settings = '[course]\nid = "ml"\ntimezone = "Europe/Berlin"\n[roster]\nfile = "roster.csv"\n'
    (folder / "course.toml").write_text(settings, encoding="utf-8")
    return NbgraderCourse(folder)


def zipped(files, hour=12):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for place, (name, content) in enumerate(files.items()):
            archive.writestr(zipfile.ZipInfo(name, (2026, 12, 7, hour, place, 0)), content)
    return buffer.getvalue()


def collected(course, files=None, times=None):
    """Outcomes by student, or by label; `files` is the content of a platform's archive, or None for no source."""
    sources = []
    if files is not None:
        sources = [course.folder.parent / "download.zip"]
        sources[0].write_bytes(zipped(files))
    outcomes = collect(course, UNIT, sources, enrolled_people.course_people(course), times)
    return {outcome.student or outcome.label: outcome for outcome in outcomes}


def files_of(course, student):
    folder = course.folder / "submitted" / student / UNIT
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_platforms_archive_is_unpacked_for_each_student(course):
    inner = zipped({f"homework/{UNIT}.ipynb": "bob's", "homework/data/a.csv": "1", "__MACOSX/x": ""})
    outcomes = collected(
        course,
        {
            MOODLE.format("Ann Arnold", f"{UNIT}.ipynb"): "ann's",
            MOODLE.format("Bob Brown", "homework.zip"): inner,
            MOODLE.format("Eve Else", f"{UNIT}.ipynb"): "eve's",
        },
    )
    assert {name: outcome.action for name, outcome in outcomes.items()} == {
        "ann": "collected", "bob": "collected", "Eve Else": "not placed"
    }  # fmt: skip
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "ann's"}
    assert files_of(course, "bob") == {f"{UNIT}.ipynb": "bob's", "data/a.csv": "1"}
    assert "in the folder homework/homework" in outcomes["bob"].notes[0]
    assert "Correct the roster, or unpack the zip file" in outcomes["Eve Else"].notes[0]
    assert sorted(path.name for path in (course.folder / "submitted").iterdir()) == ["ann", "bob"]


class OldName(zipfile.ZipInfo):
    """A member whose name is in an encoding of Windows, which the archive does not state."""

    encoding = "cp437"

    def _encodeFilenameFlags(self):  # noqa: N802
        return self.filename.encode(self.encoding), self.flag_bits & ~0x800


@pytest.mark.parametrize("encoding", ["utf-8", "cp437", "cp850", "cp1252"])
def test_a_name_is_found_whatever_encoding_the_archive_leaves_unsaid(course, encoding):
    roster = "id,first_name,last_name\njorg,Jörg,Dürr-Añez\njurg,Jürg,Durr-Anez\n"
    (course.folder / "roster.csv").write_text(roster, encoding="utf-8")
    file = course.folder.parent / "old.zip"
    with zipfile.ZipFile(file, "w") as archive:
        member = OldName(MOODLE.format("Jörg Dürr-Añez", f"{UNIT}.ipynb"), (2026, 12, 7, 12, 0, 0))
        member.encoding = encoding
        archive.writestr(member, "jorg's")
    (outcome,) = collect(course, UNIT, [file], enrolled_people.course_people(course))
    assert (outcome.student, outcome.label) == ("jorg", "Jörg Dürr-Añez")
    assert files_of(course, "jorg") == {f"{UNIT}.ipynb": "jorg's"}


def test_the_table_names_once_whose_time_is_not_known(course, capsys):
    files = {MOODLE.format(name, f"{UNIT}.ipynb"): "x" for name in ("Ann Arnold", "Bob Brown")}
    print_collected(collected(course, files).values())
    shown = capsys.readouterr().out
    assert f"ann, bob: {TIME_UNKNOWN}" in shown
    assert shown.count("not known") == 1


def test_the_last_of_several_versions_counts(course):
    canvas = "arnoldann_LATE_101_9{}_{}.ipynb"
    outcomes = collected(
        course,
        {canvas.format(2, f"{UNIT}-2"): "third", canvas.format(0, UNIT): "first", canvas.format(1, f"{UNIT}-1"): "2"},
    )
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "2"}, "the time in the archive comes before the number"
    notes = " ".join(outcomes["ann"].notes)
    assert "marked it as late" in notes
    assert f"Several versions: {UNIT}-1.ipynb is the last and counts" in notes


def test_the_highest_number_counts_among_versions_of_one_minute(course):
    name = "arnoldann_101_9_{}.ipynb"
    source = course.folder.parent / "download.zip"
    with zipfile.ZipFile(source, "w") as archive:
        for version, content in ((f"{UNIT}-10", "11th"), (f"{UNIT}-9", "10th"), (UNIT, "first")):
            archive.writestr(zipfile.ZipInfo(name.format(version), (2026, 12, 7, 12, 0, 0)), content)
    collect(course, UNIT, [source], enrolled_people.course_people(course))
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "11th"}


def test_a_later_download_replaces_and_keeps_what_was_there(course):
    name = MOODLE.format("Ann Arnold", f"{UNIT}.ipynb")
    assert collected(course, {name: "1"})["ann"].action == "collected"
    assert collected(course, {name: "1"})["ann"].action == "unchanged"
    outcome = collected(course, {name: "2"})["ann"]
    assert outcome.action == "replaced"
    assert f"earlier/ann/{UNIT}/1" in " ".join(outcome.notes)
    assert (course.folder / "earlier" / "ann" / UNIT / "1" / f"{UNIT}.ipynb").read_text() == "1"
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "2"}


def test_only_the_instructor_states_when_a_submission_came(course):
    own = {"timestamp.txt": "2020-01-01 00:00:00", "submission_secret.txt": "x", f"{UNIT}.ipynb": "1"}
    outcome = collected(course, {MOODLE.format("Ann Arnold", name): text for name, text in own.items()})["ann"]
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "1"}
    assert "The student's own timestamp.txt was left out" in outcome.notes[0]
    assert "The time of submission is not known" in outcome.notes[-1]


@pytest.mark.parametrize("own", ["Timestamp.TXT", "timestamp.txt/x", "data/timestamp.txt", "SUBMISSION_SECRET.txt"])
def test_a_time_of_the_students_own_is_left_out_whatever_its_case_and_form(course, own):
    times = {"ann": datetime.datetime(2026, 12, 7, 22, 30, tzinfo=datetime.UTC)}
    outcome = collected(course, {f"ann/{UNIT}.ipynb": "1", f"ann/{own}": "2020-01-01 00:00:00"}, times)["ann"]
    assert outcome.action == "collected"
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "1", "timestamp.txt": "2026-12-07 22:30:00.000000 UTC\n"}


@pytest.mark.parametrize("place", ["ann", f"ann/{UNIT}", f"ann/{UNIT}/{UNIT}.ipynb"])
def test_a_submission_is_not_written_through_a_link(course, place):
    collected(course, {f"bob/{UNIT}.ipynb": "bob's"})
    link = course.folder / "submitted" / place
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(course.folder / "submitted" / place.replace("ann", "bob"))
    outcomes = collected(course, {f"ann/{UNIT}.ipynb": "ann's", f"bob/{UNIT}.ipynb": "bob's"})
    assert [(outcomes[name].action) for name in ("ann", "bob")] == ["not placed", "unchanged"]
    assert "this is a link" in outcomes["ann"].notes[0]
    assert files_of(course, "bob") == {f"{UNIT}.ipynb": "bob's"}


def test_times_from_a_table_are_in_the_zone_of_the_course_and_decide_between_downloads(course):
    file = course.folder.parent / "times.csv"
    file.write_text("moodle_id; time\nA1; 2026-12-07 23:30\nA2;2026-12-07 23:30 +00:00\n", encoding="utf-8-sig")
    times = enrolled_people.read_times(course, file)
    assert times["ann"] == datetime.datetime(2026, 12, 7, 22, 30, tzinfo=datetime.UTC)
    assert times["bob"].hour == 23
    name = MOODLE.format("Ann Arnold", f"{UNIT}.ipynb")
    outcome = collected(course, {name: "late"}, times)["ann"]
    assert outcome.notes == ["The time of submission was recorded: 2026-12-07 22:30:00 UTC."]
    assert files_of(course, "ann")["timestamp.txt"] == "2026-12-07 22:30:00.000000 UTC\n"
    earlier = {"ann": times["ann"] - datetime.timedelta(hours=1)}
    assert collected(course, {name: "early"}, earlier)["ann"].action == "older"
    assert files_of(course, "ann")[f"{UNIT}.ipynb"] == "late"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,time\n", "one of id, canvas_id"),
        ("id\n", "a column time"),
        ("id,time\nann,Monday\n", "line 2 .*is not a time"),
        ("id,name,time\nann,Zoë,2026-12-07 23:30\n", "is not UTF-8: save it as 'CSV UTF-8'"),
    ],
)
def test_a_table_of_times_that_cannot_be_used_is_named(course, text, message):
    file = course.folder.parent / "times.csv"
    file.write_text(text, encoding="latin-1")
    with pytest.raises(ValueError, match=message):
        enrolled_people.read_times(course, file)


@pytest.mark.parametrize(
    "place",
    [
        *(f"ann/{UNIT}.ipynb", f"{UNIT}/ann/{UNIT}.ipynb", f"ann/homework/{UNIT}.ipynb", f"ann_{UNIT}.ipynb"),
        *("ann/Copy of 01-Tiny (1).ipynb", "ann_01 tiny.ipynb"),
    ],
)
def test_a_notebook_at_the_wrong_depth_is_named_and_put_right(course, place):
    file = course.folder / "submitted" / place
    file.parent.mkdir(parents=True)
    file.write_text("1")
    ((named,),) = misplaced.find(course.paths.submitted_folder(), UNIT, set()).values()
    assert named.path == f"submitted/{place}"
    assert collected(course)["ann"].action == "collected"
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "1"}
    assert not file.exists()
    assert collected(course) == {}


def test_a_zip_file_in_a_submission_is_unpacked_and_its_time_stays(course):
    folder = course.folder / "submitted" / "ann" / UNIT
    folder.mkdir(parents=True)
    (folder / "answers.zip").write_bytes(zipped({f"deep/{UNIT}.ipynb": "1", "deep/timestamp.txt": "2020-01-01 00:00"}))
    (folder / "timestamp.txt").write_text("2026-12-07 12:00:00 UTC")
    outcome = collected(course)["ann"]
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "1", "timestamp.txt": "2026-12-07 12:00:00 UTC"}
    assert "is not known" not in " ".join(outcome.notes)


def test_what_is_at_its_place_wins_and_the_rest_is_named(course):
    for place, text in (
        (f"ann/{UNIT}/{UNIT}.ipynb", "right"),
        (f"ann/{UNIT}.ipynb", "wrong"),
        (f"zed/{UNIT}.ipynb", "x"),
    ):
        file = course.folder / "submitted" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    outcomes = collected(course)
    assert {name: outcome.action for name, outcome in outcomes.items()} == {"ann": "not placed", "zed": "not placed"}
    assert "The right place already has a notebook" in outcomes["ann"].notes[0]
    assert files_of(course, "ann") == {f"{UNIT}.ipynb": "right"}


def test_a_source_that_cannot_be_used_is_named(course, tmp_path):
    with pytest.raises(FileNotFoundError, match="no file or folder at"):
        collect(course, UNIT, [tmp_path / "none.zip"], [])
    (tmp_path / "page.zip").write_text("<html>")
    with pytest.raises(BadArchive, match=r"page\.zip: it is not a zip file"):
        collect(course, UNIT, [tmp_path / "page.zip"], [])


@pytest.mark.slow
def test_without_a_roster_the_gradebook_names_the_people(course):
    (course.folder / "course.toml").unlink()
    with course.gradebook() as book:
        book.add_student("ann", first_name="Ann", last_name="Arnold", lms_user_id="101")
    assert collected(course, {"somebody_101_9_x.ipynb": "1"})["ann"].action == "collected"
    assert files_of(course, "ann") == {"x.ipynb": "1"}


def test_a_folder_with_a_file_or_a_folder_for_each_id_is_collected(course, tmp_path):
    for name, text in (("inbox/ann.ipynb", "ann's"), (f"inbox/bob/{UNIT}.ipynb", "bob's")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    outcomes = collect(course, UNIT, [tmp_path / "inbox"], enrolled_people.course_people(course))
    assert [(outcome.student, outcome.action) for outcome in outcomes] == [("ann", "collected"), ("bob", "collected")]
    assert files_of(course, "ann") == {"ann.ipynb": "ann's"}
    assert files_of(course, "bob") == {f"{UNIT}.ipynb": "bob's"}
    assert (tmp_path / "inbox" / "ann.ipynb").exists(), "a source stays as it is"


def test_names_that_are_files_and_folders_cost_no_other_student_anything(course):
    files = {
        "ann/01_tiny.ipynb": "{}",
        "ann/data": "1",
        "ann/data/x.csv": "2",
        "bob/01_tiny.ipynb/notes.txt": "3",
        "bob/01_tiny.ipynb": "{}",
    }
    outcomes = collected(course, files)
    assert [outcome.action for outcome in outcomes.values()] == ["collected", "collected"]
    assert files_of(course, "ann") == {"01_tiny.ipynb": "{}", "data/x.csv": "2"}
    assert files_of(course, "bob") == {"01_tiny.ipynb": "{}"}
    assert "data was left out: a folder has its name." in outcomes["ann"].notes
    assert "01_tiny.ipynb/notes.txt was left out: the notebook has the name of its folder." in outcomes["bob"].notes


def test_a_submission_that_cannot_be_written_leaves_the_earlier_one_and_costs_no_other_student_anything(
    course, monkeypatch
):
    collected(course, {"ann/01_tiny.ipynb": "1", "bob/01_tiny.ipynb": "1"})
    write = Path.write_bytes

    def write_no_secret(path, data):
        if data == b"cannot be written":
            raise OSError(errno.EIO, "Input/output error", str(path))
        return write(path, data)

    monkeypatch.setattr(Path, "write_bytes", write_no_secret)
    files = {"ann/01_tiny.ipynb": "2", "ann/x": "cannot be written", "bob/01_tiny.ipynb": "2"}
    outcomes = collected(course, files)
    assert (outcomes["ann"].action, outcomes["bob"].action) == ("not placed", "replaced")
    assert "Input/output error" in outcomes["ann"].notes[0]
    assert files_of(course, "ann")["01_tiny.ipynb"] == "1"
    assert [path.name for path in (course.folder / "submitted" / "ann").iterdir()] == [UNIT]


def test_a_submission_takes_the_place_of_an_earlier_one_at_once(course, monkeypatch):
    collected(course, {"ann/01_tiny.ipynb": "1"})

    def copy(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copytree", copy)
    assert collected(course, {"ann/01_tiny.ipynb": "2"})["ann"].action == "replaced"
    assert files_of(course, "ann")["01_tiny.ipynb"] == "2"
    assert [path.name for path in (course.folder / "submitted" / "ann").iterdir()] == [UNIT]


def test_a_misplaced_submission_that_cannot_be_moved_costs_no_other_student_anything(course, monkeypatch):
    for student in ("ann", "bob"):
        file = course.folder / "submitted" / student / f"{UNIT}.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(student, encoding="utf-8")
    move = shutil.move

    def move_all_but_one(source, target):
        if "ann" in Path(source).parts:
            raise OSError(errno.EACCES, "Permission denied", str(source))
        return move(source, target)

    monkeypatch.setattr(shutil, "move", move_all_but_one)
    outcomes = collected(course)
    assert (outcomes["ann"].action, outcomes["bob"].action) == ("not placed", "collected")
    assert "Permission denied" in outcomes["ann"].notes[0]


def test_thousands_of_files_that_are_left_out_fill_no_table(course):
    outcomes = collected(course, {"ann/01_tiny.ipynb": "{}"} | {f"ann/../{number}": "" for number in range(300)})
    assert len(outcomes["ann"].notes) < 20
    assert "290 more files have such problems." in outcomes["ann"].notes
