"""Trees that several threads make at the same time."""

import ast
import threading
import time
from pathlib import Path

import pytest

import tlcourse.grading
from tlcourse.grading.model import syntax_trees

GRADING = Path(tlcourse.grading.__file__).parent


def test_threads_make_trees_one_after_the_other(monkeypatch):
    at_work, most = set(), []
    make_tree = ast.parse

    def slowly(source):
        at_work.add(threading.get_ident())
        most.append(len(at_work))
        time.sleep(0.02)
        tree = make_tree(source)
        at_work.discard(threading.get_ident())
        return tree

    monkeypatch.setattr(syntax_trees.ast, "parse", slowly)
    threads = [threading.Thread(target=syntax_trees.parse, args=("x = 1",)) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 5


def test_all_of_the_graders_own_process_goes_through_it():
    """What runs in the sandbox has one thread."""
    files = [file for file in GRADING.rglob("*.py") if "guest" not in file.parts]
    direct = [file.name for file in files if "ast.parse(" in file.read_text(encoding="utf-8")]
    assert direct == ["syntax_trees.py"]


def test_errors_are_those_of_python():
    with pytest.raises(SyntaxError):
        syntax_trees.parse("def f(")


def test_a_number_that_python_does_not_write_becomes_a_text():
    digits = "f" * 5000
    tree = syntax_trees.parse(f"x = -0x{digits}\ny = 0x{digits[:100]}")
    assert ast.unparse(tree) == f"x = -'0x{digits}'\ny = {int(digits[:100], 16)}"
