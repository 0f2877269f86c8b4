"""The steps that nbgrader_config.py puts into `nbgrader autograde`: grade in the sandbox, save the result.

`tlcourse grade` takes the same steps; it has graded beforehand, in parallel, and gives the first step its result.
"""

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum, determine_grade, is_grade, is_solution, is_task, parse_utc

from tlcourse.grading.engine.grade_submission import grade_submission
from tlcourse.grading.engine.grading_pool import open_sandbox, require_sandbox
from tlcourse.grading.gradebook._nbgrader import conversion
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.model.results import write_record
from tlcourse.grading.submissions.discover import read_submission


class EmptyReader(NotebookExporter):
    """Reads no submission: `GradeSubmission` does, and copes with what is no notebook; nbgrader would give it up."""

    def from_file(self, file_stream, resources=None, **options):
        """Called by nbconvert with the open file."""
        return self.from_notebook_node(nbformat.v4.new_notebook(), resources=resources, **options)


class GradeSubmission(NbGraderPreprocessor):
    """Grade a submission, and give the next steps its executed notebook.

    Parameters
    ----------
    result : tlcourse.grading.model.results.Result, optional
        Of the submission, where it has been graded already.
    timestamp : str, optional
        When that one came; see `tlcourse.grading.model.submission.Submission`.
    """

    def __init__(self, result=None, timestamp=None, **traits):
        super().__init__(**traits)
        self.result, self.timestamp = result, timestamp

    def preprocess(self, nb, resources):
        """Called by nbconvert with an empty notebook."""
        about = conversion(resources)
        graded = (self.result, self.timestamp) if self.result else self._grade(about.unit, about.student)
        resources["nbgrader"]["result"], resources["nbgrader"]["timestamp"] = graded
        return graded[0].executed_notebook(), resources

    def _grade(self, unit, student):
        course = NbgraderCourse(CourseDirectory(config=self.config).root, self.config)
        unsafe = require_sandbox(course.folder, course.grading_limits.unsafe)
        assignment = course.with_grading_plan(course.assignment(unit), unsafe)
        submission = read_submission(course.paths.submission_folder(student, unit), student, unit)
        result = grade_submission(assignment, submission, open_sandbox(assignment.modules, unsafe))
        return result, submission.timestamp


class SaveResult(NbGraderPreprocessor):
    """Put a result's scores and time into the gradebook, its status and notes where people read them, and record it."""

    def preprocess(self, nb, resources):
        """Called by nbconvert with the executed notebook."""
        about, result = conversion(resources), resources["nbgrader"]["result"]
        with Gradebook(about.db_url) as book:
            submitted = book.find_submission_notebook(about.unit, about.unit, about.student)
            # nbgrader keeps an old time where there is none any more, and misreads some zones.
            submitted.assignment.timestamp = parse_utc(resources["nbgrader"]["timestamp"])
            _save_scores(nb, submitted, result)
            _save_comments(nb, submitted, result)
            book.db.commit()
        write_record(CourseDirectory(config=self.config).root, result)
        return nb, resources


def _save_scores(notebook, submitted, result):
    """Give every graded cell its score; a written answer waits for a person, unless it was left untouched.

    What a person has decided before stays decided where only some checks of the same submission ran again.
    """
    grades, scores = {grade.name: grade for grade in submitted.grades}, {}
    for cell in result.cells:
        scores[cell["grade_id"]] = cell["score"]
    for cell in filter(is_grade, notebook.cells):
        grade = grades[cell.metadata.nbgrader.grade_id]
        decided = grade.manual_score is not None and not grade.needs_manual_grade
        if result.kept and decided and (grade.name in result.kept or grade.name not in scores):
            grade.auto_score = scores.get(grade.name, grade.auto_score)
            continue
        by_person = cell.cell_type != "code" or is_solution(cell)
        grade.auto_score = determine_grade(cell)[0] if by_person else scores.get(grade.name, 0.0)
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


def _save_comments(notebook, submitted, result):
    """Say which answers were left untouched, and on the first one what was not as usual.

    Formgrader and the feedback pages show these comments.
    """
    comments = {comment.name: comment for comment in submitted.comments}
    status_to_report = result.status != "graded"
    for cell in notebook.cells:
        if is_solution(cell) or is_task(cell):
            untouched = cell.metadata.nbgrader.get("checksum") == compute_checksum(cell) and not is_task(cell)
            text = ["No response."] if untouched else []
            if status_to_report:
                text += [f"Grading status: {result.status}.", *result.notes]
                status_to_report = False
            comments[cell.metadata.nbgrader.grade_id].auto_comment = " ".join(text) or None
