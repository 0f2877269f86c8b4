"""README.md and the documents agree with the units, the records, the Makefile, the command line, and each other."""

import json
import pkgutil
import re
import shutil

import prose
import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.building import addresses, builder, headline_figure, tables, unit_sources
from tlcourse.building.site import SETTINGS
from tlcourse.commands.main import main
from tlcourse.samples import known_answers

FILES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "data/README.md")]
FILES += sorted((ROOT / "docs").glob("*.md"))
TEXTS = {file: file.read_text(encoding="utf-8") for file in FILES}
README = TEXTS[ROOT / "README.md"]
LONGEST_README = 7_000  # bytes: one screen for each of its readers; and a row for each unit beyond the first eight
UNIT_ROW, FIRST_UNITS = 250, 8
PLACEHOLDER = re.compile(r"NN|NAME|UNIT|STUDENT|EXERCISE|FILE|14_name|timestamp.txt|course.toml")  # placeholders
FOLDERS = "notebooks|solutions|data|docs|tlcourse|tests|\\.ci|\\.github"


def code(text):
    """Code in a document: spans between backticks, lines of indented blocks, and the contents of fenced blocks."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    indented = [line.strip() for line in text.splitlines() if line.startswith("    ")]
    return re.findall(r"`([^`\n]+)`", text) + indented + "".join(fenced).splitlines()


def headings(text):
    """The anchors of a document's headings, as GitHub and the site make them."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    titles = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_readme_is_short():
    more_units = len(unit_sources.unit_names(ROOT)) - FIRST_UNITS
    assert len(README.encode()) <= LONGEST_README + UNIT_ROW * more_units


def test_generated_parts_and_the_figure_are_up_to_date():
    for name in tables.TABLES:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert tables.rendered(text, ROOT, name) == text, f"{name}: run `make build`"
    assert headline_figure.stored_fingerprint(ROOT / headline_figure.FILE) == headline_figure.fingerprint(ROOT)


def test_every_unit_has_a_row_that_agrees_with_its_page():
    rows = [line for line in README.splitlines() if line.startswith("|") and "colab.research.google.com" in line]
    for name in unit_sources.unit_names(ROOT):
        (row,) = [line for line in rows if f"notebooks/{name}/{name}.ipynb)" in line]
        released = (ROOT / "notebooks" / name / f"{name}.ipynb").read_text(encoding="utf-8")
        sources = ["".join(cell["source"]) for cell in json.loads(released)["cells"]]
        stubs = [source for source in sources if "raise NotImplementedError" in source]
        _, minutes, exercises, _ = (part.strip() for part in row.split("|")[1:5])
        assert int(exercises.replace("none", "0")) == len(stubs)
        assert re.search(rf"\b{minutes} minutes", released)
        assert f"colab.research.google.com/github/tlcourse/tlcourse/blob/main/notebooks/{name}/" in row


def test_the_address_is_the_projects():
    assert f'Repository = "{addresses.REPOSITORY}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"git clone {addresses.REPOSITORY}" in README
    assert f"[The website]({addresses.SITE}/)" in README


