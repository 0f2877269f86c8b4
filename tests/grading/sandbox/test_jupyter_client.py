"""Whether jupyter_client still has what the sandbox relies on beyond its documentation."""

import asyncio

import nbformat
import pytest
from private_apis import changed

from tlcourse.grading import bounded_json
from tlcourse.grading.engine import _nbclient
from tlcourse.grading.sandbox import _jupyter_client


def test_jupyter_client_has_what_the_sandbox_relies_on():
    from jupyter_client import AsyncKernelManager
    from nbclient.exceptions import DeadKernelError

    async def dead():
        return False

    manager = AsyncKernelManager(client_factory=_jupyter_client.ClientWithoutHeartbeat)
    client = manager.client(kernel_is_alive=dead)
    assert isinstance(client, _jupyter_client.ClientWithoutHeartbeat), changed(
        "jupyter_client", "a manager makes its client without `client_factory`", _jupyter_client
    )
    unpack = client.session.unpack
    assert unpack is bounded_json.unpack, changed(
        "jupyter_client", "no name for what unpacks messages", _jupyter_client
    )
    runner = _nbclient.cell_client(nbformat.v4.new_notebook(), client, 10)
    with pytest.raises(DeadKernelError):  # nbclient asks the client's `is_alive`
        asyncio.run(runner._async_check_alive())
