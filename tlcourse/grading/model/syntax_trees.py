"""Syntax trees of Python code, one thread at a time.

Up to 3.12, Python keeps the depth of the tree that it is making once for the whole process. Threads that make trees at
the same time then fail at random: with "SystemError: AST constructor recursion depth mismatch", or with a
RecursionError for a short text (https://github.com/python/cpython/issues/106905 is related). A class is graded by
threads of one process.
"""

import ast
import threading

ONE_AT_A_TIME = threading.RLock()  # for whoever has another module make the tree


def parse(source):
    """`ast.parse` that other threads do not disturb, if they use this, too.

    Parameters
    ----------
    source : str

    Returns
    -------
    ast.Module

    Raises
    ------
    SyntaxError, ValueError, RecursionError, MemoryError
        As `ast.parse` does.
    """
    with ONE_AT_A_TIME:
        return ast.parse(source)
