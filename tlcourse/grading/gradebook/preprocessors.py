"""Steps that nbgrader_config.py adds to nbgrader's own: for the feedback, and for formgrader."""

import html

import nbformat
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from tlcourse import notebooks
from tlcourse.grading.gradebook._nbgrader import conversion
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.marks import unit_marks


class HideHiddenTests(NbGraderPreprocessor):
    """Cut the hidden tests from a feedback page and leave only the message of an error in a test cell.

    Stock nbgrader prints them into every feedback page, as source and in tracebacks: next year's class reads them.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        """Called by nbconvert for every cell of an autograded notebook; changes it in place."""
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not nbgrader.get("grade"):
            return cell, resources
        cell.source = notebooks.HIDDEN_TESTS.sub("", cell.source).rstrip("\n")
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class ShowProvisional(NbGraderPreprocessor):
    """Say on a feedback page that its points are provisional, and which written answers are not marked yet.

    nbgrader shows such an answer as 0 points. This step comes after GetGrades, which sets the comments.
    """

    def preprocess(self, nb, resources):
        """Called by nbconvert with an autograded notebook; the file stays as it is."""
        about = conversion(resources)
        with Gradebook(about.db_url) as book:
            course = NbgraderCourse(CourseDirectory(config=self.config).root, self.config)
            mark = unit_marks(course, book, about.unit, about.student).get(about.student)
        if mark is None or not mark.provisional:
            return nb, resources
        for cell in nb.cells:
            nbgrader = cell.metadata.get("nbgrader", {})
            if nbgrader.get("grade_id") in mark.by_cell and mark.by_cell[nbgrader.grade_id] is None:
                nbgrader["unmarked"] = True
                comments = ["**Not marked yet.** The 0 points are not a mark.", nbgrader.get("comment")]
                nbgrader["comment"] = "\n\n".join(filter(None, comments))
        note = f"**These points are provisional: {mark.why_provisional}.** Your points can still rise."
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(note, id="provisional"))
        return nb, resources


class ShowMarkScheme(NbGraderPreprocessor):
    """Put the mark scheme of a written answer above it, on formgrader's page for one submission and nowhere else.

    A page that is not formgrader's, such as a student's feedback, has no ``submission_id`` in its resources.
    """

    def preprocess(self, nb, resources):
        """Called by nbconvert with an autograded notebook; the file stays as it is."""
        if "submission_id" not in resources:
            return nb, resources
        schemes = self._schemes(resources["assignment_id"])
        cells = []
        for cell in nb.cells:
            grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
            if grade_id in schemes:
                cells.append(nbformat.v4.new_markdown_cell(schemes[grade_id]))
            cells.append(cell)
        nb.cells = cells
        return nb, resources

    def _schemes(self, unit):
        """What to show above each written answer of a unit, by grade_id; nothing if its source is not here."""
        try:
            paths = CoursePaths(CourseDirectory(config=self.config).root, self.config)
            reference = notebooks.read(paths.solution_file(unit))
        except (FileNotFoundError, ValueError) as error:
            self.log.warning("No mark schemes: %s", error)
            return {}
        written = [cell for cell in reference.cells if cell.cell_type == "markdown" and "nbgrader" in cell.metadata]
        return {
            cell.metadata.nbgrader.grade_id: _shown(cell.source)
            for cell in written
            if notebooks.MARK_SCHEME.search(cell.source)
        }


def _shown(source):
    """The mark scheme as Markdown, with the reference's answer folded away."""
    answer = html.escape(notebooks.MARK_SCHEME.sub("", source))
    return (
        f"**Mark scheme** (students do not see it)\n\n{notebooks.MARK_SCHEME.search(source)[1]}\n\n"
        f"<details><summary>Reference answer</summary>\n\n{answer}\n\n</details>"
    )
