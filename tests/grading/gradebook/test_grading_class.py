"""Whole classes through `tlcourse grade`: resuming, locks, a full disk, a cluster, another gradebook."""

import errno
import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import filelock
import pytest
from tiny_answers import CHECKS, RIGHT, UNIT, sandboxed

from tlcourse import notebooks
from tlcourse.grading.gradebook import scratch_course, storage_errors
from tlcourse.grading.gradebook.batch import grade
from tlcourse.grading.gradebook.course import NbgraderCourse, NotReleased
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.model import results
from tlcourse.grading.sandbox.interface import NoSandbox
from tlcourse.samples import demo_class

pytestmark = pytest.mark.timeout(1200)
DUE = {"ann": 4, "bob": 3, "cy": 0, "dan": 0}


@pytest.fixture
def small_class(released_course, released, tmp_path):
    """Three submissions and an empty one, in a copy of the course."""
    course = shutil.copytree(released_course, tmp_path / "course")
    for student, answers in {"ann": RIGHT, "bob": RIGHT | {"triple": "def triple(n): return n"}, "cy": {}}.items():
        scratch_course.submit(course, student, UNIT, demo_class.fill(released, answers))
    (course / "submitted" / "dan" / UNIT).mkdir(parents=True)
    return course


def marks(folder):
    """Code scores in nbgrader's gradebook."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {row["student"]: row["code_score"] for row in scratch_course.gradebook_rows(folder, UNIT)}


@sandboxed
def test_a_class_is_graded_into_nbgraders_gradebook_and_not_again(small_class):
    outcomes = grade(small_class, UNIT, jobs=2, progress=False)
    assert {row.student: row.score for row in outcomes} == DUE == marks(small_class)
    assert [row.status for row in outcomes] == ["graded", "graded", "graded", "missing"]
    assert CoursePaths(small_class).cached_plan_file(UNIT).exists(), "no plan came with the course"
    before = {path: path.stat().st_mtime_ns for path in (small_class / "grading_records" / UNIT).glob("*.json")}
    grade(small_class, UNIT, jobs=2, progress=False)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    scratch_course.submit(small_class, "ann", UNIT, notebooks.read(CoursePaths(small_class).release_file(UNIT)))
    assert grade(small_class, UNIT, progress=False)[0].score == 0
    assert marks(small_class)["ann"] == 0, "a better score of before stays"


def test_a_check_that_names_no_exercise_stops_the_grading(released_course, tmp_path):
    course = shutil.copytree(released_course, tmp_path / "course")
    file = CoursePaths(course).release_file(UNIT)
    file.write_text(file.read_text(encoding="utf-8").replace("test_triple", "check_triple"), encoding="utf-8")
    with pytest.raises(ValueError, match="check_triple tests no exercise: there are double, triple"):
        NbgraderCourse(course).assignment(UNIT)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ('"points": 2', '"points": 5', "test_double"),
        ("(hidden_number,), 2 * hidden_number", "(hidden_number,), 3 * hidden_number", "test_double"),
        ('"grade_id": "test_triple"', '"grade_id": "test_triple_two"', "test_triple, test_triple_two"),
    ],
)
@pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own, from SQLAlchemy
def test_a_build_after_the_release_stops_the_grading(released_course, tmp_path, old, new, changed):
    course = shutil.copytree(released_course, tmp_path / "course")
    file = CoursePaths(course).solution_file(UNIT)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(NotReleased, match=rf"an older release of 01_tiny .*\({changed} changed\): run `tlc"):
        NbgraderCourse(course).assignment(UNIT)
    with NbgraderCourse(course).gradebook() as book:
        book.add_student("ann")
        book.add_submission(UNIT, "ann")
    with pytest.raises(NotReleased, match="run `tlcourse release 01_tiny`"):
        NbgraderCourse(course).assignment(UNIT)
    file.unlink()
    assert NbgraderCourse(course).assignment(UNIT).cells


@pytest.mark.slow
@sandboxed
def test_killed_and_started_again_it_goes_on(small_class):
    command = [sys.executable, "-m", "tlcourse", "grade", UNIT, "--jobs", "1"]
    running = subprocess.Popen(command, cwd=small_class, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    records = small_class / "grading_records" / UNIT
    while running.poll() is None and not list(records.glob("[!.]*.json")):
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.02)
    running.kill()
    running.wait()
    grade(small_class, UNIT, jobs=1, progress=False)
    assert marks(small_class) == DUE
    assert not (records / ".pending").exists()


@sandboxed
def test_waits_for_a_locked_gradebook_and_reports_it(small_class, monkeypatch):
    monkeypatch.setattr(storage_errors, "LOCK_TIMEOUT", 1)
    config = small_class / "nbgrader_config.py"
    usual = config.read_text(encoding="utf-8")
    assert "timeout=30" in usual
    config.write_text(usual.replace("timeout=30", "timeout=1"), encoding="utf-8")
    with sqlite3.connect(small_class / "gradebook.db", isolation_level=None) as held:
        held.execute("BEGIN EXCLUSIVE")
        with pytest.raises(storage_errors.GradebookLocked, match="start again"):
            grade(small_class, UNIT, jobs=1, progress=False)
        held.execute("ROLLBACK")
    config.write_text(usual, encoding="utf-8")
    grade(small_class, UNIT, jobs=1, progress=False)
    assert marks(small_class) == DUE


@pytest.mark.slow
@sandboxed
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can mount a small disk")
def test_a_full_disk_is_reported_and_grading_goes_on_when_there_is_room(small_class, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        shutil.copytree(small_class, disk / "course")
        errors = []
        for free in (20_000, 150_000, 300_000):  # bytes: it fills up at another point each time
            left = shutil.disk_usage(disk).free - free
            if left > 0:
                disk.joinpath(f"filler{free}").write_bytes(bytes(left))
            try:
                grade(disk / "course", UNIT, jobs=1, progress=False)
            except (storage_errors.DiskFull, OSError) as error:
                errors.append(str(error))
            for filler in disk.glob("filler*"):
                filler.unlink()
        assert errors
        assert all("full" in line or "No space left" in line for line in errors)
        grade(disk / "course", UNIT, jobs=1, progress=False)
        assert marks(disk / "course") == DUE
    finally:
        subprocess.run(["umount", "-l", str(disk)])


def test_a_full_disk_is_distinguished_from_other_errors(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="other"), storage_errors.explain_full_disk(tmp_path):
        raise ValueError("other trouble")
    with pytest.raises(storage_errors.DiskFull, match="free some space"), storage_errors.explain_full_disk(tmp_path):
        raise OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(
        storage_errors, "MINIMUM_FREE_BYTES", 1 << 60
    )  # nbgrader does not say why a notebook could not be written
    with pytest.raises(storage_errors.DiskFull, match=str(tmp_path)), storage_errors.explain_full_disk(tmp_path):
        raise RuntimeError("Please see the the above traceback")


def test_without_a_sandbox_grading_stops_with_one_line(small_class, monkeypatch):
    monkeypatch.delenv("TLCOURSE_UNSAFE_GRADING", raising=False)
    monkeypatch.setattr("tlcourse.grading.sandbox.bubblewrap.problem", lambda: "bubblewrap (bwrap) is not installed")
    with pytest.raises(NoSandbox, match=r"apt install bubblewrap.*--unsafe"):
        grade(small_class, UNIT, progress=False)


@pytest.mark.slow
@sandboxed
def test_plain_nbgrader_reads_what_is_no_notebook_and_waits_for_a_locked_gradebook(small_class):
    for student, content in {"bad": b"{", "empty": b"", "zed": b"PK\x03\x04"}.items():
        folder = small_class / "submitted" / student / UNIT
        folder.mkdir(parents=True)
        (folder / f"{UNIT}.ipynb").write_bytes(content)
    with sqlite3.connect(small_class / "gradebook.db", isolation_level=None, check_same_thread=False) as held:
        held.execute("BEGIN EXCLUSIVE")
        release_it = threading.Timer(10, lambda: held.execute("ROLLBACK"))  # without our configuration it waits for 5 s
        release_it.start()
        scratch_course.run_nbgrader(small_class, "autograde", UNIT)
        release_it.join()
    scores = marks(small_class)
    assert {name: scores[name] for name in ("ann", "bob", "cy", "bad", "empty", "zed")} == {
        **{"ann": 4, "bob": 3, "cy": 0},
        **{"bad": 0, "empty": 0, "zed": 0},
    }
    for student, reason in {"bad": "not a notebook", "empty": "is empty", "zed": "a ZIP archive"}.items():
        record = results.read_record(small_class, UNIT, student)
        assert record.status == "unreadable"
        assert reason in record.notes[0]
        assert "`tlcourse repair NOTEBOOK`" in record.notes[0]


@pytest.mark.slow
@sandboxed
def test_nbgraders_own_command_records_the_same(small_class, tmp_path):
    other = shutil.copytree(small_class, tmp_path / "other")
    grade(small_class, UNIT, jobs=1, progress=False)
    scratch_course.run_nbgrader(other, "autograde", UNIT)
    assert marks(other) == marks(small_class)
    for student in marks(other):
        records = [results.read_record(course, UNIT, student) for course in (small_class, other)]
        facts = [
            (record.status, record.score, record.notes, record.submission_sha256, record.release_sha256)
            for record in records
        ]
        assert facts[0] == facts[1]
        shown = [
            notebooks.read(course / "autograded" / student / UNIT / f"{UNIT}.ipynb") for course in (small_class, other)
        ]
        assert shown[0] == shown[1]
    before = (other / "grading_records" / UNIT / "ann.json").stat().st_mtime_ns
    grade(other, UNIT, students=["ann"], progress=False)
    assert (other / "grading_records" / UNIT / "ann.json").stat().st_mtime_ns == before, "graded again"


def test_a_second_grading_of_the_same_course_is_kept_out(small_class):
    (small_class / "grading_records").mkdir()
    with (
        filelock.FileLock(small_class / "grading_records" / ".lock"),
        pytest.raises(storage_errors.GradebookLocked, match=r"another grading of .* is running"),
    ):
        grade(small_class, UNIT, unsafe=True, progress=False)


def test_an_unknown_student_is_named(small_class):
    with pytest.raises(ValueError, match="nobody"):
        grade(small_class, UNIT, students=["nobody"], unsafe=True, progress=False)


@pytest.mark.slow
def test_unsafe_grading_records_the_same_marks(small_class):
    """The checks run inside the students' processes, also those that a plan decides outside."""
    outcomes = grade(small_class, UNIT, jobs=1, unsafe=True, progress=False)
    assert {row.student: row.score for row in outcomes} == DUE == marks(small_class)
    plan = json.loads(CoursePaths(small_class).cached_plan_file(UNIT).read_text(encoding="utf-8"))["checks"]
    assert not any(plan[name]["outside"] for name in CHECKS), "a check that ran outside proves nothing here"


