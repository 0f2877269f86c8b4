"""Internals of IPython and ipykernel by which student code could interfere with a check. Tested with IPython 9.18.

Sent as text into a student's kernel together with `integrity`, so it uses nothing of tlcourse.
tests/grading/sandbox/guest/test_ipython.py says which of these has changed.
"""

import sys
import types

SHELL = (
    "run_cell",
    "run_cell_async",
    "run_ast_nodes",
    "run_code",
    "transform_cell",
    "showtraceback",
    "user_expressions",
)
WATCHED = {  # functions that run a cell, by module
    "IPython.core.interactiveshell": [f"InteractiveShell.{name}" for name in SHELL],
    "ipykernel.zmqshell": [f"ZMQInteractiveShell.{name}" for name in ("run_cell", "_showtraceback")],
    "ipykernel.ipkernel": ["IPythonKernel.do_execute"],
    "ipykernel.kernelbase": ["Kernel.execute_request"],
}
OWN = ("IPython", "ipykernel", "matplotlib_inline")  # whose callbacks stay


def take_out_hooks(shell):
    """Stop tracing, and take everything out of the shell by which earlier cells can change what a later one does.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    """
    from IPython.core.inputtransformer2 import TransformerManager

    sys.settrace(None)
    sys.setprofile(None)
    for name in [name for name in vars(shell) if isinstance(getattr(type(shell), name, None), types.FunctionType)]:
        delattr(shell, name)
    shell.ast_transformers, shell.input_transformers_post, shell.custom_exceptions = [], [], ()
    shell.input_transformer_manager = TransformerManager()
    for event, callbacks in shell.events.callbacks.items():
        shell.events.callbacks[event] = [hook for hook in callbacks if str(hook.__module__).startswith(OWN)]
