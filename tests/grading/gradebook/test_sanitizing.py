"""What a student wrote, as nbgrader shows it: no script runs in a real browser, and honest work stays visible."""

import base64
import csv
import io
import logging
import time
from pathlib import Path

import nbformat
import nbgrader
import pytest
from conftest import ROOT, in_time
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from traitlets.config import Config

from tlcourse.grading.gradebook import exports, formulas, sanitizing
from tlcourse.grading.gradebook._nbgrader import read_configuration
from tlcourse.grading.gradebook.feedback_page import FeedbackExporter, SummarizeExercises
from tlcourse.grading.model.printable import printable
from tlcourse.grading.model.results import Result
from tlcourse.grading.reporting import results_table
from tlcourse.live_figures import LiveFigure

SCRIPT = "document.title = 'hostile'"
ACT = f"<script>{SCRIPT}</script>"
# Ways to run a script from HTML: elements, events, addresses, styles, broken markup, and namespaces of another kind.
HTML = (
    ACT,
    f'<img src=x onerror="{SCRIPT}">',
    f'<svg onload="{SCRIPT}"><script>{SCRIPT}</script></svg>',
    f'<body onload="{SCRIPT}"><input autofocus onfocus="{SCRIPT}">',
    f'<iframe srcdoc="<script>parent.{SCRIPT}</script>"></iframe>',
    f'<iframe src="javascript:parent.{SCRIPT}"></iframe>',
    f'<object data="javascript:{SCRIPT}"></object><embed src="javascript:{SCRIPT}">',
    f'<details open ontoggle="{SCRIPT}"><summary>x</summary></details>',
    f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={SCRIPT}&gt;">',
    f'<noscript><p title="</noscript><img src=x onerror={SCRIPT}>">',
    f"<scr<script>ipt>{SCRIPT}</scr</script>ipt>",
    f'<a id=link href="java\tscript:{SCRIPT}">press</a>',
    f'<a class=link href="data:text/html,<script>{SCRIPT}</script>">press</a>',
    f'<meta http-equiv=refresh content="0;url=javascript:{SCRIPT}"><base href="https://elsewhere.example/">',
    f'<form action="javascript:{SCRIPT}"><button autofocus>send</button></form>',
    f"<style>@import 'x'</style><p style=\"background:url(javascript:{SCRIPT})\">x</p>",
    f"</pre></div></body></html>{ACT}",
)


def hostile_notebook():
    """Every cell type and kind of output that a submission can have, with scripts in all of it."""
    v4 = nbformat.v4
    written = {"grade": True, "solution": True, "grade_id": "written", "points": 1, "score": 0, "comment": ACT}
    cells = [v4.new_markdown_cell(html) for html in HTML]
    cells += [
        v4.new_markdown_cell(f"[press](javascript:{SCRIPT}) <{SCRIPT}> ![x](https://elsewhere.example/pixel.png)"),
        v4.new_markdown_cell("\n\n".join(HTML), metadata={"nbgrader": written}),
        v4.new_markdown_cell("![a](attachment:a.png)", attachments={"a.png": {'image/png"><script>': f'">{ACT}'}}),
        v4.new_raw_cell(ACT, metadata={"raw_mimetype": "text/html"}),
        v4.new_code_cell(f"'{ACT}'", metadata={"tags": [f'"><script>{SCRIPT}</script>'], "alt": f'">{ACT}'}),
    ]
    kinds = ("text/html", "text/markdown", "text/plain", "text/latex", "application/javascript", "image/svg+xml")
    widget = "application/vnd.jupyter.widget-view+json"
    outputs = [v4.new_output("display_data", {kind: html}) for kind in kinds for html in HTML]
    outputs += [
        v4.new_output("display_data", {"application/javascript": SCRIPT}),
        v4.new_output("display_data", {"text/html": ACT}, metadata={"text/html": {"isolated": True}}),
        v4.new_output("display_data", {"image/png": f'">{ACT}'}),
        v4.new_output(
            "display_data", {"image/png": "eA=="}, metadata={"image/png": {"width": f"1 onerror={SCRIPT!r}"}}
        ),
        v4.new_output("display_data", {widget: {"model_id": f"</script>{ACT}"}}),
        v4.new_output("display_data", {"image/jpeg": ["not", "text"]}),
        v4.new_output("stream", text=ACT + "\x1b]8;;javascript:x\x07y"),
        v4.new_output("error", ename=ACT, evalue=ACT, traceback=[ACT, f"\x1b[31m{ACT}"]),
    ]
    cells[-1].outputs = outputs
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "x": f"</script>{ACT}"}}
    return v4.new_notebook(cells=cells, metadata={"widgets": state, "title": ACT})


