"""Repeated runs: intervals as scipy has them, pairs that belong together, nothing lost and nothing half written."""

import json
import multiprocessing
import os
import re
import time

import numpy as np
import pytest
from conftest import ROOT
from scipy import stats

from tlcourse import data, research
from tlcourse.datasets import faces
from tlcourse.research import few_images, registry, workers

ONE_TO_FIVE = [1, 2, 3, 4, 5]  # s² = 2.5, s/√5 = √0.5, t(0.975, 4) = 2.776445: ± 1.963243


def test_interval_by_hand():
    summary = research.summary(ONE_TO_FIVE)
    assert summary == {"mean": 3.0, "ci95": [1.03676, 4.96324], "seeds": 5, "values": [1.0, 2.0, 3.0, 4.0, 5.0]}


@pytest.mark.parametrize("count", [2, 5, 10, 40])
def test_interval_is_scipys(count):
    values = np.random.default_rng(count).normal(0.9, 0.03, count)
    summary = research.summary(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    np.testing.assert_allclose(summary["ci95"], [expected.low, expected.high], atol=6e-6)
    np.testing.assert_allclose(summary["mean"], values.mean(), atol=6e-6)
    assert summary["seeds"] == count


def test_19_intervals_of_20_hold_the_true_mean():
    rng = np.random.default_rng(0)
    intervals = [research.summary(rng.normal(0.5, 0.1, 5))["ci95"] for _ in range(2000)]
    held = np.mean([low <= 0.5 <= high for low, high in intervals])
    assert abs(held - 0.95) < 0.015  # three standard errors of 2,000 draws


def test_equal_runs_have_an_interval_of_no_width():
    assert research.summary([0.0154] * 3)["ci95"] == [0.0154, 0.0154]


@pytest.mark.parametrize("values", [[], [0.9], [0.9, float("nan")], [0.9, float("inf")], [[0.9, 0.8], [0.9, 0.7]]])
def test_too_little_for_an_interval_is_named(values):
    with pytest.raises(ValueError, match="two or more finite values"):
        research.summary(values)


def test_a_paired_difference_is_narrow_where_the_seeds_share_their_luck():
    luck = np.random.default_rng(0).normal(0, 0.05, 8)
    first, second = 0.80 + luck, 0.79 + luck + np.random.default_rng(1).normal(0, 0.001, 8)
    difference = research.paired_difference(first, second)
    expected = stats.ttest_rel(first, second).confidence_interval(0.95)
    np.testing.assert_allclose(difference["ci95"], [expected.low, expected.high], atol=6e-6)
    assert difference["ci95"][0] > 0
    assert research.summary(second)["ci95"][1] > research.summary(first)["ci95"][0]  # unpaired they overlap


def test_pairs_need_partners():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        research.paired_difference([1, 2], [1, 2, 3])


def test_summaries_reach_into_nested_runs():
    runs = [{"near": {"conv": value, "fc": 1.0}, "seconds": 2 * value} for value in ONE_TO_FIVE]
    summaries = research.summaries(runs)
    assert summaries["near"]["conv"] == research.summary(ONE_TO_FIVE)
    assert summaries["near"]["fc"]["mean"] == 1
    assert summaries["seconds"]["mean"] == 6


def test_what_only_some_runs_have_measured_is_summarised_over_these():
    runs = [{"quick": value, **({"slow": {"deep": value}} if value < 4 else {})} for value in ONE_TO_FIVE]
    summaries = research.summaries(runs)
    assert summaries["quick"] == research.summary(ONE_TO_FIVE)
    assert summaries["slow"]["deep"] == research.summary([1, 2, 3])
    with pytest.raises(ValueError, match="two or more"):
        research.summaries([{"quick": 1, "slow": 2}, {"quick": 3}])
    with pytest.raises(ValueError, match="run 2 has 'slow'"):
        research.summaries([{"slow": 1}, {}, {"slow": 2}])


def over_seeds(function, seeds, name="test", **options):
    """The runs of a single experiment."""
    ((_, runs),) = research.over_seeds({name: (function, seeds)}, **options)
    return runs


def test_over_seeds_goes_on_after_an_interruption(tmp_path):
    ran = []

    def run(seed):
        if seed == 2 and not interrupted:
            interrupted.append(True)
            raise KeyboardInterrupt
        ran.append(seed)
        return {"accuracy": seed / 10}

    interrupted = []
    with pytest.raises(KeyboardInterrupt):
        over_seeds(run, range(4), folder=tmp_path)
    assert ran == [0, 1]
    runs = over_seeds(run, range(4), folder=tmp_path)
    assert ran == [0, 1, 2, 3]
    assert runs == [{"accuracy": seed / 10} for seed in range(4)]
    assert [file.name for file in tmp_path.iterdir()] == ["test.json"]


def test_over_seeds_gives_only_what_was_asked_for_in_its_order(tmp_path):
    over_seeds(lambda seed: seed, range(3), folder=tmp_path)
    assert over_seeds(lambda seed: -seed, [4, 1], folder=tmp_path) == [-4, 1]


def test_seeds_side_by_side_have_processes_of_their_own_and_keep_their_order(tmp_path):
    over_seeds(lambda seed: [seed, "before"], [1], folder=tmp_path)
    runs = over_seeds(lambda seed: [seed, os.getpid()], range(4), folder=tmp_path, side_by_side=2)
    assert [seed for seed, _ in runs] == [0, 1, 2, 3]
    assert runs[1] == [1, "before"], "a finished seed was run again"
    assert os.getpid() not in {process for _, process in runs}


def test_experiments_wait_in_one_queue_and_come_in_their_order(tmp_path):
    began = tmp_path / "began"

    def slow(seed):
        deadline = time.monotonic() + 60
        while seed and not began.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        return {"seed": seed, "alone": not began.exists()}

    def fast(seed):
        began.touch()
        return {"seed": seed}

    both = {"slow": (slow, [0, 1]), "fast": (fast, range(3))}
    results = list(research.over_seeds(both, folder=tmp_path / "partial", side_by_side=2))
    assert [name for name, _ in results] == ["slow", "fast"]
    assert [run["seed"] for run in results[0][1]] == [0, 1]
    assert [run["seed"] for run in results[1][1]] == [0, 1, 2]
    assert not results[0][1][1]["alone"], "a lane was idle until the slow experiment ended"
    assert list(research.over_seeds(both, folder=tmp_path / "partial")) == results


def test_a_lane_gets_a_new_process_before_memory_runs_out(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "SEEDS_IN_A_PROCESS", 2)
    runs = over_seeds(lambda seed: os.getpid(), range(7), folder=tmp_path, side_by_side=2)
    assert len(set(runs)) >= 4
    assert max(runs.count(process) for process in runs) <= 2


def test_a_seed_that_fails_stops_the_others_and_keeps_what_is_finished(tmp_path):
    def fail(seed):
        (tmp_path / f"{seed}.began").touch()
        deadline = time.monotonic() + 60
        while seed == 1 and not (tmp_path / "partial" / "test.json").exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        if seed == 1:
            raise ZeroDivisionError("seed 1")
        time.sleep(0.2)
        return seed

    with pytest.raises(ZeroDivisionError, match="seed 1"):
        over_seeds(fail, range(60), folder=tmp_path / "partial", side_by_side=2)
    assert len(list(tmp_path.glob("*.began"))) < 60, "seeds went on after the failure"
    assert over_seeds(lambda seed: "run again", [0], folder=tmp_path / "partial") == [0]


def test_lanes_end_when_the_run_is_killed(tmp_path):
    """Not interrupted, which reaches the workers too, but killed: they held memory and a processor each before."""
    killed = multiprocessing.get_context("spawn").Process(target=_run_for_ever, args=(tmp_path,))
    killed.start()
    alive = [tmp_path / "0.alive", tmp_path / "1.alive"]
    _wait_until(lambda: all(file.exists() for file in alive))
    killed.kill()
    killed.join()
    time.sleep(2)
    ended = time.time()
    time.sleep(2)
    assert [file for file in alive if file.stat().st_mtime > ended] == []


def _run_for_ever(folder):
    def still_there(seed):
        while True:
            (folder / f"{seed}.alive").touch()
            time.sleep(0.1)

    over_seeds(still_there, range(2), folder=folder / "partial", side_by_side=2)


def _wait_until(true, seconds=120):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_a_lane_gets_data_that_do_not_tune_themselves(tmp_path):
    def tuned(seed):
        import tensorflow as tf

        return [seed, tf.data.Options().autotune.enabled, tf.data.Options() == tf.data.Options()]

    assert over_seeds(tuned, range(2), folder=tmp_path, side_by_side=2) == [[0, False, True], [1, False, True]]


def test_a_lane_trains_to_the_same_numbers(tmp_path):
    """To rounding, which the number of processors changes: the order of the pictures, say, is the same.

    Once the seed is set again, what was prepared before it is still there: from the same weights on, the order of the
    pictures must be the one that this seed gives.
    """

    def trained(seed):
        import keras
        import numpy as np
        import tensorflow as tf

        keras.utils.set_random_seed(seed)
        inputs = keras.Input((8, 8, 3))
        x = keras.layers.ReLU()(keras.layers.BatchNormalization()(keras.layers.Conv2D(4, 3, use_bias=False)(inputs)))
        model = keras.Model(inputs, keras.layers.Dense(2)(keras.layers.Dropout(0.2, seed=1)(keras.layers.Flatten()(x))))
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        images = np.random.default_rng(seed).random((16, 8, 8, 3), np.float32)
        start, weights = model.get_weights(), []
        for again in (seed, seed + 1):
            keras.utils.set_random_seed(again)
            model.set_weights(start)
            model.fit(images, np.arange(16) % 2, batch_size=8, epochs=3, verbose=0)
            weights += [weight.ravel() for weight in model.get_weights()]
        options = tf.config.optimizer.get_experimental_options()
        return [options.get("disable_meta_optimizer", False), np.concatenate(weights).tolist()]

    (here,) = over_seeds(trained, [1], folder=tmp_path / "here")
    (in_a_lane,) = over_seeds(trained, [1], folder=tmp_path / "lane", side_by_side=2)
    np.testing.assert_allclose(in_a_lane[1], here[1], rtol=1e-3, atol=1e-5)
    assert not in_a_lane[0], "the functions that train are optimised as ever"


def test_a_lane_keeps_what_it_has_prepared_when_a_seed_is_set(tmp_path):
    """A kernel of TensorFlow's own random numbers shows it: it goes on where it was, and does not begin again."""

    def drawn(seed):
        import tensorflow as tf

        numbers = []
        for _ in range(2):
            tf.random.set_seed(seed)
            numbers.append(float(tf.random.uniform(())))
        return numbers

    (here,) = over_seeds(drawn, [1], folder=tmp_path / "here")
    (in_a_lane,) = over_seeds(drawn, [1], folder=tmp_path / "lane", side_by_side=2)
    assert here[0] == here[1] == in_a_lane[0] != in_a_lane[1]


def test_no_experiment_draws_with_tensorflow_itself():
    """In a lane these numbers would not begin again with the seed: see `lanes._keep_kernels`."""
    modules = sorted((ROOT / "tlcourse").rglob("*.py"))
    drawing = [one.name for one in modules if re.search(r"\b(tf|tensorflow)\.random\b", one.read_text("utf-8"))]
    assert drawing == ["bench.py"], "it measures the machine's speed, in no lane"


def test_lanes_draw_an_album_once(tmp_path):
    def look(seed):
        from tlcourse.datasets import faces

        known = faces.portraits.check_call_in_cache(range(2), 1, 7)
        return [known, faces.portraits(range(2), 1, 7).images.tolist()]

    runs = over_seeds(look, range(6), folder=tmp_path, side_by_side=2)
    assert [known for known, _ in runs][-1], "drawn anew, though five others have looked at these people"
    assert all(pictures == faces.portraits(range(2), 1, 7).images.tolist() for _, pictures in runs)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system binds no process to processors")
def test_seeds_side_by_side_share_no_processor(tmp_path):
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor cannot be divided")

    def together(seed):
        (tmp_path / f"{os.getpid()}.here").touch()
        deadline = time.monotonic() + 60
        while len(list(tmp_path.glob("*.here"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)  # so that each worker gets a seed
        return [os.getpid(), sorted(os.sched_getaffinity(0))]

    runs = over_seeds(together, range(4), folder=tmp_path / "partial", side_by_side=2)
    own = {process: set(processors) for process, processors in runs}
    assert len(own) == 2
    assert not set.intersection(*own.values())


@pytest.fixture
def empty_data(tmp_path, monkeypatch):
    """A data folder with nothing in it."""
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    for module in (data, research):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    return tmp_path


def test_record_writes_numbers_and_where_they_come_from(empty_data):
    over_seeds(lambda seed: {"transfer": 0.9 + seed / 100}, range(3), name="headline")
    assert (empty_data / "results" / "partial" / "headline.json").is_file()
    file = research.record("headline", {"transfer": research.summary([0.9, 0.91])}, "tlcourse results headline")
    assert file == empty_data / "results" / "headline.json"
    assert b"\r" not in file.read_bytes()
    recorded = data.results("headline")
    assert recorded["transfer"]["mean"] == 0.905
    assert recorded["provenance"]["command"] == "tlcourse results headline"
    assert set(recorded["provenance"]["versions"]) >= {"tlcourse", "keras", "tensorflow", "numpy"}
    assert not list(empty_data.glob("results/partial/*")), "finished seeds are cleared once they are recorded"


def test_a_measurement_records_what_it_took(empty_data, monkeypatch):
    monkeypatch.setattr(registry, "RESULTS", {"tiny": (lambda seed: {"accuracy": seed / 10}, range(3))})
    registry.main(["tiny"])
    recorded = data.results("tiny")
    assert set(recorded) == {"accuracy", "provenance"}
    assert recorded["accuracy"]["values"] == [0, 0.1, 0.2]
    assert recorded["provenance"]["seconds"] == 0
    assert recorded["provenance"]["processors"] == os.cpu_count()
    assert recorded["provenance"]["side_by_side"] == registry.SIDE_BY_SIDE


def test_ten_pictures_each_come_from_the_headline(empty_data):
    ways = few_images.IN_HEADLINE.values()
    research.record("headline", {way: research.summary([0.5, 0.6, 0.7]) for way in ways}, "tlcourse results headline")
    other = {"transfer": 0.1, "small_cnn": 0.1, "pixels": 0.1}
    runs = few_images.with_ten_each([{count: other for count in ("1", "2", "5", "20")}] * 2)
    assert [list(run) for run in runs] == [["1", "2", "5", "10", "20"]] * 2
    assert [run["10"]["transfer"] for run in runs] == [0.5, 0.6]
    assert runs[1]["20"] == other


@pytest.mark.parametrize("failure", ["not JSON", "no replace"])
def test_a_record_that_fails_leaves_the_old_one_whole(empty_data, monkeypatch, failure):
    file = research.record("headline", {"mean": 1}, "first")
    before = file.read_bytes()
    payload = {"mean": 2}
    if failure == "not JSON":
        payload = {"mean": 2, "model": object()}
    else:
        monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises((TypeError, OSError)):
        research.record("headline", payload, "second")
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == ["headline.json"]


def test_a_record_that_is_not_there_names_the_command(empty_data):
    with pytest.raises(FileNotFoundError, match=r"headline\.json.*tlcourse results headline"):
        data.results("headline")


def test_every_recorded_result_is_whole():
    """What units quote: each number has its interval around its mean, and the interval is that of its values."""
    for file in sorted((data.data_folder() / "results").glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        assert content["provenance"]["command"].startswith("tlcourse ")
        for path, summary in _summaries(content, file.stem):
            fewest = 2 if "development" in path else 5  # what only chooses rates is no result
            again = research.summary(summary["values"])
            np.testing.assert_allclose(again["ci95"], summary["ci95"], atol=5e-5)
            np.testing.assert_allclose(again["mean"], summary["mean"], atol=2e-5)
            assert again["seeds"] == summary["seeds"] >= fewest


def test_every_record_tells_what_it_took():
    """README adds these up to say how long `make results` takes: less than an hour on two processors is promised."""
    seconds = 0
    for name in registry.RESULTS:
        made = data.results(name)["provenance"]
        missing = {"seconds", "side_by_side", "processors"} - set(made)
        assert not missing, f"data/results/{name}.json does not tell {sorted(missing)}: run `tlcourse results {name}`"
        assert made["processors"] >= made["side_by_side"] >= 1
        seconds += made["seconds"] / made["side_by_side"]
    assert seconds < 3600


def _summaries(content, path):
    if isinstance(content, dict):
        if "ci95" in content:
            yield path, content
        else:
            for name, part in content.items():
                yield from _summaries(part, f"{path}.{name}")
