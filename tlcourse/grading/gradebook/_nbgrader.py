"""What the course relies on in nbgrader beyond its documentation. Tested with nbgrader 0.9.6.

How its application finds its configuration, what its converters put into nbconvert's resources, and that a converter's
list of steps takes a step that is already made. tests/test_private_apis.py says which of these has changed.
"""

import contextlib
import os
import warnings
from typing import NamedTuple

from jupyter_core.application import JupyterApp
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory


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


def autograde(config, root, submitted_folder, unit, student, step):
    """Run nbgrader's autograding of one submission, with one of its configured steps replaced.

    Parameters
    ----------
    config : traitlets.config.Config
    root, submitted_folder : path
        The course, and what stands in for its folder of submissions.
    unit, student : str
    step : nbgrader.preprocessors.NbGraderPreprocessor
        Takes the place of the step of the same class.

    Raises
    ------
    nbgrader.converters.NbGraderException
        Its `__context__` has the reason.
    """
    place = {"assignment_id": unit, "student_id": student, "submitted_directory": str(submitted_folder)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SQLAlchemy's, about nbgrader's own queries
        converter = Autograde(coursedir=CourseDirectory(config=config, root=str(root), **place), config=config)
        steps = converter.autograde_preprocessors
        converter.autograde_preprocessors = [step if other is type(step) else other for other in steps]
        converter.pre_convert_hook = lambda **_: None  # it is for submissions that nbgrader comes upon by itself
        converter.force = True
        converter.log.setLevel("CRITICAL")
        converter.start()
