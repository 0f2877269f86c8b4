"""Whether other projects still have what the grading relies on beyond their documentation; one test for each module."""

import asyncio
import importlib
import inspect
import json

import nbformat
import pytest

from tlcourse.grading.engine import _nbclient
from tlcourse.grading.gradebook import _nbgrader
from tlcourse.grading.sandbox import _jupyter_client
from tlcourse.grading.sandbox.guest import _ipykernel, _ipython, integrity


def changed(project, what, module):
    """The message of a failure."""
    version = importlib.metadata.version(project)
    return f"{project} {version} has changed: {what}. {module.__name__} relies on it"


def parameters(function):
    return set(inspect.signature(function).parameters)


def assert_all_exist(names_by_module, project, user):
    """Fail if a module has no such function, or a class in it no such method."""
    for module, names in names_by_module.items():
        for name in names:
            value = importlib.import_module(module)
            for part in name.split("."):
                value = getattr(value, part, None)
            assert value is not None, changed(project, f"{module} has no {name} any more", user)


def test_nbgrader_has_what_the_gradebook_relies_on(tmp_path):
    from nbgrader.converters import Autograde
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import NbGraderPreprocessor

    traits = {"autograde_preprocessors", "sanitize_preprocessors", "pre_convert_hook", "exporter_class", "force"}
    missing = traits - set(Autograde.class_trait_names())
    assert not missing, changed("nbgrader", f"its Autograde has no {', '.join(missing)}", _nbgrader)
    coursedir = CourseDirectory(root=str(tmp_path), student_id="ann", assignment_id="unit", submitted_directory="in")
    converter = Autograde(coursedir=coursedir)
    file = tmp_path / "in" / "ann" / "unit" / "unit.ipynb"
    about = converter.init_single_notebook_resources(str(file))["nbgrader"]
    missing = {"assignment", "student", "notebook", "db_url"} - set(about)
    assert not missing, changed("nbgrader", f"its resources have no {', '.join(missing)}", _nbgrader)
    step = NbGraderPreprocessor()
    converter.autograde_preprocessors = [step]
    exporter = converter.exporter_class()
    exporter.register_preprocessor(step)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")])
    seen = []
    step.preprocess = lambda nb, resources: (seen.append(nb), (nb, resources))[1]
    exporter.from_notebook_node(notebook)
    assert seen, changed("nbconvert", "an exporter does not take a step that is already made", _nbgrader)
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\nc.CourseDirectory.course_id = 'here'\n")
    config = _nbgrader.read_configuration(tmp_path)
    assert config.CourseDirectory.course_id == "here", changed("jupyter_core", "how it reads configuration", _nbgrader)


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


def test_jupyter_client_has_what_the_sandbox_relies_on():
    from jupyter_client import AsyncKernelManager
    from nbclient.exceptions import DeadKernelError

    async def dead():
        return False

    manager = AsyncKernelManager(client_factory=_jupyter_client.ClientWithoutHeartbeat)
    client = manager.client(kernel_lives=dead)
    assert isinstance(client, _jupyter_client.ClientWithoutHeartbeat), changed(
        "jupyter_client", "a manager makes its client without `client_factory`", _jupyter_client
    )
    runner = _nbclient.cell_client(nbformat.v4.new_notebook(), client, 10)
    with pytest.raises(DeadKernelError):  # nbclient asks the client's `is_alive`
        asyncio.run(runner._async_check_alive())


def test_ipykernel_has_what_the_sandbox_relies_on():
    from ipykernel import compiler
    from ipykernel.kernelapp import IPKernelApp

    for name in _ipykernel.IMPORTS:
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise AssertionError(changed("ipykernel", f"no module {name}", _ipykernel)) from error
    assert callable(getattr(IPKernelApp, "initialize", None)), changed("ipykernel", "no initialize", _ipykernel)
    assert_all_exist(_ipykernel.CELL_RUNNERS, "ipykernel", _ipykernel)
    name = compiler.get_file_name("x = 1")
    assert _ipykernel.CELL_FILE in name, changed("ipykernel", f"a cell's file is called {name}", _ipykernel)
    for option in _ipykernel.OPTIONS:
        owner, trait = option[2:].partition("=")[0].split(".")
        owners = {kind.__name__: kind for kind in IPKernelApp.classes} | {"IPKernelApp": IPKernelApp}
        if owner in owners:
            assert trait in owners[owner].class_trait_names(), changed("ipykernel", f"no option {option}", _ipykernel)


def test_ipython_has_what_tamper_detection_relies_on():
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.core.interactiveshell import InteractiveShell

    assert callable(TransformerManager)
    assert_all_exist(_ipython.CELL_RUNNERS, "ipython", _ipython)
    assert_all_exist(integrity.LIBRARIES, "numpy", integrity)
    shell = InteractiveShell()
    for name in ("ast_transformers", "input_transformers_post", "custom_exceptions", "input_transformer_manager"):
        assert hasattr(shell, name), changed("ipython", f"its shell has no {name}", _ipython)
    assert hasattr(shell.events, "callbacks"), changed("ipython", "its events have no callbacks", _ipython)
    shell.ast_transformers.append(object())
    shell.run_cell = lambda *_: None
    _ipython.take_out_hooks(shell)
    assert shell.ast_transformers == []
    assert "run_cell" not in vars(shell)
