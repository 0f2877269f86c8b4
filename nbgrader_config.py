"""nbgrader's configuration: the repository, as it stands, is the course. Run `nbgrader ...` from this folder.

An instructor edits solutions/NN_name.py, never a notebook's metadata; `make build` makes both notebooks.
"""

import os
import sys

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    ClearOutput,
    GetGrades,
    LimitOutput,
    SaveAutoGrades,
)

from tlcourse.building.colab_badge import OpenInColab
from tlcourse.grading.gradebook.autograde import IsolatedExecute, ReadAnything, Repair, SaveRecord
from tlcourse.grading.gradebook.preprocessors import HideHiddenTests

c = get_config()  # noqa: F821  (nbgrader defines it)

# nbgrader finds `alembic` on PATH, also when the environment's bin folder has not been activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])

c.CourseDirectory.course_id = "tlcourse"
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
# Who finds the gradebook locked waits for it, in seconds, before giving up.
c.CourseDirectory.db_url = f"sqlite:///{os.path.join(c.CourseDirectory.root, 'gradebook.db')}?timeout=30"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "*.pyc",
    "*.py",
    "*.partial",
    ".DS_Store",
    "grading_plan.json",
]

c.GenerateAssignment.preprocessors.prepend([OpenInColab])  # before nbgrader's own
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.ClearSolutions.text_stub = "Your answer here."

# Student code runs in a box, and its checks are the instructor's whatever the submission holds in their place. What one
# submission may take (`tlcourse.grading.model.runs.Limits`): seconds of the processor and asleep,
# not of waiting for it.
c.IsolatedExecute.cell_seconds = 120
c.IsolatedExecute.notebook_seconds = 600
c.IsolatedExecute.memory_megabytes = 4096
c.Autograde.pre_convert_hook = "tlcourse.grading.gradebook.hooks.see_to_hand_ins"
c.Autograde.exporter_class = ReadAnything
c.ReadAnything.optimistic_validation = True  # once, behind the last step, not behind each
# Repair takes all cells' metadata from the release, so that nbgrader's CheckCellMetadata has nothing left to find.
c.Autograde.sanitize_preprocessors = [ClearOutput, Repair]
c.Autograde.autograde_preprocessors = [
    IsolatedExecute,
    LimitOutput,
    SaveAutoGrades,
    SaveRecord,
    AssignLatePenalties,
]

# `nbgrader validate` runs in the instructor's own environment; anything on stderr would count as a failed check there.
c.Execute.timeout = 600
c.Execute.interrupt_on_timeout = True
c.Execute.iopub_timeout = 60  # with nbgrader's 4 s a busy machine fails a submission that is right
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

# Feedback pages show the student's work and the checks' messages, never the hidden tests.
c.GenerateFeedback.preprocessors = [HideHiddenTests, GetGrades, CSSHTMLHeaderPreprocessor]

# Where a written answer is graded by hand, its mark scheme stands above it.
c.HTMLExporter.preprocessors = ["tlcourse.grading.gradebook.mark_scheme.ShowMarkScheme"]
