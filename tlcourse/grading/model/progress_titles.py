"""The titles that a notebook's setup cell gives to `progress`: one for each check of the student's release."""

import ast

from tlcourse.grading.model.cell_code import cached_by_source, parsed


@cached_by_source
def progress_titles(source):
    """The titles by name in a cell with ``progress = checks.Progress({"name": "title"})``; {} in any other cell."""
    return {name: title for node in parsed(source).body for name, title in (made_titles(node) or {}).items()}


def made_titles(statement):
    """The titles in a statement of this form, with literal texts only; None for any other statement."""
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
        return None
    call, targets = statement.value, statement.targets
    if len(targets) != 1 or not _is_name(targets[0], "progress") or not _is_progress(call.func):
        return None
    if call.keywords or len(call.args) != 1 or not isinstance(call.args[0], ast.Dict):
        return None
    names, titles = call.args[0].keys, call.args[0].values
    if not all(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in [*names, *titles]):
        return None
    return {name.value: title.value for name, title in zip(names, titles, strict=True)}


def _is_progress(node):
    return isinstance(node, ast.Attribute) and node.attr == "Progress" and _is_name(node.value, "checks")


def _is_name(node, name):
    return isinstance(node, ast.Name) and node.id == name
