"""What the sandbox relies on in ipykernel beyond its documentation. Tested with ipykernel 7.4.

tests/grading/sandbox/guest/test_ipykernel.py reports which of these has changed.
"""

import sys

# What a kernel would import when it starts; imported once, before any fork.
IMPORTS = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "tornado.platform.asyncio",
)
OPTIONS = ("--HistoryManager.enabled=False", "--IPKernelApp.log_level=50", "--IPKernelApp.quiet=True")
CELL_RUNNERS = {  # functions that run a cell, by module
    "ipykernel.zmqshell": ["ZMQInteractiveShell.run_cell", "ZMQInteractiveShell._showtraceback"],
    "ipykernel.ipkernel": ["IPythonKernel.do_execute"],
    "ipykernel.kernelbase": ["Kernel.execute_request"],
}
CELL_FILE = "ipykernel_"  # occurs in the file name of each cell's code


def disable_debugger():
    """Keep ipykernel from giving each kernel a debugger that nobody will use: it takes debugpy where it can."""
    sys.modules["debugpy"] = None


def application(connection_file):
    """A kernel's application, its sockets bound; ``start()`` runs it.

    Parameters
    ----------
    connection_file : pathlib.Path
        As Jupyter writes it.

    Returns
    -------
    ipykernel.kernelapp.IPKernelApp
    """
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance(ignore_cwd=True)
    app.initialize(["-f", str(connection_file), *OPTIONS])
    # With this, `quit()` in a cell would end the kernel a tenth of a second later, before or after the next check.
    app.shell.unobserve_all("exit_now")
    return app
