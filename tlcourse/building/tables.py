"""What of the READMEs and docs/ is made from units, teachers, records and claims: tables, a sentence and a picture."""

import hashlib
import json
import re
from typing import NamedTuple

from tlcourse import notebooks
from tlcourse.building import addresses, claims, speed_table
from tlcourse.building import unit_sources as sources

PICTURE = "headline.png"
BARS = {
    "transfer": "15 of 16 layers\nfrom the teacher",
    "best_from_scratch": "a small CNN,\npictures varied",
    "small_cnn": "a small CNN,\nno augmentation",
    "scratch": "the teacher's architecture\nfrom scratch",
    "pixels": "logistic regression\non pixels",
    "plain_scratch": "16 layers from scratch,\nno batch norm",
}
NAMES = {
    "digits": "1,797 handwritten digits (scikit-learn), 10 of each to learn from",
    "cats_dogs": "Photos of cats and dogs, 50 of each to learn from, MobileNetV2",
}


class Unit(NamedTuple):
    """What the README says of a unit."""

    name: str
    title: str
    minutes: str
    exercises: int
    written: int


def describe(name, root):
    """Read title, minutes and exercises from a unit's released notebook.

    Raises
    ------
    ValueError
        If it has no title or does not say how many minutes it takes.
    """
    cells = notebooks.read(root / "notebooks" / name / f"{name}.ipynb").cells
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    title = re.search(r"^# (.+)$", prose, flags=re.MULTILINE)
    minutes = re.search(r"(\d+)(?:(?: to |–|-)(\d+))? minutes?\b", prose)
    if title is None or minutes is None:
        raise ValueError(f"{name}: its first cell should have a '# title' and say how many minutes it takes")
    answers = [cell.cell_type for cell in cells if cell.metadata.get("nbgrader", {}).get("solution")]
    written = answers.count("markdown")
    return Unit(name, title[1], " to ".join(filter(None, minutes.groups())), answers.count("code"), written)


def unit_table(root):
    """The units with their minutes, exercises and Colab badges, as Markdown."""
    lines = ["| unit | minutes | exercises | written answers | Colab |", "|---|---|---|---|---|"]
    for name in sources.names(root):
        unit = describe(name, root)
        lines.append(
            f"| [{unit.title}]({addresses.notebook(name)}) | {unit.minutes} | {unit.exercises or 'none'} "
            f"| {unit.written or 'none'} | {addresses.badge(name)} |"
        )
    return "\n".join(lines)


def result_table(root):
    """The recorded accuracies with and without a teacher, as Markdown."""
    lines = ["| test | with a teacher | from scratch | seeds |", "|---|---|---|---|"]
    headline, real = (_recorded(root, name) for name in ("headline", "real"))
    rows = [("65 new people, 10 pictures of each to learn from", headline["transfer"], headline["best_from_scratch"])]
    rows += [(title, real[name]["transfer"], real[name]["scratch"]) for name, title in NAMES.items() if name in real]
    for title, transfer, scratch in rows:
        lines.append(f"| {title} | {_shown(transfer)} | {_shown(scratch)} | {transfer['seeds']} |")
    return "\n".join(lines)


def remeasuring(root):
    """How to measure the records again, and the minutes that takes; without these if a record does not tell its own."""
    files = sorted((root / "data" / "results").glob("*.json"))
    made = [json.loads(file.read_text(encoding="utf-8"))["provenance"] for file in files]
    made = [one for one in made if one["command"].startswith("tlcourse results")]
    said = "`make results` measures again what the tables and the units quote"
    if not made or not all({"seconds", "side_by_side", "processors"} <= set(one) for one in made):
        return f"{said}."
    minutes = sum(one["seconds"] / one["side_by_side"] for one in made) / 60
    processors = " or ".join(str(count) for count in sorted({one["processors"] for one in made}))
    return f"{said}. The {len(made)} records together took about {minutes:.0f} minutes on {processors} processors."


def file_table(root):
    """What lies in data/, with licence, size and checksum, as Markdown."""
    lines = ["| file | what | licence | bytes | sha256 |", "|---|---|---|---|---|"]
    for card_file in sorted((root / "data" / "teachers").glob("*.json")):
        card = json.loads(card_file.read_text(encoding="utf-8"))
        what = f"teacher, {card['parameters']:,} parameters as float16; trained on {card['trained_on']}"
        lines.append(
            f"| `teachers/{card['file']}` | {what}; accuracy {card['measured']['held_out_accuracy']} on "
            f"{card['measured']['held_out_images']:,} held-out pictures of them | {card['licence']} "
            f"| {card['bytes']:,} | `{card['sha256']}` |"
        )
    for file in sorted((root / "data" / "results").glob("*.json")):
        made = json.loads(file.read_text(encoding="utf-8"))["provenance"]
        what = f"recorded on {made['date']} by `{made['command']}` with Keras {made['versions']['keras']}"
        content = file.read_bytes()
        checksum = hashlib.sha256(content).hexdigest()
        lines.append(f"| `results/{file.name}` | {what} | MIT | {len(content):,} | `{checksum}` |")
    return "\n".join(lines)


