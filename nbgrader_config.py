"""nbgrader's configuration: this folder, as it stands, is the course. Run `nbgrader ...` from this folder.

An instructor edits solutions/NN_name.py, never a notebook's metadata; `make build` makes both notebooks.
"""

import os
import sys

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ComputeChecksums,
    GetGrades,
    LimitOutput,
    LockCells,
    SaveCells,
)

from tlcourse.building.student_copy import FoldCells, NameExercise, OpenInColab
from tlcourse.grading.gradebook._nbgrader import gradebook_url
from tlcourse.grading.gradebook.autograde import EmptyReader, GradeSubmission, SaveResult
from tlcourse.grading.gradebook.feedback_page import FeedbackExporter, SummarizeExercises
from tlcourse.grading.gradebook.preprocessors import HideHiddenTests, ShowProvisional
from tlcourse.grading.model.course_file import CourseFileError, read_course_file

c = get_config()  # noqa: F821  (nbgrader defines it)

# nbgrader finds `alembic` on PATH, also when the environment's bin folder has not been activated.
programs, path = os.path.dirname(sys.executable), os.environ.get("PATH", "")
if path.split(os.pathsep)[0] != programs:  # this file is read once for each submission
    os.environ["PATH"] = os.pathsep.join([programs, path])
# Plug-ins of your own: a module in the course's folder can be named in this file. It hides no other module.
sys.path += [folder for folder in [os.path.dirname(os.path.abspath(__file__))] if folder not in sys.path]

c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
try:
    course = read_course_file(c.CourseDirectory.root)  # of a private course: course.toml
except CourseFileError as error:
    sys.exit(f"Error: {error}")  # after another error, Jupyter would go on without the lines below
c.CourseDirectory.course_id = course.id if course else "tlcourse"
# Who finds the gradebook locked waits for it, in seconds, before giving up.
c.CourseDirectory.db_url = gradebook_url(c.CourseDirectory.root, timeout=30)
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

c.GenerateAssignment.preprocessors = [
    OpenInColab,
    FoldCells,
    LockCells,
    NameExercise,  # nbgrader's own ClearSolutions otherwise
    ClearOutput,
    CheckCellMetadata,
    ComputeChecksums,
    SaveCells,
    ClearHiddenTests,
    ClearMarkScheme,
    ComputeChecksums,
    CheckCellMetadata,
]
if course:
    c.OpenInColab.base = course.colab or ""
c.ClearSolutions.code_stub = {"python": "raise NotImplementedError"}
c.ClearSolutions.text_stub = "Your answer here."

# Student code runs in a sandbox, and its checks are the instructor's whatever the submission holds in their place. What
# one submission may use (`tlcourse.grading.model.assignment.Limits`): seconds of the processor and asleep, not of
# waiting for it.
c.GradingLimits.cell_seconds = 120
c.GradingLimits.notebook_seconds = 600
c.GradingLimits.wall_clock_factor = 6  # times as long on the clock, whatever counts
c.GradingLimits.memory_megabytes = 4096
c.GradingLimits.disk_megabytes = 256  # of the home folder, and again of /tmp
c.GradingLimits.processes = 256  # threads included
c.GradingLimits.output_bytes = 1 << 20  # of one cell; the rest is cut
c.Autograde.pre_convert_hook = "tlcourse.grading.gradebook.hooks.prepare_submissions"
c.Autograde.post_convert_hook = "tlcourse.grading.gradebook.hooks.remove_pages"
# GradeSubmission reads and normalizes a submission itself, so that nbgrader has nothing to read or sanitize.
c.Autograde.exporter_class = EmptyReader
c.EmptyReader.optimistic_validation = True  # once, behind the last step, not behind each
c.Autograde.sanitize_preprocessors = [ClearOutput]
c.AssignLatePenalties.plugin_class = "tlcourse.grading.gradebook.late_policies.CoursePolicy"  # that of course.toml
c.Autograde.autograde_preprocessors = [GradeSubmission, LimitOutput, SaveResult, AssignLatePenalties]

# `nbgrader validate` runs in the instructor's own environment; anything on stderr would count as a failed check there.
c.Execute.timeout = 600
c.Execute.interrupt_on_timeout = True
c.Execute.iopub_timeout = 60  # with nbgrader's 4 s a busy machine fails a submission that is right
c.Execute.extra_arguments = ["--IPKernelApp.log_level=40"]
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"[\s\S]"

# Feedback pages show the student's work and the checks' messages, never the hidden tests. They say if a written answer
# is not marked yet. What failed comes first.
c.GenerateFeedback.exporter_class = FeedbackExporter
c.GenerateFeedback.preprocessors = [
    HideHiddenTests,
    GetGrades,
    ShowProvisional,
    SummarizeExercises,
    CSSHTMLHeaderPreprocessor,
]

# Submissions that did not come through the exchange do not keep the others' feedback from it.
c.ExchangeFactory.release_feedback = "tlcourse.grading.gradebook.feedback_exchange.ReleaseFeedback"

# Where a written answer is graded by hand, its mark scheme stands above it. Nothing that a student wrote acts in the
# browser, on the terminal or in a spreadsheet of whoever reads it.
c.HTMLExporter.preprocessors = [
    "tlcourse.grading.gradebook.preprocessors.ShowMarkScheme",
    "tlcourse.grading.gradebook.sanitizing.SafeToShow",
]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "tlcourse.grading.gradebook.sanitizing.safe_html",
    "highlight_code": "tlcourse.grading.gradebook.sanitizing.safe_code",
    "markdown2html": "tlcourse.grading.gradebook.sanitizing.safe_markdown",
}
c.Application.logging_config = {
    "filters": {"printable": {"()": "tlcourse.grading.gradebook.sanitizing.PrintableRecords"}},
    "handlers": {"console": {"filters": ["printable"]}},
}
c.ExportApp.plugin_class = "tlcourse.grading.gradebook.exports.GradesExport"
