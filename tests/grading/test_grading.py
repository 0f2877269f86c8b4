# ruff: noqa: E501  (attacks are kept as the student would write them)
"""The box, the trust, the repairs and the resuming of `tlcourse grade`, on the tiny unit."""

import ast
import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from conftest import ROOT
from tiny_answers import CHECKS, RIGHT, UNIT, WRONG, boxed

from tlcourse.grading.engine import checker_client, pool, tamper_detection
from tlcourse.grading.model import outcome
from tlcourse.grading.model.runs import Limits
from tlcourse.grading.submissions import discover, normalize, reading
from tlcourse.samples import sample_class

pytestmark = pytest.mark.timeout(1200)
QUICK = Limits(cell_seconds=4, notebook_seconds=30)


def graded(known, notebook, outside=True, files=None):
    """One submission graded: its run."""
    content = notebook if isinstance(notebook, bytes) else nbformat.writes(notebook).encode()
    one = discover.Submission("student", UNIT, content, "digest", files or {})
    plan = {name: {"outside": outside, "spoilt": True} for name in CHECKS}
    result = pool.work(one, known, QUICK, False, plan)
    assert "error" not in result, result
    return result["run"]


def scores(run):
    """Points in the order of the checks."""
    return [cell["score"] for cell in run["cells"]]


# --- the box


def reads(known, released, expression, files=None):
    """What an expression comes to in the box."""
    answer = f"import os, socket, subprocess\nprint('>', {expression}, '<')\n" + RIGHT["double"]
    run = graded(known, sample_class.fill(released, RIGHT | {"double": answer}), files=files)
    text = json.dumps(run["outputs"])
    return text[text.index("> ") + 2 : text.index(" <")]


@boxed
def test_student_code_sees_neither_course_nor_network(released_course, known, released):
    secrets = [released_course, released_course / "gradebook.db", ROOT / "solutions", ROOT / "tests"]
    assert all(path.exists() for path in secrets)
    seen = reads(known, released, f"[os.path.exists(path) for path in {[str(path) for path in secrets]!r}]")
    assert seen == "[False, False, False, False]"
    assert (
        reads(known, released, "os.listdir('/sys') if os.path.exists('/sys') else socket.if_nameindex()").count("lo")
        <= 1
    )
    assert (
        reads(known, released, "(os.getuid() != 0, os.access(os.path.dirname(os.__file__), os.W_OK))")
        == "(True, False)"
    )
    assert reads(known, released, "sorted(os.listdir('.'))", {"data.csv": b"1,2"}) == "['.ipython', 'data.csv']"


@boxed
def test_submissions_graded_side_by_side_share_no_namespace(known, released):
    """Inode numbers of namespaces are used again, so both must be there at the same time."""
    ask = "(__import__('time').sleep(1), [os.readlink(f'/proc/self/ns/{name}') for name in ('net', 'pid', 'mnt', 'ipc')])[1]"
    with ThreadPoolExecutor(2) as side_by_side:
        one, other = side_by_side.map(lambda _: reads(known, released, ask), range(2))
    assert not set(ast.literal_eval(one)) & set(ast.literal_eval(other))
    talk = "(lambda s: (s.bind(('127.0.0.1', 0)), s.listen(), socket.create_connection(s.getsockname(), 5).getpeername()[0]))(socket.socket())[2]"
    assert reads(known, released, talk) == "127.0.0.1", "a program may talk to its own children"


@boxed
def test_a_file_beside_the_notebook_takes_no_packages_place(known, released):
    shadow = {"numpy.py": b"allclose = None", "scipy.py": b"x = 1", "mine.py": b"x = 7"}
    assert reads(known, released, "__import__('mine').x, __import__('scipy').__file__", shadow).startswith("7 ")
    assert "student" not in reads(known, released, "__import__('scipy').__file__", shadow)


@boxed
def test_what_a_submission_starts_ends_with_it(known, released):
    token = f"{os.getpid()}77"
    answer = f"import subprocess\nsubprocess.Popen(['sleep', '{token}'], start_new_session=True)\n" + RIGHT["double"]
    assert scores(graded(known, sample_class.fill(released, RIGHT | {"double": answer}))) == [2, 1, 1]
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


