"""The site's first page: a question, a head that the visitor trains, and a card for each unit.

The page has no theme, so that it is usable after 250 kB. Its data are loaded when the visitor asks for them.
"""

import base64
import html
import io
import json
import re
import string

from tlcourse import notebooks
from tlcourse.building import addresses, tables
from tlcourse.building.site import SETTINGS, figure_kinds, headline_data, teacher_data
from tlcourse.building.unit_sources import unit_names
from tlcourse.data import results
from tlcourse.datasets import faces
from tlcourse.live_figures import program_text

TITLE = "Transfer learning, hands on"
SENTENCE = (
    "For students and engineers who train small networks: find out by trying what a pretrained network gains you, when "
    "it fails, and how sure you can be."
)
# The rate was chosen from 0.003, 0.01 and 0.03 on the people of `faces.development(0)`: with 1, 2, 5 and 10 images of
# each, 0.01 had the highest accuracy, or one that was at most 0.1 percentage points lower.
RECIPE = {"rate": 0.01, "batch": 32, "epochs": 30, "seed": 1}
VERDICTS = {
    "correct": "Yes, the green frame is A. Now let a network learn all 65 people.",
    "wrong": "No, A has the green frame. Now let a network learn all 65 people.",
}
DATA_SCRIPT, FACES = "_static/train_it_here.js", "_static/headline_faces.webp"
TEACHER_SCRIPT = "_static/teacher_here.js"
# A page opened from disk may load a script, but no other file.
LOAD_SCRIPT = """const loadScript = (source, what) => new Promise((resolve, reject) => {
  const script = document.createElement("script");
  script.src = source;
  script.onload = resolve;
  script.onerror = () => reject(new Error(`${what} could not be loaded`));
  document.head.append(script);
});"""
LOAD_FACES = (
    f'loadScript("{DATA_SCRIPT}", "the features")'
    f'.then(() => ({{ ...trainItHere, codes: bytes(trainItHere.features), faces: "{FACES}" }}))'
)
LOAD_TEACHER = f'loadScript("{TEACHER_SCRIPT}", "the teacher").then(() => teacherHere)'
THUMBNAIL_WIDTH = 360


def write(root, into):
    """Write the first page and its data into a built site.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    into : pathlib.Path
        The folder of the site.
    """
    stored = headline_data.read(root)
    notebooks.write_atomically(into / DATA_SCRIPT, f"var trainItHere = {json.dumps(stored)};\n")
    notebooks.write_atomically(into / TEACHER_SCRIPT, f"var teacherHere = {json.dumps(teacher_data.stored())};\n")
    (into / FACES).write_bytes((root / headline_data.FACES).read_bytes())
    template = string.Template((SETTINGS / "first_screen.html").read_text(encoding="utf-8"))
    page = template.substitute(
        title=TITLE,
        sentence=SENTENCE,
        repository=addresses.REPOSITORY,
        first_unit=f"units/{unit_names(root)[0]}.html",
        first_minutes=tables.read_unit(unit_names(root)[0], root).minutes,
        colab=html.escape(addresses.colab(unit_names(root)[0])),
        teacher_people=f"{len(faces.TEACHER_PEOPLE):,}",
        who_still=still_faces(root, stored),
        train_still=still_accuracies(root),
        cards="\n".join(card(root, into, name) for name in unit_names(root)),
        scripts=scripts(root, stored),
    )
    notebooks.write_atomically(into / "index.html", page)


def question(root, stored):
    """The faces of "Who is A?": A's, the candidates, and which candidate is A."""
    person, lookalikes = (stored["question"][key] for key in ("person", "lookalikes"))
    each, answer = stored["testEach"], person % (len(lookalikes) + 1)
    candidates = [face * each for face in lookalikes]
    candidates.insert(answer, person * each + 1)
    shown = [headline_data.face(root, stored, index) for index in (person * each, *candidates)]
    return {"known": shown[0], "candidates": shown[1:], "answer": answer, "verdicts": VERDICTS}


def baseline(root):
    """The recorded accuracies of a small CNN from scratch, by the number of images of each person."""
    record = results("few_images", root)
    counts = sorted(int(name) for name in record if name.isdigit() and int(name) <= 10)
    summaries = [record[str(count)]["small_cnn"] for count in counts]
    return [
        {"images": count, "mean": summary["mean"], "low": summary["ci95"][0], "high": summary["ci95"][1]}
        for count, summary in zip(counts, summaries, strict=True)
    ]


