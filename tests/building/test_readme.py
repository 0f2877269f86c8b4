"""README.md agrees with the units, the records, the Makefile and the command line."""

import json
import re
import shutil
from pathlib import Path

import pytest

from tlcourse.building import addresses, builder, tables, unit_sources
from tlcourse.commands.main import main
from tlcourse.data import results

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
UNIT_ROWS = [line for line in TEXT.splitlines() if "colab.research.google.com" in line]
CODE = re.findall(r"`([^`\n]+)`", TEXT) + [line.strip() for line in TEXT.splitlines() if line.startswith("    ")]


def test_tables_and_picture_are_up_to_date():
    for name in tables.TABLES:
        text = (ROOT / name).read_text(encoding="utf-8")
        assert tables.rendered(text, ROOT, name) == text
    assert tables.drawn_from(ROOT / "data" / "results" / tables.PICTURE) == tables.fingerprint(ROOT)


def test_every_unit_has_a_row_with_what_its_own_page_says():
    for name in unit_sources.names(ROOT):
        (row,) = [line for line in UNIT_ROWS if f"notebooks/{name}/{name}.ipynb)" in line]
        released = (ROOT / "notebooks" / name / f"{name}.ipynb").read_text(encoding="utf-8")
        cells = [
            cell["cell_type"] for cell in json.loads(released)["cells"] if "raise NotImplementedError" in _text(cell)
        ]
        _, minutes, exercises, _ = (part.strip() for part in row.split("|")[1:5])
        assert int(exercises.replace("none", "0")) == len(cells)
        assert re.search(rf"\b{minutes} minutes", released)
        assert f"colab.research.google.com/github/tlcourse/tlcourse/blob/main/notebooks/{name}/" in row


def _text(cell):
    return "".join(cell["source"])


def test_what_is_said_of_the_digits_is_on_record():
    digits = results("real")["digits"]
    said = "for digits a small CNN from scratch does better" in TEXT
    assert said == (digits["scratch"]["ci95"][0] > digits["transfer"]["ci95"][1])


def test_the_address_is_the_projects():
    assert f'Repository = "{addresses.SITE}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert f"git clone {addresses.SITE}" in TEXT


def test_commands_exist():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    makes = {found[1] for code in CODE if (found := re.match(r"make ([a-z-]+)", code))}
    assert {"lab", "demo", "test"} <= makes <= set(targets)
    tools = {found[1] for code in CODE if (found := re.match(r"tlcourse ([a-z-]+)", code))}
    assert {"lab", "demo", "test", "check"} <= tools <= set(main.commands)


def test_links_and_named_files_exist():
    for link in re.findall(r"\]\(([^)]+)\)", TEXT):
        assert link.startswith("https://") or (ROOT / link).is_file(), link
    for code in CODE:
        named = re.fullmatch(r"(?:notebooks|solutions|data|tlcourse)/[\w/.*]+|[\w-]+\.(?:txt|yml|toml|md)", code)
        if named and "NN_" not in code:
            assert list(ROOT.glob(code.rstrip("/"))), code


def test_the_browsers_tests_take_the_screenshots_that_are_shown():
    tests = (ROOT / "tests" / "commands" / "test_browser.py").read_text(encoding="utf-8")
    taken = re.findall(r'\bkeep\(\w+, "(\w+)"\)', tests)
    assert len(taken) == len(re.findall(r"^ +keep\(", tests, flags=re.MULTILINE)), (
        "a name that is not written out cannot be compared"
    )
    assert sorted(taken) == sorted(re.findall(r"\(data/screenshots/(\w+)\.png\)", TEXT))
    assert sorted(taken) == sorted(file.stem for file in (ROOT / "data" / "screenshots").iterdir())


def test_pictures_are_small_and_are_described():
    pictures = re.findall(r"!\[([^]]*)\]\((data/[^)]+\.png)\)", TEXT)
    for description, file in pictures:
        assert len(description) > 30, f"{file} needs a text for those who cannot see it"
        assert (ROOT / file).stat().st_size < 150_000, file


def test_environment_variables_exist():
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "tlcourse").rglob("*.py"))
    for name in re.findall(r"`([A-Z]+_[A-Z_]+)`", TEXT):
        assert f'"{name}"' in sources, name


