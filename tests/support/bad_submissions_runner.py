"""Grades tests/bad_submissions in one batch with honest ones between them: `make bad-submissions`.

A bad submission is a file with a header and cells, so that anyone can add one:

    # title: what it does, for the table
    # kind: accident, attack, resource or damaged
    # status: graded | repaired          the statuses that are right for it
    # earns: 3                           the points that it should get; `0 | 4` where either is right
    # base: stubs                        what stands in the other exercises: right (the default) or stubs
    # uses: hunt                         puts the function of _hunt.py into its first cell

    # %% double                          the answer to an exercise of tests/fixtures/01_tiny.py
    # %% first, # %% last                a cell of its own, after the set-up or before the last check
    # %% build                           build(notebook, file): returns what is submitted, or writes it and returns None

COURSE_FOLDER and ORACLE_PORT in a cell become the folder that is graded and the port of a server that gives right
answers: the worst case, in which the attacker knows both. What an attack leaves behind has left-behind in its name.
Nothing is run before a probe has shown that student code is locked in namespaces of its own.
"""

import contextlib
import copy
import hashlib
import importlib.util
import json
import os
import re
import shutil
import socketserver
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

import click
import nbformat
import psutil

from tlcourse import notebooks
from tlcourse.building import builder
from tlcourse.grading.gradebook import scratch_course, unreadable_times
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.model.results import STATUSES
from tlcourse.grading.submissions.discover import TIMESTAMP, UNREADABLE_TIMESTAMP
from tlcourse.samples import accidents, demo_class

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "bad_submissions"
TINY = ROOT / "tests" / "fixtures" / "01_tiny.py"
UNIT = TINY.stem
KINDS = ("accident", "attack", "resource", "damaged")
RIGHT = {
    "double": "def double(number):\n    return number + number",
    "triple": "def triple(number):\n    return number + number + number",
}
HONEST = 4.0  # points of the exercises
TOKEN = "left-behind"
NAMESPACES = ("pid", "mnt", "net", "ipc")
PROBE = f"import os\n\nprint('namespaces', *(os.readlink(f'/proc/self/ns/{{name}}') for name in {NAMESPACES}))"
DIGESTED = 64 << 20  # bytes of a file by which a change is seen
BETWEEN = 3  # bad submissions between two honest ones
# Added to the configuration: a bad submission should not take long to be bad.
LIMITS = """
c.GradingLimits.cell_seconds = 2
c.GradingLimits.notebook_seconds = 15  # an uninterruptible cell takes its 2 s and 5 s of grace
c.GradingLimits.memory_megabytes = 512
c.GradingLimits.disk_megabytes = 32
c.GradingLimits.processes = 64
"""
SHARED_MODULES = ("tlcourse", "tlcourse.checks", "ipykernel", "numpy", "nbgrader")


class Bad(NamedTuple):
    """A bad submission."""

    name: str
    title: str
    kind: str
    statuses: set
    earns: list
    base: str
    uses: str | None
    cells: dict  # source by name of the cell


