"""The development effects that a contrast's power names are those of its development record, as it was then."""

import functools
import json
import re
import subprocess
import tomllib

import numpy as np
import pytest
from conftest import ROOT

from tlcourse.research import (
    contamination,
    efficient_tuning,
    fine_tuning_shift,
    initializations,
    same_network,
    teacher_choice,
    unfreezing,
)

CLAIMS = tomllib.loads((ROOT / "data" / "claims.toml").read_text(encoding="utf-8"))
BIAS, EXCHANGED = "dataset_bias", "student/exchanged"
TOLERANCE = 0.001  # three digits, a few of them cut instead of rounded


def recorded(name):
    """A development record as it was in the commit that stated the contrast: a later one may differ."""
    path, record = f"data/results/{name}.json", name.removesuffix("_development")
    commit = CLAIMS["registrations"].get(record, "HEAD")
    content = git("show", f"{commit}:{path}")
    if not content or (ROOT / git("rev-parse", "--git-path", "shallow").strip()).exists():
        pytest.skip("the history is not there")
    return json.loads(content)


def git(*words):
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, encoding="utf-8").stdout


def values(entry):
    return np.array(entry["values"])


def shifted(better, worse):
    """Differences on changed images, by target, of two arms of fine-tuning under shift at their chosen settings."""
    record = recorded("fine_tuning_shift_development")
    settings = fine_tuning_shift.chosen_settings(record)

    def at_best(target, arm):
        entry = record[target][arm]
        if arm == "interpolated":
            entry = entry[f"{settings[target]['head_first']:g}"]
        return values(entry[f"{settings[target][arm]:g}"]["out"])

    return {target: at_best(target, better) - at_best(target, worse) for target in ("people", "digits")}


def efficient():
    record = recorded("efficient_tuning_development")
    rates = efficient_tuning.chosen_rates(record)
    return {
        target: np.subtract(*(values(record[target][arm][f"{rates[target][arm]:g}"]) for arm in ("lora", "full")))
        for target in ("near", "far")
    }


def contaminated():
    record = recorded("contamination_development")
    effects = {}
    for target in ("cells", "defects", "characters"):
        arms = record[target]
        cnn = arms["small_cnn"][contamination.best(arms["small_cnn"])]
        baselines = {"pixels": arms["pixels"], "small_cnn": cnn}
        teacher = arms["teacher"][contamination.best(arms["teacher"])]
        effects[target] = values(teacher) - values(baselines[contamination.best(baselines)])
    return effects


def initialized():
    record = recorded("initializations_development")
    rates = initializations.chosen_rates(record)
    return {
        target: np.subtract(*(values(record[target][arm][f"{rates[target][arm]:g}"]) for arm in ("teacher", "random")))
        for target in ("digits", "omniglot")
    }


def same_people(arm):
    record = recorded("same_network_development")
    other = record["same_network"][f"{same_network.best_rate(record):g}"] if arm == "same_network" else record[arm]
    return {"people": values(record["teacher"]) - values(other)}


def unfrozen(combine):
    """Effects by target, from a function of (values of an arm at its chosen rate, the arm of the later layers)."""
    record = recorded("unfreezing_development")
    rates = unfreezing.best_rates(record)

    def of_target(target):
        return lambda images, arm: values(
            record[target][images]["long"][arm][f"{rates[target, images, 'long', arm]:g}"]
        )

    later = {"digits": ("block 4 on", "everything"), "galaxies": ("block 4 on", "everything")}
    later["photos"] = ("block 13 on", "block 7 on")
    return {target: combine(of_target(target), *arms) for target, arms in later.items()}


def choice_of_teacher():
    record = recorded("transfer_matrix")
    differences = {}
    for target in ("faces", "digits", "greek", "galaxies"):
        by_chance = np.mean([values(record[target][name]["accuracy"]) for name in teacher_choice.TEACHERS], axis=0)
        differences[target] = values(record[target]["chosen"]["a_distance"]) - by_chance
    return differences


def first_record(target, better, worse):
    """Differences between two entries of the records that came before a registration."""
    return {target: entry(better) - entry(worse)}


def entry(path):
    record, *keys = path.split("/")
    return values(functools.reduce(lambda part, key: part[key], keys, recorded(record)))


def ladder():
    return first_record("people", "ladders/near/ladder_3/0.003", "ladders/near/single/0.001") | first_record(
        "digits", "ladders_high_rates/ladder_3", "ladders/far/single/0.003"
    )


def later_layers():
    return unfrozen(lambda at, later, _: at("10", later) - at("10", "head only"))


def gradual():
    return unfrozen(lambda at, later, _: at("10", "gradual, longer") - at("10", f"{later}, longer"))


def more_images():
    return unfrozen(lambda at, _, deep: at("50", deep) - at("50", "head only") - at("2", deep) + at("2", "head only"))


@pytest.mark.parametrize(
    ("claim", "effects", "states_all"),
    [
        ("C20", lambda: shifted("head_first", "full"), True),
        ("X01", lambda: shifted("interpolated", "head_first"), True),
        ("X02", efficient, True),
        ("X06", contaminated, True),
        ("C11", initialized, False),
        ("C19", later_layers, True),
        ("C21", gradual, True),
        ("C22", more_images, True),
        ("C01", lambda: same_people("small_cnn"), True),
        ("C18", lambda: same_people("same_network"), True),
        ("C14", choice_of_teacher, True),
        ("C12", lambda: first_record("galaxies", f"{BIAS}/neutral/{EXCHANGED}", f"{BIAS}/biased/{EXCHANGED}"), True),
        ("C17", lambda: first_record("people", "old_head/new/features", "old_head/new/logits"), True),
        ("C23", ladder, True),
        ("C24", lambda: first_record("digits", "stopping/plain/best", "stopping/plain/last"), True),
        ("C25", lambda: first_record("digits", "stopping/augmented/last", "stopping/plain/last"), True),
        ("C31", lambda: first_record("digits", "label_shift/moved/oversampling", "label_shift/moved/nothing"), True),
    ],
)
def test_the_power_names_the_effects_of_the_development_record(claim, effects, states_all):
    power = CLAIMS[claim]["primary"]["power"]
    by_target = effects()
    for target, differences in by_target.items():
        (stated,) = re.findall(rf"{target} ([-+]\d\.\d+)", power)
        assert float(stated) == pytest.approx(differences.mean(), abs=TOLERANCE)
    if states_all:
        together = np.mean(list(by_target.values()), axis=0)
        mean, deviation = re.search(r"([-+]\d\.\d+) \(.*?\), standard deviation (\d\.\d+)", power).groups()
        assert float(mean) == pytest.approx(together.mean(), abs=TOLERANCE)
        assert float(deviation) == pytest.approx(together.std(ddof=1), abs=TOLERANCE)