TABLES = {
    "docs/speed.md": {"speed": speed_table.table, "costs": speed_table.costs},
    "README.md": {"units": unit_table, "results": result_table, "again": remeasuring, "claims": claims.table},
    "data/README.md": {"files": file_table},
}


def _shown(summary):
    low, high = summary["ci95"]
    return f"{summary['mean']:.3f} ({low:.3f} to {high:.3f})"


def _recorded(root, name):
    return json.loads((root / "data" / "results" / f"{name}.json").read_text(encoding="utf-8"))


def rendered(text, root, name="README.md"):
    """A README's text with what stands between its markers made anew.

    Parameters
    ----------
    text : str
    root : pathlib.Path
    name : str
        A key of `TABLES`.

    Raises
    ------
    ValueError
        If a pair of markers is missing.
    """
    for mark, table in TABLES[name].items():
        marked = re.compile(rf"(<!-- {mark}: [^\n]*-->\n).*?(<!-- /{mark} -->)", flags=re.DOTALL)
        if len(marked.findall(text)) != 1:
            raise ValueError(f"{name} should have one '<!-- {mark}: ... -->' and one '<!-- /{mark} -->'")
        text = marked.sub(lambda found, table=table: f"{found[1]}{table(root)}\n{found[2]}", text)
    return text


def fingerprint(root):
    """What the picture is made from, as a checksum; the picture carries it, so that a stale one is found."""
    record = _recorded(root, "headline")
    return hashlib.sha256(repr([(label, record[bar]) for bar, label in BARS.items()]).encode()).hexdigest()


def draw_headline(root):
    """Bars of the headline's accuracies with their 95 % confidence intervals.

    Returns
    -------
    matplotlib.axes.Axes
    """
    from matplotlib.figure import Figure  # takes half a second to import

    record = _recorded(root, "headline")
    axes = Figure(figsize=(7.2, 3.8), layout="constrained").add_subplot()
    bars = sorted(BARS, key=lambda bar: -record[bar]["mean"])
    means = [record[bar]["mean"] for bar in bars]
    lower, upper = zip(*(record[bar]["ci95"] for bar in bars), strict=True)
    errors = [[mean - low for mean, low in zip(means, lower, strict=True)]]
    errors.append([high - mean for mean, high in zip(means, upper, strict=True)])
    colours = ["#0072B2" if bar == "transfer" else "#D55E00" for bar in bars]  # Okabe and Ito 2008, safe to tell apart
    axes.barh([BARS[bar] for bar in bars], means, xerr=errors, color=colours, capsize=3, height=0.65)
    for row, (mean, high) in enumerate(zip(means, upper, strict=True)):
        axes.text(max(mean, high) + 0.015, row, f"{mean:.3f}", va="center")
    axes.invert_yaxis()
    axes.set(xlim=(0, 1.1), xlabel="accuracy on 20 other pictures of each person", xticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_title("65 new people, 10 pictures each", loc="left")
    axes.spines[["top", "right"]].set_visible(False)
    return axes


def write(root=None):
    """Bring README.md, its picture, data/README.md and docs/speed.md up to date.

    Returns
    -------
    list of pathlib.Path
        What was written; empty if all was up to date.
    """
    root = sources.course_folder(root)
    written = []
    for name in TABLES:
        readme = root / name
        text = readme.read_text(encoding="utf-8")
        if (new := rendered(text, root, name)) != text:
            notebooks.write_atomically(readme, new)
            written.append(readme)
    picture = root / "data" / "results" / PICTURE
    if drawn_from(picture) != fingerprint(root):
        partial = picture.with_name(f".{PICTURE}.tmp")
        draw_headline(root).figure.savefig(
            partial, format="png", dpi=150, metadata={"Software": None, "Source": fingerprint(root)}
        )
        partial.replace(picture)
        written.append(picture)
    return written


def drawn_from(picture):
    """The fingerprint that a picture carries; None if it has none, or there is no picture."""
    from PIL import Image

    if not picture.is_file():
        return None
    with Image.open(picture) as image:
        return image.info.get("Source")
