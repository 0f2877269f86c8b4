# ruff: noqa: E501  (attacks are kept as the student would write them)
"""The sandbox, the tamper detection and the repairs of `grade_submission`, on the tiny unit."""

import ast
import asyncio
import dataclasses
import json
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import numpy as np
import pytest
from conftest import ROOT
from tiny_answers import CHECKS, RIGHT, UNIT, WRONG, sandboxed

from tlcourse.grading.engine import check_grader, grading_pool
from tlcourse.grading.engine.checker_client import CheckerClient
from tlcourse.grading.engine.grade_submission import grade_submission
from tlcourse.grading.model.assignment import Limits
from tlcourse.grading.model.results import Result
from tlcourse.grading.model.submission import Submission
from tlcourse.grading.sandbox.guest import integrity, random_numbers
from tlcourse.grading.sandbox.unsandboxed import Unsandboxed
from tlcourse.grading.submissions import normalize, reading
from tlcourse.samples import demo_class

pytestmark = pytest.mark.timeout(1200)
QUICK = Limits(cell_seconds=4, notebook_seconds=30)


def submission(notebook, files=None):
    """What a student submits: a notebook, or the bytes of a file."""
    content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    return Submission("student", UNIT, content, "digest", files or {})


def graded(assignment, notebook, outside=True, files=None, **plan):
    """The result of one submission; the plan says of each check what it says of all."""
    checks = {name: {"outside": outside, "mutated": True, **plan} for name in CHECKS}
    planned = dataclasses.replace(assignment, limits=QUICK, plan=checks)
    return grade_submission(planned, submission(notebook, files), grading_pool.open_sandbox(assignment.modules))


def scores(result):
    """Points in the order of the checks."""
    return [cell["score"] for cell in result.cells]


# --- the sandbox


def reads(assignment, released, expression, files=None):
    """What an expression comes to in the sandbox."""
    answer = f"import os, socket, subprocess\nprint('>', {expression}, '<')\n" + RIGHT["double"]
    result = graded(assignment, demo_class.fill(released, RIGHT | {"double": answer}), files=files)
    text = json.dumps(result.outputs)
    return text[text.index("> ") + 2 : text.index(" <")]


@sandboxed
def test_student_code_sees_neither_course_nor_network(released_course, assignment, released):
    secrets = [released_course, released_course / "gradebook.db", ROOT / "solutions", ROOT / "tests"]
    assert all(path.exists() for path in secrets)
    seen = reads(assignment, released, f"[os.path.exists(path) for path in {[str(path) for path in secrets]!r}]")
    assert seen == "[False, False, False, False]"
    assert (
        reads(assignment, released, "os.listdir('/sys') if os.path.exists('/sys') else socket.if_nameindex()").count(
            "lo"
        )
        <= 1
    )
    assert (
        reads(assignment, released, "(os.getuid() != 0, os.access(os.path.dirname(os.__file__), os.W_OK))")
        == "(True, False)"
    )
    assert reads(assignment, released, "sorted(os.listdir('.'))", {"data.csv": b"1,2"}) == "['.ipython', 'data.csv']"


@sandboxed
def test_submissions_graded_side_by_side_share_no_namespace(assignment, released):
    """Inode numbers of namespaces are used again, so both must be there at the same time."""
    namespaces = "(__import__('time').sleep(1), [os.readlink(f'/proc/self/ns/{name}') for name in ('net', 'pid', 'mnt', 'ipc')])[1]"
    with ThreadPoolExecutor(2) as side_by_side:
        first, second = side_by_side.map(lambda _: reads(assignment, released, namespaces), range(2))
    assert not set(ast.literal_eval(first)) & set(ast.literal_eval(second))
    talk = "(lambda s: (s.bind(('127.0.0.1', 0)), s.listen(), socket.create_connection(s.getsockname(), 5).getpeername()[0]))(socket.socket())[2]"
    assert reads(assignment, released, talk) == "127.0.0.1", "a program may talk to its own children"


