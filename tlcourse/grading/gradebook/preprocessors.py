"""The step that nbgrader_config.py adds before nbgrader writes the feedback."""

from nbgrader.preprocessors import NbGraderPreprocessor

from tlcourse.notebooks import HIDDEN_TESTS


class HideHiddenTests(NbGraderPreprocessor):
    """Cut the hidden tests from a feedback page and leave only the message of an error in a test cell.

    Stock nbgrader prints them into every feedback page, as source and in tracebacks: next year's class reads them.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        """Called by nbconvert for every cell of an autograded notebook; changes it in place."""
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code" or not marks.get("grade"):
            return cell, resources
        cell.source = HIDDEN_TESTS.sub("", cell.source).rstrip("\n")
        for output in cell.outputs:
            if output.output_type == "error":
                output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources
