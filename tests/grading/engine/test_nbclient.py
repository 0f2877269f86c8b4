"""Whether nbclient still has what the engine relies on beyond its documentation."""

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
