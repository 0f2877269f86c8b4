"""Two steps that nbgrader_config.py adds to nbgrader's own: one before the release, one before the feedback."""

from nbgrader.preprocessors import NbGraderPreprocessor

from tlcourse.building import addresses
from tlcourse.notebooks import HIDDEN_TESTS


class OpenInColab(NbGraderPreprocessor):
    """Put below a unit's title the badge that opens it on Colab: the student's copy, and so no source, has it."""

    def preprocess(self, nb, resources):
        """Called by nbconvert with the solved notebook; the first cell keeps its id."""
        badge = addresses.badge(resources["nbgrader"]["notebook"])
        first = nb.cells[0] if nb.cells else None
        titled = first is not None and first.cell_type == "markdown" and first.source.startswith("# ")
        if titled and badge not in first.source:  # stock nbgrader reads its configuration twice, and calls this twice
            title, _, rest = first.source.partition("\n")
            first.source = f"{title}\n\n{badge}\n{rest}".rstrip()
        return nb, resources


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
