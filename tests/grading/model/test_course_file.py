"""The settings of a private course: read with their types, and one clear error for what is wrong."""

import datetime
import zoneinfo

import pytest

from tlcourse.grading.model.course_file import CourseFileError, parse_course_file, read_course_file

WHOLE = """
[course]
id = "ml2026"
name = "Machine learning"
timezone = "Europe/Berlin"
install = "https://example.org/tlcourse-0.1.0-py3-none-any.whl"
colab = "https://colab.research.google.com/github/example/ml2026/blob/main"

[units."01_cnn_parameters"]
drop = ["network_parameters"]
due = "2026-12-07 23:59"

[units."01_cnn_parameters".points]
conv_parameters = 4

[late]
policy = "percent per day"
percent = 20

[roster]
file = "roster.csv"
"""


def test_reads_every_key():
    settings = parse_course_file(WHOLE)
    unit = settings.unit("01_cnn_parameters")
    assert (settings.id, settings.name, settings.roster) == ("ml2026", "Machine learning", "roster.csv")
    assert settings.install.endswith(".whl")
    assert settings.colab.endswith("/main")
    assert unit.drop == ("network_parameters",)
    assert unit.points == {"conv_parameters": 4}
    assert (settings.late.policy, settings.late.percent, settings.late.grace_days) == ("percent per day", 20, 0)


def test_a_due_date_is_in_the_time_zone_of_the_course_unless_it_states_its_own():
    due = parse_course_file(WHOLE).unit("01_cnn_parameters").due
    assert due == datetime.datetime(2026, 12, 7, 23, 59, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
    assert due.astimezone(datetime.UTC).hour == 22
    own_zone = WHOLE.replace("23:59", "23:59+05:30")
    assert parse_course_file(own_zone).unit("01_cnn_parameters").due.utcoffset() == datetime.timedelta(hours=5.5)
    without_quotes = WHOLE.replace('"2026-12-07 23:59"', "2026-12-07 23:59:00")
    assert parse_course_file(without_quotes).unit("01_cnn_parameters").due == due


def test_an_id_is_enough():
    settings = parse_course_file('[course]\nid = "ml2026"')
    assert (settings.name, settings.install, settings.colab, settings.roster) == ("ml2026", None, None, None)
    assert settings.late.policy == "none"
    assert settings.unit("anything").drop == ()


def test_a_folder_without_the_file_has_no_settings(tmp_path):
    assert read_course_file(tmp_path) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('id = "ml2026"', "", "needs an id"),
        ('id = "ml2026"', 'id = "ml 2026"', "may have letters"),
        ("name =", "title =", "unknown key title in .course."),
        ("[late]", "[penalties]", "unknown key penalties in the file"),
        ("[roster]\n", "[roster]\nsheet = 1\n", "unknown key sheet"),
        ("Europe/Berlin", "Berlin", "is not a time zone: write a name such as"),
        ('drop = ["network_parameters"]', 'drop = "network_parameters"', "must be a list of names"),
        ("conv_parameters = 4", "conv_parameters = -4", "a number of 0 or more"),
        ("conv_parameters = 4", "conv_parameters = true", "a number of 0 or more"),
        ("conv_parameters = 4", "conv_parameters = nan", "a number of 0 or more"),
        ("conv_parameters = 4", "network_parameters = 4", "cannot be dropped and have points"),
        ('"2026-12-07 23:59"', '"7.12.2026"', "must be a day and a time"),
        ('"2026-12-07 23:59"', '"2026-12-07"', "must be a day and a time"),
        ('"2026-12-07 23:59"', '"2026-12-07 25:59"', "must be a day and a time"),
        ("percent per day", "half", "must be one of: none, zero"),
        ("percent = 20", "percent = 120", "at most 100"),
        ('"percent per day"', '"grace days"', "needs a line such as grace_days = 3"),
        ('file = "roster.csv"', "file = 3", "must be a text in quotes"),
        ('[units."01_cnn_parameters"]', "units = 3\n[other]", "units"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(old, new, message):
    assert old in WHOLE
    with pytest.raises(CourseFileError, match=message):
        parse_course_file(WHOLE.replace(old, new))


def test_the_error_names_the_file(tmp_path):
    (tmp_path / "course.toml").write_text("id = ml2026", encoding="utf-8")
    with pytest.raises(CourseFileError, match=r"course\.toml is not a TOML file: .*line 1"):
        read_course_file(tmp_path)


@pytest.mark.parametrize("date", ["2026-12-07 23:59", "2026-12-07 23:59  # Monday", "7.12.2026 23:59", "tomorrow"])
def test_a_date_without_quotes_is_named_with_its_remedy(tmp_path, date):
    text = f'[course]\nid = "ml"\n\n[units.01_tiny]\n  due = {date}\n'
    (tmp_path / "course.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CourseFileError) as caught:
        read_course_file(tmp_path)
    quoted = f'"{date.partition("#")[0].strip()}"'
    assert str(caught.value).endswith(f"is not a TOML file: write the date in line 5 in quotes: due = {quoted}")


@pytest.mark.parametrize("date", ["9999-12-31 23:59-12:00", "0001-01-01 00:00+14:00"])
def test_a_date_that_other_time_zones_do_not_have_is_named(date):
    with pytest.raises(CourseFileError, match="too early or too late: correct the year"):
        parse_course_file(WHOLE.replace("2026-12-07 23:59", date))


def test_a_byte_order_mark_is_accepted_and_endless_nesting_is_named(tmp_path):
    (tmp_path / "course.toml").write_text('[course]\nid = "ml"\n', encoding="utf-8-sig")
    assert read_course_file(tmp_path).id == "ml"
    (tmp_path / "course.toml").write_text("x = " + "[" * 5000 + "]" * 5000, encoding="utf-8")
    with pytest.raises(CourseFileError, match="is not a TOML file"):
        read_course_file(tmp_path)
