"""Which names hidden tests define that later cells of the same unit read: a student's copy does not have them."""

import ast
import builtins
import re

from tlcourse.notebooks import HIDDEN_TESTS

SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def reads_and_writes(source):
    """The names that a cell uses at module level, in order: a list of (name, whether it is written)."""
    events = []

    def visit(node, local):
        if isinstance(node, SCOPES):
            own = {child.arg for child in ast.walk(node) if isinstance(child, ast.arg)}
            own |= {child.id for child in ast.walk(node) if isinstance(child, ast.Name) and not _is_read(child)}
            for child in ast.iter_child_nodes(node):
                visit(child, local | own)
            if isinstance(node, ast.FunctionDef):
                events.append((node.name, True))
            return
        if isinstance(node, ast.Import | ast.ImportFrom):
            events.extend(((alias.asname or alias.name).partition(".")[0], True) for alias in node.names)
        if isinstance(node, ast.Name) and node.id not in local and not hasattr(builtins, node.id):
            events.append((node.id, not _is_read(node)))
        children = list(ast.iter_child_nodes(node))
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.For):  # their value comes first
            first = node.iter if isinstance(node, ast.For) else node.value
            children.sort(key=lambda child: child is not first)
        for child in children:
            visit(child, local)

    visit(ast.parse(re.sub(r"^( *)[%!].*", r"\1pass", source, flags=re.MULTILINE)), frozenset())  # magics
    return events


def _is_read(name):
    return isinstance(name.ctx, ast.Load)


def leaks(cells):
    """Sentences about what hidden tests define and a later cell reads.

    Parameters
    ----------
    cells : list of (str, str)
        A name and the source of each code cell of a unit, in order.
    """
    defined, sentences = {}, []
    for name, source in cells:
        visible = HIDDEN_TESTS.sub("", source)
        own = reads_and_writes(visible)
        if visible != source:
            in_view = {each for each, written in own if written}
            hidden = {each for each, written in reads_and_writes(source) if written} - in_view
            defined |= dict.fromkeys(hidden, name)
            continue
        for each, written in own:
            origin = defined.pop(each, None)
            if origin and not written:
                sentences.append(f"{each} of {origin} is read in the cell {visible.splitlines()[0]}")
    return sentences
