"""Sent as text into a student's kernel around a check that has to run there, and into the judge to compare with.

Uses nothing of tlcourse: in the kernel, what is imported may be the student's. Every function gets what it needs.
"""

import builtins
import contextlib
import hashlib
import random
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
WATCHED = {
    "IPython.core.interactiveshell": [f"InteractiveShell.{name}" for name in SHELL],
    "ipykernel.zmqshell": [f"ZMQInteractiveShell.{name}" for name in ("run_cell", "_showtraceback")],
    "ipykernel.ipkernel": ["IPythonKernel.do_execute"],
    "ipykernel.kernelbase": ["Kernel.execute_request"],
    "contextlib": ["contextmanager", "_GeneratorContextManager.__exit__", "_GeneratorContextManager.__enter__"],
    "warnings": ["catch_warnings.__exit__", "simplefilter"],
    "zlib": ["crc32"],
    "math": ["isclose", "prod", "sqrt", "ceil", "floor", "isnan"],
    "numpy": ["allclose", "isclose", "array_equal", "array", "asarray", "all", "any", "abs", "prod", "zeros", "shape"],
    "numpy.random": ["default_rng"],
    "numpy.testing": ["assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"],
}


def fingerprints():
    """What the functions that checks rely on are made of, by name."""
    wanted = {f"builtins.{name}": value for name, value in vars(builtins).items() if callable(value)}
    for module, names in WATCHED.items():
        if module in sys.modules:
            for name in names:
                found = sys.modules[module]
                for part in name.split("."):
                    found = getattr(found, part, None)
                wanted[f"{module}.{name}"] = found
    for module, content in list(sys.modules.items()):
        if module.startswith("tlcourse.") and not module.startswith("tlcourse.grading") and content is not None:
            functions = {name: value for name, value in vars(content).items() if isinstance(value, types.FunctionType)}
            wanted |= {f"{module}.{name}": value for name, value in functions.items()}
    return {name: _print_of(value) for name, value in wanted.items()}


def _print_of(value):
    value = getattr(value, "_implementation", value)  # numpy's dispatcher
    code = getattr(getattr(value, "__wrapped__", value), "__code__", None) or getattr(value, "__code__", None)
    if code is None:
        return f"{type(value).__name__} {getattr(value, '__module__', '')} {getattr(value, '__qualname__', '')}"
    digest = hashlib.sha256()
    codes = [getattr(value, "__code__", code), code]
    while codes:
        one = codes.pop()
        constants = [constant for constant in one.co_consts if not isinstance(constant, types.CodeType)]
        digest.update(repr((one.co_code, sorted(map(repr, constants)), one.co_names)).encode())
        codes += [constant for constant in one.co_consts if isinstance(constant, types.CodeType)]
    return digest.hexdigest()


def clean(shell, sources, statements):
    """Take hooks out of IPython, load the modules that checks use anew, and bind the names of the set-up again.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    sources : dict of str to (file, text)
        Modules that are made anew from their text.
    statements : list of str
        Imports and the like of the release's set-up cells.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    sys.settrace(None)
    sys.setprofile(None)
    for name in [name for name in vars(shell) if isinstance(getattr(type(shell), name, None), types.FunctionType)]:
        delattr(shell, name)
    shell.ast_transformers, shell.input_transformers_post, shell.custom_exceptions = [], [], ()
    shell.input_transformer_manager = TransformerManager()
    own = ("IPython", "ipykernel", "matplotlib_inline")
    for event, callbacks in shell.events.callbacks.items():
        shell.events.callbacks[event] = [one for one in callbacks if str(one.__module__).startswith(own)]
    for name, (file, text) in sources.items():
        module = types.ModuleType(name)
        module.__file__ = file
        module.__package__ = name.rpartition(".")[0]
        exec(compile(text, file, "exec"), vars(module))
        sys.modules[name] = module
        setattr(sys.modules[module.__package__], name.rpartition(".")[2], module)
    for statement in statements:
        with contextlib.suppress(Exception):
            exec(compile(statement, "<given>", "exec"), shell.user_ns)
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


def spoil(namespace, name):
    """Put a function in the place of `name` that calls it and returns something else; return what undoes it."""
    original = namespace[name]

    def spoilt(*arguments, **keywords):
        return _other(original(*arguments, **keywords))

    spoilt.__name__ = name
    namespace[name] = spoilt
    return lambda: namespace.__setitem__(name, original)


def _other(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value * 1.371 + 3.1417
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, (list, tuple)) and value:
        return type(value)(_other(one) for one in value) if type(value) in (list, tuple) else object()
    if type(value).__module__ == "numpy" and getattr(getattr(value, "dtype", None), "kind", "") in "iuf":
        return value * 1.371 + 3.1417
    return object()
