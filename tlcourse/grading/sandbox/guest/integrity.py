"""Sent as text into a student's kernel around a check that has to run there, and into the checker to compare with.

Uses nothing of tlcourse: in the kernel, what is imported may be the student's. Every function gets what it needs.
Its text goes with that of `_ipython`, which takes hooks out of IPython.
"""

import builtins
import contextlib
import hashlib
import importlib
import random
import sys
import types

LIBRARIES = {
    "contextlib": ["contextmanager", "_GeneratorContextManager.__exit__", "_GeneratorContextManager.__enter__"],
    "warnings": ["catch_warnings.__exit__", "simplefilter"],
    "zlib": ["crc32"],
    "math": ["isclose", "prod", "sqrt", "ceil", "floor", "isnan"],
    "numpy": ["allclose", "isclose", "array_equal", "array", "asarray", "all", "any", "abs", "prod", "zeros", "shape"],
    "numpy.random": ["default_rng"],
    "keras": [
        f"{kind}.{name}"
        for kind in ("Model", "Sequential", "layers.Layer")
        for name in ("weights", "trainable", "trainable_weights", "trainable_variables", "count_params", "get_weights")
    ],
    "numpy.testing": ["assert_allclose", "assert_array_equal", "assert_equal", "assert_almost_equal"],
}
COURSE_NAMES = ("checks", "progress")  # of the notebook


def fingerprints(watched, namespace):
    """What the functions that checks rely on are made of, by name, and the types of the course's objects.

    Parameters
    ----------
    watched : dict
        More functions, as `LIBRARIES` has them.
    namespace : dict
        The notebook's.
    """
    wanted = {name: type(namespace[name]) for name in COURSE_NAMES if name in namespace}
    wanted |= {f"builtins.{name}": value for name, value in vars(builtins).items() if callable(value)}
    for module, names in (LIBRARIES | watched).items():
        if module in sys.modules:
            for name in names:
                value = sys.modules[module]
                for part in name.split("."):
                    value = getattr(value, part, None)
                wanted[f"{module}.{name}"] = value
    for module, content in list(sys.modules.items()):
        if module.startswith("tlcourse.") and not module.startswith("tlcourse.grading") and content is not None:
            functions = {name: value for name, value in vars(content).items() if isinstance(value, types.FunctionType)}
            wanted |= {f"{module}.{name}": value for name, value in functions.items()}
    return {name: _fingerprint(value) for name, value in wanted.items()}


def _fingerprint(value):
    value = getattr(value, "_implementation", value)  # numpy's dispatcher
    value = value.fget if isinstance(value, property) else value
    code = getattr(getattr(value, "__wrapped__", value), "__code__", None) or getattr(value, "__code__", None)
    if code is None:
        return f"{type(value).__name__} {getattr(value, '__module__', '')} {getattr(value, '__qualname__', '')}"
    digest = hashlib.sha256()
    codes = [getattr(value, "__code__", code), code]
    while codes:
        code = codes.pop()
        constants = [constant for constant in code.co_consts if not isinstance(constant, types.CodeType)]
        digest.update(repr((code.co_code, sorted(map(repr, constants)), code.co_names)).encode())
        codes += [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return digest.hexdigest()


def reset_modules(namespace, sources, statements):
    """Load the modules that checks use anew, bind the names of the set-up again, and seed.

    Parameters
    ----------
    namespace : dict
        The notebook's.
    sources : dict of str to (file, text)
        Modules that are made anew from their text.
    statements : list of str
        Imports and the like of the release's set-up cells.
    """
    for name, (file, text) in sources.items():
        module = types.ModuleType(name)
        module.__file__ = file
        module.__package__ = name.rpartition(".")[0]
        importlib.import_module(module.__package__)
        exec(compile(text, file, "exec"), vars(module))
        sys.modules[name] = module
        setattr(sys.modules[module.__package__], name.rpartition(".")[2], module)
    for statement in statements:
        with contextlib.suppress(Exception):
            exec(compile(statement, "<setup>", "exec"), namespace)
    random.seed(0)
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed(0)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(0)


def mutate(namespace, name):
    """Put a function in the place of `name` that calls it and returns something else; return what undoes it."""
    original = namespace[name]

    def mutated(*arguments, **keywords):
        return _altered(original(*arguments, **keywords))

    mutated.__name__ = name
    namespace[name] = mutated
    return lambda: namespace.__setitem__(name, original)


def _altered(value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value * 1.371 + 3.1417
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, (list, tuple)) and value:
        return type(value)(_altered(item) for item in value) if type(value) in (list, tuple) else object()
    if type(value).__module__ == "numpy" and getattr(getattr(value, "dtype", None), "kind", "") in "iuf":
        return value * 1.371 + 3.1417
    return object()