def read(file):
    """A bad submission's file.

    Raises
    ------
    ValueError
        If its header or its cells are not as this module's docstring says.
    """
    head, *parts = re.split(r"^# %% (\w+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    facts = dict(re.findall(r"^# (\w+): (.+)$", head, flags=re.MULTILINE))
    cells = {name: source.strip() for name, source in zip(parts[::2], parts[1::2], strict=True)}
    if unknown := set(cells) - {"double", "triple", "first", "last", "build"}:
        raise ValueError(f"{file}: no cell is called {', '.join(sorted(unknown))}")
    if missing := {"title", "kind", "status", "earns"} - set(facts):
        raise ValueError(f"{file}: the header does not say {', '.join(sorted(missing))}")
    statuses = set(facts["status"].split(" | "))
    if facts["kind"] not in KINDS or statuses - set(STATUSES) or facts.get("base", "right") not in ("right", "stubs"):
        raise ValueError(f"{file}: its kind, status or base does not exist")
    earns = [float(points) for points in facts["earns"].split(" | ")]
    base, uses = facts.get("base", "right"), facts.get("uses")
    return Bad(file.stem, facts["title"], facts["kind"], statuses, earns, base, uses, cells)


def read_all(names=()):
    """All bad submissions, or those whose names begin with one of these."""
    files = [file for file in sorted(FOLDER.glob("[a-z]*.py")) if not names or file.stem.startswith(tuple(names))]
    if not files:
        raise ValueError(f"no bad submission begins with {' or '.join(names)}")
    return [read(file) for file in files]


def submit(bad, release, file, places):
    """Write the files of a bad submission; nothing of it is run but its `build`.

    Parameters
    ----------
    bad : Bad
    release : nbformat.NotebookNode
        The tiny unit's.
    file : pathlib.Path
        Where it should be submitted.
    places : dict of str to str
        What is put in the place of COURSE_FOLDER and the like.
    """
    cells = {name: source for name, source in bad.cells.items() if name != "build"}
    if bad.uses:
        cells["first"] = (FOLDER / f"_{bad.uses}.py").read_text(encoding="utf-8") + "\n\n" + cells.get("first", "")
    for old, new in {**places, TOKEN: f"{TOKEN}-{bad.name}"}.items():
        cells = {name: source.replace(old, new) for name, source in cells.items()}
    answers = {**(RIGHT if bad.base == "right" else {}), **cells}
    notebook = demo_class.fill(release, answers)
    for name in {"first", "last"} & set(cells):
        insert(notebook, name, cells[name])
    accidents.submit(notebook, file, _builder(bad))


def insert(notebook, name, source):
    """Put a code cell after the set-up ("first"), or before the last check, since nothing behind it is run ("last")."""
    cells = notebook.cells
    if name == "first":
        place = next(place for place, cell in enumerate(cells) if "setup" in cell.metadata.get("tags", [])) + 1
    else:
        place = max(place for place, cell in enumerate(cells) if cell.id.startswith("test_"))
    cells.insert(place, nbformat.v4.new_code_cell(source, id=f"own-{name}"))


def _builder(bad):
    if "build" not in bad.cells:
        return None
    namespace = {}
    exec(compile(bad.cells["build"], f"{bad.name}.py", "exec"), namespace)
    return namespace["build"]


class Oracle:
    """A server on this machine that doubles numbers: a submission that reaches it has left its box."""

    def __init__(self):
        self.asked = []
        asked = self.asked

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                asked.append(str(self.client_address))
                with contextlib.suppress(ValueError, OSError):
                    self.wfile.write(f"{2 * int(self.rfile.readline())}\n".encode())

        self.servers = [socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)]
        self.port = self.servers[0].server_address[1]
        if sys.platform.startswith("linux"):
            self.servers.append(socketserver.ThreadingUnixStreamServer(f"\0tlcourse-oracle-{self.port}", Handler))
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.shutdown()
            server.server_close()


def new_course(folder):
    """A course of the tiny unit, with short limits, released; its release."""
    (folder / "solutions").mkdir(parents=True)
    shutil.copy(TINY, folder / "solutions")
    config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
    notebooks.write_atomically(folder / "nbgrader_config.py", config + LIMITS)
    (built,) = builder.build(execute=False, root=folder)
    scratch_course.run_nbgrader(folder, "generate_assignment", UNIT, "--force")
    return notebooks.read(built.release)


def prove_isolation(folder, release):
    """Grade a harmless submission and see in which namespaces it ran.

    Raises
    ------
    RuntimeError
        If it shares one with this process: then no attack is run.
    """
    from tlcourse.grading.gradebook.batch import grade

    probe = copy.deepcopy(release)
    insert(probe, "first", PROBE)
    scratch_course.submit(folder, "000_probe", UNIT, probe)
    grade(folder, UNIT, students=["000_probe"])
    graded = notebooks.read(folder / "autograded" / "000_probe" / UNIT / f"{UNIT}.ipynb")
    (cell,) = [cell for cell in graded.cells if cell.source == PROBE]
    shown = "".join(output.get("text", "") for output in cell.outputs).split()[1:]
    own = [os.readlink(f"/proc/self/ns/{name}") for name in NAMESPACES]
    if len(shown) != len(own) or set(shown) & set(own):
        raise RuntimeError(f"student code shares a namespace with the grader ({shown} and {own}): nothing bad is run")
    shutil.rmtree(folder / "submitted" / "000_probe")


