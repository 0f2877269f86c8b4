"""The source of a notebook's cells as Python: syntax trees and imports. Nothing is run."""

import ast
import functools
import re


def cached_by_source(function, entries=512, longest=20_000):
    """Cache a function of a cell's text: submissions share most of their cells. Very long texts are not kept."""
    cached = functools.lru_cache(entries)(function)

    @functools.wraps(function)
    def wrapper(source):
        return cached(source) if len(source) <= longest else function(source)

    return wrapper


@cached_by_source
def parsed(source):
    """A cell's syntax tree, its magics left out; empty where it is not Python. It is shared: do not change it."""
    without_magics = re.sub(r"^(\s*)[%!].*$", r"\1pass", source, flags=re.MULTILINE)
    try:
        return ast.parse(without_magics)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def imported_modules(cells):
    """The modules that a notebook's cells import, without those that only another platform has.

    Parameters
    ----------
    cells : list of nbformat.NotebookNode

    Returns
    -------
    list of str
        In the order of the first import; ``from a import b`` gives both ``a`` and ``a.b``.
    """
    modules = {}
    for cell in cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(parsed(cell.source)):
            if isinstance(node, ast.Import):
                modules |= dict.fromkeys(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules |= dict.fromkeys([node.module, *(f"{node.module}.{alias.name}" for alias in node.names)])
    return [name for name in modules if re.fullmatch(r"[\w.]+", name) and not name.startswith("google.")]


def defined_functions(source):
    """The functions that a cell defines at its top level, in their order; by its lines where it is not Python."""
    if statements := parsed(source).body:
        return [node.name for node in statements if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return re.findall(r"^(?:async )?def (\w+)\(", source, flags=re.MULTILINE)
