"""Finds names that a notebook's own cells have replaced: ``sum = 0`` in one cell breaks `sum` in all others.

Python then says no more than "'int' object is not callable", far from the line at fault.
"""

import ast
import builtins
import sys
import traceback

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
REMEDY = "Delete that line or use another name, restart the kernel, and run all cells"


def notebook_remedy(error):
    """What to do where code stops because of the notebook around it; an empty text where that is not clear.

    Parameters
    ----------
    error : Exception
        A name is missing or has been replaced.
    """
    if isinstance(error, NameError) and error.name:
        return f"Run the cell that defines or imports `{error.name}`; if that cell shows an error, correct it first."
    notebook = vars(sys.modules["__main__"])
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_globals is notebook]
    reads = {name for frame in frames for name in frame.f_code.co_names}
    ran = notebook.get("In", [])  # IPython's list of the cells that ran
    return " ".join(replaced_names([source for source in ran if isinstance(source, str)], reads).values())


def replaced_names(sources, reads):
    """What a notebook has replaced among the names that some code reads.

    Parameters
    ----------
    sources : iterable of str
        The notebook's cells, in the order in which they ran. One that is not Python does not count.
    reads : collection of str

    Returns
    -------
    dict of str to str
        By name, a sentence that shows the line at fault and says what to do.
    """
    bound = {}
    for source in sources:
        for name, line, defines in _bindings(source):
            bound.setdefault(name, []).append((line, defines))
    sentences = {}
    for name in sorted(set(reads) & set(bound)):
        line, defines = bound[name][-1]
        origins = [origin for origin, is_definition in bound[name] if is_definition]
        if hasattr(builtins, name):
            sentences[name] = f"`{name}` is Python's own, but the line `{line}` of the notebook replaces it. {REMEDY}."
        elif origins and not defines:
            origin = f"`{name}` comes from the line `{origins[0]}`"
            sentences[name] = f"{origin}, but the line `{line}` of the notebook replaces it. {REMEDY}."
    return sentences


def _bindings(source):
    """The names that a cell gives a meaning to: (name, line, whether the line defines or imports it)."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    lines = source.splitlines()
    for node in _own_nodes(tree):
        line = lines[node.lineno - 1].strip()[:80] if hasattr(node, "lineno") else ""
        if isinstance(node, SCOPES[:3]):
            yield node.name, line, True
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                starred = alias.name == "*"
                names = _starred(node) if starred else [(alias.asname or alias.name).partition(".")[0]]
                yield from ((name, line, not starred) for name in names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, line, False


def _own_nodes(tree):
    """The nodes of a cell, without what is inside its functions, classes and comprehensions."""
    waiting = [tree]
    while waiting:
        node = waiting.pop(0)
        yield node
        if not isinstance(node, (*SCOPES, *COMPREHENSIONS)):
            waiting[:0] = ast.iter_child_nodes(node)


def _starred(node):
    """Python's own names that ``from module import *`` replaces, where the module has been imported."""
    module = sys.modules.get(node.module or "")
    names = getattr(module, "__all__", None) or [name for name in dir(module) if not name.startswith("_")]
    return [name for name in names if hasattr(builtins, name)] if module else []