def test_the_readme_begins_with_the_three_ways_of_the_sites_first_page():
    (first, *_) = unit_sources.unit_names(ROOT)
    ways = [
        ("Read on the site", f"{addresses.SITE}/units/{first}.html"),
        ("Run in Colab", addresses.colab(first)),
        ("Teach it", "docs/teaching.md"),
    ]
    _, paragraph, links, *_ = README.split("\n\n")
    assert not re.search(r"\]\(", paragraph), "the links come right after the first paragraph"
    assert re.findall(r"\[([^]]+)\]\(([^)]+)\)", links) == ways
    page = (SETTINGS / "first_screen.html").read_text(encoding="utf-8")
    buttons = re.findall(r'<a href="([^"]+)">([^<]+)</a>', re.search(r'class="buttons">(.*)\n', page)[1])
    assert [name for _, name in buttons] == ["Read", *(name for name, _ in ways[1:])]
    assert [target for target, _ in buttons] == ["$first_unit", "$colab", "docs/teaching.html"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_commands_and_their_options_exist(file):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in code(TEXTS[file]):
        if match := re.match(r"make ([a-z-]+)", line):
            assert match[1] in targets, line
        if match := re.match(r"tlcourse ([a-z-]+)", line):
            assert match[1] in main.commands, line
            options = {
                name for option in main.commands[match[1]].params for name in option.opts + option.secondary_opts
            }
            passes_on = main.commands[match[1]].context_settings.get("ignore_unknown_options")
            assert passes_on or set(re.findall(r" (--[a-z-]+)", line)) <= options | {"--help"}, line


def test_the_readme_names_the_commands_of_the_quick_start():
    assert {"make demo", "make test", "make lab", "make help"} <= set(code(README))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings_that_exist(file):
    for link in re.findall(r"\]\(([^)\s]+)\)", TEXTS[file]):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / path).resolve() if path else file
        assert target.is_file(), link
        assert not anchor or anchor in headings(target.read_text(encoding="utf-8")), link


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_named_files_modules_and_variables_exist(file):
    python = [module for folder in ("tlcourse", "tests") for module in (ROOT / folder).rglob("*.py")]
    sources = "".join(module.read_text(encoding="utf-8") for module in python)
    for name in code(TEXTS[file]):
        if re.fullmatch(rf"(?:{FOLDERS})/[\w/.*-]*|[\w-]+\.(?:txt|yml|toml|md|cff)", name):
            assert PLACEHOLDER.search(name) or list(ROOT.glob(name.rstrip("/"))), name
        elif re.fullmatch(r"\w+(?:/\w+)*\.py", name):
            assert any(module.as_posix().endswith(f"/{name}") for module in [*python, *ROOT.glob("*.py")]), name
        if re.fullmatch(r"tlcourse(?:\.[a-z_0-9]+)+(?:\.[A-Z]\w+)?", name):
            pkgutil.resolve_name(name)
        if re.fullmatch(r"TLCOURSE_[A-Z_]+", name.partition("=")[0]):
            assert f'"{name.partition("=")[0]}"' in sources, name


def test_the_browsers_tests_take_the_screenshots_that_are_shown():
    (file,) = (ROOT / "tests").rglob("test_browser.py")
    tests = file.read_text(encoding="utf-8")
    taken = re.findall(r'\bkeep\(\w+, "(\w+)"\)', tests)
    assert len(taken) == len(re.findall(r"^ +keep\(", tests, flags=re.MULTILINE)), (
        "a name that is not written out cannot be compared"
    )
    shown = [name for text in TEXTS.values() for name in re.findall(r"data/screenshots/(\w+)\.png\)", text)]
    assert sorted(taken) == sorted(shown)
    assert sorted(taken) == sorted(file.stem for file in (ROOT / "data" / "screenshots").iterdir())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_figures_are_small_and_have_a_description(file):
    for description, link in re.findall(r"!\[([^]]*)\]\(([^)]+\.png)\)", TEXTS[file]):
        assert len(description) > 30, f"{link} needs a text for readers who cannot see it"
        assert (file.parent / link).stat().st_size < 150_000, link


def test_the_unit_in_contributing_is_a_unit_with_an_exercise(tmp_path):
    unit, answers = re.findall(r"^```python\n(.*?)^```", TEXTS[ROOT / "CONTRIBUTING.md"], re.MULTILINE | re.DOTALL)
    (tmp_path / "14_name.py").write_text(unit, encoding="utf-8")
    (tmp_path / "soften.py").write_text(answers, encoding="utf-8")
    notebook = unit_sources.read(tmp_path / "14_name.py")
    assert list(notebooks.exercises(notebook)) == ["soften"]
    notebooks.run(notebook, tmp_path, "14_name")
    assert prose.unsupported(notebook, {}) == []
    for cell in notebook.cells:
        cell.metadata.pop("tags", None)
    assert [missing.number for missing in prose.unsupported(notebook, {})] == ["86.7%", "1.6%"]
    assert [answer.kind for answer in known_answers.read(tmp_path / "soften.py")] == ["right", "wrong"]


