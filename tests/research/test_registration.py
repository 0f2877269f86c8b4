"""Seeds follow from the commit that states the contrasts, and the repository's history proves the order."""

import json
import os
import shutil
import subprocess
import tomllib

import pytest
from conftest import ROOT

from tlcourse import data
from tlcourse.building import contrasts
from tlcourse.research import comparison, recording, registration, registry

STATED = ("record", "value", "reference", "claimed", "margin", "n", "power", "tasks", "real", "real_value", "teachers")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
PRIMARY = {"record": "tiny", "value": "with - without", "claimed": "above", "margin": 0.02, "n": 3}
DOCUMENT = {"registrations": {"tiny": COMMIT}, "C01": {"claim": "x", "primary": PRIMARY}}


def test_seeds_follow_from_hash_record_and_index():
    seeds = registration.seeds("tiny", DOCUMENT)
    assert seeds == registration.seeds("tiny", DOCUMENT)
    assert seeds == [
        308017839,
        1222043129,
        1873557032,
    ]  # printf '%s tiny 0' 0123... | sha256sum, first 8 digits, halved
    others = [
        registration.seeds("tiny", DOCUMENT | {"registrations": {"tiny": "f" * 40}}),
        registration.seeds(
            "other", {"registrations": {"other": COMMIT}, "C01": {"primary": {**PRIMARY, "record": "other"}}}
        ),
    ]
    assert not set(seeds) & {seed for each in others for seed in each}


def test_the_number_of_seeds_is_that_of_the_largest_contrast():
    larger = DOCUMENT | {"C02": {"primary": {**PRIMARY, "record": "other", "value": "with - tiny:without", "n": 40}}}
    seeds = registration.seeds("tiny", larger)
    assert len(set(seeds)) == 40
    assert seeds[:3] == registration.seeds("tiny", DOCUMENT)
    assert all(0 <= seed < 2**31 for seed in seeds)


@pytest.mark.parametrize("entered", [{}, {"tiny": "0123abc"}, {"tiny": "main"}])
def test_an_experiment_without_its_hash_cannot_run(entered):
    with pytest.raises(ValueError, match=r"'tiny' cannot run before it is registered: .* under \[registrations\]"):
        registration.seeds("tiny", DOCUMENT | {"registrations": entered})


def test_a_registration_without_a_contrast_is_named():
    with pytest.raises(ValueError, match=r"no claim .* has a primary contrast in it"):
        registration.seeds("tiny", {"registrations": {"tiny": COMMIT}})


@pytest.fixture
def registered(monkeypatch, tmp_path):
    """An experiment of the registry with seeds of its own; `document` is its claims.toml."""
    (tmp_path / "results").mkdir()
    (tmp_path / "README.md").write_text("data")
    document = {key: dict(part) for key, part in DOCUMENT.items()}
    monkeypatch.setattr(registration, "_claims", lambda: document)
    for module in (data, recording):
        monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    experiment = registry.Experiment(
        lambda seed: {"with": seed / 2**31}, registration.RegisteredSeeds("tiny"), shares=("*",)
    )
    monkeypatch.setattr(registry, "EXPERIMENTS", {"tiny": experiment})
    return document


def test_the_registry_takes_registered_seeds(registered):
    registry.main(["tiny"])
    recorded = data.results("tiny")
    assert recorded["with"]["values"] == [round(seed / 2**31, 5) for seed in registration.seeds("tiny", DOCUMENT)]
    assert recorded["with"]["share"]
    assert recorded["provenance"]["registration"] == COMMIT
    assert registry.EXPERIMENTS["tiny"].seeds[0] == registration.seeds("tiny", DOCUMENT)[0]


def test_another_experiment_can_take_the_first_seeds(registered):
    first = registration.RegisteredSeeds("tiny", 2)
    assert list(first) == registration.seeds("tiny", DOCUMENT)[:2]
    assert len(first) == 2
    assert first.commit == COMMIT


def test_the_registry_runs_nothing_without_the_hash(registered, tmp_path):
    registered["registrations"] = {}
    with pytest.raises(ValueError, match="cannot run before it is registered"):
        registry.main(["tiny"])
    assert not list((tmp_path / "results").rglob("*.json"))


LEFT_OUT = "left out, because they have no record, no teacher or no registration: "


