"""Where a course keeps what belongs to a unit: in the folders that its nbgrader_config.py names.

An instructor's copy may name other folders than solutions/, notebooks/ and submitted/. Only grading_records/ is always
called so: it holds what `tlcourse.grading.model.results` records, for which nbgrader has no setting.
"""

from pathlib import Path

from tlcourse.grading.gradebook._nbgrader import read_configuration, require_findable
from tlcourse.grading.model.results import records_folder
from tlcourse.grading.model.unit_names import units_in

SHIPPED_PLAN = "grading_plan.json"
ANSWERS = "answers"


class CoursePaths:
    """The files of a course.

    Parameters
    ----------
    folder : path
    config : traitlets.config.Config, optional
        By default what nbgrader_config.py there says.

    Attributes
    ----------
    coursedir : nbgrader.coursedir.CourseDirectory

    Raises
    ------
    ValueError
        If nbgrader would not find anything in the folder, because of its name.
    """

    def __init__(self, folder, config=None):
        from nbgrader.coursedir import CourseDirectory  # takes a second to import

        require_findable(folder)
        self.folder = Path(folder).resolve()
        self.config = read_configuration(self.folder) if config is None else config
        self.coursedir = CourseDirectory(config=self.config, root=str(self.folder))

    def _folder_of(self, step, student, unit):
        """Where nbgrader keeps a unit after one of its steps; `student` is "." where all share it."""
        return Path(self.coursedir.format_path(step, student, unit))

    def units(self):
        """The units that have a source, a solved notebook or a release, in the course's order."""
        return units_in(self.solution_file("*").parents[1], self.release_file("*").parents[1])

    def assignments(self):
        """The names of everything that has a folder among the solutions or the releases."""
        parents = (self.solution_file("*").parents[1], self.release_file("*").parents[1])
        return {path.name for parent in parents for path in parent.glob("*") if path.is_dir()}

    def autograded_folder(self, student, unit):
        """What nbgrader keeps of a graded submission."""
        return self._folder_of(self.coursedir.autograded_directory, student, unit)

    def solution_file(self, unit):
        """The solved notebook of a unit."""
        return self._folder_of(self.coursedir.source_directory, ".", unit) / f"{unit}.ipynb"

    def shipped_plan_file(self, unit):
        """What came with a unit's solutions: how each of its checks can be graded."""
        return self.solution_file(unit).with_name(SHIPPED_PLAN)

    def answers_folder(self, unit):
        """What came with a unit's solutions: correct and wrong answers to its exercises."""
        return self.solution_file(unit).with_name(ANSWERS)

    def cached_plan_file(self, unit):
        """The same as the shipped plan, where it was found out in the course itself."""
        return records_folder(self.folder, unit) / ".plan.json"

    def release_file(self, unit):
        """The student's notebook of a unit."""
        return self._folder_of(self.coursedir.release_directory, ".", unit) / f"{unit}.ipynb"

    def submission_folder(self, student, unit):
        """Where nbgrader looks for a student's submission."""
        return self._folder_of(self.coursedir.submitted_directory, student, unit)

    def submitted_file(self, student, unit):
        """The notebook of a student's submission."""
        return self.submission_folder(student, unit) / f"{unit}.ipynb"

    def submitted_folder(self):
        """The folder that has a folder for each student."""
        return Path(self.coursedir.root, self.coursedir.submitted_directory)

    def submission_folders(self, unit):
        """The folders of the students who submitted something, by student."""
        base = self.submitted_folder()
        pattern = self.submission_folder("*", unit).relative_to(base)
        folders = sorted(path for path in base.glob(pattern.as_posix()) if path.is_dir())
        return {path.relative_to(base).parts[0]: path for path in folders}

    def graded_students(self, unit):
        """The students of whom nbgrader keeps a graded submission."""
        base = Path(self.coursedir.root, self.coursedir.autograded_directory)
        pattern = self.autograded_folder("*", unit).relative_to(base)
        return sorted(path.relative_to(base).parts[0] for path in base.glob(pattern.as_posix()) if path.is_dir())

    def autograded_file(self, student, unit):
        """The graded notebook of a student, with what its cells showed."""
        return self._folder_of(self.coursedir.autograded_directory, student, unit) / f"{unit}.ipynb"

    def feedback_file(self, student, unit):
        """The page that ``nbgrader generate_feedback`` writes for a student."""
        return self._folder_of(self.coursedir.feedback_directory, student, unit) / f"{unit}.html"
