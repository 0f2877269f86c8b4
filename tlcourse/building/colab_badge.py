"""The step that nbgrader_config.py adds before nbgrader generates the students' copies."""

from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Unicode

from tlcourse.building import addresses


class OpenInColab(NbGraderPreprocessor):
    """Insert the badge that opens a unit on Colab below its title; only the students' copy has this badge."""

    base = Unicode(addresses.COLAB_BASE, help="Address of the course's folder on Colab; empty for no badge.").tag(
        config=True
    )

    def preprocess(self, nb, resources):
        """Called by nbconvert with the solved notebook. The first cell keeps its id."""
        if not self.base:
            return nb, resources
        badge = addresses.badge(resources["nbgrader"]["notebook"], self.base)
        first = nb.cells[0] if nb.cells else None
        titled = first is not None and first.cell_type == "markdown" and first.source.startswith("# ")
        if (
            titled and badge not in first.source
        ):  # stock nbgrader reads its configuration twice, and so calls this twice
            title, _, rest = first.source.partition("\n")
            first.source = f"{title}\n\n{badge}\n{rest}".rstrip()
        return nb, resources
