"""In the student's kernel: runs a check in a namespace of its own, beside the notebook's.

So the student's functions do not find the check's variables among their globals, and the check's names do not replace
the student's. That keeps accidents apart; code that looks for the check finds it.
"""

NOTHING = object()
_defined = {}  # by earlier checks: a later one may use their functions


def run(source, notebook):
    """Run a check.

    Parameters
    ----------
    source : str
    notebook : dict
        The names of the notebook.
    """
    namespace = {**_defined, **notebook}
    before = dict(namespace)
    try:
        exec(compile(source, "<check>", "exec"), namespace)
    finally:
        changed = {name: value for name, value in namespace.items() if before.get(name, NOTHING) is not value}
        _defined.update(changed)
        _defined.pop("__builtins__", None)