@pytest.fixture
def small(tiny_course):
    """A course of one unit with records and documents of its own."""
    builder.build(execute=False, root=tiny_course)
    folder = tiny_course / "data" / "results"
    folder.mkdir(parents=True)
    summary = {"mean": 0.5, "ci95": [0.4, 0.6], "seeds": 7, "values": [0.4, 0.6] * 3 + [0.5]}
    made = {"provenance": {"date": "2026-01-01", "command": "tlcourse results x", "versions": {"keras": "3.15.1"}}}
    headline = {**dict.fromkeys(("transfer", "best_from_scratch"), summary), **made}
    few = {count: dict.fromkeys(headline_figure.CURVES, summary) for count in ("10", "1", "2")}
    (folder / "few_images.json").write_text(json.dumps({**few, **made}), encoding="utf-8")
    (folder / "headline.json").write_text(json.dumps(headline), encoding="utf-8")
    real = {"digits": {"transfer": summary, "scratch": {**summary, "mean": 0.25}}, **made}
    (folder / "real.json").write_text(json.dumps(real), encoding="utf-8")
    graded = {"submissions": 30, "workers": 2, "ratio_to_stock": 7.0, "stock_seconds_per_submission": 5.0}
    graded |= {"cpu_seconds_per_submission": 1.2, "cell_cpu_seconds_per_submission": 1.0, "seconds_per_submission": 0.6}
    graded |= {"writing_seconds_per_submission": 0.1}
    bench = {"cached_features": {"ratio": 6.0}, "feature_extraction": {"share": 0.5}, "grading": graded, **made}
    longer = {"seconds": 300, "epochs": 290, "baseline": 0.9, "baseline_ci95": [0.8, 0.95], "transfer": 0.975}
    bench |= {"fused_batch_norm": {"ratio": 2.0}, "five_minutes": longer | {"error_ratio": 4.0}}
    bench |= {"import_seconds": 0.05, "draw_1000_faces_seconds": 1.3, "unit_seconds": {"01_tiny": 3.0}}
    (folder / "bench.json").write_text(json.dumps(bench), encoding="utf-8")
    trial = {"students": 1000, "processor_seconds_per_submission": [0.05, 0.06, 0.07], "unchanged_seconds": 4.0}
    trial |= {"formgrader_seconds": 1.25, "report_seconds": 3.0, "gradebook_megabytes": 12.3}
    trial |= {"lost": ["ann"], "wrong": ["ann", "bob"], "not_graded": []}
    made_by_trial = {"provenance": made["provenance"] | {"command": "python tests/support/scale_trial.py --keep"}}
    (folder / "scale.json").write_text(json.dumps({"sqlite": {"1000": trial}, **made_by_trial}), encoding="utf-8")
    (tiny_course / "data" / "claims.toml").write_text('[C01]\nclaim = "It works"\n', encoding="utf-8")
    for name in tables.TABLES:
        (tiny_course / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tiny_course / name)
    return tiny_course


WRITTEN = {*tables.TABLES, headline_figure.FILE}


def test_the_tables_follow_the_units_and_the_records(small):
    assert {file.relative_to(small).as_posix() for file in tables.write(small)} == WRITTEN
    text = "".join((small / name).read_text(encoding="utf-8") for name in tables.TABLES)
    (row,) = [line for line in text.splitlines() if "01_tiny.ipynb)" in line]
    assert row.startswith(
        "| [Tiny: a unit for the tests of the course's own machinery](notebooks/01_tiny/01_tiny.ipynb) | 1 |"
    )
    assert "| 2 | 1 |" in row
    assert "reaches 50.0% (95% CI 40.0 to 60.0) after 100 epochs. With 5 minutes of training" in text
    assert "the same network reaches 90.0% on one group" in text
    # the values .4, .4, .4, .5, .6, .6, .6: s = .1, t(.975, 6) = 2.447, so one more seed is .5 ± .262
    assert "| 50.0% (40.0 to 60.0) | 23.8 to 76.2 | 25.0% (40.0 to 60.0) | 23.8 to 76.2 | 7 |" in text
    assert "**not shown yet**: 1. Decided by a registered contrast: 0; by arithmetic: 0. " in text
    assert "| 01_tiny | 0 | 4 |" in text, "without a grading plan, no check is known to be decided outside"
    assert "| C01 | It works | not shown yet |  |  |  |" in text
    assert tables.write(small) == []


def test_the_cost_of_a_submission_is_the_recorded_one(small):
    tables.write(small)
    text = " ".join((small / "docs" / "speed.md").read_text(encoding="utf-8").split())
    # two workers, 0.6 s for each submission: 1.2 s of one processor
    assert (
        "a submission takes 0.60 s, or 1.20 s of one processor. 0.10 s of that are spent in the single process" in text
    )
    assert "Stock nbgrader takes 5.0 s for a submission." in text
    assert "multiply the number of submissions by 1.20 s and divide by the number of processors" in text
    assert "| processor time of grading, compared with that of the submissions' own cells | 1.20 times |" in text