def test_what_is_not_registered_is_left_out_unless_it_is_named(registered, capsys):
    registered["registrations"] = {}
    counted = registry.Experiment(lambda seed: {"with": seed}, range(2))
    registry.EXPERIMENTS["counted"] = counted
    assert registry.choose(()) == {"counted": counted}
    assert capsys.readouterr().out == f"{LEFT_OUT}tiny\n"
    with pytest.raises(ValueError, match="'tiny' cannot run before it is registered"):
        registry.choose(["tiny"])
    registry.main()
    assert recording.is_recorded("counted")
    assert not recording.is_recorded("tiny")


def test_only_what_is_recorded_is_compared(registered, monkeypatch, capsys):
    monkeypatch.setattr(registry, "SIDE_BY_SIDE", 1)
    registry.EXPERIMENTS["counted"] = registry.Experiment(lambda seed: {"with": seed / 2}, range(2))
    registry.main(["counted"])
    capsys.readouterr()
    comparison.main()
    left_out, _, row, _ = capsys.readouterr().out.splitlines()
    assert left_out == f"{LEFT_OUT}tiny"
    assert row.startswith("counted ")
    with pytest.raises(FileNotFoundError, match="tlcourse results tiny"):
        comparison.main(["tiny"])


@pytest.mark.parametrize("recorded", [(), ("layer_controls", "headline")])
def test_without_names_the_experiments_that_have_a_record_are_chosen(monkeypatch, tmp_path, capsys, recorded):
    """The real registry, beside other records; without any, all experiments whose seeds are known are chosen."""
    (tmp_path / "results").mkdir()
    for name in (*recorded, "bench"):
        (tmp_path / "results" / f"{name}.json").touch()
    monkeypatch.setattr(recording, "data_folder", lambda: tmp_path)
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))  # without other teachers
    registered = [name for name, each in registry.EXPERIMENTS.items() if each.is_registered() and not each.cached]
    chosen = registry.choose(())
    assert list(chosen) == (["headline", "layer_controls"] if recorded else registered)
    left_out = [name for name in registry.EXPERIMENTS if name not in chosen]
    assert capsys.readouterr().out == (f"{LEFT_OUT}{', '.join(left_out)}\n" if left_out else "")


def test_an_experiment_with_the_seeds_of_another_names_the_registration_that_it_waits_for(monkeypatch):
    monkeypatch.setattr(registration, "_claims", lambda: {"registrations": {}})
    with pytest.raises(ValueError, match="'distillation_factorial' cannot run before it is registered"):
        registry.choose(["distillation_other_cells"])


def test_without_names_all_recorded_experiments_can_run(monkeypatch):
    """Others wait for their registration or first measurement; `make results` and the comparison go past these."""
    started = []

    def start(experiments, **options):
        started.extend((name, experiment[1][0]) for name, experiment in experiments.items())  # seeds, in both cases
        return ()

    monkeypatch.setattr(registry, "over_seeds", start)
    monkeypatch.setattr(comparison, "first_seeds", start)
    registry.main()
    comparison.main()
    assert {name for name, _ in started} == set(registry.choose(()))


def test_every_primary_contrast_names_an_experiment():
    document = tomllib.loads((ROOT / "data" / "claims.toml").read_text(encoding="utf-8"))
    for name, row in document.items():
        if isinstance(row, dict) and "primary" in row:
            assert contrasts.records_of(row["primary"]) <= set(registry.EXPERIMENTS), f"{name}: no such experiment"
    assert set(document.get("registrations", {})) <= set(registry.EXPERIMENTS)


# ---------------------------------------------------------------------------------------------------------- history


def git(root, *arguments):
    return subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True)


def stated_contrasts(document, record, registered):
    """Claim to what its pre-registered contrast states that has terms of a record.

    As for the verdicts, the records of the terms count: a contrast is exploratory, and is left out here, if it says so
    or if one of these records is not among those that are `registered`.
    """
    rows = {name: row["primary"] for name, row in document.items() if isinstance(row, dict) and "primary" in row}
    return {
        name: {key: primary.get(key) for key in STATED}
        for name, primary in rows.items()
        if {record} <= contrasts.records_of(primary) <= registered and not primary.get("exploratory", False)
    }


