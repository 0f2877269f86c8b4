"""Release a unit from its source: build it if it changed, try its solutions, and bring the gradebook up to date."""

import contextlib
import dataclasses
import tempfile
from pathlib import Path

from tlcourse import notebooks
from tlcourse.building import builder, course_units
from tlcourse.grading.engine import grading_plan
from tlcourse.grading.engine.grading_pool import sandbox_problem
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.releasing import release as release_built
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader
from tlcourse.grading.gradebook.seeds import unit_seed
from tlcourse.grading.model.course_file import COURSE_FILE


def release(root, unit, execute=True):
    """Release a unit, so that `tlcourse grade` and students have what its source and course.toml say.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    unit : str
    execute : bool
        Run the cells of the unit if its code changed. Otherwise, the changed cells have no outputs.

    Returns
    -------
    (tlcourse.grading.gradebook.released_cells.CellChanges, bool, str or None)
        What is different in the gradebook, whether the students' notebook changed, and why the solutions could not be
        tried; empty or None if they were.

    Raises
    ------
    tlcourse.grading.engine.grading_plan.ReferenceFails
        If the solutions fail a check. Nothing is released then.
    tlcourse.building.builder.BuildError, ValueError
    """
    course = NbgraderCourse(root)
    file = course.paths.release_file(unit)
    before = _content(notebooks.read(file)) if file.is_file() else None
    with _kept_on_failure(file):
        _build(root, unit, execute)
        problem = sandbox_problem()
        if not problem:
            _try_solutions(course, unit)
        changes = release_built(course, unit)
    return changes, _content(notebooks.read(file)) != before, problem


@contextlib.contextmanager
def _kept_on_failure(file):
    """Restore a file if the block fails: a build has already written the students' notebook then."""
    content = file.read_text(encoding="utf-8") if file.is_file() else None
    try:
        yield
    except BaseException:
        if content is not None:
            notebooks.write_atomically(file, content)
        raise


def _build(root, unit, execute):
    """Build a unit if its source or course.toml changed; its cells run only if there is new code.

    Raises
    ------
    ValueError
        If the solved notebook is newer than both: a build would overwrite what was edited there.
    """
    source, built = root / "solutions" / f"{unit}.py", root / "solutions" / unit / f"{unit}.ipynb"
    if not source.is_file() or not (changed := _changed_cells(root, unit)):
        return
    present = set()
    if built.is_file():
        edited = max(file.stat().st_mtime for file in (source, root / COURSE_FILE) if file.is_file())
        if built.stat().st_mtime > edited:
            raise ValueError(
                f"{built} was edited after its source: run `tlcourse source {built}` to keep the edit, "
                f"or `tlcourse build {unit}` to discard it"
            )
        present = {cell.source for cell in notebooks.read(built).cells if cell.cell_type == "code"}
    new_code = any(
        cell.cell_type == "code" and cell.source not in present and not course_units.is_installation(cell)
        for cell in changed
    )
    builder.build(unit, execute=execute and new_code, root=root)


def differences(root, unit):
    """Where the source, the solved notebook and the release of a unit differ: sentences with the remedy.

    The gradebook is not among them: `NbgraderCourse.assignment` compares it, and raises an error.
    """
    if not (root / "solutions" / f"{unit}.py").is_file():
        return []
    remedy = f"run `tlcourse release {unit}`; until then, grading uses the released unit"
    try:
        if changed := _changed_cells(root, unit):
            has_settings = (root / COURSE_FILE).is_file()
            if has_settings and all(map(course_units.is_installation, changed)):
                return [f"install in {COURSE_FILE} has changed since {unit} was built: {remedy}"]
            names = ", ".join(map(notebooks.describe, changed[:3])) + (", …" if len(changed) > 3 else "")
            place = f"the source of {unit}" + (f" or {COURSE_FILE}" if has_settings else "")
            return [f"{place} has changed since it was built ({names}): {remedy}"]
        file = NbgraderCourse(root).paths.release_file(unit)
        if file.is_file() and _content(notebooks.read(file)) != _content(builder.released(unit, root)):
            return [f"{file} is not what the solved notebook of {unit} gives: {remedy}"]
    except (ValueError, builder.BuildError) as error:
        return [f"the source of {unit} cannot be built: {error}. Grading uses the released unit"]
    return []


def _changed_cells(root, unit):
    """The cells of a unit's source that its solved notebook does not have in this form, or every cell without one."""
    source = course_units.read_unit(root, unit)
    built = root / "solutions" / unit / f"{unit}.ipynb"
    if not built.is_file():
        return source.cells
    stored = notebooks.read(built)
    present = {cell.id: content for cell, content in zip(stored.cells, _content(stored), strict=True)}
    own = {cell.id: content for cell, content in zip(source.cells, _content(source), strict=True)}
    if list(own) == list(present) and own == present:
        return []
    changed = [cell for cell in source.cells if present.get(cell.id) != own[cell.id]]
    removed = [cell for cell in stored.cells if cell.id not in own]
    return changed + removed or source.cells  # the same cells in another order


def _content(notebook):
    """What decides on a notebook, cell by cell: not outputs, ids and checksums, which depend on nbgrader's version."""
    cells = []
    for cell in notebook.cells:
        nbgrader = {key: value for key, value in cell.metadata.get("nbgrader", {}).items() if key != "checksum"}
        cells.append((cell.cell_type, cell.source, nbgrader, sorted(cell.metadata.get("tags", []))))
    return cells


def _try_solutions(course, unit):
    """Grade the built solutions with the course's own seed, and keep the plan; before anything is released."""
    seed = unit_seed(course.folder, unit, course.grading_limits.seed)
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as folder:
        scratch = Path(folder, "course")
        new_course(scratch, course.folder, [unit])
        run_nbgrader(scratch, "generate_assignment", unit)
        assignment = dataclasses.replace(NbgraderCourse(scratch).assignment(unit), seed=seed)
        if assignment.autograded_cells():
            paths = course.paths
            grading_plan.with_grading_plan(
                assignment, paths.solution_file(unit), paths.cached_plan_file(unit), paths.shipped_plan_file(unit)
            )
