"""What the sandbox relies on in jupyter_client beyond its documentation. Tested with jupyter_client 8.10.

A manager makes its client with `client_factory` and passes keywords on, and a subclass may answer `is_alive` by itself,
which nbclient asks while a cell runs. tests/grading/sandbox/test_jupyter_client.py says which of these has changed.
"""

from jupyter_client import AsyncKernelClient
from traitlets import Callable


class WatchedClient(AsyncKernelClient):
    """A client that asks whoever started its kernel whether the kernel still lives, instead of a heartbeat."""

    kernel_lives = Callable(help="An async function without arguments that returns a bool.")

    async def is_alive(self):
        """Whether the kernel still lives."""
        return await self.kernel_lives()