@boxed
@pytest.mark.parametrize(
    ("answer", "status", "due"),
    [
        ("while True:\n    pass", "timed out", [0, 0, 1]),
        ("def double(n):\n    while True:\n        try:\n            while True: pass\n        except BaseException: pass",
         "timed out", [0, 0, 1]),
        ("import os, signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [2])\nimport time\ntime.sleep(999)", "timed out", [0, 0, 1]),
        ("import os\nos._exit(0)", "crashed", [0, 0, 1]),
        ("import os\ndef double(n):\n    os.kill(os.getpid(), 11)", "crashed", [0, 0, 1]),
        (RIGHT["double"] + "\nprint('x' * 10**7)", None, [2, 1, 1]),
        ("import sys\n" + RIGHT["double"] + "\nprint('warning', file=sys.stderr)", None, [2, 1, 1]),
        ("raise KeyboardInterrupt", None, [0, 0, 1]),
    ],
)  # fmt: skip
def test_a_hang_or_crash_costs_its_own_exercise_only(known, released, answer, status, due):
    run = graded(known, sample_class.fill(released, RIGHT | {"double": answer}))
    assert scores(run) == due
    assert (outcome.worst(run["statuses"]) if run["statuses"] else None) == status
    assert len(json.dumps(run)) < 3_000_000


# --- the same mark, whatever else the machine does


@boxed
def test_waiting_for_a_judge_that_gets_no_processor_costs_nothing(known, released, monkeypatch):
    hear = checker_client.Judging._hear

    async def late(self):
        await asyncio.sleep(1.5 * QUICK.cell_seconds / 3)  # three calls and a verdict: more than a cell may take
        return await hear(self)

    monkeypatch.setattr(checker_client.Judging, "_hear", late)
    run = graded(known, sample_class.fill(released, RIGHT))
    assert (scores(run), run["statuses"]) == ([2, 1, 1], [])


@boxed
def test_sleeping_while_the_judge_waits_is_still_stopped(known, released):
    answer = "import time\ndef double(n):\n    time.sleep(999)"
    run = graded(known, sample_class.fill(released, RIGHT | {"double": answer}))
    assert scores(run) == [0, 0, 1]
    assert outcome.worst(run["statuses"]) == "timed out"


@boxed
def test_twenty_gradings_on_a_loaded_machine_give_the_same_mark(known, released):
    """Half a cell's limit of work, a sleep, and a wrong answer; two side by side, beside four others that want all."""
    work = f"import time\nend = time.process_time() + {QUICK.cell_seconds / 4}\nwhile time.process_time() < end: pass\n"
    answers = RIGHT | {"double": f"{work}time.sleep(0.5)\n{RIGHT['double']}", "triple": "def triple(n):\n    return n"}
    notebook = sample_class.fill(released, answers)
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(4)]
    try:
        with ThreadPoolExecutor(2) as side_by_side:
            runs = list(side_by_side.map(lambda _: graded(known, notebook), range(20)))
    finally:
        for process in load:
            process.kill()
    assert [(scores(run), run["statuses"]) for run in runs] == [([2, 1, 0], [])] * 20


@boxed
def test_a_check_may_take_many_times_what_the_reference_takes_and_no_cell_more_than_the_limit(
    known, released, monkeypatch
):
    """A hang in a check that takes the reference an instant does not cost the whole limit of a cell."""
    monkeypatch.setattr(tamper_detection, "LEAST_SECONDS", 1)
    monkeypatch.setattr(tamper_detection, "PATIENCE", 2)
    work = "import time\ndef double(n):\n    end = time.process_time() + {}\n    while time.process_time() < end: pass\n    return n + n"

    def stopped(seconds, reference_seconds):
        answers = RIGHT | {"double": work.format(seconds)}
        plan = {name: {"outside": False, "seconds": reference_seconds} for name in CHECKS}
        content = nbformat.writes(sample_class.fill(released, answers)).encode()
        run = pool.work(discover.Submission("student", UNIT, content, "digest", {}), known, QUICK, False, plan)["run"]
        return next(cell["outcome"] for cell in run["cells"]), "".join(run["notes"])

    assert stopped(0.02, 0.1)[0] == "passed"
    assert stopped(30, 0.1) == (
        "timed out",
        "Cell test_double was stopped after 1 s.Cell test_double_negative was stopped after 1 s.",
    )
    assert "stopped after 2 s" in stopped(30, 1)[1]
    assert f"stopped after {QUICK.cell_seconds} s" in stopped(30, 100)[1]