def page(notebook, template="feedback", course=ROOT):
    """A notebook as nbgrader's page with the course's configuration; `template` as its `GenerateFeedback` sets it."""
    config = read_configuration(course)
    folder = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader"
    own = Config()
    own.HTMLExporter.template_name = template
    own.HTMLExporter.extra_template_basedirs = [str(folder / "templates")]
    css = folder / "static" / "node_modules" / "bootstrap" / "dist" / "css"
    own.HTMLExporter.extra_template_paths = [str(css), str(folder / "templates")]
    config.merge(own)
    if template == "course_feedback":
        return _own_page(notebook, config)
    marks = {"notebook": "01_tiny", "score": 1, "max_score": 1, "late_penalty": 0}
    resources = {"nbgrader": marks, "base_url": "", "index": 0, "total": 1, "notebook_id": "01_tiny"}
    return HTMLExporter(config=config).from_notebook_node(notebook, resources=resources)[0]


def _own_page(notebook, config):
    """The course's own feedback page."""
    exporter = FeedbackExporter(config=config)
    for step in (SummarizeExercises, CSSHTMLHeaderPreprocessor):
        exporter.register_preprocessor(step, enabled=True)
    marks = {"notebook": "01_tiny", "score": 1, "max_score": 1, "late_penalty": 0}
    return exporter.from_notebook_node(notebook, resources={"nbgrader": marks})[0]


@pytest.mark.parametrize("template", ["course_feedback", "feedback", "formgrade"])
def test_no_script_of_a_submission_runs_in_a_page(template, browser, tmp_path):
    html = page(hostile_notebook(), template)
    assert html.count("hostile") > 40  # most of it is there, as text; scripts of HTML outputs are gone
    file = tmp_path / "page.html"
    file.write_text(html, encoding="utf-8")
    with browser.new_page() as opened:
        requested, dialogs = [], []
        opened.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        opened.route("http**", lambda route: (requested.append(route.request.url), route.abort()))
        opened.goto(file.as_uri(), wait_until="load")
        for link in opened.locator("a", has_text="press").all():
            link.click(no_wait_after=True)
        opened.mouse.move(200, 200)
        opened.wait_for_timeout(500)
        assert opened.title().removeprefix("Feedback: ") == "01_tiny"
        assert opened.url.startswith(file.as_uri())
        elements = "iframe, object, embed, form, button:not(.btn), base, meta[http-equiv]"
        assert opened.locator("#notebook").locator(elements).count() == 0
        assert not dialogs
        assert not [address for address in requested if "elsewhere" in address]


def test_the_browser_would_have_run_them(browser, tmp_path):
    """The measure itself: without the course's configuration the same page is hostile."""
    (tmp_path / "nbgrader_config.py").write_text("")
    (tmp_path / "page.html").write_text(page(hostile_notebook(), course=tmp_path), encoding="utf-8")
    with browser.new_page() as opened:
        opened.route("http**", lambda route: route.abort())
        opened.goto((tmp_path / "page.html").as_uri(), wait_until="load")
        opened.wait_for_timeout(500)
        assert opened.title() == "hostile"


def test_honest_work_looks_as_before():
    pixel = base64.b64encode(b"not really a picture").decode()
    table = "| a | b |\n|---|---|\n| 1 | 2 |"
    markdown = f"# Why\n\n*Both* `a < b` and $x<y$, see [Keras](https://keras.io).\n\n{table}\n\n- one\n"
    rows = "<thead><tr><th></th></tr></thead><tbody><tr><td>7</td></tr></tbody>"
    frame = f'<table border="1" class="dataframe">{rows}</table>'
    v4 = nbformat.v4
    code = v4.new_code_cell(
        "print(1 < 2)",
        outputs=[
            v4.new_output("display_data", {"text/html": frame, "text/plain": "7"}),
            v4.new_output("display_data", {"image/png": pixel}),
            v4.new_output("display_data", {"image/svg+xml": "<svg/>"}),
        ],
    )
    attached = v4.new_markdown_cell("![plot](attachment:a.png)", attachments={"a.png": {"image/png": pixel}})
    html = page(v4.new_notebook(cells=[v4.new_markdown_cell(markdown), attached, code]))
    for expected in (
        "<h1>Why</h1>",
        "<em>Both</em>",
        "<code>a &lt; b</code>",
        "$x&lt;y$",
        '<a href="https://keras.io">Keras</a>',
        "<td>1</td>",
        "<li>one</li>",
        '<table border="1" class="dataframe">',
        "<td>7</td>",
        '<span class="mi">1</span>',
    ):
        assert expected in html, expected
    assert html.count(f"data:image/png;base64,{pixel}") == 2
    assert html.count("data:image/svg+xml;base64,") == 1


