"""The bad submissions of tests/bad_submissions: all can be read, and none gets, does or stops more than it should."""

import ast
import copy
import zlib

import bad_submissions_runner as bad_submissions
import pytest

from tlcourse import notebooks
from tlcourse.building import builder
from tlcourse.grading.gradebook import unreadable_times

FEWEST = 370


def test_there_are_enough_of_every_kind():
    listed = bad_submissions.read_all()
    assert len(listed) >= FEWEST
    for kind in bad_submissions.KINDS:
        assert sum(submission.kind == kind for submission in listed) >= 10
    assert len({submission.title for submission in listed}) == len(listed)


def test_the_cells_are_python_unless_they_are_magic():
    for submission in bad_submissions.read_all():
        for source in submission.cells.values():
            if not source.startswith("%"):
                compile(source, submission.name, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# title: x\n# kind: attack\n# status: graded\n", "does not say earns"),
        ("# title: x\n# kind: prank\n# status: graded\n# earns: 0\n", "does not exist"),
        ("# title: x\n# kind: attack\n# status: fine\n# earns: 0\n", "does not exist"),
        ("# title: x\n# kind: attack\n# status: graded\n# earns: 0\n\n# %% quadruple\npass\n", "quadruple"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path, text, message):
    (tmp_path / "bad.py").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        bad_submissions.read(tmp_path / "bad.py")


def test_gains_harm_and_losses_are_seen(tmp_path):
    """The measure itself: a mark too high, one too low, a neighbor without marks, a file that has changed."""
    bad = bad_submissions.read_all(["attack_silent_exceptions", "crash_aborts"])
    students = {"0_honest": None, f"1_{bad[0].name}": bad[0], f"2_{bad[1].name}": bad[1], "3_honest": None}

    class Outcome:
        status, flags, notes = "graded", (), ()

    outcomes = {student: Outcome for student in students}
    scores = dict(zip(students, (4.0, 4.0, 0.0, 2.0), strict=True))
    rows = [
        bad_submissions._row(submission, name, outcomes[name], scores[name])
        for name, submission in students.items()
        if submission
    ]
    harm = []
    bad_submissions._blame(rows, students, outcomes, scores, harm, between=1)
    report = bad_submissions._summary(rows, harm, 1.0, None)
    sums = [report[name] for name in ("tried", "gained_marks", "harmed_others", "stopped_batch", "lost_honest_work")]
    assert sums == [2, 1, 1, 0, 1]
    assert [row["harmed_others"] for row in rows] == [False, True]
    missing = bad_submissions._row(bad[0], "1", None, None)
    assert missing["stopped_batch"]


def test_changes_and_left_files_are_seen(tmp_path, monkeypatch):
    for name in ("solutions", "notebooks", "submitted"):
        (tmp_path / name).mkdir()
    (tmp_path / "submitted" / "a.ipynb").write_text("1")
    traces = bad_submissions.Traces(tmp_path)
    assert traces.harm() == []
    (tmp_path / "submitted" / "a.ipynb").write_text("2")
    (tmp_path / "solutions" / "new").touch()
    (tmp_path / "left-behind-x").touch()
    assert len(traces.harm()) == 3


def submitted_time(folder, content):
    """The traces of a course in which one submission has this timestamp.txt, and that file."""
    for name in ("solutions", "notebooks", "submitted/ann/unit"):
        (folder / name).mkdir(parents=True)
    file = folder / "submitted" / "ann" / "unit" / "timestamp.txt"
    file.mkdir() if content is None else file.write_bytes(content)
    if content is None:
        (file / "inner").write_text("1")
    return bad_submissions.Traces(folder), file


@pytest.mark.parametrize("content", [b"yesterday evening", None], ids=["words", "folder"])
def test_an_unreadable_time_that_is_set_aside_does_no_harm(tmp_path, content):
    traces, file = submitted_time(tmp_path, content)
    unreadable_times.set_aside([file.parent])
    assert not file.exists()
    assert traces.harm() == []


@pytest.mark.parametrize(
    ("content", "name", "after", "changed"),
    [
        (b"yesterday", "timestamp.txt.unreadable", b"yesterday?", 1),
        (b"yesterday", "timestamp.txt.old", b"yesterday", 2),
        (b"2026-11-30 10:00:00 UTC", "timestamp.txt.unreadable", b"2026-11-30 10:00:00 UTC", 2),
        (b"yesterday", "timestamp.txt", b"tomorrow", 1),
        (b"yesterday", None, None, 1),
    ],
    ids=["other bytes", "other name", "a time that can be read", "changed in place", "removed"],
)
def test_any_other_change_of_a_time_is_harm(tmp_path, content, name, after, changed):
    traces, file = submitted_time(tmp_path, content)
    file.unlink()
    if name:
        file.with_name(name).write_bytes(after)
    assert len(traces.harm()) == changed


def test_a_time_set_aside_excuses_no_other_change(tmp_path):
    traces, file = submitted_time(tmp_path, b"yesterday evening")
    unreadable_times.set_aside([file.parent])
    file.with_name("other.txt").write_text("1")
    assert traces.harm() == [f"{file.with_name('other.txt')} has changed"]


JOBS = 4  # more than processors: those that sleep until their limit is reached need none

# The fast tier's dozen: three of each kind, each stopped by another part of the grading.
DOZEN = (
    *("accident_all_cells_reversed", "accident_deleted_check", "accident_through_colab"),
    *("attack_equal_to_everything", "attack_network_abstract_socket", "attack_reads_hidden_tests"),
    *("crash_kills_its_parent", "resource_endless_loop_early", "resource_memory_at_once"),
    *("damaged_link_to_itself", "damaged_pipe", "damaged_truncated"),
)


# Attacks with one of the known tricks are flagged, with or without gain; these three hide theirs.
TRICKS = (
    *("attack_reads_frames", "attack_replaces_", "attack_strips_asserts", "attack_equal_to_everything"),
    "attack_imports_the_experiments",
)
HIDDEN = {f"attack_replaces_{what}" for what in ("globals_of_checks", "isclose_inside_numpy", "progress_class")}


def is_known_trick(row):
    """Whether an attack is one that the instructor must be told of."""
    return row["name"].startswith(TRICKS) and row["name"] not in HIDDEN


# Always in the slow tier: the issue's own examples, by their whole names.
EXAMPLES = (
    *("accident_help_and_shell", "accident_name_in_latin1_beside", "accident_star_import_of_numpy"),
    *("accident_sum_of_600_terms", "accident_time_magic_below_a_comment", "accident_video_before_a_helper"),
    *("attack_file_name_moves_the_cursor", "attack_finds_the_expected_value_among_globals", "attack_json_dumps_lies"),
    "attack_imports_the_experiments",
    *("attack_makes_a_user_namespace", "attack_reads_the_keyring", "crash_raises_cancelled_error"),
    *("resource_child_with_its_memory", "resource_sleeping_children"),
)
SHARE = 0.3  # of the rest


def chosen_by_name(name):
    """Whether the slow tier grades a bad submission besides the examples: no other file changes the answer."""
    return zlib.crc32(name.encode()) < SHARE * 2**32


def slow_names():
    """The examples and a share of the rest, without the dozen; `make bad-submissions` runs all."""
    names = (submission.name for submission in bad_submissions.read_all())
    return [name for name in names if name not in DOZEN and (name in EXAMPLES or chosen_by_name(name))]


def test_about_a_third_is_graded_with_every_example_and_a_new_file_changes_no_other_choice(monkeypatch):
    listed, names = bad_submissions.read_all(), slow_names()
    assert set(EXAMPLES) <= set(names)
    assert set(DOZEN) <= {submission.name for submission in listed}
    assert 0.28 < len(names) / len(listed) < 0.38
    for kind in bad_submissions.KINDS:
        assert sum(submission.kind == kind and submission.name in names for submission in listed) >= 5
    new = listed[0]._replace(name="accident_0_new")
    monkeypatch.setattr(bad_submissions, "read_all", lambda: [new, *listed])
    assert set(slow_names()) ^ set(names) <= {new.name}


@pytest.mark.needs_sandbox
@pytest.mark.timeout(1800)  # a busy machine takes its time
@pytest.mark.parametrize(
    "names", [DOZEN, pytest.param(slow_names(), marks=pytest.mark.slow)], ids=["a dozen", "a third"]
)
def test_no_bad_submission_gets_does_or_stops_more_than_it_should(names, tmp_path, monkeypatch):
    monkeypatch.delenv("TLCOURSE_GRADING_SEED")  # so that hidden tests draw from a secret one
    report = bad_submissions.run(tmp_path / "course", names, between=5, jobs=JOBS)
    assert report["tried"] >= len(names)  # names also select longer names that begin with them
    wrong = [
        f"{row['name']}: {row['status']}, {row['score']} of {row['earns']}"
        for row in report["rows"]
        if row["gained_marks"] or row["lost_honest_work"] or row["stopped_batch"] or not row["as_expected"]
    ]
    attacks = [row for row in report["rows"] if row["kind"] == "attack"]
    assert not [row["name"] for row in attacks if not row["flags"] and (is_known_trick(row) or row["gained_marks"])]
    assert report["error"] is None
    assert report["harm"] == []
    assert wrong == []


def test_every_bad_submission_can_be_submitted(tmp_path, tiny_course):
    """Nothing is run: this is what is left to see where there is no sandbox."""
    (built,) = builder.build(execute=False, root=tiny_course)
    release = notebooks.read(built.release)
    places = {"COURSE_FOLDER": str(tiny_course), "ORACLE_PORT": "1"}
    (tmp_path / "submitted" / "000" / "01_tiny").mkdir(parents=True)
    for submission in bad_submissions.read_all():
        file = tmp_path / "submitted" / f"1_{submission.name}" / "01_tiny" / "01_tiny.ipynb"
        bad_submissions.submit(submission, copy.deepcopy(release), file, places)
        assert file.parent.exists() or file.parent.is_symlink(), submission.name
