"""Releases feedback to nbgrader's exchange, also where some submissions did not come through it.

nbgrader_config.py names `ReleaseFeedback`. nbgrader's own stops with FileNotFoundError at the first submission without
a timestamp.txt or a submission_secret.txt: the students after it get nothing.
"""

import glob
from pathlib import Path

from nbgrader.exchange.default import ExchangeReleaseFeedback

REMEDY = "Return their feedback with `tlcourse feedback UNIT --to zips` or `--to mail`."


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's own, for the submissions that came through the exchange; the others are named with a remedy.

    `nbgrader fetch_feedback` finds a page by the secret of the submission, which only `nbgrader submit` makes.
    """

    def copy_files(self):
        """Copy the pages to the exchange; called by nbgrader."""
        pages = [Path(page) for page in sorted(glob.glob(str(Path(self.src_path, "*.html"))))]
        if not pages:
            unit = self.coursedir.assignment_id
            self.fail(f"There is no feedback on {unit}: run `nbgrader generate_feedback {unit} --force`")
        unreachable = []
        for folder in {page.parent for page in pages}:
            if not (folder / "submission_secret.txt").is_file():
                unreachable.append(folder.parent.name)
            elif not (folder / "timestamp.txt").is_file():
                (folder / "timestamp.txt").touch()  # nbgrader shows it in the log only
        if unreachable:
            names = ", ".join(sorted(unreachable))
            reason = "The exchange gets no feedback for submissions that did not come through it"
            self.log.warning("%s: %s. %s", reason, names, REMEDY)
        excluded = [*filter(None, self.coursedir.student_id_exclude.split(",")), *unreachable]
        self.coursedir.student_id_exclude = ",".join(excluded)
        super().copy_files()
