"""A student's feedback page: failures first, exercises by name, formulas without a network, and no script."""

import itertools
import re
import string
import time
from xml.etree import ElementTree

import nbformat
import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, TINY, in_time
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor

from tlcourse import notebooks
from tlcourse.building import unit_sources
from tlcourse.grading.gradebook import feedback_page, formulas
from tlcourse.grading.gradebook._nbgrader import read_configuration

pytestmark = pytest.mark.filterwarnings("ignore:.*lternative text")
HOSTILE_FORMULAS = (
    r"\href{javascript:alert(1)}{x}",
    r"\text{<script>alert(1)</script>}",
    r"\text{</math><img src=x onerror=alert(1)>}",
    r"\class{a\" onclick=\"alert(1)}{b}",
    r"\style{background:url(//elsewhere.example)}{b}",
    r"\mathrm{\mathrm{" * 3000,
    r"\frac{1}{",
    "x" * 5000,
    "{" * 900 + "}" * 900,
    "",
)
ALLOWED = {"math", "mrow", "mi", "mn", "mo", "mtext", "mstyle", "mfrac", "msub", "msup", "msubsup", "code"}


def marked(notebook, scores, messages=(), comments=(), unmarked=()):
    """A notebook as nbgrader's steps hand it over: points, messages of failed checks, comments."""
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if not about:
            continue
        name = about.grade_id
        about.update(score=scores.get(name, 0), comment=dict(comments).get(name), unmarked=name in unmarked)
        if name in dict(messages):
            text = dict(messages)[name]
            error = nbformat.v4.new_output("error", ename="AssertionError", evalue=text, traceback=[text])
            cell.outputs = [error]
    return notebook


@pytest.fixture
def notebook():
    """A student's answers to the tiny unit, of which two fail."""
    solved = unit_sources.read(TINY)
    scores = {"test_double": 0, "test_double_negative": 1, "test_triple": 1}
    messages = {"test_double": "double(2) should be 4, but it is 3. <b>Look</b> again."}
    return marked(solved, scores, messages, {"why_double": "Well $x<y$ argued."}, ["why_double"])


def page(notebook):
    """The page of a notebook, made with the course's own configuration."""
    exporter = feedback_page.FeedbackExporter(config=read_configuration(ROOT))
    for step in (feedback_page.SummarizeExercises, CSSHTMLHeaderPreprocessor):
        exporter.register_preprocessor(step, enabled=True)
    marks = {"notebook": "01_tiny", "score": 2, "max_score": 7, "late_penalty": 0.5}
    return exporter.from_notebook_node(notebook, resources={"nbgrader": marks})[0]


def test_what_failed_comes_first_and_each_exercise_has_its_name(notebook):
    html = page(notebook)
    order = ["What to look at", "Exercise 1.1: double a number</a>", "&lt;b&gt;Look&lt;/b&gt; again.", "Not marked yet",
             "All points", "Your notebook"]  # fmt: skip
    places = [html.index(words) for words in order]
    assert places == sorted(places)
    assert "<title>Feedback: Tiny: a unit for the tests of the course's own machinery</title>" in html
    assert "2 of 7 points</strong> so far" in html
    assert "0.5 points were taken off" in html
    assert "Test cell" not in html
    for label in ("Exercise 1.1: double a number: your answer", "Check 2 of 2 of Exercise 1.1: double a number"):
        assert label in html
    anchors = re.findall(r'<a href="#([^"]+)">', html)
    assert anchors
    assert all(f'id="{anchor}"' in html for anchor in anchors)


def test_a_student_cannot_rename_an_exercise_by_a_heading_in_an_answer(notebook):
    written = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "why_double")
    title = notebooks.exercise_titles(notebook)["why_double"]
    written.source = "# Another title\n\nmine"
    assert notebooks.exercise_titles(notebook)["why_double"] == title


def test_checks_without_an_exercise_stand_under_their_own_name(notebook):
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "test_triple":
            cell.metadata.nbgrader.grade_id = "cell-1234"
    assert ">cell-1234</a>" in page(notebook)


PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
JPEG = "/9j/4AAQSkZJRgABAQEASABIAAD/2w=="