@sandboxed
def test_a_file_next_to_the_notebook_shadows_no_package(assignment, released):
    shadow = {"numpy.py": b"allclose = None", "scipy.py": b"x = 1", "mine.py": b"x = 7"}
    assert reads(assignment, released, "__import__('mine').x, __import__('scipy').__file__", shadow).startswith("7 ")
    assert "student" not in reads(assignment, released, "__import__('scipy').__file__", shadow)


@sandboxed
def test_what_a_submission_starts_ends_with_it(assignment, released):
    token = f"{os.getpid()}77"
    answer = f"import subprocess\nsubprocess.Popen(['sleep', '{token}'], start_new_session=True)\n" + RIGHT["double"]
    assert scores(graded(assignment, demo_class.fill(released, RIGHT | {"double": answer}))) == [2, 1, 1]
    assert f"sleep\0{token}" not in _command_lines()


def _command_lines():
    import psutil

    lines = []
    for process in psutil.process_iter():
        try:
            lines.append("\0".join(process.cmdline()))
        except psutil.Error:
            continue
    return "\n".join(lines)


# --- what was earned is kept


@sandboxed
@pytest.mark.parametrize(
    ("answer", "status", "points"),
    [
        ("while True:\n    pass", "timed out", [0, 0, 1]),
        pytest.param(
            "def double(n):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
            "timed out", [0, 0, 1], marks=pytest.mark.slow),
        ("import os, signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [2])\nimport time\ntime.sleep(999)", "timed out", [0, 0, 1]),
        ("import os\nos._exit(0)", "crashed", [0, 0, 1]),
        ("import os\ndef double(n):\n    os.kill(os.getpid(), 11)", "crashed", [0, 0, 1]),
        (RIGHT["double"] + "\nprint('x' * 10**7)", "graded", [2, 1, 1]),
        ("import sys\n" + RIGHT["double"] + "\nprint('warning', file=sys.stderr)", "graded", [2, 1, 1]),
        ("raise KeyboardInterrupt", "graded", [0, 0, 1]),
    ],
)  # fmt: skip
def test_a_hang_or_crash_costs_its_own_exercise_only(assignment, released, answer, status, points):
    result = graded(assignment, demo_class.fill(released, RIGHT | {"double": answer}))
    assert (scores(result), result.status) == (points, status)
    assert len(json.dumps(result.as_dict())) < 3_000_000


@sandboxed
@pytest.mark.parametrize("outside", [True, False], ids=["outside", "inside"])
@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("def double(n):\n    return n + len(\u201cab\u201d)", "SyntaxError: invalid character '\u201c' (U+201C)"),
        ("def double(n):\n    return\u00a02 * n", "SyntaxError: invalid non-printable character U+00A0"),
        ("@functools.cache\ndef double(n):\n    return 2 * n", "NameError: name 'functools' is not defined"),
        ("import no_such_module\ndef double(n):\n    return 2 * n", "ModuleNotFoundError: No module named 'no_such"),
    ],
    ids=["curly quote", "no-break space", "no import", "no module"],
)
def test_the_message_on_an_answer_that_stops_is_its_error(assignment, released, answer, reason, outside):
    result = graded(assignment, demo_class.fill(released, RIGHT | {"double": answer}), outside)
    assert scores(result) == [0, 0, 1]
    assert f"The answer cell of double stopped with {reason}" in result.cells[0]["message"]
    assert reason in json.dumps(result.outputs, ensure_ascii=False)


# --- the same mark, whatever else the machine does


@sandboxed
def test_waiting_for_a_checker_that_gets_no_processor_costs_nothing(assignment, released, monkeypatch):
    receive = CheckerClient._receive

    async def late(self):
        await asyncio.sleep(1.5 * QUICK.cell_seconds / 3)  # three calls and a verdict: more than a cell may take
        return await receive(self)

    monkeypatch.setattr(CheckerClient, "_receive", late)
    result = graded(assignment, demo_class.fill(released, RIGHT))
    assert (scores(result), result.status) == ([2, 1, 1], "graded")


