"""Similar submissions: found by their answers, without the stub and without what the whole class writes."""

import itertools
import shutil

import nbformat
import pytest
from tiny_answers import RIGHT, UNIT

from tlcourse import notebooks
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.grading.reporting import similar_page, similarity
from tlcourse.grading.reporting.similarity import similar_pairs
from tlcourse.samples import demo_class

HEAD = 'def f(rows):\n    """Sum the rows of a table, and return them as a list of numbers."""\n'
STUB = {"f": HEAD + "    raise NotImplementedError"}
BODY = """    {0} = []
    for {1} in rows:
        if len({1}) > 3:
            {0}.append(sum({1}) / 2 + 1)
    return sorted({0})
"""
LONG = HEAD + BODY


def answers(**sources):
    return {student: {"f": source} for student, source in sources.items()}


def listed(pairs):
    return {(pair.first, pair.second): "identical" if pair.identical else round(pair.similarity, 2) for pair in pairs}


def test_identical_answers_are_found_whatever_the_white_space():
    same = LONG.format("total", "row")
    pairs = similar_pairs(answers(ann=same, bob=same.replace("    ", "  ") + "\n\n", cy=LONG.format("x", "y")), STUB)
    assert listed(pairs) == {("ann", "bob"): "identical"}
    assert pairs[0].answers == [("f", same, same.replace("    ", "  ") + "\n\n")]


def test_a_small_change_leaves_them_similar_and_other_names_do_not():
    same = LONG.format("total", "row")
    pairs = similar_pairs(answers(ann=same, bob=same.replace("> 3", "> 4"), cy=LONG.format("x", "y")), STUB)
    assert pairs == [] or set(listed(pairs)) == {("ann", "bob")}
    more = same + same.replace("def f", "def g")
    pairs = similar_pairs(answers(ann=more, bob=more.replace("> 3", "> 4", 1), cy=LONG.format("x", "y")), STUB)
    assert list(listed(pairs)) == [("ann", "bob")]
    assert similarity.THRESHOLD <= pairs[0].similarity < 1


def test_the_measure_is_the_jaccard_index_of_what_the_stub_does_not_have(monkeypatch):
    monkeypatch.setattr(similarity, "THRESHOLD", 0.1)
    first, second = LONG.format("total", "row"), LONG.format("total", "row").replace("> 3", "> 4")

    def shingles(source):
        words = (
            source.replace("(", " ( ").replace(")", " ) ").replace("[", " [ ").replace("]", " ] ").replace('"', ' " ')
        )
        words = words.replace(":", " : ").replace(".", " . ").replace(",", " , ").split()
        return set(zip(*(words[start:] for start in range(5)), strict=False))

    of_first, of_second = (shingles(source) - shingles(STUB["f"]) for source in (first, second))
    expected = len(of_first & of_second) / len(of_first | of_second)
    pairs = similar_pairs(answers(ann=first, bob=second), STUB)
    assert pairs[0].similarity == pytest.approx(expected)


def test_untouched_stubs_and_short_answers_are_not_compared():
    assert similar_pairs(answers(ann=STUB["f"], bob=STUB["f"] + "\n"), STUB) == []
    short = "def f(rows):\n    return {}"
    assert similar_pairs(answers(ann=short.format("1 + 2"), bob=short.format("1 + 3")), STUB) == []


def test_what_the_whole_class_writes_does_not_count():
    class_wide = LONG.format("total", "row")
    own = {
        f"s{number}": class_wide + f"# {' '.join(f'word{number}x{place}' for place in range(40))}"
        for number in range(20)
    }
    assert similar_pairs(answers(**own), STUB) == []
    own["copy"] = own["s7"].replace("word7x39", "changed")
    assert list(listed(similar_pairs(answers(**own), STUB))) == [("copy", "s7")]


def test_ten_thousand_pairs_take_no_time():
    own = {f"s{number}": LONG.format(f"total{number}", f"row{number}") * 5 for number in range(150)}
    assert len(list(itertools.combinations(own, 2))) > 10_000
    assert similar_pairs(answers(**own), STUB) == []


def test_the_page_shows_answers_as_text_next_to_each_other():
    hostile = "<script>alert(1)</script>\u202e" + LONG.format("a", "b")
    pairs = similar_pairs(answers(ann=hostile, bob=hostile), STUB)
    page = similar_page.page(UNIT, pairs, 2)
    assert "<script>" not in page
    assert "\u202e" not in page
    assert page.count("&lt;script&gt;alert(1)") == 2
    assert "not evidence of copying" in page
    assert similar_page.summary(pairs[0]).split() == ["identical", "ann", "bob"]
    assert "No two submissions are similar" in similar_page.page(UNIT, [], 2)


def test_graded_notebooks_are_compared(released_course, released, tmp_path):
    course = shutil.copytree(released_course, tmp_path / "course")
    with pytest.raises(ValueError, match="run `tlcourse grade 01_tiny` first"):
        similar_page.write(course, UNIT)
    for student in ("ann", "bob", "long", "untouched", "unread"):
        notebook = released if student == "untouched" else demo_class.fill(released, RIGHT)
        if student == "long":
            notebook = demo_class.fill(released, RIGHT | {"double": "x = 1\n" * similar_page.LONGEST_ANSWER})
        for file in (
            CoursePaths(course).submitted_file(student, UNIT),
            CoursePaths(course).autograded_file(student, UNIT),
        ):
            notebooks.write_atomically(file, "{" if student == "unread" else nbformat.writes(notebook))
    pairs, file = similar_page.write(course, UNIT)
    assert listed(pairs) == {("ann", "bob"): "identical"}
    assert "def double(n):" in file.read_text(encoding="utf-8")
