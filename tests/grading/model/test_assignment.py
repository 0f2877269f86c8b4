"""A released assignment: which cells are the set-up, and which exercise a check belongs to."""

from tlcourse.grading.model.assignment import Assignment, is_setup


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
