"""Steps of nbgrader's that generate the students' copies, the course's own: nbgrader_config.py names them."""

import re

from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Unicode

from tlcourse.building import addresses


class OpenInColab(NbGraderPreprocessor):
    """Insert the link that opens a unit on Colab below its title; only the students' copy has this link."""

    base = Unicode(addresses.COLAB_BASE, help="Address of the course's folder on Colab; empty for no link.").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        """Called by nbconvert with the solved notebook. The first cell keeps its id."""
        if not self.base:
            return nb, resources
        link = addresses.colab_link(resources["nbgrader"]["notebook"], self.base)
        first = nb.cells[0] if nb.cells else None
        titled = first is not None and first.cell_type == "markdown" and first.source.startswith("# ")
        if titled and link not in first.source:  # stock nbgrader reads its configuration twice, and so calls this twice
            title, _, rest = first.source.partition("\n")
            first.source = f"{title}\n\n{link}\n{rest}".rstrip()
        return nb, resources


class FoldCells(NbGraderPreprocessor):
    """Fold the cells that a student runs without reading: set-up and checks. A click on their three dots shows them."""

    def preprocess_cell(self, cell, resources, index):
        """Called by nbconvert with each cell."""
        grading = cell.metadata.get("nbgrader", {})
        check = grading.get("grade") and not grading.get("solution")
        if cell.cell_type == "code" and (check or "setup" in cell.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {**cell.metadata.get("jupyter", {}), "source_hidden": True}
        return cell, resources


class NameExercise(ClearSolutions):
    """nbgrader's step that removes solutions.

    The line in their place names the exercise that later cells need, and how to read on without it.
    """

    heading = ""

    def preprocess_cell(self, cell, resources, index):
        """Called by nbconvert with each cell, in the notebook's order."""
        if cell.cell_type == "markdown" and (
            match := re.search(r"^#+ (Exercise [\d.]*\d):", cell.source, re.MULTILINE)
        ):
            self.heading = match[1]
        if self.heading:
            number = self.heading.removeprefix("Exercise ")
            advice = f"Stuck? progress.skip('{number}') shows what follows, without marks"
            stub = f'raise NotImplementedError("{self.heading} is not solved yet. {advice}")'
            self.code_stub = {**self.code_stub, "python": stub}
        return super().preprocess_cell(cell, resources, index)
