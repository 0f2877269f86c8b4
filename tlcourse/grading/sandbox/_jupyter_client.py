"""What the sandbox relies on in jupyter_client beyond its documentation. Tested with jupyter_client 8.10.

A session takes the name of a function that unpacks messages.

A manager makes its client with `client_factory` and passes keywords on, and a subclass may answer `is_alive` by itself,
which nbclient asks while a cell runs. tests/grading/sandbox/test_jupyter_client.py reports which of these has changed.
"""

from jupyter_client import AsyncKernelClient
from traitlets import Callable

UNPACKER = "tlcourse.grading.bounded_json.unpack"


class ClientWithoutHeartbeat(AsyncKernelClient):
    """A client that asks whoever started its kernel whether the kernel still lives, instead of a heartbeat."""

    kernel_is_alive = Callable(help="An async function without arguments that returns a bool.")

    def __init__(self, **traits):
        super().__init__(**traits)
        self.session.unpacker = UNPACKER  # student code can send what it wants

    async def is_alive(self):
        """Whether the kernel still lives."""
        return await self.kernel_is_alive()
