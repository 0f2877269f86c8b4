"""Private APIs of Keras: one test for each, whose message says what changed upstream; and nobody else uses any."""

import ast

import keras
import numpy as np
import pytest
from conftest import ROOT

USED_IN = "tlcourse/_keras.py, RateByVariable"
# Private names that are no other project's secret: Python's own, and IPython's documented hook for tracebacks.
PUBLIC_IN_FACT = {"_exit", "_replace", "_asdict", "_fields", "_render_traceback_"}


def changed(what, users=USED_IN):
    """What a maintainer reads when Keras changes."""
    return f"Keras {keras.__version__}: {what}. Used by {users}; see the release notes for what replaces it."


@pytest.fixture
def variables():
    """Two variables, and an AdamW that knows them."""
    both = [keras.Variable(np.ones(2, "float32"), name=name) for name in ("kernel", "bias")]
    optimizer = keras.optimizers.AdamW(0.1, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    optimizer.build(both)
    return optimizer, both


def test_an_optimizer_holds_the_index_of_a_variable(variables):
    optimizer, both = variables
    users = f"{USED_IN}, and by unit 04, which tells students that it is private"
    message = changed("an optimizer's `_get_variable_index` no longer numbers variables as `build` got them", users)
    assert hasattr(optimizer, "_get_variable_index"), message
    for number, variable in enumerate(both):
        assert optimizer._get_variable_index(variable) == number, message
        assert optimizer._get_variable_index(variable.value) == number, message  # what update_step is given


def test_an_optimizer_lists_which_variables_decay(variables):
    optimizer, (kernel, bias) = variables
    message = changed("an optimizer's `_use_weight_decay` no longer says which variables decay")
    assert hasattr(optimizer, "_use_weight_decay"), message
    assert optimizer._use_weight_decay(kernel), message
    assert not optimizer._use_weight_decay(bias), message


def test_an_optimizer_applies_weight_decay_in_a_method_of_its_own():
    called = []

    class Watched(keras.optimizers.AdamW):
        def _apply_weight_decay(self, variables):
            called.append([variable.name for variable in variables])

    optimizer, variable = Watched(0.1, weight_decay=0.5), keras.Variable(np.ones(2, "float32"), name="kernel")
    optimizer.apply([np.zeros(2, "float32")], [variable])
    message = changed("`apply` of an optimizer no longer calls `_apply_weight_decay` with all variables, once")
    assert called == [["kernel"]], message
    np.testing.assert_array_equal(np.array(variable), [1, 1], err_msg=message)


def _package():
    """(path in the repository, syntax tree) of each module that is not about other projects' private APIs."""
    for file in sorted((ROOT / "tlcourse").rglob("*.py")):
        if not file.name.startswith("_") or file.name == "__init__.py":
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


def test_no_other_module_reaches_into_keras_or_tensorflow():
    """Private attributes of anything but one's own object, and modules below keras.src or tensorflow.python."""
    problems = []
    for name, tree in _package():
        if name.startswith("tlcourse/grading/"):
            continue  # whose private APIs are those of nbgrader and Jupyter
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                own = ast.unparse(node.value) in ("self", "cls", "super()")
                if not own and node.attr not in PUBLIC_IN_FACT:
                    problems.append(f"{name}:{node.lineno}: {ast.unparse(node)}")
            modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            problems += [
                f"{name}:{node.lineno}: {module}"
                for module in modules
                if module.startswith(("keras.src", "tensorflow."))
            ]
    assert not problems


def test_nobody_replaces_a_function_of_another_project():
    """An assignment to an attribute of something imported, such as ``tf.data.Options = ...``, changes it for all."""
    problems = []
    for name, tree in _package():
        imported = _imported_from_elsewhere(tree)
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
                targets = [ast.Attribute(node.args[0], "...")]
            problems += [
                f"{name}:{node.lineno}: {ast.unparse(node)}" for target in targets if _owner(target) in imported
            ]
    assert not problems


def _imported_from_elsewhere(tree):
    """Names in a module that stand for other projects' modules, functions and classes."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) or (
            isinstance(node, ast.ImportFrom) and not node.level and not node.module.startswith("tlcourse")
        ):
            names |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return names


def _owner(target):
    """The name before the first dot of ``name.attribute.attribute``; None for other targets."""
    owner = target
    while isinstance(owner, ast.Attribute):
        owner = owner.value
    return owner.id if owner is not target and isinstance(owner, ast.Name) else None
