"""What lies in a student's folder: its digest says whether a recorded mark is still that of this submission."""

from tlcourse.grading.submissions.discover import read_submission


def test_a_corrected_timestamp_is_another_submission(tmp_path):
    """Its late penalty may differ, so the old mark is out of date."""
    (tmp_path / "unit.ipynb").write_text("{}")
    without = read_submission(tmp_path, "ann", "unit")
    assert without.timestamp is None
    digests = [without.sha256]
    for text in ("2027-01-01 12:00:00 UTC\n", "2027-01-02 12:00:00 UTC\n"):
        (tmp_path / "timestamp.txt").write_text(text)
        dated = read_submission(tmp_path, "ann", "unit")
        assert (dated.timestamp, dated.files) == (text.strip(), {})
        digests.append(dated.sha256)
    assert len(set(digests)) == 3
    (tmp_path / "timestamp.txt").write_text("2027-01-02 12:00:00 UTC\n\n")
    assert read_submission(tmp_path, "ann", "unit").sha256 == digests[-1]
