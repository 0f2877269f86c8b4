"""The source of a notebook's cells as Python: syntax trees and imports. Nothing is run.

No sandbox limits what reading a cell costs, so this module does: what takes more than linear time gets a short text.
"""

import ast
import functools
import re

from tlcourse.grading.model.syntax_trees import parse

LONGEST_CODE = 100_000  # characters of a cell that is parsed; long chains and texts of many parts take quadratic time
MOST_MAGIC_WORK = 1_000_000  # lines with magics, times characters: IPython reads the whole cell again for each of them
DEEPEST_MAGIC = 3  # magics in each other, such as ``%time %time x = 1``
# Spaces are possessive: a search that gave them back one by one would take quadratic time for a line of spaces.
MAGIC_LINE = re.compile(r"^([ \t]*+)(?:[%!?].*|.*\?[ \t]*+|[^#\n]*=[ \t]*+[%!].*)$", re.MULTILINE)
OPTIONS = re.compile(r"^\s*(?:-\w+(?:\s+\d+)?(?:\s+|$))+")  # of a magic, before the code


def cached_by_source(function, entries=512, longest=20_000):
    """Cache a function of a cell's text: submissions share most of their cells. Very long texts are not kept."""
    cached = functools.lru_cache(entries)(function)

    @functools.wraps(function)
    def wrapper(source):
        return cached(source) if len(source) <= longest else function(source)

    return wrapper


@cached_by_source
def parsed(source):
    """A cell's syntax tree, with the Python code in its magics; empty where it is not Python, or is too long.

    It is shared: do not change it.
    """
    return _parsed(source, 0)


def _parsed(source, level):
    """The tree of a cell, or of the code in a magic of this level."""
    if len(source) > LONGEST_CODE or level > DEEPEST_MAGIC:
        return ast.Module([], [])
    try:
        return parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    magics = len(MAGIC_LINE.findall(source))
    if (magics + 1) * len(source) <= MOST_MAGIC_WORK:
        return _parsed_by_ipython(source, level)
    try:
        return parse(MAGIC_LINE.sub(r"\1pass", source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])


def _parsed_by_ipython(source, level):
    """The syntax tree of a cell with magics, ``!commands`` or ``help?``, which IPython turns into calls."""
    from IPython.core.inputtransformer2 import TransformerManager  # takes a third of a second to import

    try:
        tree = parse(TransformerManager().transform_cell(source))
        return ast.Module(_MagicsAsCode(level).visit(tree).body, [])
    except Exception:  # whatever IPython makes of a text that may be anything
        return ast.Module([], [])


class _MagicsAsCode(ast.NodeTransformer):
    """Puts the code that a magic runs in the place of the call that IPython makes of the magic."""

    def __init__(self, level):
        self.level = level

    def visit_Expr(self, node):
        """A magic that is a statement, such as ``%time x = 1``, a cell below ``%%time``, and ``x?``."""
        if not _is_magic(node.value):
            return node
        _, *texts = [OPTIONS.sub("", argument.value) for argument in node.value.args]
        return [statement for text in texts for statement in self._inner(text)] or ast.Pass()

    def visit_Assign(self, node):
        """``x = %time f(1)``."""
        if _is_magic(node.value):
            body = self._inner(OPTIONS.sub("", node.value.args[-1].value))
            node.value = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else ast.Constant(None)
        return node

    def _inner(self, text):
        return _parsed(text, self.level + 1).body


def _is_magic(node):
    """Whether this is a call such as ``get_ipython().run_line_magic("time", "f()")``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Call)
        and getattr(node.func.value.func, "id", None) == "get_ipython"
        and all(isinstance(argument, ast.Constant) and isinstance(argument.value, str) for argument in node.args)
    )


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
            modules |= dict.fromkeys(modules_of_import(node))
    return [name for name in modules if re.fullmatch(r"[\w.]+", name) and not name.startswith("google.")]


def modules_of_import(node):
    """The modules that a statement imports, as `imported_modules` gives them; none if it is no import."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def defined_functions(source):
    """The functions that a cell defines at its top level, in their order; by its lines where it is not Python."""
    if statements := parsed(source).body:
        return [node.name for node in statements if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    return re.findall(r"^(?:async )?def (\w+)\(", source, flags=re.MULTILINE)