class Traces:
    """What must look the same after the batch as before it."""

    def __init__(self, folder):
        self.folder = folder
        self.files = self._files()

    def _files(self):
        parts = [self.folder / name for name in ("solutions", "notebooks", "submitted", "nbgrader_config.py")]
        origins = [importlib.util.find_spec(name).origin for name in SHARED_MODULES]
        paths = [Path(origin) for origin in origins]
        for part in parts:
            paths += [part, *part.rglob("*")]
        return {str(path): _digest(path) for path in paths}

    def _with_times_set_aside(self, now):
        """The files before, with the one change that grading may make: an unreadable timestamp.txt has another name.

        A time that nbgrader can read, or a name that was taken before, does not count as set aside; what is in the file
        or folder must be as it was, since its digests are compared as those of all others.
        """
        files = dict(self.files)
        for path in [Path(path) for path in self.files if Path(path).name == TIMESTAMP]:
            aside = path.with_name(UNREADABLE_TIMESTAMP)
            submitted = path.is_relative_to(self.folder / "submitted")
            if not submitted or str(path) in now or str(aside) in self.files or unreadable_times.is_readable(aside):
                continue
            for old in [old for old in files if Path(old).is_relative_to(path)]:
                files[str(aside / Path(old).relative_to(path))] = files.pop(old)
        return files

    def harm(self):
        """One sentence for each file that changed, or was left behind with its process."""
        now = self._files()
        before = self._with_times_set_aside(now)
        changes = [f"{path} has changed" for path in sorted(now | before) if now.get(path) != before.get(path)]
        homes = [Path(place) for place in (tempfile.gettempdir(), Path.home(), "/dev/shm", "/", "/home", ROOT)]
        left = [path for home in homes if home.is_dir() for path in home.glob(f"*{TOKEN}*")]
        left += [path for path in self.folder.glob(f"*{TOKEN}*")]
        changes += [f"{path} was left behind" for path in left]
        for process in psutil.process_iter(["cmdline"]):
            words = " ".join(process.info["cmdline"] or [])
            if TOKEN in words and process.pid != os.getpid():
                changes.append(f"process {process.pid} was left behind: {words[:100]}")
        return changes


def _digest(path):
    if path.is_symlink():
        return f"link to {os.readlink(path)}"
    if path.is_file():
        with path.open("rb") as opened:  # a file with a hole may have terabytes
            return hashlib.sha256(opened.read(DIGESTED)).hexdigest(), path.stat().st_size
    return "folder" if path.is_dir() else "other"


def run(folder, names=(), between=BETWEEN, jobs=None):
    """Grade the bad submissions with honest ones between them.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder, for the course.
    names : sequence of str
        Beginnings of names; all of them by default.
    between : int
        How many bad ones stand between two honest ones.
    jobs : int, optional
        Workers.

    Returns
    -------
    dict
        tried, gained_marks, harmed_others, stopped_batch, lost_honest_work, seconds, harm (sentences), rows.
    """
    bad = read_all(names)
    release = new_course(folder)
    prove_isolation(folder, release)
    with Oracle() as oracle:
        places = {"COURSE_FOLDER": str(folder), "ORACLE_PORT": str(oracle.port)}
        students = _submit_all(folder, release, bad, between, places)
        traces = Traces(folder)
        started = time.perf_counter()
        error, outcomes = _graded(folder, jobs)
        seconds = time.perf_counter() - started
        harm = traces.harm() + [f"the instructor's machine was reached: {entry}" for entry in oracle.asked]
    scores = {row["student"]: row["code_score"] for row in scratch_course.gradebook_rows(folder, UNIT)}
    rows = [
        _row(entry, student, outcomes.get(student), scores.get(student)) for student, entry in students.items() if entry
    ]
    _blame(rows, students, outcomes, scores, harm, between)
    return _summary(rows, harm, seconds, error)


def _submit_all(folder, release, bad, between, places):
    """Bad submission (None: an honest one) by student; honest ones are first, last, and after every few."""
    order = []
    for number, submission in enumerate(bad):
        order += [None, submission] if number % between == 0 else [submission]
    students = {
        f"{number:03}_{submission.name if submission else 'honest'}": submission
        for number, submission in enumerate([*order, None])
    }
    for student, submission in sorted(
        students.items(), key=lambda pair: pair[1] is not None
    ):  # links need their targets
        if submission is None:
            scratch_course.submit(folder, student, UNIT, demo_class.fill(release, RIGHT))
        else:
            submit(submission, release, CoursePaths(folder).submitted_file(student, UNIT), places)
    return students


