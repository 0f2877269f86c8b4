"""nbgrader's configuration: the repository, as it stands, is the course. Run `nbgrader ...` from this folder.

An instructor edits solutions/NN_name.py, never a notebook's metadata; `make build` makes both notebooks.
"""

import os
import sys

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import CheckCellMetadata, ClearOutput, DeduplicateIds, GetGrades, OverwriteKernelspec

from tlcourse.grading.preprocessors import HideHiddenTests, RestoreCells

c = get_config()  # noqa: F821  (nbgrader defines it)

# nbgrader finds `alembic` on PATH, also when the environment's bin folder has not been activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])

c.CourseDirectory.course_id = "tlcourse"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "__pycache__", "*.pyc", "*.py", "*.partial", ".DS_Store"]

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.ClearSolutions.text_stub = "Your answer here."

# A cell that trains may need minutes on a busy machine; one that hangs must not hold up the class.
c.Execute.timeout = 600
c.Execute.interrupt_on_timeout = True
c.Execute.iopub_timeout = 60  # with nbgrader's 4 s a busy machine fails a submission that is right
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]

# nbgrader counts anything on stderr as a failed test. A warning from Keras is no mistake of the student's.
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

# A student who deleted a check, or a whole exercise, is still graded on it.
c.RestoreCells.add_missing_cells = True
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    DeduplicateIds,
    OverwriteKernelspec,
    RestoreCells,
    CheckCellMetadata,
]

# Feedback pages show the student's work and the checks' messages, never the hidden tests.
c.GenerateFeedback.preprocessors = [HideHiddenTests, GetGrades, CSSHTMLHeaderPreprocessor]

# Where a written answer is graded by hand, its mark scheme stands above it.
c.HTMLExporter.preprocessors = ["tlcourse.grading.mark_scheme.ShowMarkScheme"]
