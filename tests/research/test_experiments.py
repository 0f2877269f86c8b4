"""Repeated runs: intervals as scipy has them, pairs that belong together, nothing lost and nothing half written."""

import json
import multiprocessing
import os
import sys
import time
import types
from fnmatch import fnmatchcase

import numpy as np
import pytest
from scipy import stats

from tlcourse import data
from tlcourse.research import comparison, fingerprint, provenance, recording, registry, workers
from tlcourse.stats import paired_difference, summary

ONE_TO_FIVE = [1, 2, 3, 4, 5]  # s² = 2.5, s/√5 = √0.5, t(0.975, 4) = 2.776445: ± 1.963243


def test_interval_by_hand():
    interval = summary(ONE_TO_FIVE)
    assert interval == {"mean": 3.0, "ci95": [1.03676, 4.96324], "seeds": 5, "values": [1.0, 2.0, 3.0, 4.0, 5.0]}


@pytest.mark.parametrize("count", [2, 5, 10, 40])
def test_interval_is_scipys(count):
    values = np.random.default_rng(count).normal(0.9, 0.03, count)
    interval = summary(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    np.testing.assert_allclose(interval["ci95"], [expected.low, expected.high], atol=6e-6)
    np.testing.assert_allclose(interval["mean"], values.mean(), atol=6e-6)
    assert interval["seeds"] == count


def test_19_intervals_of_20_hold_the_true_mean():
    rng = np.random.default_rng(0)
    intervals = [summary(rng.normal(0.5, 0.1, 5))["ci95"] for _ in range(2000)]
    held = np.mean([low <= 0.5 <= high for low, high in intervals])
    assert abs(held - 0.95) < 0.015  # three standard errors of 2,000 draws


def test_equal_runs_have_an_interval_of_no_width():
    assert summary([0.0154] * 3)["ci95"] == [0.0154, 0.0154]


@pytest.mark.parametrize("values", [[], [0.9], [0.9, float("nan")], [0.9, float("inf")], [[0.9, 0.8], [0.9, 0.7]]])
def test_too_little_for_an_interval_is_named(values):
    with pytest.raises(ValueError, match="two or more finite values"):
        summary(values)


def test_a_paired_difference_is_narrow_where_the_seeds_share_their_noise():
    noise = np.random.default_rng(0).normal(0, 0.05, 8)
    first, second = 0.80 + noise, 0.79 + noise + np.random.default_rng(1).normal(0, 0.001, 8)
    difference = paired_difference(first, second)
    expected = stats.ttest_rel(first, second).confidence_interval(0.95)
    np.testing.assert_allclose(difference["ci95"], [expected.low, expected.high], atol=6e-6)
    assert difference["ci95"][0] > 0
    assert summary(second)["ci95"][1] > summary(first)["ci95"][0]  # unpaired they overlap


def test_pairs_need_partners():
    with pytest.raises(ValueError, match=r"\(2,\) and \(3,\)"):
        paired_difference([1, 2], [1, 2, 3])


def test_summaries_reach_into_nested_runs():
    runs = [{"near": {"conv": value, "fc": 1.0}, "seconds": 2 * value} for value in ONE_TO_FIVE]
    summaries = recording.summaries(runs)
    assert summaries["near"]["conv"] == summary(ONE_TO_FIVE)
    assert summaries["near"]["fc"]["mean"] == 1
    assert summaries["seconds"]["mean"] == 6


def test_shares_are_named_by_their_paths():
    runs = [{"near": {"conv": value / 5, "loss": value}, "seconds": value / 5} for value in ONE_TO_FIVE]
    summaries = recording.summaries(runs, shares=("near/c*",))
    assert summaries["near"]["conv"] == summary(np.array(ONE_TO_FIVE) / 5, share=True)
    assert "share" not in summaries["near"]["loss"] | summaries["seconds"]
    with pytest.raises(ValueError, match="shares lie between 0 and 1"):
        recording.summaries(runs, shares=("*",))


def test_what_only_some_runs_have_measured_is_summarized_over_these():
    runs = [{"quick": value, **({"slow": {"deep": value}} if value < 4 else {})} for value in ONE_TO_FIVE]
    summaries = recording.summaries(runs)
    assert summaries["quick"] == summary(ONE_TO_FIVE)
    assert summaries["slow"]["deep"] == summary([1, 2, 3])
    with pytest.raises(ValueError, match="two or more"):
        recording.summaries([{"quick": 1, "slow": 2}, {"quick": 3}])
    with pytest.raises(ValueError, match="run 2 has 'slow'"):
        recording.summaries([{"slow": 1}, {}, {"slow": 2}])


def run_seeds(function, seeds, name="test", **options):
    """The runs of a single experiment."""
    ((_, runs),) = recording.over_seeds({name: (function, seeds)}, **options)
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
        run_seeds(run, range(4), folder=tmp_path)
    assert ran == [0, 1]
    runs = run_seeds(run, range(4), folder=tmp_path)
    assert ran == [0, 1, 2, 3]
    assert runs == [{"accuracy": seed / 10} for seed in range(4)]
    assert [file.name for file in tmp_path.iterdir()] == ["test.json"]


@pytest.mark.parametrize("changed", [True, False])
def test_finished_seeds_of_a_changed_experiment_are_discarded(tmp_path, capsys, changed):
    run_seeds(lambda seed: "before", [0], folder=tmp_path, made_with={"test": "first"})
    capsys.readouterr()
    made_with = {"test": "second" if changed else "first"}
    runs = run_seeds(lambda seed: "after", [0, 1], folder=tmp_path, made_with=made_with)
    assert runs == ["after" if changed else "before", "after"]
    line = "test: code, packages or teacher changed since the interruption; all seeds start again\n"
    assert capsys.readouterr().out == line * changed
    assert run_seeds(lambda seed: "again", [0], folder=tmp_path, made_with=made_with) == runs[:1]


def test_seeds_that_were_kept_without_a_fingerprint_are_discarded(tmp_path):
    (tmp_path / "test.json").write_text('{"0": "before"}')
    assert run_seeds(lambda seed: "after", [0], folder=tmp_path) == ["after"]


@pytest.fixture
def experiment_module(monkeypatch):
    """An experiment whose module uses another module of the course; sources can be changed."""
    sources = {}
    for name in ("tlcourse.tested", "tlcourse.tested_helper"):
        module = types.ModuleType(name)
        monkeypatch.setitem(sys.modules, name, module)
        sources[name] = "x = 1"
    sys.modules["tlcourse.tested"].helper = sys.modules["tlcourse.tested_helper"]
    exec("def run(seed): return {}", vars(sys.modules["tlcourse.tested"]))
    monkeypatch.setattr(fingerprint.inspect, "getsource", lambda module: sources[module.__name__])
    return sys.modules["tlcourse.tested"].run, sources


@pytest.mark.parametrize("what", ["module", "helper", "package", "teacher", "record"])
def test_the_fingerprint_changes_with_code_packages_teacher_and_records(
    experiment_module, empty_data, monkeypatch, what
):
    run, sources = experiment_module
    (empty_data / "teachers").mkdir()
    card = empty_data / "teachers" / "tiny.json"
    card.write_text('{"sha256": "1"}')
    record("needed", value=[1, 2])
    before = fingerprint.fingerprint(registry.with_seconds(run), ["needed"])
    assert before == fingerprint.fingerprint(run, ["needed"])
    if what in ("module", "helper"):
        sources["tlcourse.tested" if what == "module" else "tlcourse.tested_helper"] = "x = 2"
    elif what == "package":
        monkeypatch.setattr(provenance, "version", lambda package: "0")
    elif what == "teacher":
        card.write_text('{"sha256": "2"}')
    else:
        record("needed", value=[1, 3])
    assert fingerprint.fingerprint(run, ["needed"]) != before


def test_over_seeds_gives_only_what_was_asked_for_in_its_order(tmp_path):
    run_seeds(lambda seed: seed, range(3), folder=tmp_path)
    assert run_seeds(lambda seed: -seed, [4, 1], folder=tmp_path) == [-4, 1]


def test_seeds_side_by_side_have_processes_of_their_own_and_keep_their_order(tmp_path):
    run_seeds(lambda seed: [seed, "before"], [1], folder=tmp_path)
    runs = run_seeds(lambda seed: [seed, os.getpid()], range(4), folder=tmp_path, side_by_side=2)
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
    results = list(recording.over_seeds(both, folder=tmp_path / "partial", side_by_side=2))
    assert [name for name, _ in results] == ["slow", "fast"]
    assert [run["seed"] for run in results[0][1]] == [0, 1]
    assert [run["seed"] for run in results[1][1]] == [0, 1, 2]
    assert not results[0][1][1]["alone"], "a worker was idle until the slow experiment ended"
    assert list(recording.over_seeds(both, folder=tmp_path / "partial")) == results


def test_a_worker_gets_a_new_process_before_memory_runs_out(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "SEEDS_IN_A_PROCESS", 2)
    runs = run_seeds(lambda seed: os.getpid(), range(7), folder=tmp_path, side_by_side=2)
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
        run_seeds(fail, range(60), folder=tmp_path / "partial", side_by_side=2)
    assert len(list(tmp_path.glob("*.began"))) < 60, "seeds went on after the failure"
    assert run_seeds(lambda seed: "run again", [0], folder=tmp_path / "partial") == [0]


@pytest.mark.slow
def test_workers_end_when_the_run_is_killed(tmp_path):
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

    run_seeds(still_there, range(2), folder=folder / "partial", side_by_side=2)


def _wait_until(true, seconds=120):
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


@pytest.mark.slow
def test_a_worker_trains_to_the_same_numbers(tmp_path):
    """To rounding, which the number of processors changes. Set again, a seed gives the same order of images again."""

    def trained(seed):
        import keras
        import numpy as np

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
        return np.concatenate(weights).tolist()

    (here,) = run_seeds(trained, [1], folder=tmp_path / "here")
    (in_a_worker,) = run_seeds(trained, [1], folder=tmp_path / "worker", side_by_side=2)
    np.testing.assert_allclose(in_a_worker, here, rtol=1e-3, atol=1e-5)


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

    runs = run_seeds(together, range(4), folder=tmp_path / "partial", side_by_side=2)
    own = {process: set(processors) for process, processors in runs}
    assert len(own) == 2
    assert not set.intersection(*own.values())


@pytest.fixture
def empty_data(tmp_path, monkeypatch):
    """A data folder with nothing in it."""
    (tmp_path / "README.md").write_text("nothing", encoding="utf-8")
    for module in (data, recording, fingerprint):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    return tmp_path


def record(name, **values):
    """Write a record of some lists of values, measured today."""
    content = {key: summary(each) for key, each in values.items()}
    return recording.record(name, {**content, "provenance": provenance.now(f"tlcourse results {name}")})


def test_record_writes_numbers_and_where_they_come_from(empty_data):
    run_seeds(lambda seed: {"transfer": 0.9 + seed / 100}, range(3), name="headline")
    assert (empty_data / "results" / "partial" / "headline.json").is_file()
    file = record("headline", transfer=[0.9, 0.91])
    assert file == empty_data / "results" / "headline.json"
    assert b"\r" not in file.read_bytes()
    recorded = data.results("headline")
    assert recorded["transfer"]["mean"] == 0.905
    assert recorded["provenance"]["command"] == "tlcourse results headline"
    assert set(recorded["provenance"]["versions"]) >= {"tlcourse", "keras", "tensorflow", "numpy"}
    assert not list(empty_data.glob("results/partial/*")), "finished seeds are cleared once they are recorded"


def test_nothing_is_recorded_without_provenance(empty_data):
    with pytest.raises(ValueError, match="headline has no provenance"):
        recording.record("headline", {"transfer": summary([0.9, 0.91])})
    assert not list(empty_data.glob("results/*"))


def test_a_measurement_records_what_it_took(empty_data, monkeypatch):
    def tiny(seed):
        return {"accuracy": seed / 10, **({"expensive": {"loss": 1.0}} if seed < 2 else {})}

    monkeypatch.setattr(registry, "EXPERIMENTS", {"tiny": registry.Experiment(tiny, range(3))})
    registry.main(["tiny"])
    recorded = data.results("tiny")
    assert set(recorded) == {"accuracy", "expensive", "provenance"}
    assert recorded["accuracy"]["values"] == [0, 0.1, 0.2]
    assert recorded["provenance"]["seconds"] == 0
    assert recorded["provenance"]["processors"] == os.cpu_count()
    assert recorded["provenance"]["side_by_side"] == registry.SIDE_BY_SIDE
    assert recorded["provenance"]["seeds"] == {"accuracy": 3, "expensive": 2}
    assert not list(empty_data.glob("results/partial/*")), "finished seeds are cleared once they are recorded"


@pytest.fixture
def two_experiments(empty_data, monkeypatch):
    """The second takes the first's values as its own for 0.01; its own for 0.003 are twice as high."""
    copies = {"near/0.01": ("first", "transfer")}
    experiments = {
        "first": registry.Experiment(lambda seed: {"transfer": seed / 10}, range(3)),
        "second": registry.Experiment(lambda seed: {"near": {"0.003": seed / 5}}, range(2), copies),
    }
    monkeypatch.setattr(registry, "EXPERIMENTS", experiments)
    return experiments


def test_a_copied_value_keeps_its_own_provenance(two_experiments):
    record("first", transfer=[0.5, 0.6, 0.7])
    registry.main(["second"])
    recorded = data.results("second")
    assert list(recorded["near"]) == ["0.003", "0.01"]
    assert recorded["near"]["0.01"] == summary([0.5, 0.6])
    own, copied = (provenance.of(recorded, path) for path in ("near/0.003/mean", "near/0.01"))
    assert (own["command"], copied["command"]) == ("tlcourse results second", "tlcourse results first")
    assert (copied["record"], copied["path"]) == ("first", "transfer")
    assert "seconds" not in copied, "what all of the other record took"


def test_a_record_follows_what_it_copies(two_experiments):
    registry.main()
    assert data.results("second")["near"]["0.01"]["values"] == [0, 0.1]
    two_experiments["first"] = registry.Experiment(lambda seed: {"transfer": seed / 100}, range(3))
    registry.main(["first"])
    followed = data.results("second")
    assert followed["near"]["0.01"]["values"] == [0, 0.01]
    assert followed["near"]["0.003"]["values"] == [0, 0.2]


def test_values_that_nobody_measured_cannot_be_copied(two_experiments):
    with pytest.raises(FileNotFoundError, match="tlcourse results first"):
        registry.main(["second"])


def test_a_record_that_another_experiment_reads_is_finished_first(empty_data, monkeypatch):
    def read(seed):
        return {"doubled": 2 * data.results("later")["value"]["mean"]}

    monkeypatch.setattr(registry, "SIDE_BY_SIDE", 1)
    experiments = {
        "reader": registry.Experiment(read, range(2), needs=("later",)),
        "later": registry.Experiment(lambda seed: {"value": seed}, range(3)),
    }
    monkeypatch.setattr(registry, "EXPERIMENTS", experiments)
    with pytest.raises(FileNotFoundError, match="tlcourse results later"):
        registry.main(["reader"])
    record("later", value=[7, 8])  # of an earlier measurement
    registry.main(["reader", "later"])
    assert data.results("reader")["doubled"]["values"] == [2, 2]


def test_a_seed_is_compared_with_the_recorded_one(two_experiments, capsys):
    registry.main()
    two_experiments["first"] = registry.Experiment(lambda seed: {"transfer": 0.25}, range(3))
    capsys.readouterr()
    comparison.main(["first", "second"])
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    (first,), (second,) = ([line for line in lines if line[0] == name] for name in two_experiments)
    assert (first[1:4], first[-1]) == (["1", "0", "0.25000"], "transfer")
    assert second[1:4] == ["1", "1", "0.00000"]
    assert data.results("first")["transfer"]["values"][0] == 0, "a comparison records nothing"


def test_a_comparison_leaves_timings_out(two_experiments):
    two_experiments["first"] = registry.Experiment(None, range(2), timings=("device/*_ms",))
    recorded = {"device": {"a_ms": summary([1, 2]), "bytes": summary([3, 4])}, "provenance": {"seconds": 4}}
    compared = comparison.compare("first", {"device": {"a_ms": 100.0, "bytes": 3.5}}, recorded, seconds=1.0)
    assert compared == comparison.Comparison("first", 1, 0, 0.5, "device/bytes", 2.0, 1.0)


@pytest.mark.parametrize("failure", ["not JSON", "no replace"])
def test_a_record_that_fails_leaves_the_old_one_whole(empty_data, monkeypatch, failure):
    file = record("headline", transfer=[1, 2])
    before = file.read_bytes()
    payload = {"mean": 2, "provenance": {}}
    if failure == "not JSON":
        payload["model"] = object()
    else:
        monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises((TypeError, OSError)):
        recording.record("headline", payload)
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir() if path.is_file()] == ["headline.json"]