@pytest.mark.slow
@sandboxed
def test_sleeping_while_the_checker_waits_is_still_stopped(assignment, released):
    answer = "import time\ndef double(n):\n    time.sleep(999)"
    result = graded(assignment, demo_class.fill(released, RIGHT | {"double": answer}))
    assert (scores(result), result.status) == ([0, 0, 1], "timed out")


@pytest.mark.slow
@sandboxed
def test_gradings_on_a_loaded_machine_give_the_same_mark(assignment, released):
    """Half a cell's limit of work, a sleep, and a wrong answer; two side by side, beside four others that want all."""
    work = f"import time\nend = time.process_time() + {QUICK.cell_seconds / 4}\nwhile time.process_time() < end: pass\n"
    answers = RIGHT | {"double": f"{work}time.sleep(0.5)\n{RIGHT['double']}", "triple": "def triple(n):\n    return n"}
    notebook = demo_class.fill(released, answers)
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        with ThreadPoolExecutor(2) as side_by_side:
            results = list(side_by_side.map(lambda _: graded(assignment, notebook), range(6)))
    finally:
        for process in load:
            process.kill()
    assert [(scores(result), result.status) for result in results] == [([2, 1, 0], "graded")] * 6


@pytest.mark.slow
@sandboxed
def test_a_check_may_take_many_times_what_the_reference_takes_and_no_cell_more_than_the_limit(
    assignment, released, monkeypatch
):
    """A hang in a check that takes the reference an instant does not cost the whole limit of a cell."""
    monkeypatch.setattr(check_grader, "SHORTEST_TIME_LIMIT", 1)
    monkeypatch.setattr(check_grader, "TIME_LIMIT_FACTOR", 2)
    work = "import time\ndef double(n):\n    end = time.process_time() + {}\n    while time.process_time() < end: pass\n    return n + n"

    def stopped(seconds, reference_seconds):
        answers = RIGHT | {"double": work.format(seconds)}
        notebook = demo_class.fill(released, answers)
        result = graded(assignment, notebook, outside=False, mutated=False, seconds=reference_seconds)
        return next(cell["outcome"] for cell in result.cells), "".join(result.notes)

    assert stopped(0.02, 0.1)[0] == "passed"
    assert stopped(30, 0.1) == (
        "timed out",
        "Cell test_double was stopped after 1 s.Cell test_double_negative was stopped after 1 s.",
    )
    assert "stopped after 2 s" in stopped(30, 1)[1]
    assert f"stopped after {QUICK.cell_seconds} s" in stopped(30, 100)[1]


# --- tamper detection

ATTACKS = {
    "syntax tree": "import ast\nclass S(ast.NodeTransformer):\n    def visit_With(self, n): return ast.Pass()\n"
    "get_ipython().ast_transformers.append(S())",
    "input": "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
    "checks": "from tlcourse import checks\nchecks.equal = checks.returns = lambda *a, **k: None",
    "numpy": "import numpy as np\nnp.allclose = lambda *a, **k: True",
    "progress": "import contextlib\nclass P:\n    def exercise(self, n): return contextlib.suppress(BaseException)\nprogress = P()",
    "context manager": "import contextlib\ncontextlib._GeneratorContextManager.__exit__ = lambda *a: True",
    "kernel": "import ipykernel.ipkernel as k\nasync def d(self, *a, **kw):\n    return {'status': 'ok', 'execution_count': 1,"
    " 'user_expressions': {}, 'payload': []}\nk.IPythonKernel.do_execute = d",
    "thread": "import threading, time, numpy as np\ndef t():\n    while True:\n        np.allclose = lambda *a, **k: True\n"
    "        time.sleep(0.0005)\nthreading.Thread(target=t, daemon=True).start()",
    "while checked": "import numpy as np\ndef double(n):\n    np.allclose = lambda *a, **k: True\n    return 0",
    "caller": "import sys\ndef double(n):\n    f = sys._getframe(1)\n    while f:\n        if 'expected' in f.f_locals:\n"
    "            return f.f_locals['expected']\n        f = f.f_back\n    return 0",
    "globals": "def double(n):\n    return globals().get('expected', globals().get('hidden_number'))",
    "generator": "def double(n):\n    def look():\n        f = g.gi_frame.f_back\n        while f:\n"
    "            if 'expected' in f.f_locals: yield f.f_locals['expected']\n            f = f.f_back\n        yield 0\n"
    "    g = look()\n    return next(g)",
    "json": "import json\nhonest = json.dumps\njson.dumps = lambda value, *a, **k: honest({**value, 'value': True} if 'value' in value else value)",
    "watcher": "from tlcourse.grading.sandbox.guest import frame_watch, integrity\nfrom types import SimpleNamespace as N\n"
    "frame_watch.watch = lambda: N(arm=lambda: None, disarm=list)\nintegrity.fingerprints = lambda *a: {}",
    "equal to everything": "class E(float):\n    def __eq__(self, other): return True\n    __hash__ = None\n"
    "def double(n):\n    return E()",
}  # fmt: skip
HARMLESS_TO_LOOK_AT = {"thread"}
FLAGGED = {"json", "numpy", "context manager", "kernel", "thread", "while checked", "caller", "input"}


