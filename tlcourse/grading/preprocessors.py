"""Two repairs to stock nbgrader, which nbgrader_config.py puts in the place of nbgrader's own steps.

Stock nbgrader prints the hidden tests into every feedback page, as source and in tracebacks: next year's class reads
them. And it stops with a KeyError when a student deleted an exercise together with its check.
"""

import re

from nbgrader.preprocessors import NbGraderPreprocessor, OverwriteCells

HIDDEN = re.compile(r"^[^\n]*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.MULTILINE | re.DOTALL)


class HideHiddenTests(NbGraderPreprocessor):
    """Cut the hidden tests from a feedback page and leave only the message of an error in a test cell."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Called by nbconvert for every cell of an autograded notebook; changes it in place."""
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not marks.get("grade"):
            return cell, resources
        cell.source = HIDDEN.sub("", cell.source).rstrip("\n")
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class RestoreCells(OverwriteCells):
    """nbgrader's OverwriteCells, but a deleted check comes back also when its neighbours were deleted too."""

    def add_missing_grade_cells(self, nb, resources):
        """Put every missing graded cell after the nearest earlier cell of the release that is still there."""
        source = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        graded = {cell.name: cell for cell in source.grade_cells}
        solutions = {cell.name for cell in source.solution_cells}
        where = 0  # the position after the last cell of the release that was met
        for cell in source.source_cells:
            found = [place for place, other in enumerate(nb.cells) if _grade_id(other) == cell.name]
            if found:
                where = found[0] + 1
            elif cell.name in graded:
                self.log.warning("%s was deleted from the submission; it is graded all the same", cell.name)
                restored = self.missing_cell_transform(cell, graded[cell.name].max_score, cell.name in solutions)
                nb.cells.insert(where, restored)
                where += 1
        return nb, resources


def _grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")
