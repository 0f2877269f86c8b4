"""The message of a test of another project's private API, for the maintainer who reads it after an upgrade."""

import importlib
import importlib.metadata


def changed(project, what, module):
    """The message of a failure: the installed version, what changed in it, and the module that relies on it."""
    version = importlib.metadata.version(project)
    return f"{project} {version} has changed: {what}. See {module.__name__}, which names the version it was tested with"


def assert_all_exist(names_by_module, project, user):
    """Fail if a module has no such function, or a class in it no such method."""
    for module, names in names_by_module.items():
        for name in names:
            value = importlib.import_module(module)
            for part in name.split("."):
                value = getattr(value, part, None)
            assert value is not None, changed(project, f"{module} has no {name} any more", user)