FOOLS_AN_INSIDE_CHECK = {"generator"}  # which is why none of the course's own is decided there


@sandboxed
@pytest.mark.parametrize("outside", [True, False], ids=["outside", "inside"])
@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_earns_a_point(assignment, released, name, outside):
    result = graded(assignment, demo_class.fill(released, RIGHT | {"double": WRONG + ATTACKS[name]}), outside)
    if outside or name not in FOOLS_AN_INSIDE_CHECK:
        assert scores(result)[:2] == [0, 0]
    flagged = [flag for flag in result.flags if flag["kind"] == "tampered"]
    assert any(flag["kind"] == "trick" for flag in result.flags) or name in HARMLESS_TO_LOOK_AT
    if not outside and name not in FOOLS_AN_INSIDE_CHECK:
        assert bool(flagged) == (name in FLAGGED)
        assert all(flag["evidence"] and flag["grade_id"] in CHECKS for flag in flagged)


UNUSUAL = {  # ways to replace what checks use, which no list of statements has
    "checks": "exec('checks = None')",
    "progress": "get_ipython().user_ns['progress'] = []",
    "numpy.allclose": "from unittest import mock\nmock.patch('numpy.allclose', lambda *a, **k: True).start()",
}


@sandboxed
@pytest.mark.parametrize("name", UNUSUAL)
def test_a_replaced_name_is_flagged_however_it_was_replaced(assignment, released, name):
    result = graded(assignment, demo_class.fill(released, RIGHT | {"double": WRONG + UNUSUAL[name]}))
    assert scores(result) == [0, 0, 1]
    evidence = f"replaced while the notebook ran: {name}"
    assert result.flags == [{"grade_id": None, "kind": "trick", "evidence": evidence}]


@sandboxed
@pytest.mark.parametrize("outside", [True, False], ids=["outside", "inside"])
def test_a_right_answer_earns_all_either_way_and_nothing_is_flagged(assignment, released, outside):
    styles = [
        "def double(n):\n    import numpy\n    return numpy.array(n * 2)",
        "import inspect\ndouble = lambda n: 2.0 * n",
        *[RIGHT["double"]],
    ]
    for style in styles:
        result = graded(assignment, demo_class.fill(released, RIGHT | {"double": style}), outside)
        assert (scores(result), result.flags, result.status) == ([2, 1, 1], [], "graded")


