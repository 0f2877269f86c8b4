"""An nbgrader course on disk: its configuration as nbgrader reads it, its assignments and gradebook."""

import contextlib
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from sqlalchemy.engine import make_url
from traitlets import Bool, Float, Integer, Unicode
from traitlets.config import Configurable

from tlcourse import notebooks
from tlcourse.grading.engine.grading_plan import with_grading_plan
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.seeds import unit_seed
from tlcourse.grading.gradebook.storage_errors import retry_while_locked
from tlcourse.grading.model.assignment import Assignment, Limits
from tlcourse.grading.model.cell_code import imported_modules


class NotReleased(RuntimeError):  # noqa: N818
    """The gradebook does not have the unit or has an older release of it, or its release is not there."""


class GradingLimits(Configurable):
    """What one submission may use: ``c.GradingLimits...`` in nbgrader_config.py."""

    unsafe = Bool(False, help="Run student code without a sandbox. TLCOURSE_UNSAFE_GRADING=1 does the same.").tag(
        config=True
    )
    cell_seconds = Float(Limits.cell_seconds, help="Seconds that a cell may take.").tag(config=True)
    notebook_seconds = Float(Limits.notebook_seconds, help="Seconds that a notebook may take.").tag(config=True)
    wall_clock_factor = Float(
        Limits.wall_clock_factor, help="Limits on the clock, as a multiple of the other limits."
    ).tag(config=True)
    memory_megabytes = Integer(Limits.memory_megabytes, help="Memory of a submission's processes.").tag(config=True)
    disk_megabytes = Integer(Limits.disk_megabytes, help="Size of /tmp, of the home folder, and of a file.").tag(
        config=True
    )
    processes = Integer(Limits.processes, help="Number of processes and threads of a submission.").tag(config=True)
    output_bytes = Integer(Limits.output_bytes, help="Size of the output of a cell; the rest is cut.").tag(config=True)
    seed = Unicode("", help="Seed of the hidden tests; by default each unit has a secret one.").tag(config=True)

    def limits(self):
        """The same as a `tlcourse.grading.model.assignment.Limits`."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})


class NbgraderCourse:
    """A course.

    Parameters
    ----------
    folder : path
    config : traitlets.config.Config, optional
        By default that of nbgrader_config.py in the folder.

    Attributes
    ----------
    paths : tlcourse.grading.gradebook.course_paths.CoursePaths
    """

    def __init__(self, folder, config=None):
        self.paths = CoursePaths(folder, config)
        self.folder, self.config, self.coursedir = self.paths.folder, self.paths.config, self.paths.coursedir
        self.grading_limits = GradingLimits(config=self.config)

    def with_grading_plan(self, assignment, unsafe=False):
        """An assignment with its plan; the unit's solutions run where there is none that fits."""
        solution = self.paths.solution_file(assignment.unit)
        cached = self.paths.cached_plan_file(assignment.unit)
        return with_grading_plan(assignment, solution, cached, self.paths.shipped_plan_file(assignment.unit), unsafe)

    def assignment(self, unit):
        """A unit from nbgrader's gradebook, which keeps the hidden tests, and from the release folder.

        Returns
        -------
        tlcourse.grading.model.assignment.Assignment

        Raises
        ------
        NotReleased
            If either is missing, or the solved notebook has other checks or points than the gradebook.
        ValueError
            If a check belongs to no exercise by its grade_id.
        """
        file = self.paths.release_file(unit)
        try:
            self.require_gradebook(unit)
            with self.gradebook() as book:
                entry = book.find_notebook(unit, unit)
                sources = {cell.name: (cell.source, cell.checksum) for cell in entry.source_cells}
                points = {cell.name: cell.max_score for cell in entry.grade_cells}
            notebook = notebooks.read(file)
        except MissingEntry:
            raise NotReleased(_not_in_gradebook(unit)) from None
        except FileNotFoundError:
            raise NotReleased(f"no release at {file}: run `tlcourse release {unit}`") from None
        notebooks.exercises(notebook)  # raises
        self._require_current_release(unit, {name: source for name, (source, _) in sources.items()}, points)
        cells = [_released_cell(cell, sources, points) for cell in notebook.cells]
        modules, limits = imported_modules(notebook.cells), self.grading_limits.limits()
        seed = unit_seed(self.folder, unit, self.grading_limits.seed)
        return Assignment(unit, cells, modules, _released_files(file.parent), limits, seed=seed)

    def require_gradebook(self, unit):
        """Raise an error where nbgrader would make an empty gradebook: reading one should not write a file."""
        if not self._has_gradebook():
            raise NotReleased(_not_in_gradebook(unit))

    def _has_gradebook(self):
        url = make_url(self.coursedir.db_url)
        return url.get_backend_name() != "sqlite" or not url.database or Path(url.database).exists()

    def released_units(self):
        """The units that the gradebook has, in the course's order."""
        if not self._has_gradebook():
            return []
        with self.gradebook() as book:
            names = {row.name for row in book.assignments}
        return [unit for unit in self.paths.units() if unit in names]

    def _require_current_release(self, unit, sources, points):
        """Raise an error if the solved notebook was changed after the release; `sources`, `points`: the gradebook's."""
        file = self.paths.solution_file(unit)
        if not file.is_file():
            return
        marked = {cell.metadata.get("nbgrader", {}).get("grade_id"): cell for cell in notebooks.read(file).cells}
        built = {name: cell for name, cell in marked.items() if name and cell.metadata.nbgrader.get("grade")}
        changed = [name for name in built if name in points and _differs(built[name], sources[name], points[name])]
        added_or_removed = sorted(built.keys() ^ points.keys())
        if not changed and not added_or_removed:
            return
        names = ", ".join(changed + added_or_removed)
        raise NotReleased(
            f"the gradebook has an older release of {unit} than {file} ({names} changed): run `tlcourse release {unit}`"
        )

    @contextlib.contextmanager
    def gradebook(self):
        """nbgrader's gradebook, open."""
        with Gradebook(self.coursedir.db_url, self.coursedir.course_id) as book:
            yield book

    def students(self):
        """The students in the gradebook."""
        return retry_while_locked(lambda: self._ids(lambda book: book.students))

    def assignment_names(self):
        """The names of the assignments in the gradebook."""
        return retry_while_locked(self._assignment_names)

    def _assignment_names(self):
        with self.gradebook() as book:
            return {assignment.name for assignment in book.assignments}

    def recorded_students(self, unit):
        """The students who have a submission of the unit in the gradebook."""
        return retry_while_locked(
            lambda: self._ids(lambda book: [row.student for row in book.assignment_submissions(unit)])
        )

    def _ids(self, query):
        with self.gradebook() as book:
            return {student.id for student in query(book)}


