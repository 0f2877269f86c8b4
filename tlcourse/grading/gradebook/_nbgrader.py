"""What the course relies on in nbgrader beyond its documentation. Tested with nbgrader 0.9.6.

How its application finds its configuration, what its converters put into nbconvert's resources, and (in `recorder`)
that a converter's list of steps takes a step that is already made. tests/grading/gradebook/test_nbgrader.py
says which of these has changed.
"""

import contextlib
import os
from typing import NamedTuple

from jupyter_core.application import JupyterApp


class _Configuration(JupyterApp):
    """Reads nbgrader_config.py from Jupyter's folders, without the seconds that nbgrader's own application takes."""

    name = "nbgrader"
    config_file_name = "nbgrader_config"


def read_configuration(folder):
    """The configuration that ``nbgrader`` has when it runs in a folder: a traitlets.config.Config."""
    application = _Configuration()
    with working_in(folder):
        application.load_config_file()
        super(JupyterApp, application).load_config_file("nbgrader_config.py", path=str(folder))
    return application.config


@contextlib.contextmanager
def working_in(folder):
    """Change the working directory for a while."""
    before = os.getcwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


class Conversion(NamedTuple):
    """What a step of nbgrader's can know of the notebook that it gets."""

    unit: str
    student: str
    db_url: str


def conversion(resources):
    """The `Conversion` that nbconvert's resources are of."""
    entries = resources["nbgrader"]
    return Conversion(entries["assignment"], entries["student"], entries["db_url"])
