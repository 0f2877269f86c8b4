"""Create a private course: a folder of its own, ready for git, with some units of this one.

The folder contains the sources of the units, course.toml with what the course changes, and an empty roster. Its secret
seeds are in grading_records/, which git ignores. `course_update` brings it newer sources.
"""

import shutil
from pathlib import Path

import jinja2

from tlcourse import notebooks
from tlcourse.building import builder, course_units, delivered_files, tables, unit_sources
from tlcourse.building.course_folder import enclosing_course
from tlcourse.grading.gradebook.seeds import unit_seed
from tlcourse.grading.model.course_file import COURSE_FILE, CourseSettings, UnitSettings, parse_course_file

TEMPLATES = Path(__file__).with_name("course_templates")
MADE = {"course.toml.jinja": COURSE_FILE, "gitignore.jinja": ".gitignore", "README.md.jinja": "README.md"}
MADE |= {"roster.csv.jinja": "roster.csv"}


def create(folder, root, units, settings):
    """Create a private course.

    Parameters
    ----------
    folder : path
        New, or an empty folder.
    root : pathlib.Path
        The course that the units come from.
    units : list of str
    settings : tlcourse.grading.model.course_file.CourseSettings

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileExistsError
        If the folder contains anything.
    ValueError
        If the folder is in another course, or a unit does not have an exercise that the settings name. Nothing is left
        behind then.
    """
    folder = Path(folder).resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileExistsError(f"{folder} already exists: name a new folder")
    if outer := enclosing_course(folder):
        raise ValueError(
            f"{folder} is in the course {outer}, with which it could be published: name a folder outside of it, "
            f"such as {outer.with_name(folder.name)}"
        )
    draft = folder.with_name(f"{folder.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _fill(draft, root, units, settings)
        if folder.exists():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _fill(folder, root, units, settings):
    delivered_files.copy(root, folder, units)
    for template, name in MADE.items():
        notebooks.write_atomically(folder / name, _rendered(template, units, settings))
    parse_course_file((folder / COURSE_FILE).read_text(encoding="utf-8"))  # what was written can be read
    for unit in units:
        for file in ("grading_plan.json", f"{unit}.ipynb"):  # outputs of the cells that stay, and their plan
            if (built := root / "solutions" / unit / file).is_file():
                shutil.copy(built, folder / "solutions" / unit)
    builder.build(units, execute=False, root=folder)
    tables.write(folder)
    for unit in units:
        unit_seed(folder, unit)


def _rendered(template, units, settings):
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(course=settings, units=units)


def settings_for(root, units, drop, points, **course):
    """Settings that drop exercises and change points, each in the unit that has it.

    Parameters
    ----------
    root : pathlib.Path
    units : list of str
    drop : sequence of str
        Names of exercises and written answers.
    points : dict of str to float
        By the name of an exercise, a written answer or a check.
    **course
        The other fields of `CourseSettings`.

    Raises
    ------
    ValueError
        If no unit has a name, or several have it.
    """
    names = {unit: _names(root, unit) for unit in units}
    dropped = [(_owner(name, names), name) for name in drop]
    changed = [(_owner(name, names), name, value) for name, value in points.items()]
    chosen = {
        unit: UnitSettings(
            drop=tuple(name for owner, name in dropped if owner == unit),
            points={name: value for owner, name, value in changed if owner == unit},
        )
        for unit in units
    }
    return CourseSettings(units=chosen, **course)


def _names(root, unit):
    notebook = unit_sources.read(root / "solutions" / f"{unit}.py")
    exercises = notebooks.exercises(notebook)
    checks = [cell.metadata.nbgrader.grade_id for _, tests in exercises.values() for cell in tests]
    return [*exercises, *course_units.written_answers(notebook), *checks]


def _owner(name, names):
    owners = [unit for unit, own in names.items() if name in own]
    if len(owners) == 1:
        return owners[0]
    if owners:
        raise ValueError(f"{' and '.join(owners)} both have {name}: leave it out here, and write it into {COURSE_FILE}")
    listed = "; ".join(f"{unit} has {', '.join(own)}" for unit, own in names.items())
    raise ValueError(f"no exercise '{name}': {listed}")