def test_images_that_were_pasted_into_text_and_written_answers_are_on_the_page(notebook):
    written = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == "why_double")
    written.source = "See $x<y$ in ![my sketch](attachment:sketch.png)"
    written.attachments = {"sketch.png": {"image/png": PIXEL}}
    broken = {"c.png": {}}
    evil = {"a.png": {'image/png"><script>': '"><script>'}, "b.svg": {"image/svg+xml": '" onerror="alert(1)'}}
    pasted = {"photo.jpg": {"image/jpeg": JPEG}}
    source = "![a photo](attachment:photo.jpg) ![](attachment:a.png) ![](attachment:b.svg)"
    source += " ![an empty *one*](attachment:c.png) ![lost in $x$ <b](attachment:none.png)"
    notebook.cells.append(nbformat.v4.new_markdown_cell(source, attachments=pasted | evil | broken))
    html = page(notebook)
    assert re.search("an empty <em>one</em> lost in <math .*</math> &lt;b</p>", html), "only its description is left"
    parsed = BeautifulSoup(html, "html.parser")
    images = {tag["alt"]: tag for tag in parsed.find_all("img")}
    assert images["my sketch"]["src"] == f"data:image/png;base64,{PIXEL}"
    assert images["a photo"]["src"] == f"data:image/jpeg;base64,{JPEG}"
    assert {name for tag in images.values() for name in tag.attrs} == {"alt", "src"}
    assert not parsed.find_all("script")


def test_a_formula_becomes_mathml_and_code_stays():
    html = formulas.markdown_with_formulas({}, "a $x<y$, `$c$` and\n\n$$\\frac{1}{n}$$")
    assert "<mi>x</mi><mo>&lt;</mo><mi>y</mi></mrow></math>" in html
    assert "<code>$c$</code>" in html
    assert 'display="block"' in html
    assert "<mfrac>" in html


@pytest.mark.parametrize(
    ("define", "name"),
    [
        ("\\def\\{0}{{{{\\{1}}}{{\\{1}}}}}", "\\a"),
        ("\\newcommand{{\\{0}}}{{{{\\{1}}}{{\\{1}}}}}", "\\a"),
        (
            "\\newenvironment{{{0}}}{{{{\\begin{{{1}}}\\end{{{1}}}}}{{\\begin{{{1}}}\\end{{{1}}}}}}}{{x}}",
            "\\begin{a}\\end{a}",
        ),
    ],
)
def test_a_formula_that_doubles_itself_again_and_again_is_shown_as_its_source(define, name):
    chain = "".join(define.format(*pair) for pair in itertools.pairwise(string.ascii_letters[:24]))
    started = time.process_time()
    assert formulas.mathml(chain + name).startswith("<code>")
    in_time(time.process_time() - started, 1, "s")


@pytest.mark.parametrize("latex", HOSTILE_FORMULAS, ids=lambda latex: latex[:20])
def test_a_formula_can_hold_nothing_that_acts(latex):
    root = ElementTree.fromstring(formulas.mathml(latex))
    for element in root.iter():
        assert element.tag in ALLOWED
        assert set(element.attrib) <= {"display", "stretchy"}


@pytest.mark.parametrize(
    "source",
    ['![$x" onerror="alert(1)$](https://a.example/x.png)', '[a](https://a.example "$x$")', "<a title='$x$'>$y$</a>"],
)
def test_a_formula_within_a_tag_stays_text(source):
    html = formulas.markdown_with_formulas({}, source)
    tags = re.findall(r"<[^<>]*>", html)
    assert not any(word in tag[1:] for tag in tags for word in ('onerror="', "<math", "formula"))
    assert re.search(r"formula[0-9a-f]{16}", html) is None


def test_the_units_titles_come_from_their_headings():
    for unit in unit_sources.unit_names(ROOT):
        solved = notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb")
        titles = notebooks.exercise_titles(solved)
        named = [title for title in titles.values() if re.match(r"(Exercise \d+\.\d+|Written answer)", title)]
        assert len(named) == len(titles), unit


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_loads_nothing_runs_nothing_and_is_accessible(browser, theme, notebook, tmp_path, axe_engine):
    evil = "<script>document.title = 'hostile'</script><img src=//elsewhere.example/x.png onerror=alert(1)> $a<b$"
    notebook.cells.append(nbformat.v4.new_markdown_cell(evil))
    file, asked = tmp_path / "page.html", []
    file.write_text(page(notebook), encoding="utf-8")
    window = browser.new_page(color_scheme=theme, viewport={"width": 390, "height": 800})
    window.on("request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url))
    window.goto(file.as_uri())
    assert window.title().startswith("Feedback: Tiny")
    assert window.evaluate("document.documentElement.scrollWidth") <= 390
    window.get_by_role("link", name="Exercise 1.1").click()
    assert window.evaluate("document.querySelector(':target').textContent").startswith("Exercise 1.1: double a number")
    policy = re.compile(r'<meta [^>]*"Content-Security-Policy"[^>]*>')  # it would stop the engine, too
    text, policies = policy.subn("", file.read_text(encoding="utf-8"))
    assert policies == 1
    file.write_text(text, encoding="utf-8")
    window.goto(file.as_uri())
    window.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    window.evaluate(axe_engine)
    violations = window.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    window.close()
    serious = [each for each in violations if each["impact"] in ("serious", "critical")]
    assert not [(broken["id"], broken["nodes"][0]["html"][:200]) for broken in serious]
    assert asked == []
