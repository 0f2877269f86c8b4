"""The message of a test of another project's private API, for the maintainer who reads it after an upgrade."""

import importlib.metadata


def changed(project, what, module):
    """The message of a failure: the installed version, what changed in it, and the module that relies on it."""
    version = importlib.metadata.version(project)
    return f"{project} {version} has changed: {what}. See {module.__name__}, which names the version it was tested with"