def test_times_of_units_that_the_course_no_longer_has_are_left_out(small):
    file, page = small / "data" / "results" / "bench.json", small / "docs" / "speed.md"
    tables.write(small)
    assert "| unit 01_tiny, top to bottom | 3 s |" in page.read_text(encoding="utf-8")
    bench = json.loads(file.read_text(encoding="utf-8"))
    for measured in ({"01_tiny": 3.0, "02_gone": 4.0}, {"01_whole": 7.0}, {}):
        file.write_text(json.dumps(bench | {"unit_seconds": measured}), encoding="utf-8")
        tables.write(small)
        rows = [line for line in page.read_text(encoding="utf-8").splitlines() if "top to bottom" in line]
        assert rows == ["| each unit, top to bottom | not measured since units were added, renamed or removed |"], (
            measured
        )


def test_the_table_of_class_sizes_has_a_line_for_each_trial(small):
    tables.write(small)
    text = (small / "docs" / "speed.md").read_text(encoding="utf-8")
    assert "| SQLite | 1,000 | 0.05 s | 0.07 s | 4.0 s | 1.2 s | 3.0 s | 12 MB | 2 |" in text


def test_the_minutes_of_make_results_are_the_sum_of_the_records(small):
    files = [small / "data" / "results" / f"{name}.json" for name in ("bench", "headline", "real", "few_images")]
    for file, seconds in zip(files, (600, 1200, 60, 30), strict=True):
        record = json.loads(file.read_text(encoding="utf-8"))
        record["provenance"] |= {"seconds": seconds, "side_by_side": 2, "processors": 4}
        if file.stem == "bench":
            record["provenance"]["command"] = "tlcourse bench --keep"
        file.write_text(json.dumps(record), encoding="utf-8")
    tables.write(small)
    text = (small / "docs" / "measuring.md").read_text(encoding="utf-8")
    assert "3 records together took about 11 minutes on 4 processors" in text


def test_omits_the_minutes_if_a_record_does_not_state_them(small):
    tables.write(small)
    text = (small / "docs/measuring.md").read_text("utf-8")
    sentences = text.partition("<!-- remeasuring:")[2].partition("<!-- /remeasuring")[0]
    assert "make results" in sentences.partition("-->")[2]
    assert "minutes" not in sentences


def test_a_new_record_renews_the_figure_and_the_tables(small):
    tables.write(small)
    for name in ("headline", "few_images"):
        file = small / "data" / "results" / f"{name}.json"
        file.write_text(file.read_text(encoding="utf-8").replace("0.5,", "0.55,"), encoding="utf-8")
    assert {file.relative_to(small).as_posix() for file in tables.write(small)} == {
        "README.md",
        "docs/measuring.md",
        "data/README.md",
        headline_figure.FILE,
    }
    assert "by `tlcourse results x` with Keras 3.15.1" in (small / "data" / "README.md").read_text(encoding="utf-8")


def test_raises_if_a_document_has_no_markers(small):
    with pytest.raises(ValueError, match="files"):
        tables.rendered("# no tables", small, "data/README.md")


def test_raises_if_a_unit_does_not_state_its_minutes(small):
    file = small / "notebooks" / "01_tiny" / "01_tiny.ipynb"
    file.write_text(file.read_text(encoding="utf-8").replace("1 minute.", ""), encoding="utf-8")
    with pytest.raises(ValueError, match=r"01_tiny.*minutes"):
        tables.unit_table(small)


def test_the_figure_shows_the_recorded_means_in_the_order_of_the_counts(small):
    axes = headline_figure.draw(small)
    curves = {line.get_label(): line.get_xydata().tolist() for line in axes.lines if len(line.get_xdata()) == 3}
    assert curves == {label: [[1, 0.5], [2, 0.5], [10, 0.5]] for label in headline_figure.CURVES.values()}


def test_units_show_the_figure_of_the_readme():
    for unit in ("00_start_here", "02_feature_extraction"):
        source = (ROOT / "solutions" / f"{unit}.py").read_text(encoding="utf-8")
        cells = [cell for cell in source.split("# %%") if "plots.accuracy_curves(counts, curves, log=True" in cell]
        assert len(cells) == 1, unit
        assert headline_figure.TITLE in cells[0]
        assert "training images of each person" in cells[0]
        for key, label in headline_figure.CURVES.items():
            assert f'"{key}": "{label}"' in source, unit