@pytest.fixture
def small(tiny_course):
    """A course of one unit with records and a README of its own."""
    builder.build(execute=False, root=tiny_course)
    folder = tiny_course / "data" / "results"
    folder.mkdir(parents=True)
    summary = {"mean": 0.5, "ci95": [0.4, 0.6], "seeds": 7, "values": []}
    made = {"provenance": {"date": "2026-01-01", "command": "tlcourse results x", "versions": {"keras": "3.15.1"}}}
    headline = {**dict.fromkeys(tables.BARS, summary), **made}
    (folder / "headline.json").write_text(json.dumps(headline), encoding="utf-8")
    real = {"digits": {"transfer": summary, "scratch": {**summary, "mean": 0.25}}, **made}
    (folder / "real.json").write_text(json.dumps(real), encoding="utf-8")
    graded = {"submissions": 30, "workers": 2, "ratio_to_stock": 7.0, "stock_seconds_per_submission": 5.0}
    graded |= {"cpu_seconds_per_submission": 1.2, "cell_cpu_seconds_per_submission": 1.0, "seconds_per_submission": 0.6}
    graded |= {"writing_seconds_per_submission": 0.1}
    bench = {"cached_features": {"ratio": 6.0}, "feature_extraction": {"share": 0.5}, "grading": graded, **made}
    bench |= {"fused_batch_norm": {"ratio": 2.0}, "five_minutes": {"seconds": 300, "rival": 0.9, "error_ratio": 4.0}}
    bench |= {"import_seconds": 0.05, "draw_1000_faces_seconds": 1.3, "unit_seconds": {"01_tiny": 3.0}}
    (folder / "bench.json").write_text(json.dumps(bench), encoding="utf-8")
    (tiny_course / "data" / "claims.toml").write_text('[C01]\nclaim = "It works"\n', encoding="utf-8")
    shutil.copy(ROOT / "README.md", tiny_course)
    shutil.copy(ROOT / "data" / "README.md", tiny_course / "data")
    (tiny_course / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "speed.md", tiny_course / "docs")
    return tiny_course


WRITTEN = {"README.md", "data/README.md", "docs/speed.md", f"data/results/{tables.PICTURE}"}


def test_the_tables_follow_the_units_and_the_records(small):
    assert {file.relative_to(small).as_posix() for file in tables.write(small)} == WRITTEN
    text = (small / "README.md").read_text(encoding="utf-8")
    (row,) = [line for line in text.splitlines() if "01_tiny.ipynb)" in line]
    assert row.startswith(
        "| [Tiny: a unit for the tests of the course's own machinery](notebooks/01_tiny/01_tiny.ipynb) | 1 |"
    )
    assert "| 2 | 1 |" in row
    assert "| 0.500 (0.400 to 0.600) | 0.250 (0.400 to 0.600) | 7 |" in text
    assert "| C01 | It works |  | not shown yet |" in text
    assert tables.write(small) == []


def test_what_ten_thousand_submissions_cost_follows_from_the_recorded_speed(small):
    tables.write(small)
    text = (small / "docs" / "speed.md").read_text(encoding="utf-8")
    # 10,000 x 2 x 0.6 s / 3600 = 3.33 hours of one processor; 1,000 s of writing; 10,000 x 5 s = 13.9 hours of stock
    assert "| 10,000 | 1.7 hours | 17 min | 17 min | 13.9 hours |" in text
    assert "| 300 | 3 min | 1 min | 1 min | 25 min |" in text
    assert "| processor time of grading them, against that of their cells | 1.20 times |" in text


def test_the_minutes_of_make_results_are_those_of_the_records(small):
    files = sorted((small / "data" / "results").glob("*.json"))
    for file, seconds in zip(files, (600, 1200, 90), strict=True):
        record = json.loads(file.read_text(encoding="utf-8"))
        record["provenance"] |= {"seconds": seconds, "side_by_side": 2, "processors": 4}
        if file.stem == "bench":
            record["provenance"]["command"] = "tlcourse bench --keep"
        file.write_text(json.dumps(record), encoding="utf-8")
    tables.write(small)
    assert [file.stem for file in files] == ["bench", "headline", "real"]
    assert "2 records together took about 11 minutes on 4 processors" in (small / "README.md").read_text("utf-8")


def test_minutes_are_not_said_where_a_record_does_not_tell_them(small):
    tables.write(small)
    again = (small / "README.md").read_text(encoding="utf-8").partition("<!-- again:")[2].partition("<!-- /again")[0]
    assert "make results" in again.partition("-->")[2]
    assert "minutes" not in again


def test_a_new_record_makes_the_picture_stale(small):
    tables.write(small)
    file = small / "data" / "results" / "headline.json"
    file.write_text(file.read_text(encoding="utf-8").replace("0.5,", "0.55,"), encoding="utf-8")
    assert {file.relative_to(small).as_posix() for file in tables.write(small)} == WRITTEN - {"docs/speed.md"}
    assert "by `tlcourse results x` with Keras 3.15.1" in (small / "data" / "README.md").read_text(encoding="utf-8")


def test_a_readme_without_markers_is_refused(small):
    with pytest.raises(ValueError, match="units"):
        tables.rendered("# no tables", small)


def test_a_unit_that_does_not_say_how_long_it_takes_is_refused(small):
    file = small / "notebooks" / "01_tiny" / "01_tiny.ipynb"
    file.write_text(file.read_text(encoding="utf-8").replace("1 minute.", ""), encoding="utf-8")
    with pytest.raises(ValueError, match=r"01_tiny.*minutes"):
        tables.unit_table(small)


def test_the_picture_shows_what_the_record_says(small):
    axes = tables.draw_headline(small)
    assert [bar.get_width() for bar in axes.patches] == [0.5] * len(tables.BARS)
    shown = {text.get_text() for text in axes.texts}
    assert shown == {"0.500"}
