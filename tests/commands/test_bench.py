"""What `make bench` measures: the arithmetic is right, and `import tlcourse` stays light."""

import json

import keras
import pytest

from tlcourse import counting, data
from tlcourse.building import speed_table
from tlcourse.commands import bench, network_bench
from tlcourse.data import results
from tlcourse.networks import narrow_vgg16
from tlcourse.research import five_minutes, recording


def test_multiply_adds_against_arithmetic_by_hand():
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Conv2D(4, 3, strides=2, padding="same")(inputs)
    x = keras.layers.Flatten()(x)
    model = keras.Model(inputs, keras.layers.Dense(5)(x))
    assert counting.multiply_adds(model) == 4 * 4 * (3 * 3 * 3 * 4) + (4 * 4 * 4) * 5


@pytest.mark.slow
def test_both_batch_norms_are_timed_in_training():
    measured = network_bench.fused_batch_norm(images=8, batch_size=8, repeats=1)
    assert measured["ratio"] == measured["keras_seconds"] / measured["fused_seconds"] > 0


def test_multiply_adds_of_the_teacher_are_dominated_by_convolutions():
    model = narrow_vgg16(10)
    dense = sum(layer.kernel.shape[0] * layer.kernel.shape[1] for layer in model.layers if hasattr(layer, "units"))
    assert counting.multiply_adds(model) > 50 * dense


@pytest.mark.speed
@pytest.mark.parametrize("images", [10, 50])
def test_drawing_is_timed(images):
    assert 0 < bench.drawing_seconds(images) < images * 0.02


def test_parts_are_reported_and_kept_and_the_others_stay(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(bench.PARTS, "import_seconds", lambda: 0.05)
    monkeypatch.setitem(bench.PARTS, "unit_seconds", lambda: {"01_tiny": 3.0})
    for module in (bench, data, recording):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    (tmp_path / "results").mkdir()
    for parts in (["import_seconds"], ["unit_seconds"]):
        bench.main(tmp_path / "bench.json", keep=True, parts=parts)
    assert capsys.readouterr().out == "import seconds: 0.05\nunit 01_tiny: 3 s\n"
    kept = json.loads((tmp_path / "results" / "bench.json").read_text(encoding="utf-8"))
    assert (kept["import_seconds"], kept["unit_seconds"]) == (0.05, {"01_tiny": 3.0})
    assert kept["provenance"]["command"] == "tlcourse bench --keep"
    assert kept["provenance"]["parts"].keys() == {"import_seconds", "unit_seconds"}
    assert json.loads((tmp_path / "bench.json").read_text(encoding="utf-8")) == {"unit_seconds": {"01_tiny": 3.0}}
    with pytest.raises(ValueError, match="'speed'"):
        bench.main(parts=["speed"])


def test_grading_was_timed_on_a_whole_class():
    assert results("bench")["grading"]["submissions"] >= 30


@pytest.mark.slow
def test_a_baseline_stops_when_its_time_is_up():
    measured = five_minutes.run(seed=0, seconds=0.5)
    assert 1 <= measured["epochs"] < 20
    assert measured["seconds"] >= 0.5
    low, high = measured["baseline_ci95"]
    assert 0 <= low < measured["baseline"] < high <= 1
    assert measured["error_ratio"] == (1 - measured["baseline"]) / (1 - measured["transfer"])


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_without_time_there_is_no_training(seconds):
    with pytest.raises(ValueError, match=f"got {seconds}"):
        five_minutes.UntilTimeIsUp(seconds, 0.1)


def test_a_learning_rate_falls_along_half_a_cosine_of_the_time(monkeypatch):
    now = iter([0.0, 0.0, 2.5, 2.5, 5.0, 5.0, 10.0])
    monkeypatch.setattr(five_minutes.time, "perf_counter", lambda: next(now))
    clock = five_minutes.UntilTimeIsUp(seconds=10, learning_rate=0.4)
    clock.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    clock.model.compile(keras.optimizers.SGD(1.0), "mse")
    rates, stopped = [], []
    for epoch in range(3):
        clock.on_epoch_begin(epoch)
        rates.append(float(clock.model.optimizer.learning_rate))
        clock.on_epoch_end(epoch)
        stopped.append(clock.model.stop_training)
    assert rates == pytest.approx([0.4, 0.2 + 0.2 * 0.5**0.5, 0.2])
    assert stopped == [False, False, True]


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("cached_features", ["ratio", "cached_accuracy"]),
        ("feature_extraction", ["share"]),
        ("fused_batch_norm", ["ratio"]),
        ("five_minutes", ["baseline", "error_ratio", "epochs", "transfer"]),
        ("grading", ["ratio_to_stock"]),
    ],
)
def test_recorded_results_have_a_line_each(name, numbers):
    record = results("bench")[name]
    (line,) = speed_table.lines(name, record)
    for number in numbers:
        assert any(format(record[number], pattern) in line for pattern in (".3f", ".1f", ".0%", "")), number
