"""What the course relies on in nbgrader beyond its documentation. Tested with nbgrader 0.9.6.

How its application finds its configuration, what its converters put into nbconvert's resources, and (in `recorder`)
that a converter's list of steps takes a step that is already made. tests/grading/gradebook/test_nbgrader.py
reports which of these has changed.
"""

import contextlib
from pathlib import Path
from typing import NamedTuple

from jupyter_core.application import JupyterApp
from sqlalchemy.engine import URL
from traitlets import TraitError


class _Configuration(JupyterApp):
    """Reads nbgrader_config.py from Jupyter's folders, without the seconds that nbgrader's own application takes."""

    name = "nbgrader"
    config_file_name = "nbgrader_config"


def read_configuration(folder):
    """The configuration that ``nbgrader`` has when it runs in a folder: a traitlets.config.Config."""
    application = _Configuration()
    with contextlib.chdir(folder):
        application.load_config_file()
        super(JupyterApp, application).load_config_file("nbgrader_config.py", path=str(folder))
    return application.config


def gradebook_url(folder, **options):
    """The address of a course's SQLite gradebook, whatever characters its path has.

    Parameters
    ----------
    folder : path
        The course.
    **options
        Of SQLAlchemy's address, such as ``timeout=30``: the seconds that a locked gradebook is waited for.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        For a path with "[", by which nbgrader finds nothing.
    """
    require_findable(folder)
    database = (Path(folder).resolve() / "gradebook.db").as_posix()
    query = {name: str(value) for name, value in options.items()}
    return URL.create("sqlite", database=database, query=query).render_as_string()


def require_findable(folder):
    """Raise an error for the path of a course in which nbgrader would find no file.

    Raises
    ------
    ValueError
    """
    if "[" in str(Path(folder).resolve()):
        raise ValueError(f"nbgrader takes the '[' in {Path(folder).resolve()} for a pattern: rename the folder")


class Conversion(NamedTuple):
    """What a step of nbgrader's can know of the notebook that it gets."""

    unit: str
    student: str
    db_url: str


def conversion(resources):
    """The `Conversion` that nbconvert's resources are of."""
    entries = resources["nbgrader"]
    return Conversion(entries["assignment"], entries["student"], entries["db_url"])


def late_plugin(config, book, unit):
    """The plug-in that nbgrader's step `AssignLatePenalties` asks for the penalties of a unit.

    Raises
    ------
    ValueError
        If the configuration names one that cannot be imported.
    """
    from nbgrader.preprocessors import AssignLatePenalties  # takes a second to import

    name = config.get("AssignLatePenalties", {}).get("plugin_class")
    try:
        step = AssignLatePenalties(config=config)
    except (TraitError, ImportError) as error:
        raise ValueError(
            f"c.AssignLatePenalties.plugin_class = {name!r} in nbgrader_config.py cannot be imported ({error}): "
            "name a class as MODULE.CLASS, with the file MODULE.py in the folder of the course"
        ) from None
    step.gradebook, step.assignment_id = book, unit
    step.init_plugin()
    return step.plugin_inst


def penalized_submission(plugin):
    """The gradebook and the unit for which nbgrader asks a plug-in for a late penalty."""
    return plugin.parent.gradebook, plugin.parent.assignment_id
