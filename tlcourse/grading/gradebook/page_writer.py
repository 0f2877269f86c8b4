"""Writes the feedback pages of a unit, one student at a time: a page that fails costs no other student theirs."""

import contextlib
import logging
import shlex
import shutil
import signal
import threading

from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from tlcourse.grading.gradebook.course_sync import update_gradebook
from tlcourse.grading.gradebook.storage_errors import GradebookLocked, retry_while_locked
from tlcourse.grading.model.printable import printable

LONGEST_REASON = 200  # characters of an error's message
MOST_SECONDS = 120  # of the processor for a page; most take one


class PageTakesTooLong(BaseException):
    """A page needs more than `MOST_SECONDS`; no filter's own `except Exception` may catch this."""


class PageWriter(GenerateFeedback):
    """Writes the feedback pages of a unit. A page that cannot be written costs no other student theirs.

    nbgrader's own stops at some errors, and does not return which pages failed.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str

    Attributes
    ----------
    failures : dict of str to str
        Why a page could not be written, by student.
    """

    def __init__(self, course, unit):
        log = logging.getLogger("tlcourse.feedback")
        log.setLevel(logging.ERROR)  # nbgrader's warnings, for example on settings of its exporter, ask for no action
        place = {"root": str(course.folder), "assignment_id": unit, "student_id": "*"}
        super().__init__(
            coursedir=CourseDirectory(config=course.config, **place, log=log), config=course.config, log=log
        )
        self.course, self.unit, self.failures = course, unit, {}
        self.force = True  # without it, nbgrader keeps the pages of before

    def init_notebooks(self):
        """Called by nbgrader, which would pass over a student whose graded notebook is gone."""
        students = self.course.paths.graded_students(self.unit)
        if not students:
            raise ValueError(
                f"no submission of {self.unit} is graded in {self.course.folder}: "
                f"run `tlcourse grade {self.unit}` first"
            )
        self.assignments = {
            student: [str(self.course.paths.autograded_file(student, self.unit))] for student in students
        }

    def convert_notebooks(self):
        """Called by nbgrader: write the page of each student."""
        for student, files in self.assignments.items():
            self.notebooks = files
            try:
                with time_limit(MOST_SECONDS):
                    retry_while_locked(lambda name=student: self._write_page(name))
            except GradebookLocked:
                raise  # no page could be written
            except (Exception, PageTakesTooLong) as error:
                remedy = f"`tlcourse grade {self.unit} --students {shlex.quote(student)} --again`"
                self.failures[student] = f"the page could not be written ({reason_of(error)}): try {remedy}"
                shutil.rmtree(self.course.paths.feedback_file(student, self.unit).parent, ignore_errors=True)

    def _write_page(self, student):
        """nbgrader's own steps for a submission."""
        if self.init_destination(self.unit, student):
            self.run_pre_convert_hook()
            self.init_assignment(self.unit, student)
            for file in self.notebooks:
                self.convert_single_notebook(file)
            self.set_permissions(self.unit, student)
            self.run_post_convert_hook()


@contextlib.contextmanager
def time_limit(seconds):
    """Stop what runs in the block after so many seconds of the processor, where the system can do that.

    Raises
    ------
    PageTakesTooLong
    """
    if not hasattr(signal, "SIGPROF") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_):
        raise PageTakesTooLong(f"it takes more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1)  # again each second: code may catch everything
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def generate(course, unit):
    """Have nbgrader write the feedback pages of a unit again, with the present marks and penalties.

    Returns
    -------
    dict of str to str
        Why a page could not be written, by student: they have none, not even that of before.

    Raises
    ------
    ValueError
        If nothing of the unit has been graded.
    tlcourse.grading.gradebook.storage_errors.GradebookLocked
    """
    writer = PageWriter(course, unit)
    writer.init_notebooks()  # raises
    retry_while_locked(lambda: update_gradebook(course))
    writer.start()
    return writer.failures


def reason_of(error):
    """An error that was worded here, or its type and what it says, in one line."""
    text = printable(" ".join(str(error).split()))[:LONGEST_REASON]
    return text if type(error) is ValueError else f"{type(error).__name__}: {text}"
