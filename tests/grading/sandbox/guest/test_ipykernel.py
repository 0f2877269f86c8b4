"""Whether ipykernel still has what the sandbox relies on beyond its documentation."""

import importlib

from private_apis import assert_all_exist, changed

from tlcourse.grading.sandbox.guest import _ipykernel


def test_quit_ends_a_kernel_only_through_the_trait_that_the_sandbox_leaves_alone():
    from ipykernel.zmqshell import ZMQInteractiveShell

    assert "exit_now" in ZMQInteractiveShell.class_traits(), changed("ipykernel", "no exit_now", _ipykernel)
    assert callable(ZMQInteractiveShell.unobserve_all)


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