@sandboxed
def test_hidden_tests_are_not_in_the_students_process(assignment, released):
    look = (
        "import gc, linecache\ntexts = [''.join(l[2]) for l in linecache.cache.values() if len(l) == 4]\n"
        "texts += [t for t in gc.get_objects() if isinstance(t, str)]\n"
        "print('looked', len(texts), [t for t in texts if 'hidden' + '_number' in t])\n"
    )
    result = graded(assignment, demo_class.fill(released, RIGHT | {"triple": look + RIGHT["triple"]}))
    shown = json.dumps(result.outputs)
    assert "looked" in shown
    assert "hidden_number" not in shown
    assert scores(result) == [2, 1, 1]


@sandboxed
def test_a_check_that_cannot_be_decided_outside_fails_and_does_not_come_inside(assignment, released):
    cells = [{**cell, "full": cell["full"].replace("(2,), 4", "(object(),), 4")} for cell in assignment.cells]
    changed = dataclasses.replace(assignment, cells=cells)
    result = graded(changed, demo_class.fill(released, RIGHT | {"double": "def double(n):\n    return 4"}))
    assert scores(result) == [0, 0, 1]
    message = "This answer could not be checked: the check calls double with an object of the class object, which it "
    assert result.cells[0]["message"] == f"{message}cannot send."


@sandboxed
def test_the_same_submission_and_seed_give_the_same_mark(assignment, released):
    """An answer that is right for some inputs only gets what its seed gives, as often as it is graded."""
    notebook = demo_class.fill(released, RIGHT | {"double": "def double(n):\n    return 2 * n if n < 55 else 0"})
    seeds = [str(number) for number in range(6)]
    first, again = (
        [scores(graded(dataclasses.replace(assignment, seed=seed), notebook))[0] for seed in seeds] for _ in range(2)
    )
    assert first == again
    assert set(first) == {0, 2}


# --- repairs


def damaged(released, change):
    """A right submission, damaged."""
    notebook = demo_class.fill(released, RIGHT)
    change(notebook)
    return nbformat.writes(notebook).encode()


def _delete(*names):
    return lambda notebook: setattr(notebook, "cells", [cell for cell in notebook.cells if cell.id not in names])


def _strip(notebook):
    for cell in notebook.cells:
        cell.metadata = {}
        cell.id = f"x{id(cell)}"


def _copy(name):
    def change(notebook):
        cell = next(cell for cell in notebook.cells if cell.id == name)
        twin = nbformat.from_dict({**cell, "id": "twin"})
        notebook.cells.insert(0, twin) if name.startswith("test") else notebook.cells.append(twin)

    return change


def _edit(notebook):
    next(cell for cell in notebook.cells if cell.id == "test_double").source = "pass"


def _schema(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata.nbgrader.schema_version = 99


DAMAGE = {
    "a deleted check": (_delete("test_double"), "test_double was missing"),
    "no metadata": (_strip, "Cell double had lost its metadata"),
    "a copied check": (_copy("test_double"), "duplicate of the check test_double"),
    "a copied answer": (_copy("double"), "Several cells were named double"),
    "an edited check": (_edit, "test_double was changed"),
    "another schema": (_schema, "metadata of another nbgrader version"),
    "another kernel": (lambda notebook: notebook.metadata.update(kernelspec={"name": "ir", "display_name": "R"}), None),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_repaired_and_reported(assignment, released, name):
    change, message = DAMAGE[name]
    notebook, notes = normalize.normalize(reading.read(damaged(released, change)), assignment)
    checks = [
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    ]
    assert [cell.metadata.nbgrader.grade_id for cell in checks] == list(CHECKS)
    assert "BEGIN HIDDEN TESTS" in checks[0].source
    answer = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double")
    assert answer.source == RIGHT["double"]
    assert notebook.cells.index(answer) < notebook.cells.index(checks[0])
    assert (message is None and not notes) or any(message in note for note in notes)
    assert notebook.metadata.kernelspec.name == "python3"


def test_a_note_explains_how_to_put_back_an_answer_that_was_not_found(assignment, released):
    _, notes = normalize.read_normalized(damaged(released, _delete("double")), assignment)
    assert notes == ["Cell double was missing and was restored without an answer.", normalize.ADVICE]
    assert "`tlcourse repair NOTEBOOK`" in normalize.ADVICE
    assert normalize.ADVICE not in normalize.read_normalized(damaged(released, _delete("test_double")), assignment)[1]


def of_an_earlier_release(notebook):
    """Take an exercise out of a notebook, as if it had been added to the unit later."""
    _delete("double", "test_double", "test_double_negative")(notebook)
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))
    assert '"double": "Exercise 1.1 double", ' in setup.source
    setup.source = setup.source.replace('"double": "Exercise 1.1 double", ', "")