# --- beyond one machine


def _start(folder, *words):
    log = (folder / f"{words[0]}.log").open("a")
    return subprocess.Popen([sys.executable, "-m", "dask", *words], cwd=folder, stdout=log, stderr=log)


@pytest.mark.slow
@sandboxed
def test_a_worker_of_a_cluster_is_killed_and_its_submissions_run_elsewhere(small_class, released, tmp_path):
    slow = RIGHT | {"triple": "import time\ntime.sleep(1)\n" + RIGHT["triple"]}
    for number in range(6):
        scratch_course.submit(small_class, f"slow{number}", UNIT, demo_class.fill(released, slow))
    file = tmp_path / "scheduler.json"
    scheduler = ["scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["worker", "--scheduler-file", str(file), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    started = [_start(tmp_path, *words) for words in (scheduler, worker, worker)]
    try:
        while not file.exists():
            with pytest.raises(subprocess.TimeoutExpired):
                started[0].wait(0.1)
        address = json.loads(file.read_text(encoding="utf-8"))["address"]
        command = [sys.executable, "-m", "tlcourse", "grade", UNIT, "--scheduler", address]
        grading = subprocess.Popen(
            command, cwd=small_class, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        while grading.poll() is None and not list((small_class / "grading_records" / UNIT).glob("slow*.json")):
            with pytest.raises(subprocess.TimeoutExpired):
                grading.wait(0.1)
        started[1].kill()
        printed, _ = grading.communicate(timeout=600)
    finally:
        for process in started:
            process.kill()
    assert grading.returncode == 0, printed
    assert "not graded" not in printed.casefold(), printed
    assert marks(small_class) == DUE | {f"slow{number}": 4 for number in range(6)}


# --- another gradebook


@pytest.fixture
def postgresql(tmp_path):
    """The address of an empty database of a PostgreSQL server of this test's own."""
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install -e '.[dev]'")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    if not programs:
        pytest.skip("PostgreSQL is not installed: apt install postgresql")
    programs, data = programs[-1].parent, tmp_path / "postgresql"
    data.mkdir()
    as_other = []
    if os.geteuid() == 0:  # PostgreSQL does not run as root
        shutil.chown(data, "postgres", "postgres")
        for folder in (tmp_path, *tmp_path.parents[:3]):
            folder.chmod(folder.stat().st_mode | 0o011)
        as_other = ["runuser", "-u", "postgres", "--"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    subprocess.run(
        [*as_other, programs / "initdb", "-D", data, "-A", "trust", "-U", "course"], check=True, capture_output=True
    )
    options = f"-p {port} -k '' -c listen_addresses=127.0.0.1"
    control = [*as_other, programs / "pg_ctl", "-D", data, "-w", "-l", data / "log"]
    subprocess.run([*control, "-o", options, "start"], check=True, stdout=subprocess.DEVNULL)
    yield f"postgresql+psycopg://course@127.0.0.1:{port}/postgres"
    subprocess.run([*control, "-m", "immediate", "stop"], stdout=subprocess.DEVNULL)


@sandboxed
def test_postgresql_holds_the_gradebook(small_class, postgresql, tmp_path):
    course = shutil.copytree(small_class, tmp_path / "moved", ignore=shutil.ignore_patterns("gradebook.db"))
    with (course / "nbgrader_config.py").open("a") as config:
        config.write(f"\nc.CourseDirectory.db_url = {postgresql!r}\n")
    scratch_course.run_nbgrader(course, "generate_assignment", UNIT, "--force")
    outcomes = grade(course, UNIT, jobs=2, progress=False)
    assert {row.student: row.score for row in outcomes} == DUE
    assert not (course / "gradebook.db").exists()
    with NbgraderCourse(course).gradebook() as book:
        assert book.db.bind.dialect.name == "postgresql"
        recorded = {row.student.id: row.score for row in book.assignment_submissions(UNIT)}
    assert recorded == DUE
    grade(course, UNIT, jobs=2, regrade=True, progress=False)