@pytest.mark.parametrize("address", ["//elsewhere.example/x.png", "/user/logout", "https://a.example/x", "../../x.png"])
def test_a_page_fetches_nothing_that_a_student_names(address):
    assert "src" not in sanitizing.safe_html(f'<img src="{address}">')
    assert "src" in sanitizing.safe_html('<img src="plots/loss.png">')


@pytest.mark.parametrize("address", ["evil.html", "/formgrader/submissions/1/evil.html", "//a.example", "file:///etc"])
def test_a_page_links_neither_to_files_of_a_submission_nor_to_the_server_itself(address):
    assert sanitizing.safe_html(f'<a href="{address}">x</a>') == "<a>x</a>"
    assert sanitizing.safe_html('<a href="#top">x</a>') == '<a href="#top">x</a>'


def test_colors_stay_in_a_page_and_other_controls_do_not():
    outputs = [
        nbformat.v4.new_output("stream", text="\x1b[31mred\x1b[0m\x1b[2J\x9b2J\x07 50%\r100%\n"),
        nbformat.v4.new_output("error", ename="E", evalue="\x1b[H", traceback=["\x1b[H\x1b[1;32mgreen"]),
        nbformat.v4.new_output("display_data", {"application/x-unknown": "x"}),
    ]
    html = page(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1\x1b[2J", outputs=outputs)]))
    assert '<span class="ansi-red-fg">red</span>' in html
    assert "green" in html
    assert "(output not shown)" in html
    assert not set(html) & set("\x1b\x9b\x07")


# --- terminals, logs and tables

NAME = "eve\x1b[2J\x1b]0;title\x07\u202etxt.\n=1+1"


def test_control_characters_reach_neither_table_nor_log(capsys):
    flag = {"grade_id": None, "kind": "messages", "evidence": f"[red]{NAME}[/red]"}
    results_table.print_results(
        [Result("eve\x1b[2J", "01_tiny", "graded", 1, 1, notes=[f"[{NAME}]"], flags=[flag])], {}
    )
    shown = capsys.readouterr().out
    assert not set(shown) & set("\x1b\x07\u202e")
    assert "[red]" in shown
    assert printable("می\u200cخواهم") == "می\u200cخواهم"
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(sanitizing.PrintableRecords())
    record = logging.LogRecord("nbgrader", logging.INFO, "", 1, "Copying %s", (NAME,), None)
    handler.handle(record)
    assert stream.getvalue() == f"Copying {printable(NAME)}\n"
    assert "\x1b" not in stream.getvalue()


def test_nbgraders_commands_use_the_filter():
    config = read_configuration(ROOT)
    assert config.Application.logging_config["handlers"]["console"]["filters"] == ["printable"]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =cmd|' /C calc'!A0", "\u200b=1", "\uff1d1+1"]
)
def test_a_text_is_no_formula(text):
    escaped = exports.escape_formula(text)
    assert escaped[0] in "'\ufffd"
    assert exports.escape_formula(-1.5) == -1.5
    assert next(csv.reader([f'"{escaped}"']))


def test_of_a_live_figure_the_still_image_stays():
    figure = LiveFigure("temperature", {}, lambda figure: figure.add_subplot(), (1, 1), "The class probabilities.")
    shown = sanitizing.safe_html(figure._repr_html_())
    assert 'alt="The class probabilities."' in shown
    assert 'src="data:image/png;base64,' in shown
    assert "function" not in shown


COSTLY = {
    "scripts without an end": "<script>" * 60_000,
    "styles without an end": "<style " * 60_000,
    "comments without an end": "<!--" * 60_000,
    "bold in bold": "<b>" * 60_000,
    "sections in sections": "<div>" * 60_000,
    "tables in tables": "<table><tr><td>" * 20_000,
    "items without an end": "<li>" * 60_000,
    "ends of others": "<b></i>" * 60_000,
    "attributes": "<p " + "a=1 " * 60_000 + ">",
}
COSTLY_CODE = {
    "blank lines with a space": "\n " * 30_000,
    "blank lines": "x = 1\n" + "\n" * 60_000,
    "points": "." * 60_000,
    "percent signs": "%" * 60_000,
}


@pytest.mark.parametrize("source", COSTLY.values(), ids=COSTLY)
def test_html_that_takes_long_to_read_is_shown_as_text(source):
    started = time.process_time()
    shown = sanitizing.safe_html(f"<p>first</p>{source}")
    in_time(time.process_time() - started, 3, "s")  # each took from a minute to hours
    assert "first" in shown
    assert "<div" not in shown.replace("&lt;", "")


def test_ends_of_scripts_that_have_no_sign_of_their_own_are_read_once():
    for end in ("", ">"):
        started = time.process_time()
        assert sanitizing.safe_html("a" + "<script\n\n</script\n\n" * 300_000 + end) == "a"
        in_time(time.process_time() - started, 5, "s")  # each took minutes


@pytest.mark.parametrize("source", COSTLY_CODE.values(), ids=COSTLY_CODE)
@pytest.mark.parametrize("language", ["python", "perl"])
def test_code_that_takes_long_to_color_is_shown_without_colors(source, language):
    started = time.process_time()
    assert sanitizing.safe_code(source).startswith('<div class="highlight"><pre>')
    shown = sanitizing.safe_markdown({}, f"a\n\n```{language}\n{source}\n```\n\nb")
    in_time(time.process_time() - started, 3, "s")  # each took minutes to hours
    assert shown.startswith(("<p>a</p>", "<pre>a"))


@pytest.mark.parametrize("template", ["feedback", "formgrade", "course_feedback"])
def test_no_page_colors_such_code(template):
    sources = "def f(x):\n    return x", COSTLY_CODE["blank lines with a space"]
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    started = time.process_time()
    html = page(nbformat.v4.new_notebook(cells=cells), template)
    in_time(time.process_time() - started, 10, "s")
    assert html.count('<span class="nf">f') == 1


def test_code_of_usual_length_is_colored():
    source = "\n\n".join(f"def f_{number}(x):\n    return x ** {number}" for number in range(200))
    for shown in (sanitizing.safe_code(source), sanitizing.safe_markdown({}, f"```python\n{source}\n```")):
        assert shown.count('<span class="nf">f_') == 200
    assert sanitizing.safe_markdown({}, "```{.r}\na <- 1\n```").strip() == "<pre>a &lt;- 1\n</pre>"


@pytest.mark.parametrize("convert", [sanitizing.safe_markdown, formulas.markdown_with_formulas])
@pytest.mark.parametrize(
    "part",
    [
        "***a",
        "a**b",
        "_a ",
        "[a](",
        "`a",
        "![a](",
        "&#",
        "\\\\(a",
        "a\n",
        "\\begin{a}\n\n",
        "\\\\[a\n\n",
        "1. a\n\n",
        "- a\n\n",
        "* a\n\n  ",
    ],
)
def test_markdown_that_takes_long_to_read_is_shown_as_text(part, convert):
    started = time.process_time()
    shown = convert({}, part * 60_000)
    in_time(time.process_time() - started, 3, "s")
    assert shown.startswith("<pre>")


def test_a_long_page_of_honest_work_is_not_taken_for_one():
    rows = "".join(f"<tr><td>{number}</td><td><b>x</b></td></tr>" for number in range(5_000))
    assert sanitizing.safe_html(f"<table>{rows}</table>").count("<td>") == 10_000
    lists = "".join(f"<li>{number}" for number in range(1_000))
    assert sanitizing.safe_html(f"<ul>{lists}</ul>").count("<li>") == 1_000
    text = "\n\n".join(f"* **{number}** `x_{number}` [a](https://b.example) $x^{number}$" for number in range(400))
    assert sanitizing.safe_markdown({}, text).count("<strong>") == 400


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("a<script>x</script>b", "ab"),
        ("a<!-- <script> -->b", "ab"),
        ("a<script>x = '<!--'</script >b", "ab"),
        ("a<STYLE media=all>x</style>b</style>c", "abc"),
        ("a<script>x<style>y</style>z</script\n>b", "ab"),
        ("a --> b", "a --&gt; b"),
        ("a<!--x", "a"),
        ("a<script>x", "a"),
    ],
)
def test_scripts_styles_and_comments_are_not_even_text(source, shown):
    assert sanitizing.safe_html(source) == shown


def test_thousands_of_colors_are_left_out():
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("stream", text="\x1b[31mred\x1b[0m" * 60_000)])
    sanitizing.SafeToShow().preprocess_cell(cell, {}, 0)
    assert cell.outputs[0].text == "red" * 60_000
    cell = nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("stream", text="\x1b[31mred\x1b[0m")])
    sanitizing.SafeToShow().preprocess_cell(cell, {}, 0)
    assert cell.outputs[0].text == "\x1b[31mred\x1b[0m"
