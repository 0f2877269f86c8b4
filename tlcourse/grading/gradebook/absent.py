"""Students without a submission to grade: nothing came, it lies in the wrong place, or it is gone after grading."""

import dataclasses
import shlex

from tlcourse.grading.model.results import Result, read_record
from tlcourse.grading.submissions import misplaced

NOT_GRADED = "Not graded: the submission is in the wrong place, or it was not unpacked."


def misplaced_files(course, unit, skipped):
    """`misplaced.find` for a course: files that may be submissions of a unit, by student."""
    others = course.paths.assignments() | course.assignment_names()
    return misplaced.find(course.paths.submitted_folder(), unit, others - {unit}, skipped)


def absent_result(course, unit, student, files, recorded):
    """The result of a student who has no folder for a unit; it is never written to the gradebook.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit, student : str
    files : list of tlcourse.grading.submissions.misplaced.MisplacedFile
        What may be the submission.
    recorded : bool
        Whether the gradebook has a mark of an earlier submission.
    """
    result = _gone(course, unit, student) if recorded else Result(student, unit, "missing")
    if files:
        result.status, result.flags = "not graded", _flags(files)
        result.notes = [NOT_GRADED, *result.notes]
    elif not recorded:
        result.notes = ["Nothing was submitted."]
    return result


def name_misplaced(course, unit, results):
    """Add to each result of a folder without a notebook what may be the submission instead; `results` by student."""
    empty = {student for student, result in results.items() if result.status == "missing"}
    for student, files in misplaced_files(course, unit, results.keys() - empty).items() if empty else ():
        if student in empty:
            result = results[student]
            results[student] = dataclasses.replace(result, flags=[*result.flags, *_flags(files)])


def waiting_files(course, unit, students):
    """What may be the submissions of students in whose folders there was no notebook.

    Parameters
    ----------
    course : tlcourse.grading.gradebook.course.NbgraderCourse
    unit : str
    students : collection of str
        Only of these.

    Returns
    -------
    dict of str to str
        Which files, and what to do, by student. A student who submitted nothing else is left out.
    """
    records = {student: read_record(course.folder, unit, student) for student in students}
    empty = {student: record for student, record in records.items() if record and record.status == "missing"}
    if not empty:
        return {}
    flags = {student: _misplaced_flags(record.flags) for student, record in empty.items()}
    folder = course.paths.submitted_folder()
    others = {path.name for path in folder.iterdir()} - empty.keys() if folder.is_dir() else set()
    for student, files in misplaced_files(course, unit, others).items():
        flags.setdefault(student, []).extend(_flags(files))
    return {student: "; ".join(flag["evidence"] for flag in named) for student, named in flags.items() if named}


def _misplaced_flags(flags):
    return [flag for flag in flags if isinstance(flag, dict) and flag.get("kind") == "misplaced"]


def _gone(course, unit, student):
    """The recorded points of a submission that is no longer there."""
    record = read_record(course.folder, unit, student)
    score, highest = (record.score, record.max_score) if record else (None, None)
    notes = [gone_note(course, unit, student, record.recorded_at if record else None)]
    return Result(student, unit, "missing", score, highest, notes=notes)


def gone_note(course, unit, student, recorded_at):
    """That a submission is gone, and what becomes of its mark."""
    place = course.paths.submission_folder(student, unit).relative_to(course.folder).as_posix()
    graded = f" of {recorded_at[:10]}" if recorded_at else ""
    return (
        f"The submission no longer exists: there is no folder {place}. The mark{graded} stays in the gradebook. "
        f"Restore the folder, or remove the mark with `tlcourse remove-mark {unit} {shlex.quote(student)}`."
    )


def _flags(files):
    return [
        {"grade_id": None, "kind": "misplaced", "evidence": f"{path} is not graded there: {remedy}"}
        for path, remedy in files
    ]
