"""A released assignment: which cells are the set-up, and which exercise a check belongs to."""

from tlcourse.grading.model import assignment as assignments
from tlcourse.grading.model.assignment import Assignment, Limits, is_setup


def cell(grade_id=None, source="", tags=(), cell_type="code", **metadata):
    return {
        "grade_id": grade_id,
        "cell_type": cell_type,
        "source": source,
        "full": source,
        "nbgrader": metadata,
        "tags": list(tags),
    }


def test_the_setup_is_tagged_code_that_is_not_nbgraders():
    assert is_setup(cell(tags=["setup"]))
    assert not is_setup(cell(tags=["photo"]))
    assert not is_setup(cell(tags=["setup"], cell_type="markdown"))
    assert not is_setup(cell("test_double", tags=["setup"], grade=True))


def test_a_check_belongs_to_the_exercise_that_it_names():
    names = ["double", "double_negative", "triple"]
    assignment = Assignment("unit", [cell(name, solution=True) for name in names], [])
    for grade_id, exercise in {
        "test_double": "double",
        "test_double_large": "double",
        "test_double_negative": "double_negative",
        "test_doubles": None,
        "check_triple": None,
        "triple_test": None,
        "why_triple": None,
    }.items():
        assert assignment.exercise_of(grade_id) == exercise


def test_other_limits_or_checks_make_old_results_out_of_date(monkeypatch):
    def sha256(**changed):
        return Assignment("unit", [cell("double", solution=True)], [], **changed).sha256

    before = sha256()
    assert sha256() == before
    assert sha256(plan={"*": {"skip": True}}) == before  # how it is graded, not what it earns
    assert sha256(limits=Limits(cell_seconds=60)) != before
    monkeypatch.setattr(assignments, "deciding_sha256", lambda: "of other code")
    assert sha256() != before
