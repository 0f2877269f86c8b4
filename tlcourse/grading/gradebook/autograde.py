"""The steps that nbgrader_config.py puts into `nbgrader autograde`: repair, run in the box, keep the record.

`tlcourse grade` runs the same steps; it has the cells run beforehand, in parallel, and hands the results over here.
"""

import atexit
import hashlib
import os
import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from tlcourse.grading.engine import calibration, tamper_detection
from tlcourse.grading.engine.notebook_runner import Executor
from tlcourse.grading.model import outcome, release
from tlcourse.grading.model.runs import Limits
from tlcourse.grading.sandbox import bubblewrap
from tlcourse.grading.sandbox.fork_server import Template
from tlcourse.grading.sandbox.kernel import files_beside
from tlcourse.grading.sandbox.unsandboxed import WARNING, NoBox
from tlcourse.grading.submissions import normalize, reading

RESULTS = {}  # (unit, student) to a run that `tlcourse grade` has already made
_templates = {}


class ReadAnything(NotebookExporter):
    """Reads whatever was handed in, so that `Repair` can see to it: nbgrader's own reading gives up before."""

    def from_file(self, file_stream, resources=None, **options):
        """Called by nbconvert with the open file."""
        try:
            notebook = nbformat.reads(Path(file_stream.name).read_text(encoding="utf-8"), as_version=4)
        except Exception:
            notebook = nbformat.v4.new_notebook()
        return self.from_notebook_node(notebook, resources=resources, **options)


class Repair(NbGraderPreprocessor):
    """Bring a submission to the shape of its release, the instructor's own checks in it."""

    def preprocess(self, nb, resources):
        """Called by nbconvert with the notebook as handed in."""
        unit = resources["nbgrader"]["assignment"]
        coursedir = self.parent.parent.coursedir
        file = Path(resources["metadata"]["path"], f"{resources['nbgrader']['notebook']}.ipynb")
        link = next((path.name for path in (file, *file.parents[:2]) if path.is_symlink()), None)
        known, content = release.read(coursedir, unit), b"" if link else file.read_bytes()
        told = {"submission_sha256": hashlib.sha256(content).hexdigest()}
        try:
            if link:
                raise reading.Unreadable(f"{link} is a link to something else")
            repaired, told["notes"] = normalize.hand_in(content, known)
        except reading.Unreadable as reason:
            repaired, told["unreadable"] = release.empty_notebook(known), str(reason)
        repaired.metadata["tlcourse"] = told
        return repaired, resources


class IsolatedExecute(NbGraderPreprocessor):
    """Run the cells in a box, and put what came of it into the notebook."""

    unsafe = Bool(False, help="Run student code without a box. TLCOURSE_UNSAFE_GRADING=1 does the same.").tag(
        config=True
    )
    cell_seconds = Float(Limits.cell_seconds, help="What one cell may take.").tag(config=True)
    notebook_seconds = Float(Limits.notebook_seconds, help="What one notebook may take.").tag(config=True)
    memory_megabytes = Integer(Limits.memory_megabytes, help="Memory of all its processes.").tag(config=True)
    disk_megabytes = Integer(Limits.disk_megabytes, help="Files that it may write.").tag(config=True)
    processes = Integer(Limits.processes, help="Processes, threads among them.").tag(config=True)
    output_bytes = Integer(Limits.output_bytes, help="Output of one cell.").tag(config=True)

    def limits(self):
        """The configured limits."""
        return Limits(**{name: getattr(self, name) for name in Limits.__dataclass_fields__})

    def preprocess(self, nb, resources):
        """Called by nbconvert with the repaired notebook."""
        unit, student = resources["nbgrader"]["assignment"], resources["nbgrader"]["student"]
        run = RESULTS.get((unit, student)) or self._run(nb, unit, student)
        for index, made in run["outputs"].items():
            cell = nb.cells[int(index)]
            cell.outputs = [nbformat.from_dict(output) for output in made["outputs"]]
            cell.execution_count = made["execution_count"]
        resources["nbgrader"]["run"] = run
        return nb, resources

    def _run(self, nb, unit, student):
        coursedir = self.parent.parent.coursedir
        known = release.read(coursedir, unit)
        told = nb.metadata.get("tlcourse", {})
        if "unreadable" in told:
            _, run = outcome.unreadable(known, told["unreadable"])
            run |= {"release_sha256": calibration.fingerprint(known), "submission_sha256": told["submission_sha256"]}
            return run
        beside = files_beside(coursedir.format_path(coursedir.submitted_directory, student, unit))
        unsafe = self.unsafe or bool(os.environ.get("TLCOURSE_UNSAFE_GRADING"))
        if not unsafe:
            bubblewrap.check_course(coursedir.root)
        box = template(known.modules, unsafe)
        source = coursedir.format_path(coursedir.source_directory, ".", unit)
        digest = calibration.fingerprint(known)
        plan = calibration.plan(coursedir.root, source, known, self.limits(), lambda: box, unsafe)
        skipped = calibration.skipped(plan, nb, known)
        executor = Executor(nb, box, tamper_detection.Grader(known, plan), known.files | beside, self.limits(), skipped)
        run = executor.execute().as_dict() | {"release_sha256": digest}
        run["notes"] = [*told.get("notes", []), *run["notes"]]
        run["submission_sha256"] = told.get("submission_sha256")
        if told.get("notes"):
            run["statuses"].append("repaired")
        return run


def template(modules, unsafe=False):
    """This process' template for a unit with these imports, started when it is first asked for."""
    if unsafe:
        if unsafe not in _templates:
            print(WARNING, file=sys.stderr)
        return _templates.setdefault(unsafe, NoBox())
    key = tuple(modules)
    if key not in _templates or not _templates[key].alive:
        bubblewrap.require()
        _templates[key] = Template(modules)
        atexit.register(_templates[key].close)
    return _templates[key]


class SaveRecord(NbGraderPreprocessor):
    """Keep autograding/UNIT/STUDENT.json, and tell formgrader and the student what was not as usual."""

    def preprocess(self, nb, resources):
        """Called by nbconvert when the marks are in the gradebook."""
        about = resources["nbgrader"]
        run = about["run"]
        status = outcome.worst(run["statuses"])
        record = {"status": status, **{key: run.get(key) for key in outcome.KEPT}}
        outcome.write_record(self.parent.parent.coursedir.root, about["assignment"], about["student"], record)
        comment(about["db_url"], about["assignment"], about["student"], status, run["notes"])
        return nb, resources


def comment(db_url, unit, student, status, notes):
    """Put the status and its notes on the submission's first answer, where formgrader and the feedback show them."""
    if status == "graded":
        return
    with Gradebook(db_url) as gradebook:
        submission = gradebook.find_submission_notebook(unit, unit, student)
        if submission.comments:
            first = min(submission.comments, key=lambda one: one.cell.id)
            told = " ".join([f"Grading status: {status}.", *notes])
            first.auto_comment = f"{first.auto_comment} {told}" if first.auto_comment else told
            gradebook.db.commit()
