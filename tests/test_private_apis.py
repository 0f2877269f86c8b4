"""Only the modules that collect private APIs of other projects use any, and nobody replaces another project's code."""

import ast

from conftest import ROOT

# Private names that are no other project's secret: Python's own, and IPython's documented hook for tracebacks.
PUBLIC_IN_FACT = {"_exit", "_replace", "_asdict", "_fields", "_render_traceback_"}


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
