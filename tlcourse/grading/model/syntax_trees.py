"""Syntax trees of Python code, one thread at a time.

Up to 3.12, Python keeps the depth of the tree that it is making once for the whole process. Threads that make trees at
the same time then fail at random: with "SystemError: AST constructor recursion depth mismatch", or with a
RecursionError for a short text (https://github.com/python/cpython/issues/106905 is related). A class is graded by
threads of one process.
"""

import ast
import re
import threading

LONG_NUMBER = re.compile(r"(?<![\da-fA-F_])[\da-fA-F_]{3000}")  # tried once for each run of digits
MOST_BITS = 10_000  # of a number: Python writes one of 4,300 decimal digits, and no longer one
ONE_AT_A_TIME = threading.RLock()  # for whoever has another module make the tree


def parse(source):
    """`ast.parse` that other threads do not disturb, if they use this, too.

    Parameters
    ----------
    source : str

    Returns
    -------
    ast.Module
        In it, a text stands for a number that is too long for `ast.unparse`.

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As `ast.parse` does.
    """
    with ONE_AT_A_TIME:
        tree = ast.parse(source)
    return _LongNumbersAsTexts().visit(tree) if LONG_NUMBER.search(source) else tree


class _LongNumbersAsTexts(ast.NodeTransformer):
    def visit_Constant(self, node):
        """A number, a text or another constant."""
        is_long = type(node.value) is int and node.value.bit_length() > MOST_BITS
        return ast.copy_location(ast.Constant(hex(node.value)), node) if is_long else node
