"""Generate tables and sentences in README.md, docs/ and data/README.md from units, records and claims.

A generated part is between two comments, `<!-- NAME: made by ... -->` and `<!-- /NAME -->`. `TABLES` maps its name to
the function that generates it. Template tools such as cog run code in the Markdown, but do not notice a missing marker.
"""

import collections
import hashlib
import json
import re
from typing import NamedTuple

from tlcourse import notebooks
from tlcourse.building import addresses, claims, headline_figure, speed_table, teacher_table, used_files, verdicts
from tlcourse.building import unit_sources as sources
from tlcourse.building.course_folder import course_folder, has_records
from tlcourse.building.site import headline_data
from tlcourse.data import results
from tlcourse.grading.model.course_file import read_course_file
from tlcourse.stats import predicted

DATASET_TITLES = {
    "digits": "1,797 handwritten digits (scikit-learn), 10 of each class to learn from",
    "cats_dogs": "Photos of cats and dogs, 50 of each class to learn from, MobileNetV2 as teacher",
}


class Unit(NamedTuple):
    """A unit's row in the README."""

    name: str
    title: str
    minutes: str
    exercises: int
    written: int


def read_unit(name, root):
    """Read title, minutes and number of exercises from a unit's released notebook.

    Raises
    ------
    ValueError
        If the notebook has no title or does not state how many minutes the unit takes.
    """
    cells = notebooks.read(root / "notebooks" / name / f"{name}.ipynb").cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    title = re.search(r"^# (.+)$", prose, flags=re.MULTILINE)
    minutes = re.search(r"(\d+)(?:(?: to |–|-)(\d+))? minutes?\b", prose)
    if title is None or minutes is None:
        raise ValueError(f"{name}: the first cell must have a '# title' and state how many minutes the unit takes")
    answers = [cell.cell_type for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    written = answers.count("markdown")
    return Unit(name, title[1], " to ".join(filter(None, minutes.groups())), answers.count("code"), written)


def unit_table(root):
    """The units with their minutes, exercises and links to Colab, as a Markdown table."""
    course = read_course_file(root)
    colab = course.colab if course else addresses.COLAB_BASE
    header = ["unit", "minutes", "exercises", "written answers", *(["run online"] if colab else [])]
    lines = [f"| {' | '.join(header)} |", "|---" * len(header) + "|"]
    for name in sources.unit_names(root):
        unit = read_unit(name, root)
        cells = [f"[{unit.title}]({addresses.notebook(name)})", unit.minutes]
        cells += [str(unit.exercises or "none"), str(unit.written or "none")]
        cells += [f"[Colab]({addresses.colab(name, colab)})"] if colab else []
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def headline_sentences(root):
    """The headline in words: the accuracy with and without the teacher, and after longer training."""
    headline, longer = results("headline", root), results("bench", root)["five_minutes"]
    transfer, scratch = (_percent(headline[name], "95% CI ") for name in ("transfer", "best_from_scratch"))
    return (
        f"With the teacher, the student reaches {transfer}. A small CNN that learns from the same images without a "
        f"teacher reaches {scratch} after 100 epochs. With {longer['seconds'] / 60:.0f} minutes of training, on one "
        f"group of people, it reaches {longer['baseline']:.1%}."
    )


def result_table(root):
    """The recorded accuracies with and without a teacher, as a Markdown table."""
    lines = [
        "| test | with a teacher | one more seed | from scratch | one more seed | seeds |",
        "|---|---|---|---|---|---|",
    ]
    headline, real = (results(name, root) for name in ("headline", "real"))
    rows = [("65 new people, 10 images of each to learn from", headline["transfer"], headline["best_from_scratch"])]
    rows += [
        (title, real[name]["transfer"], real[name]["scratch"]) for name, title in DATASET_TITLES.items() if name in real
    ]
    for title, *arms in rows:
        cells = [cell for arm in arms for cell in (_percent(arm), _one_more(arm))]
        lines.append(f"| {title} | {' | '.join(cells)} | {arms[0]['seeds']} |")
    return "\n".join(lines)


def longer_training(root):
    """The accuracy of the headline's network without a teacher if it trains for minutes instead of 100 epochs."""
    longer = results("bench", root)["five_minutes"]
    return (
        f"Given {longer['seconds']:.0f} seconds ({longer['epochs']} epochs) on two processors, the same network "
        f"reaches {longer['baseline']:.1%} on one group of 65 people. On that group the student with the teacher "
        f"reaches {longer['transfer']:.1%}: its error is {longer['error_ratio']:.1f} times smaller. This is a single "
        "training, so there is no interval over groups."
    )


def remeasuring(root):
    """How to measure the records again, and how long that takes unless a record lacks its time."""
    files = sorted((root / "data" / "results").glob("*.json"))
    provenances = [json.loads(file.read_text(encoding="utf-8"))["provenance"] for file in files]
    provenances = [each for each in provenances if each["command"].startswith("tlcourse results")]
    sentence = "`make results` repeats every experiment of `tlcourse/research/registry.py` that has a record"
    others = (
        "`tlcourse bench --keep` measures the rest, which is in `data/results/bench.json`: the baseline with a "
        "longer training, and everything on the page [Speed](speed.md) except for the class sizes. "
        "`python tests/support/scale_trial.py --keep` measures those."
    )
    if not provenances or not all({"seconds", "side_by_side", "processors"} <= set(each) for each in provenances):
        return f"{sentence}. {others}"
    minutes = sum(each["seconds"] / each["side_by_side"] for each in provenances) / 60
    processors = " or ".join(str(count) for count in sorted({each["processors"] for each in provenances}))
    return (
        f"{sentence}. The {len(provenances)} records together took about {minutes:.0f} minutes "
        f"on {processors} processors. {others}"
    )


BASES = ("", " registered", " exploratory (hypotheses)", " exploratory")


def _basis(entry):
    """The word for a verdict's contrast in the counts, one of `BASES`; an inconclusive verdict is not a hypothesis."""
    if entry.outcome is None:
        return ""
    if not entry.is_exploratory:
        return " registered"
    return " exploratory" if entry.verdict == "inconclusive" else " exploratory (hypotheses)"


def _lectures_claims(root):
    """The entries of the claims that the lectures make."""
    return [entry for entry in claims.entries(root) if entry.name.startswith("C")]


def verdict_counts(root):
    """The number of the lectures' claims with each verdict, and the basis of these verdicts."""
    entries = _lectures_claims(root)
    counts = collections.Counter((entry.scoped_verdict, _basis(entry)) for entry in entries)
    order = [f"{verdict}{scope}" for verdict in verdicts.VERDICTS for scope in ("", " within its scope")]
    parts = {
        words: [f"{counts[words, basis]}{basis}" for basis in BASES if (words, basis) in counts] for words in order
    }
    listed = "; ".join(f"**{words}**: {', '.join(part)}" for words, part in parts.items() if part)
    by = collections.Counter(entry.decided_by for entry in entries)
    unclear = sum(entry.decided_by == "registration" and entry.verdict == "inconclusive" for entry in entries)
    apart = f"Registered with a stated power, and inconclusive: {unclear}. " if unclear else ""
    return (
        f"{listed}. Decided by a registered contrast: {by['registration'] - unclear}; by arithmetic: "
        f"{by['arithmetic']}. {apart}Exploratory: {by['exploration']}; illustrated: {by['illustration']}; "
        f"open: {by[None]}."
    )


def decided_claims(root):
    """The lectures' claims that a registered contrast decides, with effect and tasks, as a table for docs/."""
    lines = ["| what the lectures say | verdict | effect (95% interval) | measured on |", "|---|---|---|---|"]
    for entry in _lectures_claims(root):
        if entry.decided_by != "registration" or entry.verdict == "inconclusive":
            continue
        unit = f"[{entry.name}](../notebooks/{entry.unit}/{entry.unit}.ipynb)"
        effect = f"{entry.primary.shows}: {entry.outcome.effect}"
        cells = (f"{entry.claim} ({unit})", entry.label, effect, ", ".join(entry.primary.tasks))
        lines.append(claims.table_row(cells))
    return "\n".join(lines)


def claim_table(root):
    """The claims with their measurements and verdicts, as a Markdown table for a page in docs/."""
    return claims.table(root).replace("](notebooks/", "](../notebooks/")


def decision_table(root):
    """The points that checks award outside and inside the student's process, by unit, as a Markdown table."""
    lines = ["| unit | points decided outside | points decided inside |", "|---|---|---|"]
    total = collections.Counter()
    for name in sources.unit_names(root):
        points = decided_points(name, root)
        total += points
        lines.append(f"| {name} | {points['outside']:g} | {points['inside']:g} |")
    lines.append(f"| all | {total['outside']:g} | {total['inside']:g} |")
    return "\n".join(lines)


def decided_points(name, root):
    """The points of a unit that its grading plan decides "outside" and "inside", as a Counter."""
    solution = notebooks.read(root / "solutions" / name / f"{name}.ipynb")
    plan_file = root / "solutions" / name / "grading_plan.json"
    plan = json.loads(plan_file.read_text(encoding="utf-8"))["checks"] if plan_file.is_file() else {}
    points = collections.Counter(outside=0, inside=0)
    for cell in solution.cells:
        nbgrader = cell.metadata.get("nbgrader", {})
        if cell.cell_type == "code" and nbgrader.get("grade"):
            where = "outside" if plan.get(nbgrader["grade_id"], {}).get("outside") else "inside"
            points[where] += nbgrader["points"]
    return points


def file_table(root):
    """The files in data/ with license, size and checksum, as a Markdown table."""
    lines = ["| file | what | license | bytes | sha256 |", "|---|---|---|---|---|"]
    for card_file in sorted((root / "data" / "teachers").glob("*.json")):
        card = json.loads(card_file.read_text(encoding="utf-8"))
        what = f"teacher, {card['parameters']:,} parameters as float16; trained on {card['trained_on']}"
        measured = card["measured"]
        held_out = (
            f"{measured['held_out_images']:,} held-out images of them"
            if "held_out_images" in measured
            else f"{measured['held_out_pieces']:,} masked pieces of held-out texts"
        )
        lines.append(
            f"| `teachers/{card['file']}` | {what}; accuracy {measured['held_out_accuracy']} on {held_out} "
            f"| {card['license']} | {card['bytes']:,} | `{card['sha256']}` |"
        )
    for file in sorted((root / "data" / "results").glob("*.json")):
        made = json.loads(file.read_text(encoding="utf-8"))["provenance"]
        what = f"recorded on {made['date']} by `{made['command']}` with Keras {made['versions']['keras']}"
        content = file.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        lines.append(f"| `results/{file.name}` | {what} | MIT | {len(content):,} | `{checksum}` |")
    for file, what in headline_data.FILES.items() if headline_data.fingerprint(root) else ():
        content = (root / file).read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        lines.append(f"| `{file.removeprefix('data/')}` | {what} | MIT | {len(content):,} | `{checksum}` |")
    return "\n".join(lines)


TABLES = {
    "README.md": {"headline": headline_sentences, "units": unit_table, "verdicts": verdict_counts},
    "docs/claims.md": {"decided": decided_claims, "verdicts": verdict_counts, "claims": claim_table},
    "docs/grading.md": {"decisions": decision_table},
    "docs/learning.md": {"used_files": used_files.table},
    "docs/measuring.md": {
        "results": result_table,
        "longer_training": longer_training,
        "remeasuring": remeasuring,
        "other_teachers": teacher_table.table,
    },
    "docs/speed.md": {"speed": speed_table.table, "costs": speed_table.grading_costs, "sizes": speed_table.class_sizes},
    "data/README.md": {"files": file_table},
}


def _percent(summary, label=""):
    """A mean and its interval: 98.1% (97.7 to 98.5). The label precedes the interval."""
    low, high = (100 * bound for bound in summary["ci95"])
    return f"{summary['mean']:.1%} ({label}{low:.1f} to {high:.1f})"


def _one_more(summary):
    """The prediction interval for one more seed, in percent."""
    low, high = predicted(summary["values"], summary.get("share", False))
    return f"{100 * low:.1f} to {100 * high:.1f}"


def documents(root):
    """The generated parts of a course's documents, as `TABLES`; a course without records has only a list of units."""
    if has_records(root):
        return TABLES
    readme = root / "README.md"
    listed = readme.is_file() and "<!-- units: " in readme.read_text(encoding="utf-8")
    return {"README.md": {"units": unit_table}} if listed else {}


def rendered(text, root, name="README.md"):
    """The text of a document after its parts are generated again.

    Parameters
    ----------
    text : str
    root : pathlib.Path
    name : str
        A key of `TABLES`.

    Raises
    ------
    ValueError
        If a pair of markers is missing or occurs twice.
    """
    for mark, make in documents(root)[name].items():
        marked = re.compile(rf"(<!-- {mark}: [^\n]*-->\n).*?(<!-- /{mark} -->)", flags=re.DOTALL)
        if len(marked.findall(text)) != 1:
            raise ValueError(f"{name} must contain '<!-- {mark}: ... -->' and '<!-- /{mark} -->' exactly once")
        text = marked.sub(lambda region, make=make: f"{region[1]}{make(root)}\n{region[2]}", text)
    return text


def write(root=None):
    """Update the documents in `TABLES`, the figure of the headline, and the data of the site's first screen.

    Returns
    -------
    list of pathlib.Path
        The files that changed; empty if all were up to date.
    """
    root = course_folder(root)
    written = headline_data.write(root) if has_records(root) else []  # before the table of files, which lists them
    for name in documents(root):
        document = root / name
        text = document.read_text(encoding="utf-8")
        if (new := rendered(text, root, name)) != text:
            notebooks.write_atomically(document, new)
            written.append(document)
    figure = headline_figure.write(root) if has_records(root) else None
    return [*written, figure] if figure else written
