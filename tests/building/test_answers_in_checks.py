"""What a check cell uses gives no answer: each function of these modules, submitted as the answer, earns nothing."""

import ast
import importlib
import inspect
import itertools
import pkgutil
from types import SimpleNamespace

import answers_runner
import pytest
from answers_runner import ROOT

import tlcourse
from tlcourse import exercises, notebooks
from tlcourse.grading.model.cell_code import defined_functions

SOURCES = {file.stem: file for file in sorted((ROOT / "solutions").glob("[0-9]*.py"))}
PACKAGES = (tlcourse, "_checks"), (exercises, "")  # and how the names of their modules end
MODULES = {
    "tlcourse.checks",
    "tlcourse.exercises",
    *(
        module.name
        for package, end in PACKAGES
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
        if module.name.endswith(end) and not module.ispkg
    ),
}
LONGEST_PERMUTED = 3  # arguments in any order


def callables(module):
    """The public functions and classes that a module defines, by name."""
    return {
        f"{module.__name__}.{name}": value
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and value.__module__ == module.__name__
    }


def named_modules(unit, namespace):
    """The modules of the course that the check cells of the student's copy name."""
    cells = notebooks.read(ROOT / "notebooks" / unit / f"{unit}.ipynb").cells
    checks = [
        cell.source for cell in cells if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade")
    ]
    names = {node.id for source in checks for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name)}
    modules = [namespace[name] for name in names if inspect.ismodule(namespace.get(name))]
    return {module.__name__ for module in modules if module.__name__.startswith("tlcourse.")}


def answers(function, candidates):
    """Pairs of a name and the same function with its arguments in some order, where it can be called like an answer."""
    count = len(inspect.signature(function).parameters)
    orders = itertools.permutations(range(count)) if count <= LONGEST_PERMUTED else [range(count)]
    for order, (name, candidate) in itertools.product(list(orders), candidates.items()):
        try:
            inspect.signature(candidate).bind(*order)
        except (TypeError, ValueError):
            continue
        yield name, lambda *inputs, order=order, candidate=candidate: candidate(*(inputs[place] for place in order))


def earning(unit, exercise, candidates):
    """The names of those candidates that earn points as an answer to an exercise."""
    functions = [
        name for name in defined_functions(unit.exercises[exercise][0].source) if name in unit.defined[exercise]
    ]
    names = set()
    for name in functions:
        for candidate, answer in answers(unit.namespace[name], candidates):
            unit.namespace["submitted"] = answer
            if unit.grade(exercise, f"{name} = submitted")[0]:
                names.add(candidate)
    return sorted(names)


@pytest.fixture
def other_seed(monkeypatch):
    """Hidden tests with arguments that no file of the course holds."""
    monkeypatch.setenv("TLCOURSE_GRADING_SEED", "20261201")


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in SOURCES if not name.startswith("00")])
def test_no_function_of_the_checks_earns_points_as_an_answer(name, other_seed):
    unit, candidates = answers_runner.unit(SOURCES[name]), {}
    for module in MODULES | named_modules(name, unit.namespace):
        candidates |= callables(importlib.import_module(module))
    assert len(candidates) > 60
    assert {exercise: earning(unit, exercise, candidates) for exercise in unit.exercises} == {
        exercise: [] for exercise in unit.exercises
    }


def test_a_function_that_is_the_answer_is_found_whatever_the_order_of_its_arguments(other_seed):
    unit = answers_runner.Unit(ROOT / "tests" / "fixtures" / "01_tiny.py")
    module = SimpleNamespace(__name__="helpers", twice=lambda number: 2 * number, half=lambda number: number / 2)
    for value in (module.twice, module.half):
        value.__module__ = "helpers"
    assert earning(unit, "double", callables(module)) == ["helpers.twice"]
    swapped = list(answers(lambda size, stride: None, {"divide": lambda stride, size: size / stride}))
    assert [function(6, 2) for _, function in swapped] == [1 / 3, 3]
