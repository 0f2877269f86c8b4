"""Finds known tricks in a submission's cells, for the instructor to look at. No mark depends on it.

The checks run where no trick reaches them, so one that is overlooked gains nothing, and an honest cell that looks like
one loses nothing.
"""

import ast

from tlcourse.grading.model.assignment import is_setup
from tlcourse.grading.model.cell_code import cached_by_source, modules_of_import, parsed
from tlcourse.grading.model.progress_titles import made_titles
from tlcourse.grading.sandbox import withheld

KEPT = {"checks", "progress"}  # names of the course that no answer needs to change
FRAMES = {"_getframe", "_current_frames", "currentframe", "f_back", "f_locals", "tb_frame", "gi_frame"}
OBJECTS = {"get_objects", "get_referrers", "get_referents"}
HOOKS = {"settrace", "setprofile", "addaudithook", "ast_transformers", "input_transformers_post", "linecache"}
WATCHED = {name: f"reads the frames of its callers (`{name}`)" for name in FRAMES}
WATCHED |= {name: f"searches the process for objects (`gc.{name}`)" for name in OBJECTS}
WATCHED |= {name: f"hooks into the execution of other cells (`{name}`)" for name in HOOKS}
NAMESPACES = {"globals", "locals", "vars"}  # inside an answer


def known_tricks(notebook, assignment):
    """What looks like a trick, one sentence for each kind and cell.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        Of `tlcourse.grading.submissions.normalize.normalize`.
    assignment : tlcourse.grading.model.assignment.Assignment

    Returns
    -------
    list of str
    """
    released = {cell["source"].strip() for cell in assignment.cells if cell["cell_type"] == "code"}
    setups = [cell["source"] for cell in assignment.cells if is_setup(cell)]
    statements = {ast.unparse(node) for source in setups for node in parsed(source).body}
    sentences = {}
    for cell in notebook.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or cell.source.strip() in released or nbgrader.get("grade"):
            continue
        where = f"the answer {nbgrader['grade_id']}" if nbgrader.get("solution") else "a cell"
        for statement, trick in tricks_in(cell.source, bool(nbgrader.get("solution"))):
            if statement not in statements:  # of the set-up, copied
                sentences[f"{where} {trick}"] = None
    return list(sentences)


@cached_by_source
def _imported_names(source):
    nodes = [node for node in ast.walk(parsed(source)) if isinstance(node, (ast.Import, ast.ImportFrom))]
    return {(alias.asname or alias.name).partition(".")[0] for node in nodes for alias in node.names}


def tricks_in(source, answer=False):
    """What looks like a trick in a cell: pairs of the statement and what it does.

    Parameters
    ----------
    source : str
    answer : bool
        Whether the cell is the answer to an exercise.
    """
    tree = parsed(source)
    imported = _imported_names(source) | {"np", "tf", "keras", "builtins", "checks"}
    for statement in tree.body:
        text = _text(statement)
        for name in sorted(_bound_names(statement) & KEPT):
            if made_titles(statement) is None:  # as every setup cell does, that of an earlier release, too
                yield text, f"redefines `{name}`"
        for node in ast.walk(statement):
            if trick := (
                _replaced(node, imported) or _looked_at(node, answer) or _equal_to_everything(node) or _withheld(node)
            ):
                yield text, trick


def _text(node):
    """The source of a node, empty where it is nested too deeply: then it is no statement of the course's."""
    try:
        return ast.unparse(node)
    except RecursionError:
        return ""


def _bound_names(statement):
    """The names that a statement of a cell binds in the notebook; the course's own import of `checks` is none."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        inner = [node.names for node in ast.walk(statement) if isinstance(node, ast.Global)]
        return {statement.name}.union(*inner)
    if isinstance(statement, ast.ImportFrom) and statement.module == "tlcourse":
        return {alias.asname for alias in statement.names if alias.asname and alias.asname != alias.name}
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name for alias in statement.names}
    return {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _replaced(node, imported):
    """Says which attribute of something imported a node replaces; options, such as those of pandas, do not count."""
    targets = node.targets if isinstance(node, ast.Assign) and not isinstance(node.value, ast.Constant) else []
    called = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
    if called in ("setattr", "__setattr__") and node.args:
        targets = [ast.Attribute(node.args[0], "...", ast.Store())]
    for target in targets:
        owner = target
        while isinstance(owner, ast.Attribute):
            owner = owner.value
        if owner is not target and isinstance(owner, ast.Name) and owner.id in imported | KEPT:
            path = _text(target) or f"{owner.id}..."
            if ".options." not in path:
                return f"replaces `{path}`"
    return None


def _looked_at(node, answer):
    if isinstance(node, ast.Attribute) and node.attr in WATCHED:
        return WATCHED[node.attr]
    if isinstance(node, (ast.Import, ast.ImportFrom)) and any(alias.name in WATCHED for alias in node.names):
        return WATCHED[next(alias.name for alias in node.names if alias.name in WATCHED)]
    if answer and isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NAMESPACES:
        return f"looks at the names around it (`{node.func.id}()`)"
    return None


def _equal_to_everything(node):
    """Says so of a comparison that does not compare."""
    if not isinstance(node, ast.FunctionDef) or node.name not in ("__eq__", "__ne__"):
        return None
    returned = [part.value for part in ast.walk(node) if isinstance(part, ast.Return)]
    constant = returned and all(isinstance(value, ast.Constant) for value in returned)
    return f"defines a `{node.name}` that returns a constant" if constant else None


def _withheld(node):
    """Says so of an import of what contains solutions."""
    imports = any(map(withheld.in_package, modules_of_import(node)))
    return f"imports `{withheld.PACKAGE}`, which contains solutions" if imports else None
