"""Private names of other projects: only modules with an underscore use any, besides the exceptions tested here."""

import ast
import importlib.metadata
import inspect

import pytest
from conftest import ROOT

from tlcourse.grading.gradebook import preprocessors
from tlcourse.grading.sandbox import unsandboxed
from tlcourse.grading.sandbox.guest import integrity

# Python's own that are documented, and IPython's hook for tracebacks, which is documented as well.
DOCUMENTED = {"_exit", "_replace", "_asdict", "_fields", "_getframe", "_render_traceback_"}
EXCEPTIONS = {("tlcourse/grading/sandbox/guest/integrity.py", "_implementation")}
PRIVATE_PACKAGES = ("keras.src", "tensorflow.")


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name not in DOCUMENTED


def private_names(tree):
    """Names of other projects that code uses although they are private: attributes, and modules or what is in them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls", "super()"):
            yield from filter(is_private, [node.attr])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("getattr", "hasattr"):
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            yield from (text for text in texts if isinstance(text, str) and is_private(text))
        elif isinstance(node, ast.ImportFrom) and not node.module.startswith("tlcourse"):
            yield from private_imports([f"{node.module}.{alias.name}" for alias in node.names])
        elif isinstance(node, ast.Import):
            yield from private_imports([alias.name for alias in node.names])


def private_imports(modules):
    return [name for name in modules if name.startswith(PRIVATE_PACKAGES) or any(map(is_private, name.split(".")))]


def used():
    """(path in the repository, private name) of all modules whose own name has no underscore in front."""
    for file in sorted((ROOT / "tlcourse").rglob("*.py")):
        if not file.name.startswith("_") or file.name == "__init__.py":
            tree = ast.parse(file.read_text(encoding="utf-8"))
            yield from ((file.relative_to(ROOT).as_posix(), name) for name in private_names(tree))


def test_only_modules_with_an_underscore_use_private_names():
    assert set(used()) == EXCEPTIONS


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("optimizer._get_variable_index(kernel)", ["_get_variable_index"]),
        ("self._own", []),
        ("getattr(value, '_implementation', value)", ["_implementation"]),
        ("from keras.src import ops", ["keras.src.ops"]),
        ("import numpy._core as core", ["numpy._core"]),
        ("from contextlib import _GeneratorContextManager", ["contextlib._GeneratorContextManager"]),
        ("from tlcourse.grading.gradebook._nbgrader import conversion", []),
    ],
)
def test_private_names_are_found(code, names):
    assert list(private_names(ast.parse(code))) == names


# --- the exceptions of docs/architecture.md: what they rely on, some of it public in name only


def changed(project, what, user):
    """The message of a failure."""
    return f"{project} {importlib.metadata.version(project)} has changed: {what}. {user.__name__} relies on it"


def test_numpy_has_what_tamper_detection_relies_on():
    import numpy as np

    what = "a function that other libraries can override keeps its code no longer in `_implementation`"
    for name in ("allclose", "array_equal", "prod"):  # of `integrity.LIBRARIES`
        implementation = getattr(getattr(np, name), "_implementation", None)
        assert hasattr(implementation, "__code__"), changed("numpy", what, integrity)


def test_a_kernel_without_a_sandbox_has_a_process():
    from jupyter_client.provisioning import LocalProvisioner

    assert hasattr(LocalProvisioner, "process"), changed("jupyter_client", "no LocalProvisioner.process", unsandboxed)


def test_formgrader_names_the_submission_that_it_shows():
    from nbgrader.server_extensions.formgrader.handlers import SubmissionHandler

    page = inspect.getsource(SubmissionHandler.get)
    for name in ("submission_id", "assignment_id"):
        what = f"formgrader's page for a submission passes no {name} to the exporter, so no mark scheme is shown"
        assert f"'{name}'" in page, changed("nbgrader", what, preprocessors)


def test_sphinx_can_leave_out_a_module():
    mock = pytest.importorskip("sphinx.ext.autodoc.mock", reason="the set of packages for the site is not installed")
    advice = "used by tlcourse/building/site/settings/conf.py to read the course's modules without TensorFlow"
    assert hasattr(mock, "MockFinder"), f"Sphinx has no MockFinder any more, {advice}"
    finder = mock.MockFinder(["keras"])
    assert finder.find_spec("keras.layers", None), f"Sphinx's MockFinder replaces no module any more, {advice}"
    assert finder.find_spec("json", None) is None, f"Sphinx's MockFinder replaces other modules, too; {advice}"
