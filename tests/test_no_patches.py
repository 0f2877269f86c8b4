"""Nobody replaces another project's code at run time."""

import ast

from conftest import ROOT


def _package():
    """(path in the repository, syntax tree) of each module that is not about other projects' private APIs."""
    for file in sorted((ROOT / "tlcourse").rglob("*.py")):
        if not file.name.startswith("_") or file.name == "__init__.py":
            yield file.relative_to(ROOT).as_posix(), ast.parse(file.read_text(encoding="utf-8"))


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