def _graded(folder, jobs):
    from tlcourse.grading.gradebook.batch import grade

    try:
        return None, {outcome.student: outcome for outcome in grade(folder, UNIT, jobs=jobs)}
    except Exception as error:  # a batch that stops is a finding, not the end of the measurement
        return f"{type(error).__name__}: {error}", {}


def _row(bad, student, outcome, score):
    score = score or 0.0
    return {
        "name": bad.name,
        "kind": bad.kind,
        "title": bad.title,
        "student": student,
        "status": outcome.status if outcome else "none",
        "expected_status": " | ".join(sorted(bad.statuses)),
        "as_expected": bool(outcome and outcome.status in bad.statuses),
        "score": score,
        "earns": " | ".join(f"{points:g}" for points in bad.earns),
        "gained_marks": score > max(bad.earns),
        "lost_honest_work": score < min(bad.earns),
        "harmed_others": False,
        "stopped_batch": outcome is None,
        "flags": [flag["kind"] for flag in outcome.flags] if outcome else [],
        "notes": list(outcome.notes) if outcome else [],
    }


def _blame(rows, students, outcomes, scores, harm, between):
    """Lay the harm done to an honest submission at the door of the bad ones before and after it."""
    order = list(students)
    for place, student in enumerate(order):
        outcome = outcomes.get(student)
        if students[student] is None and (outcome is None or outcome.status != "graded" or scores[student] != HONEST):
            near = {order[other] for other in range(place - between, place + between + 1) if 0 <= other < len(order)}
            result = f"{outcome.status}, {scores.get(student)} points" if outcome else "not graded"
            harm.append(f"{student}: {result}, between {', '.join(sorted(near - {student}))}")
    for row in rows:
        row["harmed_others"] = any(row["name"] in sentence for sentence in harm)


def _summary(rows, harm, seconds, error):
    counted = {name: sum(row[name] for row in rows) for name in ("gained_marks", "stopped_batch", "lost_honest_work")}
    return {
        "tried": len(rows),
        "gained_marks": counted["gained_marks"],
        "harmed_others": len(harm),
        "stopped_batch": counted["stopped_batch"],
        "lost_honest_work": counted["lost_honest_work"],
        "unexpected_status": sum(not row["as_expected"] for row in rows),
        "seconds": round(seconds, 1),
        "error": error,
        "harm": harm,
        "rows": rows,
    }


def show(report):
    """Print a row for each bad submission, and the sums."""
    for row in report["rows"]:
        wrong = [name.replace("_", " ") for name in ("gained_marks", "lost_honest_work", "harmed_others") if row[name]]
        if not row["as_expected"]:
            wrong.append(f"expected {row['expected_status']}")
        result = f"{row['status']:10} {row['score']:4g} of {row['earns']:5}"
        click.echo(f"{row['name'][:44]:44} {result} {'; '.join(wrong) or 'as it should'}")
    for sentence in report["harm"]:
        click.echo(f"HARM: {sentence}")
    sums = {key: value for key, value in report.items() if key not in ("rows", "harm")}
    click.echo(", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in sums.items()))


@click.command()
@click.argument("names", nargs=-1)
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the rows here too.")
@click.option("--jobs", type=int, help="Workers.")
@click.option("--between", default=BETWEEN, show_default=True, help="Bad submissions between two honest ones.")
@click.option("--keep", type=click.Path(path_type=Path), help="Grade in this new folder and keep it.")
def main(names, json_file, jobs, between, keep):
    """Grade the bad submissions, or those whose names begin with NAMES."""
    with tempfile.TemporaryDirectory(prefix="bad-", ignore_cleanup_errors=True) as temporary:
        report = run(keep or Path(temporary, "course"), names, between, jobs)
    show(report)
    if json_file:
        notebooks.write_atomically(json_file, json.dumps(report, indent=1) + "\n")
    failed = ("gained_marks", "harmed_others", "stopped_batch", "lost_honest_work")
    sys.exit(any(report[name] for name in failed))


if __name__ == "__main__":
    main()