def violations(root):
    """Registered contrasts that were changed or dropped, or whose commit does not lead to HEAD."""
    now = tomllib.loads((root / "data" / "claims.toml").read_text(encoding="utf-8"))
    lines, registrations = [], now.get("registrations", {})
    registered = set(registrations)
    for record, commit in registrations.items():
        if git(root, "merge-base", "--is-ancestor", commit, "HEAD").returncode != 0:
            lines.append(f"{record}: commit {commit} is no ancestor of HEAD")
            continue
        at_commit = tomllib.loads(git(root, "show", f"{commit}:data/claims.toml").stdout)
        before = stated_contrasts(at_commit, record, registered)
        dropped = [name for name in before if "primary" not in now.get(name, {})]
        lines += [f"{name}: commit {commit[:10]} states a contrast, and now there is none" for name in dropped]
        for name, stated in stated_contrasts(now, record, registered).items():
            if before.get(name) != stated:
                lines.append(f"{name}: commit {commit[:10]} states {before.get(name)}, and now it is {stated}")
        file = root / "data" / "results" / f"{record}.json"
        if file.is_file() and json.loads(file.read_text(encoding="utf-8"))["provenance"].get("registration") != commit:
            lines.append(f"{record}: the record was not measured with the seeds of commit {commit}")
    return lines


def test_registered_contrasts_are_those_of_their_commits():
    if shutil.which("git") is None or git(ROOT, "rev-parse", "--is-shallow-repository").stdout.strip() != "false":
        assert "TLCOURSE_NEEDS_HISTORY" not in os.environ, "the history is not there: CI must fetch all of it"
        pytest.skip("the history is not there")
    assert violations(ROOT) == []


@pytest.fixture
def history(tmp_path):
    """A repository whose first commit states a contrast and whose second enters the hash."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "data" / "results").mkdir(parents=True)

    def commit(text):
        (tmp_path / "data" / "claims.toml").write_text(text)
        git(tmp_path, "add", ".")
        git(tmp_path, "-c", "user.name=x", "-c", "user.email=x@example.org", "commit", "--quiet", "-m", "x")
        return git(tmp_path, "rev-parse", "HEAD").stdout.strip()

    hash_of_contrast = commit(stating())
    commit(f'[registrations]\ntiny = "{hash_of_contrast}"\n{stating()}')
    return tmp_path, hash_of_contrast


def stating(margin=0.02, more="", value="a - b", record="tiny", power="0.9", real="y", tasks='["x", "y"]'):
    return (
        f'[C01.primary]\nrecord = "{record}"\nvalue = "{value}"\nclaimed = "above"\nmargin = {margin}\nn = 10\n'
        f'power = "{power}"\nreal = "{real}"\ntasks = {tasks}\n{more}'
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (stating(), None),
        (stating(more="scope = 'in other words'"), None),
        (stating(margin=0.01), "C01: commit"),
        (stating(value="a - c"), "C01: commit"),
        (stating(power="0.5"), "C01: commit"),
        (stating(real="x"), "C01: commit"),
        (stating(tasks='["x", "y", "z"]'), "C01: commit"),
        (stating(more='real_value = "a - b"'), "C01: commit"),
        (stating(more="teachers = 2"), "C01: commit"),
        # The terms decide which record a contrast belongs to, not its field `record`.
        (stating(record="other", value="tiny:a - tiny:b"), "C01: commit"),
        (stating(value="a - other:b"), None),  # exploratory: "other" is not registered
        (stating(margin=0.01, more="exploratory = true"), None),
        (stating() + stating().replace("C01", "C02"), "C02: commit"),
        ("[C01]\nclaim = 'x'", "C01: commit"),
        ("", "C01: commit"),
    ],
)
def test_a_contrast_that_was_changed_after_its_registration_is_reported(history, text, words):
    root, commit = history
    (root / "data" / "claims.toml").write_text(f'[registrations]\ntiny = "{commit}"\n{text}')
    lines = violations(root)
    assert len(lines) == (words is not None)
    assert words is None or lines[0].startswith(words)


def test_a_contrast_of_two_records_is_compared_with_the_commit_of_each(history):
    root, commit = history
    registrations = f'[registrations]\ntiny = "{commit}"\nother = "{commit}"\n'
    (root / "data" / "claims.toml").write_text(registrations + stating(value="a - other:b"))
    lines = violations(root)
    assert len(lines) == 2
    assert all(line.startswith(f"C01: commit {commit[:10]} states") for line in lines)


def test_a_commit_that_is_not_in_the_history_is_reported(history):
    root, _ = history
    (root / "data" / "claims.toml").write_text(f'[registrations]\ntiny = "{COMMIT}"\n{stating()}')
    assert violations(root) == [f"tiny: commit {COMMIT} is no ancestor of HEAD"]


def test_a_record_of_other_seeds_is_reported(history):
    root, commit = history
    file = root / "data" / "results" / "tiny.json"
    file.write_text(json.dumps({"provenance": {}}))
    assert violations(root) == [f"tiny: the record was not measured with the seeds of commit {commit}"]
    file.write_text(json.dumps({"provenance": {"registration": commit}}))
    assert violations(root) == []
