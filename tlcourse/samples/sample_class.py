"""A class of any size to try the grading on, the same for the same seed: `tlcourse sample-class`.

Right answers in several styles, half-finished work, misconceptions, honest accidents and a few cheats. What each
student is, and which mark is due, stands in sample_class.json beside the submissions.
"""

import itertools
import json
import random
from dataclasses import asdict, dataclass
from pathlib import Path

from tlcourse import notebooks
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.gradebook.scratch_course import new_course, run_nbgrader
from tlcourse.samples import accidents, cheats, demo_class, known_answers
from tlcourse.storage import checksum, write_json

KINDS = ("right", "partial", "misconception", "accident", "cheat")
# The kinds of ten students, repeated: a student's kind does not depend on the size of the class.
KIND_CYCLE = ("right", "accident", "misconception", "accident", "right")
KIND_CYCLE += ("partial", "accident", "right", "accident", "cheat")
MANIFEST = "sample_class.json"
# What `make` writes into its folder, and what nbgrader and `tlcourse grade` and `report` add.
MADE = {
    MANIFEST,
    "nbgrader_config.py",
    "nbgrader.log",
    "gradebook.db",
    ".jupyter",
    "solutions",
    "notebooks",
    "submitted",
}
GRADED = {"autograded", "feedback", "grading_records", "report"}


@dataclass(frozen=True)
class Student:
    """One of the class, and what the grading should say of the submission."""

    student: str
    kind: str
    title: str
    status: str  # "graded | tampered" where either is right
    due: float  # points of the exercises; a person marks the written answers
    max_score: float


class AnswerPool:
    """What a class submits from: a unit's two notebooks and its answers."""

    def __init__(self, reference, release, folder):
        self.release = release
        self.written = demo_class.solved(reference)
        self.points = {
            name: sum(cell.metadata.nbgrader.points for cell in tests)
            for name, (_, tests) in notebooks.exercises(reference).items()
        }
        self.answers = {name: known_answers.read(folder / f"{name}.py") for name in self.points}

    def fill(self, chosen):
        """The notebook with these answers by exercise, the others untouched; the written ones are the reference's."""
        sources = {name: text for name, text in self.written.items() if name not in self.points}
        return demo_class.fill(
            self.release, sources | {name: known_answers.as_submitted(answer) for name, answer in chosen.items()}
        )

    def due(self, chosen):
        """The points that these answers deserve."""
        return float(sum(answer.due(self.points[name]) for name, answer in chosen.items()))

    def choose(self, kinds, rng):
        """An answer of the wanted kind for each exercise that has one in `kinds`; `rng` is a random.Random.

        One that calls another exercise's function is not taken where that one is wrong or missing: what it earns
        would depend on it.
        """
        chosen = {}
        for name, kind in kinds.items():
            safe = {other for other, answer in chosen.items() if answer.kind == "right"}
            fits = [
                answer
                for answer in self.answers[name]
                if answer.kind == kind and answer.uses(name, self.points) <= safe
            ]
            if not fits:
                raise ValueError(f"no {kind} answer to {name} stands on its own: the sample class needs one")
            chosen[name] = rng.choice(fits)
        return chosen


def submissions(course, count, seed, kinds=KINDS):
    """The class.

    Parameters
    ----------
    course : AnswerPool
    count : int
        Students, at least 1.
    seed : int
    kinds : collection of str
        Which of `KINDS` the class has. Stock nbgrader gets to the end of one without accidents and cheats.

    Yields
    ------
    (Student, nbformat.NotebookNode, function or None)
        The third is what happens to the notebook when it is submitted; see `accidents.submit`.

    Raises
    ------
    ValueError
        If there is no student or no such kind.
    """
    if count < 1:
        raise ValueError(f"{count} students are no class")
    if unknown := set(kinds) - set(KINDS) or (not kinds and {"''"}):
        raise ValueError(f"no kind {', '.join(sorted(unknown))}: there are {', '.join(KINDS)}")
    cases = {"accident": itertools.cycle(accidents.ACCIDENTS), "cheat": itertools.cycle(cheats.CHEATS)}
    kind_cycle = itertools.cycle([kind for kind in KIND_CYCLE if kind in kinds])
    for number, kind in enumerate(itertools.islice(kind_cycle, count), start=1):
        rng = random.Random(f"{seed}, {number}")
        chosen, title = _answers(course, kind, rng)
        case = next(cases[kind]) if kind in cases else None
        facts = {"student": f"student_{number:03}", "kind": kind, "max_score": float(sum(course.points.values()))}
        yield _student(course, chosen, title, case, facts), course.fill(chosen), case and case.alter