def _not_in_gradebook(unit):
    return f"the gradebook does not contain {unit}: run `tlcourse release {unit}` first"


def _differs(cell, source, points):
    """Whether a graded cell has other points, or a check another source; of an answer only the stub is released."""
    nbgrader = cell.metadata.nbgrader
    return nbgrader.get("points") != points or (not nbgrader.get("solution") and cell.source != source)


def _released_cell(cell, sources, points):
    """A cell of the release as `Assignment` has it; `sources` and `points` are the gradebook's, by grade_id."""
    nbgrader = dict(cell.metadata.get("nbgrader", {}))
    name = nbgrader.get("grade_id")
    source, checksum = sources.get(name, (cell.source, None))
    if name in sources:
        nbgrader |= {"checksum": checksum, "cell_type": cell.cell_type}
        if name in points:
            nbgrader["points"] = points[name]
    locked = nbgrader.get("locked") or (nbgrader.get("grade") and not nbgrader.get("solution"))
    return {
        "grade_id": name if name in sources else None,
        "cell_type": cell.cell_type,
        "source": cell.source,
        "full": source if locked else cell.source,
        "nbgrader": nbgrader if name in sources else {},
        "tags": list(cell.metadata.get("tags", [])),
    }


def _released_files(folder):
    """What was released with the notebook, by relative path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
    }
