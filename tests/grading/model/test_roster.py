"""The roster: read with its types, and one clear error for what is wrong in it."""

import datetime

import pytest

from tlcourse.grading.model.roster import RosterError, course_roster, read_roster

WHOLE = """id,first_name,last_name,email,canvas_id,moodle_id,status,joined
alice,Alice,Arnold,alice@school.example,101,A1,active,
bob,Bob,"Brown, Jr.",bob@school.example,102,A2,dropped,
cleo,Cleo,Costa,,103,A3,,2026-11-02
"""
NOON = datetime.datetime(2026, 11, 1, 12, tzinfo=datetime.UTC)


def write(folder, text, encoding="utf-8"):
    file = folder / "roster.csv"
    file.write_bytes(text.encode(encoding))
    return file


def test_reads_every_column(tmp_path):
    roster = read_roster(write(tmp_path, WHOLE, "utf-8-sig"))
    assert list(roster.active) == ["alice", "cleo"]
    assert (roster.get("bob").last_name, roster.get("bob").canvas_id) == ("Brown, Jr.", "102")
    assert roster.get("cleo").joined == datetime.date(2026, 11, 2)
    assert (roster.get("cleo").name, roster.get("nobody")) == ("Cleo Costa", None)


def test_semicolons_and_missing_columns_are_accepted(tmp_path):
    roster = read_roster(write(tmp_path, "id;first_name\r\nalice;Alice\r\n;\r\nbob;\r\n"))
    assert [student.name for student in roster.active.values()] == ["Alice", "bob"]


def test_people_who_are_not_exported_are_explained(tmp_path):
    roster = read_roster(write(tmp_path, WHOLE))
    assert roster.problem("alice") is None
    assert "Dropped the course" in roster.problem("bob")
    assert "Did you mean alice?" in roster.problem("alise")
    assert "Did you mean" not in roster.problem("xyz")


def test_a_student_who_joined_after_the_due_date_is_recognized(tmp_path):
    roster = read_roster(write(tmp_path, WHOLE))
    later = NOON + datetime.timedelta(days=1)
    assert [roster.joined_late("cleo", due) for due in (NOON, later, None)] == [True, False, False]
    assert not roster.joined_late("alice", NOON)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id,first_name", "id,name", "unknown column name"),
        ("id,first_name", "status,first_name", "has no column id, which is required .it has status, first_name"),
        ("id,first_name", "student_id,first_name", "has no column id, which is required .it has student_id,"),
        ("cleo,", ",", "line 4 of .* has no id"),
        ("cleo,", "../cleo,", "cannot be the name of a folder"),
        ("dropped", "gone", "status is 'gone': write active or dropped"),
        ("2026-11-02", "2.11.2026", "joined is '2.11.2026': write a day such as"),
        ("cleo,", "alice,", "the id alice more than once"),
        ("103", "101", "the canvas_id 101 more than once"),
        ('"Brown, Jr."', "Brown, Jr.", "more cells than the first line: put a text with a comma in quotes"),
    ],
)
def test_a_wrong_row_is_named_with_its_remedy(tmp_path, old, new, message):
    assert old in WHOLE
    with pytest.raises(RosterError, match=message):
        read_roster(write(tmp_path, WHOLE.replace(old, new)))


def test_a_missing_file_and_another_encoding_are_named(tmp_path):
    with pytest.raises(RosterError, match="create it with the columns id, first_name"):
        read_roster(tmp_path / "roster.csv")
    with pytest.raises(RosterError, match="save it as 'CSV UTF-8'"):
        read_roster(write(tmp_path, "id\nMüller\n", "latin-1"))


def test_course_toml_names_the_roster(tmp_path):
    assert course_roster(tmp_path) is None
    write(tmp_path, WHOLE)
    (tmp_path / "course.toml").write_text('[course]\nid = "ml"\n[roster]\nfile = "roster.csv"\n', encoding="utf-8")
    assert list(course_roster(tmp_path).students) == ["alice", "bob", "cleo"]
    (tmp_path / "roster.csv").write_text("id,first_name\n", encoding="utf-8")
    assert course_roster(tmp_path) is None, "nobody has been entered yet"


def test_only_the_ends_of_lines_end_a_row(tmp_path):
    roster = read_roster(write(tmp_path, 'id,last_name\nann,Lee\u2028\x0bB\nbob,"Brown\nJr."\n'))
    assert list(roster.students) == ["ann", "bob"]
    assert roster.get("bob").last_name == "Brown\nJr."


def test_what_is_no_table_is_named(tmp_path):
    for text in (f'id,last_name\nann,"{"x" * 200_000}\n', f'id,"{"x" * 200_000}\nann,Lee\n'):
        with pytest.raises(RosterError, match=r"^line \d+ of .* cannot be read .*correct its quotes"):
            read_roster(write(tmp_path, text))
    with pytest.raises(RosterError, match=r"cannot be read .*correct .roster. in course.toml"):
        read_roster(tmp_path)
