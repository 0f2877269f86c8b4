"""Live numbers of the units: each with a record of the same quantity shows the range for a single run beside it.

The tests do not ask whether the live number lies inside: `make build` reports those that do not.
"""

import functools

import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.data import results
from tlcourse.stats import with_expected_range

# Unit, beginning of the printed line, and the place of the record in data/results.
LIVE = [
    ("02_feature_extraction", "with the teacher: ", "headline/transfer"),
    *(("02_feature_extraction", f"{count} of each person: ", f"few_images/{count}/transfer") for count in (1, 2, 5)),
    ("03_fine_tuning", "test digits: ", "fine_tuning/far/frozen"),
    ("03_fine_tuning", "test digits: ", "fine_tuning/far/head_first/0.001"),
    ("05_domain_scenarios", "sharp   ", "two_telescopes/sharp"),
    ("05_domain_scenarios", "blurred ", "two_telescopes/blurred"),
    ("05_domain_scenarios", "batch norms adapted ", "two_telescopes/batch_norm"),
    ("05_domain_scenarios", "retrained head ", "two_telescopes/features/plain"),
    ("05_domain_scenarios", "CORAL ", "two_telescopes/features/coral"),
    ("05_domain_scenarios", "importance weights ", "two_telescopes/features/importance"),
    ("05_domain_scenarios", "Spanish word vectors as they are: ", "two_languages/reviews/unaligned"),
    ("05_domain_scenarios", "Spanish word vectors rotated: ", "two_languages/reviews/aligned/80"),
    ("05_domain_scenarios", "new head, eight kinds: ", "other_labels/fine/new_head"),
    ("06_choosing_a_teacher", "accuracy on galaxies of its own kind: ", "dataset_bias/biased/teacher/usual"),
    ("06_choosing_a_teacher", "usual colors ", "dataset_bias/biased/teacher/usual"),
    ("06_choosing_a_teacher", "exchanged ", "dataset_bias/biased/teacher/exchanged"),
    *(
        ("06_choosing_a_teacher", f"  {title} ", f"transfer_matrix/digits/{teacher}/{key}")
        for teacher in ("faces", "galaxies")
        for title, key in (("LogME", "log_me"), ("LEEP ", "leep"), ("accuracy of a trained head", "accuracy"))
    ),
]
UNITS = unit_sources.unit_names(ROOT)


def expected_range(place, form):
    """The range of a record, as a unit prints it."""
    name, *keys = place.split("/")
    record = functools.reduce(dict.__getitem__, keys, results(name))
    text = with_expected_range(record["values"][0], record, form)
    return text[text.index("(expected") : text.index(" for a single run")]


@pytest.mark.parametrize(("unit", "start", "place"), LIVE)
def test_a_live_number_with_a_record_has_the_records_range_beside_it(unit, start, place):
    cells = notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb").cells
    printed = [
        line for cell in cells for output in cell.get("outputs", []) for line in output.get("text", "").split("\n")
    ]
    form = "+.2f" if place.endswith(("log_me", "leep")) else ".1%"
    assert any(line.startswith(start) and expected_range(place, form) in line for line in printed)


@pytest.mark.parametrize("unit", UNITS)
def test_a_cell_that_prints_a_range_is_not_compared_with_its_stored_output(unit):
    """Its number may differ on another machine; and the list above knows all of them."""
    cells = [cell for cell in unit_sources.read(ROOT / "solutions" / f"{unit}.py").cells if cell.cell_type == "code"]
    with_range = [cell for cell in cells if "with_expected_range(" in cell.source]
    assert bool(with_range) == (unit in {row[0] for row in LIVE})
    assert not [cell.id for cell in with_range if "nbval-check-output" in cell.metadata.get("tags", [])]
