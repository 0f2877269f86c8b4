"""One seed of each record: what is equal, what lies in the prediction interval, what fails and what takes too long."""

import time

import numpy as np
import pytest
from click.testing import CliRunner

from tlcourse import data
from tlcourse.commands import main
from tlcourse.research import provenance, quick_check, recording, registry
from tlcourse.stats import predicted, summary

VALUES = [0.1, 0.2, 0.3, 0.2, 0.25]


@pytest.fixture
def records(tmp_path, monkeypatch):
    """A function that records `VALUES` of an experiment and registers a function as what it is now."""
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    for module in (data, recording):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    monkeypatch.setattr(registry, "EXPERIMENTS", {})
    monkeypatch.setattr(registry, "SIDE_BY_SIDE", 1)

    def add(name, run, seconds=0.0, **options):
        registry.EXPERIMENTS[name] = registry.Experiment(run, range(5), **options)
        made = {**provenance.now("test"), "seconds": seconds * 5}
        recording.record(name, {"a": {"gain": summary(VALUES), "ms": summary(VALUES)}, "provenance": made})

    add.folder = tmp_path
    return add


def numbers(output, name):
    """Values, equal, inside and outside in the line of a record."""
    (line,) = [line.split() for line in output.splitlines() if line.startswith(f"{name} ")]
    return [int(number) for number in line[1:5]]


@pytest.mark.parametrize("edge", [0, 1])
def test_the_distance_is_one_at_the_ends_of_the_prediction_interval(edge):
    end = predicted(VALUES)[edge]
    assert quick_check.distance(end, VALUES) == pytest.approx(1, abs=1e-4)
    assert quick_check.distance(end, VALUES) <= 1
    assert quick_check.distance(end + 0.01 * (2 * edge - 1), VALUES) > 1


def test_values_without_variation_are_inside_if_they_are_equal_to_rounding():
    assert quick_check.distance(0.300004, [0.3] * 5) <= 1
    assert quick_check.distance(0.3001, [0.3] * 5) > 1


def test_about_19_of_20_new_values_are_inside():
    rng = np.random.default_rng(0)
    inside = [quick_check.distance(each[5], each[:5]) <= 1 for each in rng.normal(0.5, 0.1, (2000, 6))]
    assert abs(np.mean(inside) - 0.95) < 0.015  # three standard errors of 2,000 draws


def test_each_value_is_compared_with_its_seed_and_with_the_interval(records, capsys):
    records("equal", lambda seed: {"a": {"gain": VALUES[seed], "ms": 9.0}}, timings=("*/ms",))
    records("near", lambda seed: {"a": {"gain": 0.15, "ms": 0.1}})
    records("far", lambda seed: {"a": {"gain": 0.9, "ms": 0.1}})
    before = {file: file.read_bytes() for file in records.folder.rglob("*.json")}
    quick_check.main()
    output = capsys.readouterr().out
    assert numbers(output, "equal") == [1, 1, 1, 0]
    assert numbers(output, "near") == [2, 1, 2, 0]
    assert numbers(output, "far") == [2, 1, 1, 1]
    assert "5 values of 3 records: 3 equal the recorded ones to rounding, 4 lie" in output
    assert {file: file.read_bytes() for file in records.folder.rglob("*.json")} == before


def test_a_failure_is_reported_after_the_others_have_run(records, capsys):
    records("fails", lambda seed: {}["nothing"], seconds=0.0)
    records("works", lambda seed: {"a": {"gain": 0.1}}, seconds=0.1)
    with pytest.raises(RuntimeError, match=r"^failed: fails$"):
        quick_check.main()
    output = capsys.readouterr().out
    assert "fails: failed: KeyError: 'nothing'" in output
    assert numbers(output, "works") == [1, 1, 1, 0]


def test_the_shortest_come_first_and_what_would_not_end_in_time_is_named(records, capsys):
    order = []
    for name, seconds in {"long": 1200, "middle": 20, "short": 1}.items():
        records(name, lambda seed, name=name: order.append(name) or {"a": {"gain": 0.1}}, seconds)
    quick_check.main(minutes=10)
    assert order == ["short", "middle"]
    assert "long: left out, one seed takes about 20 minutes" in capsys.readouterr().out
    order.clear()
    quick_check.main(["middle"], minutes=10)
    assert order == ["middle"]


def test_a_slower_machine_leaves_more_out(records, capsys):
    records("short", lambda seed: time.sleep(0.4) or {"a": {"gain": 0.1}}, seconds=0.01)
    records("long", lambda seed: pytest.fail("it began"), seconds=3.0)
    quick_check.main(minutes=0.2)
    assert "long: left out" in capsys.readouterr().out


def test_another_processor_is_stated(records, capsys, monkeypatch):
    records("works", lambda seed: {"a": {"gain": 0.1}})
    monkeypatch.setattr(quick_check.processor, "instructions", lambda: "none")
    quick_check.main()
    assert "yours has none. Small differences are expected" in capsys.readouterr().out


def test_a_name_without_a_record_raises_an_error(records):
    registry.EXPERIMENTS["new"] = registry.Experiment(lambda seed: {}, range(5))
    with pytest.raises(FileNotFoundError, match="tlcourse results new"):
        quick_check.main(["new"])


@pytest.mark.parametrize("options", [["--quick", "--compare"], ["--minutes", "3"]])
def test_options_that_do_not_go_together_are_an_error(options):
    outcome = CliRunner().invoke(main.main, ["results", *options])
    assert outcome.exit_code == 2
    assert "use either --quick or --compare" in outcome.output
