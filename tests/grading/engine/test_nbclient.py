"""Whether nbclient still has what the engine relies on beyond its documentation."""

import asyncio
import inspect
import json

import nbformat
from private_apis import changed

from tlcourse.grading.engine import _nbclient


def parameters(function):
    return set(inspect.signature(function).parameters)


def test_nbclient_has_what_the_engine_relies_on():
    from nbclient import NotebookClient

    for name, expected in {
        "output": {"outs", "msg", "display_id", "cell_index"},
        "handle_comm_msg": {"outs", "msg", "cell_index"},
        "async_execute_cell": {"cell", "cell_index", "store_history"},
        "reset_execution_trackers": set(),
    }.items():
        function = getattr(NotebookClient, name, None)
        assert function is not None, changed("nbclient", f"no NotebookClient.{name}", _nbclient)
        assert expected <= parameters(function), changed("nbclient", f"parameters of {name}", _nbclient)
    missing = {"on_cell_executed", "iopub_timeout", "record_timing"} - set(NotebookClient.class_trait_names())
    assert not missing, changed("nbclient", f"no trait {', '.join(missing)}", _nbclient)
    client = _nbclient.cell_client(nbformat.v4.new_notebook(), None, 10)
    message = {"header": {"msg_type": "stream"}, "content": {"name": "stdout", "text": "x" * 100}, "metadata": {}}
    outputs = []
    for _ in range(3):
        client.output(outputs, {**message, "msg_type": "stream"}, None, 0)
    assert len(json.dumps(outputs)) < 200, changed("nbclient", "outputs do not come in through `output`", _nbclient)


def test_a_check_leaves_the_cell_in_whose_place_it_runs(monkeypatch):
    """The metadata of the cell have the points that the gradebook records."""

    async def execute(client, cell, index, **options):  # as nbclient does in the end, without a kernel
        client.nb.cells[index] = cell
        client.on_cell_executed(execute_reply={"content": {"status": "ok"}})

    monkeypatch.setattr(_nbclient.CellClient, "async_execute_cell", execute)
    graded = nbformat.v4.new_code_cell("check()", metadata={"nbgrader": {"grade_id": "test_double"}})
    client = _nbclient.cell_client(nbformat.v4.new_notebook(cells=[graded]), None, 10)
    reply = asyncio.run(client.run_check(nbformat.v4.new_code_cell("check()"), 0))
    assert reply == {"status": "ok"}
    assert client.nb.cells[0].metadata.nbgrader.grade_id == "test_double"