def test_a_record_that_is_not_there_names_the_command(empty_data):
    with pytest.raises(FileNotFoundError, match=r"headline\.json.*tlcourse results headline"):
        data.results("headline")


def test_every_record_holds_its_cost():
    """docs/measuring.md adds these up to say how long `make results` takes. An experiment may have no record yet."""
    recorded = {file.stem for file in (data.data_folder() / "results").glob("*.json")}
    assert recorded - {"bench", "scale"} <= set(registry.EXPERIMENTS), "nobody can measure these again"
    for name in set(registry.EXPERIMENTS) & recorded:
        made = data.results(name)["provenance"]
        missing = {"seconds", "side_by_side", "processors"} - set(made)
        assert not missing, f"data/results/{name}.json does not tell {sorted(missing)}: run `tlcourse results {name}`"
        assert made["processors"] >= made["side_by_side"] >= 1
        assert made["seconds"] >= 0  # rounded


def test_every_recorded_value_has_its_provenance():
    """Command, date, versions and machine; of a copied value those of its origin, with which it agrees."""
    for file in sorted((data.data_folder() / "results").glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        parts = content["provenance"].get("parts", {})
        for path in (*parts, *(key for key in content if key != "provenance")):
            made = provenance.of(content, path)
            assert set(made) >= {"command", "date", "python", "versions", "processors"}, f"{file.name}, {path}: {made}"
            assert set(made["versions"]) >= {"tlcourse", "keras", "tensorflow", "numpy", "scikit-learn"}
        for path, made in parts.items():
            value = provenance.value_at(content, path)
            if "record" in made:
                origin = data.results(made["record"])
                copied = provenance.value_at(origin, made["path"])
                kind = copied.get("share", False), copied.get("upper", 1.0)
                assert value == summary(copied["values"][: value["seeds"]], *kind)
                assert (
                    made.items() >= {key: origin["provenance"][key] for key in ("command", "date", "versions")}.items()
                )
        if experiment := registry.EXPERIMENTS.get(file.stem):
            assert parts.keys() == experiment.copies.keys()
            assert content["provenance"]["seeds"] == provenance.seed_counts(_without_provenance(content))
        else:
            measured = {path.partition("/")[0] for path in parts}
            assert measured == _without_provenance(content).keys(), "speed is measured in parts, on several days"


def _entries(content, path=""):
    """Every summary of a record with its path, such as "near/single/0.01"."""
    for key, part in content.items():
        if isinstance(part, dict) and "ci95" in part:
            yield f"{path}{key}", part
        elif isinstance(part, dict) and key != "provenance":
            yield from _entries(part, f"{path}{key}/")


@pytest.mark.parametrize("name", registry.EXPERIMENTS)
def test_recorded_shares_are_those_of_the_registry_and_their_intervals_stay_in_range(name):
    shares, upper = registry.EXPERIMENTS[name].shares, registry.EXPERIMENTS[name].upper
    if not (data.data_folder() / "results" / f"{name}.json").is_file():
        pytest.skip("not measured yet")
    entries = list(_entries(data.results(name)))
    for path, entry in entries:
        bounds = [bound for pattern, bound in upper.items() if fnmatchcase(path, pattern)]
        is_share = bool(bounds) or any(fnmatchcase(path, pattern) for pattern in shares)
        assert (entry.get("share", False), entry.get("upper", 1)) == (is_share, *(bounds or [1])), path
        if "share" in entry:
            assert 0 <= entry["ci95"][0] <= entry["mean"] <= entry["ci95"][1] <= entry.get("upper", 1), path
    for pattern in (*shares, *upper):
        assert any(fnmatchcase(path, pattern) for path, _ in entries), f"{pattern} names no value"


def _without_provenance(content):
    return {key: part for key, part in content.items() if key != "provenance"}