def test_an_exercise_that_was_added_later_is_not_called_deleted(assignment, released):
    note = normalize.added_note("double")
    assert normalize.read_normalized(damaged(released, of_an_earlier_release), assignment)[1] == [note]
    deleted = damaged(released, _delete("double", "test_double", "test_double_negative"))
    assert note not in normalize.read_normalized(deleted, assignment)[1], "its title is in the setup cell"
    renamed = damaged(released, lambda notebook: rename_title(notebook, "double"))
    assert normalize.read_normalized(renamed, assignment)[1] == [], "the exercise is there"


def rename_title(notebook, name):
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))
    setup.source = setup.source.replace(f'"{name}":', '"another":')


@sandboxed
def test_the_checks_of_an_exercise_that_was_added_later_say_so(assignment, released):
    result = graded(assignment, damaged(released, of_an_earlier_release))
    assert (result.status, result.notes, result.flags) == ("repaired", [normalize.added_note("double")], [])
    shown = [(cell["outcome"], cell["message"]) for cell in result.cells]
    assert shown[:2] == [("not solved", normalize.added_note("double"))] * 2
    assert scores(result) == [0, 0, 1], "the other answers count"
    errors = {
        cell.metadata.nbgrader.grade_id: [output.evalue for output in cell.outputs]
        for cell in result.executed_notebook().cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    }
    assert errors["test_double"] == errors["test_double_negative"] == [normalize.added_note("double")]


def test_an_untouched_notebook_needs_no_repair(assignment, released):
    assert normalize.normalize(reading.read(nbformat.writes(released).encode()), assignment)[1] == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 3}', b"PK\x03\x04", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_no_notebook_is_unreadable_and_worth_nothing(assignment, content):
    with pytest.raises(reading.Unreadable):
        reading.read(content)
    result = grade_submission(assignment, submission(content), Unsandboxed())
    assert (scores(result), result.score, result.max_score, result.status) == ([0, 0, 0], 0, 4, "unreadable")
    shown = result.executed_notebook()
    assert len(shown.cells) == len(assignment.cells)
    assert {output.ename for cell in shown.cells for output in cell.get("outputs", [])} == {"NotGraded"}


def test_a_result_is_plain_data(assignment, released):
    result = grade_submission(assignment, submission(b""), Unsandboxed())
    assert Result.from_dict(json.loads(json.dumps(result.as_dict()))) == result


def test_the_graders_own_error_is_retried_and_then_reported(assignment, released, monkeypatch):
    troubles = [OSError("once")]

    def graded_after_trouble(*_):
        if troubles:
            raise troubles.pop()
        return Result("student", UNIT, "graded", 4.0, 4.0)

    monkeypatch.setattr(grading_pool, "grade_submission", graded_after_trouble)
    assert grading_pool.grade_with_retries(assignment, submission(released), unsafe=True).score == 4
    troubles += [OSError("again"), OSError("and again")]
    result = grading_pool.grade_with_retries(assignment, submission(released), unsafe=True)
    assert (result.status, result.score, result.flags[0]["evidence"]) == ("not graded", None, "OSError: again")


def test_checks_meet_the_same_random_numbers_in_both_processes():
    import keras

    def drawn():
        return random.random(), np.random.random(), float(keras.random.uniform(()))  # noqa: NPY002

    random_numbers.seed_everything()
    in_the_checker = drawn()
    integrity.reset_modules({}, {}, [])
    assert drawn() == in_the_checker
