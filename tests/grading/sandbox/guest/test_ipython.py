"""Whether IPython still has what tamper detection relies on beyond its documentation."""

import importlib

from private_apis import changed

from tlcourse.grading.sandbox.guest import _ipython, integrity


def test_ipython_has_what_tamper_detection_relies_on():
    from IPython.core.inputtransformer2 import TransformerManager
    from IPython.core.interactiveshell import InteractiveShell

    assert callable(TransformerManager)
    for module, names in (_ipython.WATCHED | integrity.LIBRARIES).items():
        for name in names:
            value = importlib.import_module(module)
            for part in name.split("."):
                value = getattr(value, part, None)
            what = f"{module} has no {name} any more: see {_ipython.__name__} and {integrity.__name__}"
            assert value is not None, what
    shell = InteractiveShell()
    for name in ("ast_transformers", "input_transformers_post", "custom_exceptions", "input_transformer_manager"):
        assert hasattr(shell, name), changed("ipython", f"its shell has no {name}", _ipython)
    assert hasattr(shell.events, "callbacks"), changed("ipython", "its events have no callbacks", _ipython)
    shell.ast_transformers.append(object())
    shell.run_cell = lambda *_: None
    _ipython.take_out_hooks(shell)
    assert shell.ast_transformers == []
    assert "run_cell" not in vars(shell)