def scripts(root, stored):
    """The scripts of the three figures, each in a scope of its own."""
    train = {"recipe": RECIPE, "baseline": baseline(root), "most": stored["trainEach"]}
    megabytes = round(len(json.dumps(teacher_data.stored())) / 1e6, 1)
    teacher = {"colors": teacher_data.palette(), "side": stored["side"], "megabytes": megabytes}
    load_both = f"() => Promise.all([{LOAD_TEACHER}, {LOAD_FACES}]).then(([teacher, faces]) => ({{ teacher, faces }}))"
    parts = [
        f'{program_text("who_is_a")}\nstart("who_is_a", render, {json.dumps(question(root, stored))});',
        f"{program_text('train_it_here')}\n"
        f'start("train_it_here", render, {{ ...{json.dumps(train)}, load: () => {LOAD_FACES} }});',
        f"{program_text('teacher_network', 'teacher_here')}\n"
        f'start("teacher_here", render, {{ ...{json.dumps(teacher)}, load: {load_both} }});',
    ]
    return "\n".join(f"(() => {{\n{LOAD_SCRIPT}\n{part}\n}})();" for part in parts)


def still_faces(root, stored):
    """The faces of the question for readers without JavaScript."""
    asked = question(root, stored)
    images = [f'<img src="{source}" width="48" height="48" alt="candidate {number} for the person A">'
              for number, source in enumerate(asked["candidates"], 1)]  # fmt: skip
    shown = f'<img src="{asked["known"]}" width="48" height="48" alt="the drawn face of person A">'
    return f"<p>A: {shown}</p><p>Candidates: {' '.join(images)} (A is candidate {asked['answer'] + 1})</p>"


def still_accuracies(root):
    """The recorded accuracies for readers without JavaScript, as a table."""
    record = results("few_images", root)
    rows = "".join(
        f"<tr><td>{point['images']}</td><td>{record[str(point['images'])]['transfer']['mean']:.1%}</td>"
        f"<td>{point['mean']:.1%}</td></tr>"
        for point in baseline(root)
    )
    return f"<table><tr><th>images each</th><th>with a teacher</th><th>from scratch</th></tr>{rows}</table>"


def card(root, into, name):
    """A link to a unit with its thumbnail, its question and its minutes."""
    unit = tables.read_unit(name, root)
    image, chart = thumbnail(root, into, name)
    alt = html.escape(f"The first figure of unit {name[:2]}, {unit.title}")
    kind = ' class="chart"' if chart else ""
    figure = f'<img src="{image}" alt="{alt}" loading="lazy"{kind}>' if image else ""
    words = f"<strong>{html.escape(unit.title)}</strong> {html.escape(unit_question(root, name))}"
    return f'<li><a href="units/{name}.html">{figure}{words} <small>{unit.minutes} minutes</small></a></li>'


def unit_question(root, name):
    """The question with which a unit opens: the first sentence of its prose that ends with a question mark."""
    cells = notebooks.read(root / "notebooks" / name / f"{name}.ipynb").cells
    prose = " ".join(cell.source for cell in cells[:3] if cell.cell_type == "markdown")
    prose = re.sub(r"^#.*$|[*`]|\s*\([CX]\d+[^)]*\)", "", prose, flags=re.MULTILINE)
    questions = re.findall(r"[A-Z][^.?!]*\?", " ".join(prose.split()))
    return questions[0] if questions else ""


def thumbnail(root, into, name):
    """The unit's first stored figure, small, as a file of the site: its path, and whether it is a chart.

    A figure with images has no ground of its own, so that it suits both themes. A unit without a figure has no path.
    """
    from PIL import Image

    cells = notebooks.read(root / "solutions" / name / f"{name}.ipynb").cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    figures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    if not figures:
        return None, False
    png = base64.b64decode(figures[0])
    path = f"_static/units/{name}.webp"
    (into / path).parent.mkdir(parents=True, exist_ok=True)
    chart = figure_kinds.is_chart(png)
    with Image.open(io.BytesIO(png)) as image:
        small = image.convert("RGB") if chart else figure_kinds.without_ground(image)
        small.thumbnail((THUMBNAIL_WIDTH, THUMBNAIL_WIDTH))
        small.save(into / path, format="webp", quality=70)
    return path, chart