def _answers(course, kind, rng):
    names = list(course.points)
    if kind == "cheat":
        return {}, ""
    if kind == "partial":
        done = set(rng.sample(names, rng.randint(1, max(1, len(names) - 1))))
        chosen = course.choose({name: "right" for name in names if name in done}, rng)
        return chosen, f"has solved {', '.join(chosen)}"
    wrong = set()
    if kind == "misconception":
        wrong = set(rng.sample(names, rng.randint(1, len(names))))
    chosen = course.choose({name: "wrong" if name in wrong else "right" for name in names}, rng)
    return chosen, "; ".join(f"{name}: {answer.title}" for name, answer in chosen.items() if not wrong or name in wrong)


def _student(course, chosen, title, case, facts):
    due = course.due(chosen)
    if case is None:
        return Student(title=title, status="graded", due=due, **facts)
    if case.points_kept == "none":
        due = 0.0
    elif case.points_kept == "but the last":
        due = course.due({name: answer for name, answer in chosen.items() if name != list(course.points)[-1]})
    return Student(title=case.title, status=case.status, due=due, **facts)


def make(folder, root, unit, count, seed, kinds=KINDS):
    """Make `folder` a course of its own with a class's submissions, ready to be graded, and its manifest.

    Parameters
    ----------
    folder, root : path
        The new course; what stands there is removed. The course that has the unit and its answers.
    unit : str
    count, seed, kinds
        See `submissions`.

    Returns
    -------
    list of Student

    Raises
    ------
    ValueError, OSError, scratch_course.GradingError
        If the unit has no exercises or lacks answers, an option is wrong, or `folder` holds something else than a
        sample class. Nothing has been removed then.
    """
    folder, root = Path(folder), Path(root)
    sources = CoursePaths(root)
    reference = notebooks.read(sources.solution_file(unit))
    if not notebooks.exercises(reference):
        raise ValueError(f"{unit} has no exercises")
    course = AnswerPool(reference, reference, sources.answers_folder(unit))
    list(submissions(course, count, seed, kinds))  # whatever is wrong with the options is said before anything goes
    _require_own(folder)
    new_course(folder, root, [unit])
    write_json(folder / MANIFEST, {"unit": unit, "seed": seed, "students": []})
    run_nbgrader(folder, "generate_assignment", unit)
    paths = CoursePaths(folder)
    course.release = notebooks.read(paths.release_file(unit))
    students = []
    for student, notebook, alter in submissions(course, count, seed, kinds):
        accidents.submit(notebook, paths.submitted_file(student.student, unit), alter)
        students.append(student)
    made = {path.relative_to(folder).as_posix(): checksum(path) for path in _files(folder / "submitted")}
    manifest = {"unit": unit, "seed": seed, "students": [asdict(row) for row in students], "submitted": made}
    write_json(folder / MANIFEST, manifest)
    return students


def _require_own(folder):
    """Raise an error unless a folder is new, or holds a sample class as `make` left it and what grading adds to it.

    Raises
    ------
    ValueError
        Naming what was not made here.
    """
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise ValueError(f"{folder} is no folder: name a new one")
    if not folder.exists() or not any(folder.iterdir()):
        return
    try:
        made = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["submitted"]
    except (OSError, ValueError, KeyError, TypeError):
        raise ValueError(f"{folder} holds something else than a sample class: name a new folder") from None
    others = [path.name for path in folder.iterdir() if path.name not in MADE | GRADED]
    submitted = {path.relative_to(folder).as_posix(): path for path in _files(folder / "submitted")}
    others += [name for name, path in submitted.items() if name not in made or checksum(path) != made[name]]
    if others:
        shown = ", ".join(sorted(others)[:5]) + (", …" if len(others) > 5 else "")
        raise ValueError(
            f"{folder} holds what the sample class did not make: {shown}. Move it away, or name a new folder"
        )


def _files(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())