# --- trust

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
    "equal to everything": "class E(float):\n    def __eq__(self, other): return True\n    __hash__ = None\n"
    "def double(n):\n    return E()",
}  # fmt: skip
FLAGGED = {"numpy", "context manager", "kernel", "thread", "while checked", "caller", "input"}


@boxed
@pytest.mark.parametrize("outside", [True, False], ids=["outside", "inside"])
@pytest.mark.parametrize("name", ATTACKS)
def test_no_attack_earns_a_point(known, released, name, outside):
    run = graded(known, sample_class.fill(released, RIGHT | {"double": WRONG + ATTACKS[name]}), outside)
    assert scores(run)[:2] == [0, 0]
    flagged = [flag for flag in run["flags"] if flag["kind"] == "tampered"]
    if not outside:
        assert bool(flagged) == (name in FLAGGED)
        assert all(flag["evidence"] and flag["grade_id"] in CHECKS for flag in flagged)


@boxed
@pytest.mark.parametrize("outside", [True, False], ids=["outside", "inside"])
def test_a_right_answer_earns_all_either_way_and_nothing_is_flagged(known, released, outside):
    styles = [
        "def double(n):\n    import numpy\n    return numpy.array(n * 2)",
        "import inspect\ndouble = lambda n: 2.0 * n",
        *[RIGHT["double"]],
    ]
    for style in styles:
        run = graded(known, sample_class.fill(released, RIGHT | {"double": style}), outside)
        assert (scores(run), run["flags"], run["statuses"]) == ([2, 1, 1], [], [])


# --- repairs


def damaged(released, change):
    """A right submission, damaged."""
    notebook = sample_class.fill(released, RIGHT)
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
    "a deleted check": (_delete("test_double"), "test_double had been deleted"),
    "no metadata": (_strip, "Cell double had lost its metadata"),
    "a copied check": (_copy("test_double"), "copy of the check test_double"),
    "a copied answer": (_copy("double"), "several cells double"),
    "an edited check": (_edit, "test_double had been changed"),
    "another schema": (_schema, "metadata of another version"),
    "another kernel": (lambda notebook: notebook.metadata.update(kernelspec={"name": "ir", "display_name": "R"}), None),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_repaired_and_said(known, released, name):
    change, says = DAMAGE[name]
    notebook, notes = normalize.repair(reading.read(damaged(released, change)), known)
    checks = [
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    ]
    assert [cell.metadata.nbgrader.grade_id for cell in checks] == list(CHECKS)
    assert "BEGIN HIDDEN TESTS" in checks[0].source
    answer = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "double")
    assert answer.source == RIGHT["double"]
    assert notebook.cells.index(answer) < notebook.cells.index(checks[0])
    assert (says is None and not notes) or any(says in note for note in notes)
    assert notebook.metadata.kernelspec.name == "python3"


def test_who_handed_in_no_answer_is_told_how_to_put_it_back(known, released):
    _, notes = normalize.hand_in(damaged(released, _delete("double")), known)
    assert notes == ["Cell double had been deleted and was put back unanswered.", normalize.ADVICE]
    assert "`tlcourse repair NOTEBOOK`" in normalize.ADVICE
    assert normalize.ADVICE not in normalize.hand_in(damaged(released, _delete("test_double")), known)[1]


def test_an_untouched_notebook_needs_no_repair(known, released):
    assert normalize.repair(reading.read(nbformat.writes(released).encode()), known)[1] == []


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"cells": 3}', b"PK\x03\x04", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_no_notebook_is_unreadable_and_worth_nothing(known, content):
    with pytest.raises(reading.Unreadable):
        reading.read(content)
    notebook, run = outcome.ungraded(known, "unreadable", "why")
    assert (scores(run), run["statuses"]) == ([0, 0, 0], ["unreadable"])
    assert len(notebook.cells) == len(known.cells)


def test_the_graders_own_trouble_is_tried_again_and_then_said(known, released, monkeypatch):
    one = discover.Submission("student", UNIT, nbformat.writes(released).encode(), "digest", {})
    troubles = [OSError("once")]
    done = {"notes": [], "statuses": []}

    def graded_after_trouble(*_):
        if troubles:
            raise troubles.pop()
        return released, dict(done)

    monkeypatch.setattr(pool, "_graded", graded_after_trouble)
    assert "error" not in pool.work(one, known, QUICK)
    troubles += [OSError("again"), OSError("and again")]
    assert pool.work(one, known, QUICK)["error"] == "OSError: again"
