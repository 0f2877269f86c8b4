"""The time of a submission: read right in every zone, or not at all."""

import zoneinfo

import pytest
from nbgrader.utils import parse_utc

from tlcourse.grading.submissions import submission_time


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2027-07-01 12:00:00", "12:00:00"),
        ("2027-07-01 12:00", "12:00:00"),
        ("2027-07-01 12:00:00.123456 UTC", "12:00:00.123456"),
        ("2027-07-01T12:00:00Z", "12:00:00"),
        ("2027-07-01 12:00:00 +0100", "11:00:00"),
        ("2027-07-01 12:00:00 -03:30", "15:30:00"),
        ("2027-07-01T12:00:00+05:45", "06:15:00"),
        ("2027-07-01 12:00:00 UTC+02:00", "10:00:00"),
        ("2027-07-01 12:00:00 CEST", "10:00:00"),
        ("2027-07-01 12:00:00 PDT", "19:00:00"),
        ("2027-07-01 12:00:00 Europe/Berlin", "10:00:00"),
        ("2027-07-01 12:00:00 America/Argentina/Buenos_Aires", "15:00:00"),
        ("Thu, 1 Jul 2027 12:00:00 +0100", "11:00:00"),
    ],
)
def test_a_time_is_read_in_its_zone_and_nbgrader_reads_the_same(text, in_utc):
    when = submission_time.parse(text)
    assert str(when.replace(tzinfo=None)) == f"2027-07-01 {in_utc}"
    assert parse_utc(submission_time.as_nbgrader_reads(when)) == when.replace(tzinfo=None)


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday evening", "Monday", "12", "", "2027-07-01", "01/07/2027 12:00", "2027-13-01 12:00:00"),
        *("2027-07-01 12:00:00 IST", "2027-07-01 12:00:00 UTC+3", "2027-07-01 12:00:00 +99:99"),
        *("2027-07-01 12:00 PM", "2027-07-01 12:00:00 Europe/Berlim", "2027-07-01 12:00:00 ../../etc/passwd"),
        *("2027-07-01 12:00:00 America/Indiana", "2027-07-01 12:00:00 Europe/"),
        *("Thu, 1 Jul 2027 12:00:00 IST", "0001-01-01 00:00:00 +12:00", "2027-07-01 12:00:00\0"),
    ],
)
def test_what_is_no_time_raises_with_the_accepted_forms(text):
    with pytest.raises(
        ValueError, match=r"is not a time in a known format: write it as 2027-01-31 23:59:00, .*Europe/Berlin"
    ):
        submission_time.parse(text)


def test_the_error_names_the_zone_of_a_time_without_one():
    with pytest.raises(ValueError, match="23:59:00, alone for UTC or followed by a zone"):
        submission_time.parse("30.11.2026 12:00")
    with pytest.raises(ValueError, match="23:59:00, alone for Europe/Berlin or followed by a zone"):
        submission_time.parse("30.11.2026 12:00", zoneinfo.ZoneInfo("Europe/Berlin"))
