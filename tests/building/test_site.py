"""The pages to read: built whole, without a network, and usable by everyone."""

import base64
import collections
import functools
import html
import io
import itertools
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit
from zoneinfo import ZoneInfo

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import page_looks
import pytest
from conftest import ROOT, in_time
from live_figures import LIVE
from live_page import medians, moves_of_each_control
from PIL import Image
from real_browser import PATIENCE

from tlcourse import notebooks
from tlcourse.building import addresses, claims, unit_sources
from tlcourse.grading.model.course_file import CourseSettings

pytest.importorskip("sphinx", reason="Sphinx is not installed: pip install -e '.[site]'")
from tlcourse.building import site as course_site
from tlcourse.building.site import alt_texts, claim_cards, glossary, interval_plot, light_figures, pages, unit_page

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
LOADED = {"link": "href", **dict.fromkeys(("script", "img", "iframe", "source", "audio", "video"), "src")}
SECRETS = ("BEGIN HIDDEN TESTS", "BEGIN SOLUTION", "MARK SCHEME", "grading_rng(", "vnd.jupyter.widget", "VBox(")
pytestmark = pytest.mark.timeout(1800)


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, file):
        super().__init__()
        self.file, self.language, self.title = file, None, ""
        self.links, self.loaded, self.images, self.headings, self.folded, self.open = ([] for _ in range(6))
        self.names = set()
        self.feed(file.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.names |= {values[key] for key in ("id", "name") if values.get(key)}
        if tag == "html":
            self.language = values.get("lang")
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in LOADED and values.get(LOADED[tag]) and values.get("rel") not in ("next", "prev", "index", "search"):
            self.loaded.append(values[LOADED[tag]])
        if tag == "img":
            self.images.append(values)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        while tag in self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "details" in self.open:
            self.folded.append(data)
        if self.open[-1:] == ["title"]:
            self.title += data


@pytest.fixture(scope="module")
def built(full_tier, tmp_path_factory):
    """The course's site, built once."""
    folder = tmp_path_factory.mktemp("site") / "site"
    course_site.build(folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def read(built):
    """All pages by their path below the site's folder, without what the theme lays beside them."""
    return {
        file.relative_to(built).as_posix(): Page(file)
        for file in sorted(built.rglob("*.html"))
        if "_static" not in file.parts
    }


def test_every_unit_document_and_module_has_its_page(read):
    expected = {"index.html", "about.html", "claims.html", "search.html", "units/index.html", "reference/index.html"}
    expected |= {f"units/{name}.html" for name in unit_sources.unit_names(ROOT)}
    expected |= {f"docs/{file.stem}.html" for file in (ROOT / "docs").glob("*.md") if file.stem != "claims"}
    expected |= {f"reference/tlcourse.{name}.html" for name in ("checks", "finetuning", "plots", "grading", "datasets")}
    assert expected <= set(read)


def test_every_link_within_the_site_leads_somewhere(read, built):
    for path, page in read.items():
        for link in page.links:
            if urlsplit(link).scheme:
                continue
            address, place = urldefrag(link)
            file = (page.file.parent / unquote(address)).resolve() if address else page.file
            assert file.is_file(), f"{path}: {link}"
            if place and file.suffix == ".html":
                assert unquote(place) in read[file.relative_to(built.resolve()).as_posix()].names, f"{path}: {link}"


def test_links_out_of_the_site_to_the_repository_name_files_that_are_there(read):
    prefix = f"{re.escape(addresses.REPOSITORY)}/(blob|edit)/main/"
    for path, page in read.items():
        for link in page.links:
            if re.match(prefix, link):
                assert (ROOT / re.sub(prefix, "", urldefrag(link).url)).is_file(), f"{path}: {link}"


def test_each_units_page_links_to_its_source_except_in_a_private_course(read):
    for unit in unit_sources.unit_names(ROOT):
        address = f"{addresses.REPOSITORY}/edit/main/solutions/{unit}.py"
        assert read[f"units/{unit}.html"].links.count(address) == 1
    private = CourseSettings("c", "C", ZoneInfo("UTC"))
    assert addresses.REPOSITORY not in unit_page.end_of_unit("01_x", private)


def test_each_question_before_a_cell_has_a_field_for_the_prediction(read):
    fields = {}
    for unit in unit_sources.unit_names(ROOT):
        released = notebooks.read(ROOT / "notebooks" / unit / f"{unit}.ipynb")
        prose = "\n\n".join(cell.source for cell in released.cells if cell.cell_type == "markdown")
        asking = [part for part in re.split(r"\n\s*\n", prose) if "**Before you" in part]
        asking = [part for part in asking if not re.fullmatch(r"\*\*[^*]*\*\*", part.strip())]  # a take-away
        text = read[f"units/{unit}.html"].file.read_text(encoding="utf-8")
        fields[unit] = re.findall(r'<textarea [^>]*data-place="([^"]+)" aria-label="Your prediction: [^"]{8,}"', text)
        assert len(fields[unit]) == len(set(fields[unit])) == len(asking), unit
    assert all(fields.values())


def test_each_term_is_linked_once_in_a_unit_and_in_the_unit_that_introduces_it(read):
    terms = glossary.read()
    assert len({term.anchor for term in terms}) == len(terms) >= 40
    for unit in unit_sources.unit_names(ROOT):
        linked = collections.Counter(
            urldefrag(link).fragment for link in read[f"units/{unit}.html"].links if "glossary.html#" in link
        )
        assert set(linked.values()) == {1}, unit
        assert {term.anchor for term in terms if term.unit == unit} <= set(linked), unit
        assert not {term.anchor for term in terms if unit in term.not_in} & set(linked), unit


def test_each_units_page_links_to_its_notebook_on_colab(read):
    prefix = "https://colab.research.google.com/github/tlcourse/tlcourse/blob/main/"
    for unit in unit_sources.unit_names(ROOT):
        targets = [link.removeprefix(prefix) for link in read[f"units/{unit}.html"].links if link.startswith(prefix)]
        assert targets == [f"notebooks/{unit}/{unit}.ipynb"]
        assert (ROOT / targets[0]).is_file()


def test_nothing_is_loaded_from_elsewhere(read, built):
    for path, page in read.items():
        for address in page.loaded:
            assert not urlsplit(address).scheme or address.startswith("data:"), f"{path}: {address}"
            assert not address.startswith("//"), f"{path}: {address}"
    for sheet in built.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import|url\()\s*['\"]?(?:https?:)?//", text), sheet


def test_solutions_are_folded_and_hidden_tests_are_left_out(read):
    for unit in unit_sources.unit_names(ROOT):  # not parameters: side by side, each process would build the site
        source = notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb")
        page = read[f"units/{unit}.html"]
        text = html.unescape(re.sub(r"<[^>]+>", "", page.file.read_text(encoding="utf-8")))
        for secret in SECRETS:
            assert secret not in text, unit
        coded = [c for c in source.cells if c.cell_type == "code" and c.metadata.get("nbgrader", {}).get("solution")]
        assert text.count("A solution") >= len(coded), unit
        assert text.count("raise NotImplementedError") >= len(coded), unit
        for cell in coded:
            body = re.search(r"### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.DOTALL)[1]
            longest = max(body.splitlines(), key=len).strip()
            assert longest in "".join(page.folded), f"{cell.metadata.nbgrader.grade_id} is not in a fold"


def test_figures_are_described_and_none_like_another(read):
    for path, page in read.items():
        for image in page.images:
            assert len(image.get("alt") or "") > 20, f"{path}: {image}"
            assert "\n" not in image["alt"]
        descriptions = collections.Counter(image["alt"] for image in page.images)
        assert not [alt for alt, times in descriptions.items() if times > 1], path


def test_a_unit_with_a_live_figure_has_it_and_its_still_image(read):
    for unit in unit_sources.unit_names(ROOT):
        source = (ROOT / "solutions" / f"{unit}.py").read_text(encoding="utf-8")
        used = sum(f"{widget}(" in source for widget in LIVE)
        text = read[f"units/{unit}.html"].file.read_text(encoding="utf-8")
        assert len(re.findall(r'<div class="tlcourse-live" data-live="[^"]+"><img alt=', text)) == used, unit


def test_headings_come_in_order_and_the_language_is_declared(read):
    for path, page in read.items():
        assert page.language == "en", path
        assert page.title.strip(), path
        if path in ("genindex.html", "search.html"):
            continue
        assert page.headings.count(1) == 1, path
        inside = page.headings[page.headings.index(1) :]
        assert all(after <= before + 1 for before, after in itertools.pairwise(inside)), (path, inside)


@functools.cache
def ledger():
    """The claims with their verdicts, computed once."""
    return claims.entries(ROOT)


def card_texts(page):
    """The text of each claim's card on a page, by the claim's name."""
    parts = re.split(r'<li id="([CX]\d\d)"', page)[1:]
    texts = [html.unescape(re.sub(r"<[^>]+>", " ", f"<li{part}")) for part in parts[1::2]]
    return {name: " ".join(text.split()) for name, text in zip(parts[::2], texts, strict=True)}


def test_each_claim_has_a_card_with_verdict_effect_and_scope(read):
    page = read["claims.html"].file.read_text(encoding="utf-8")
    cards, entries = card_texts(page), ledger()
    assert sorted(cards) == sorted(entry.name for entry in entries)
    for entry in entries:
        assert cards[entry.name][2:].startswith(entry.verdict), "the verdict comes first, after its symbol"
        assert all(words in cards[entry.name] for words in entry.label.split(", "))
        assert " ".join(entry.claim.split()) in cards[entry.name]
        assert (str(entry.outcome.effect) if entry.outcome else "") in cards[entry.name]
        assert entry.scope in cards[entry.name]
        assert ("How many seeds" in cards[entry.name]) == (entry.verdict == "inconclusive")
    assert page.count("<svg viewBox") == sum(entry.outcome is not None for entry in entries)


# ------------------------------------------------------------------------------------------------------ in a browser

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL_RULES, COLORS = {"type": "tag", "values": WCAG}, {"type": "rule", "values": ["color-contrast"]}
AXE = "rules => axe.run(document, {resultTypes: ['violations'], runOnly: rules})"
OPENED = """document.querySelectorAll('details').forEach(one => one.open = true);
document.getAnimations().forEach(one => one.finish())"""  # what fades in is pale for a while
# A page has thousands of colored words of code in a few dozen colors and places. The first of each kind stays, the
# others become plain text: the engine takes 2 s for the page and not 15.
FEW_WORDS = """() => {
  const seen = new Set();
  for (const one of document.querySelectorAll('.highlight span[class]')) {
    if (!one.isConnected) continue;
    const kind = [];
    for (let up = one; up && !up.matches('section'); up = up.parentElement) kind.push(`${up.tagName}.${up.className}`);
    if (seen.has(kind.join(' '))) one.replaceWith(one.textContent);
    seen.add(kind.join(' '));
  }
  document.body.normalize();
}"""


@pytest.fixture(params=["light", "dark"])
def window(request, browser):
    """A window in one of the two themes, and what it asks of others than the site."""
    page = browser.new_page(color_scheme=request.param, viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.asked, page.theme = [], request.param
    page.on("request", lambda asked: asked.url.startswith(("file:", "data:", "blob:")) or page.asked.append(asked.url))
    yield page
    page.close()


def audited(read, theme):
    """The pages, and the rules for each: every unit; in the light every document too; of what is left, one page a kind.

    In the dark, pages that are not the first of their kind have only the rule for colors.
    """
    kinds = [
        *("index.html", "about.html", "claims.html", "glossary.html", "search.html", "reference/index.html"),
        *("reference/tlcourse.checks.html", "units/index.html", "units/01_cnn_parameters.html", "docs/teaching.html"),
    ]
    others = [path for path in read if path.startswith(("units/", "docs/")) and path not in kinds]
    if theme == "light":
        return dict.fromkeys([*kinds, *others], ALL_RULES)
    units_pages = [path for path in others if path.startswith("units/")]
    return dict.fromkeys(kinds, ALL_RULES) | dict.fromkeys(units_pages, COLORS)


def test_the_accessibility_engine_finds_nothing(window, built, read, axe_engine):
    violations = []
    for path, rules in audited(read, window.theme).items():
        window.goto((built / path).as_uri())
        window.evaluate(OPENED)
        window.evaluate(FEW_WORDS)
        window.evaluate(axe_engine)
        for broken in window.evaluate(AXE, rules)["violations"]:
            kind = f"{broken['id']} ({broken['impact']})"
            violations.append((path, kind, len(broken["nodes"]), broken["nodes"][0]["html"][:200]))
    assert not violations, "\n".join(map(str, violations))
    assert window.asked == [], "the pages ask others for something"


@pytest.mark.speed
@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_each_live_figure_of_a_unit_follows_its_controls_within_50_ms(window, built):
    window.emulate_media(reduced_motion="reduce")
    slowest = []
    for unit in unit_sources.unit_names(ROOT):
        window.goto((built / "units" / f"{unit}.html").as_uri())
        for figure in window.locator(".tlcourse-live").all():
            for control, changed, _ in moves_of_each_control(figure):
                assert changed, f"{unit}: {control} changes nothing"
            slowest.append(max(medians(figure, rounds=3).values()))
    assert len(slowest) >= len(LIVE)
    in_time(max(slowest), 50, "ms")
    assert window.asked == []


FOCUSED = """() => {
  const one = document.activeElement, kind = [];
  if (one === document.body || one.dataset.reached) return null;
  one.dataset.reached = 'yes';
  one.scrollIntoView({block: 'center'});
  document.getAnimations().forEach(movement => movement.finish());
  for (let up = one; up; up = up.parentElement) kind.push(`${up.tagName}.${up.className}`);
  const {x, y, width, height} = one.getClientRects()[0], fold = one.matches('details:not([open]) > summary');
  return {x, y, width, height, kind: kind.join(' '), html: one.outerHTML.slice(0, 200), fold};
}"""
CONTROLS = "a[href], button:not(#pst-back-to-top), input, select, textarea, summary"  # that one comes while one scrolls
LEFT_OUT = f"""() => [...document.querySelectorAll('{CONTROLS}')]
  .filter(one => one.checkVisibility({{visibilityProperty: true}}) && !one.dataset.reached)
  .map(one => one.outerHTML.slice(0, 200))"""
UNFOCUS, FOCUS = "(window.left = document.activeElement).blur()", "left.focus({preventScroll: true})"


def edge(page, place):
    """How thick the line around what has the focus is, in pixels, where it contrasts 3:1 or more (WCAG 2.2, 2.4.13)."""
    size = page.viewport_size
    left, top = max(0, place["x"] - 6), max(0, place["y"] - 6)
    right = min(size["width"], place["x"] + place["width"] + 6)
    bottom = min(size["height"], place["y"] + place["height"] + 6)
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    brightness = []
    for script in (UNFOCUS, FOCUS):
        page.evaluate(script)
        with Image.open(io.BytesIO(page.screenshot(clip=clip, animations="disabled"))) as shot:
            channels = np.asarray(shot.convert("RGB")) / 255
        linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
        brightness.append(linear @ (0.2126, 0.7152, 0.0722) + 0.05)
    contrast = np.maximum(*brightness) / np.minimum(*brightness)
    return np.sum(contrast >= 3) / (2 * (right - left - 12 + bottom - top - 12))


def tabbed_through(page, kinds):
    """Go to the end of a page by the Tab key and open each fold on the way, so that what is in it has its turn.

    Returns what had the focus with hardly a line around it; of each kind, which the same rules draw, one is looked at.
    """
    unseen = []
    page.keyboard.press("Tab")
    while place := page.evaluate(FOCUSED):
        if place["kind"] not in kinds and edge(page, place) < 2:
            unseen.append(place["html"])
        kinds.add(place["kind"])
        if place["fold"]:
            page.keyboard.press("Enter")
            assert page.evaluate("document.activeElement.parentElement.open"), place["html"]
        page.keyboard.press("Tab")
    return unseen


def test_the_tab_key_leads_to_everything_and_one_sees_where_one_is(window, built, read):
    unit = next(path for path in read if path.startswith("units/01"))
    kinds = set()
    for path in (unit, "index.html", "claims.html", "docs/grading.html", "reference/tlcourse.checks.html"):
        window.goto((built / path).as_uri())
        unseen = tabbed_through(window, kinds)
        assert window.evaluate(LEFT_OUT) == [], path
        assert not unseen, "\n".join([path, *unseen])
        folds = window.locator("details[open]").count()
        assert folds > 10 or path != unit, "its hints, solutions and checks are folded"
    assert window.asked == []


def press_until(window, key, selector):
    """Press a key until what has the focus is what the selector names."""
    for _ in range(100):
        window.keyboard.press(key)
        if window.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"the key {key} does not lead to {selector}")


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_a_page_is_found_by_the_keyboard(window, built):
    window.goto((built / "claims.html").as_uri())
    field = window.locator("#pst-search-dialog input:focus")
    window.keyboard.press("ControlOrMeta+k")
    field.wait_for()
    window.keyboard.press("Escape")
    press_until(window, "Tab", ".search-button__button")
    window.keyboard.press("Enter")
    field.wait_for()
    window.keyboard.type("confidence interval")
    window.keyboard.press("Enter")
    window.locator("#search-results li a", has_text="Start here").first.wait_for()
    press_until(window, "Tab", "#search-results li a")
    target = urlsplit(window.evaluate("document.activeElement.href"))
    window.keyboard.press("Enter")
    window.wait_for_url(lambda address: urlsplit(address).path == target.path)
    assert "interval" in window.locator("article").inner_text()
    assert window.asked == []


def test_the_theme_is_switched_by_the_keyboard(window, built):
    other = {"light": "dark", "dark": "light"}[window.theme]
    window.goto((built / "claims.html").as_uri())
    ground = window.evaluate("getComputedStyle(document.body).backgroundColor")
    press_until(window, "Tab", ".theme-switch-button")
    window.keyboard.press("Enter")
    press_until(window, "ArrowDown", f".theme-change-button[data-mode={other}]")
    window.keyboard.press("Enter")
    assert window.evaluate("document.documentElement.dataset.theme") == other
    assert window.evaluate("getComputedStyle(document.body).backgroundColor") != ground
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.matches('header *')"), "one goes on where one was"


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_predictions_stay_in_the_browser(window, built):
    window.goto((built / "units/00_start_here.html").as_uri())
    asked = "Your prediction: how large do you expect the gap to be?"
    window.get_by_role("textbox", name=asked).fill('about "half"')
    window.goto((built / "units/01_cnn_parameters.html").as_uri())
    fields = window.locator(".prediction textarea")
    assert set(fields.evaluate_all("fields => fields.map(field => field.value)")) == {""}
    window.goto((built / "units/00_start_here.html").as_uri())
    assert window.get_by_role("textbox", name=asked).input_value() == 'about "half"'
    assert sorted(fields.evaluate_all("fields => fields.map(field => field.value)"))[-2:] == ["", 'about "half"']


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_code_of_a_cell_is_copied_by_the_keyboard(window, built):
    window.goto((built / "units/00_start_here.html").as_uri())
    cell = window.locator(".cell_input", has_text="order = np.random.default_rng(3)")
    assert cell.get_by_role("button").evaluate("button => getComputedStyle(button).opacity") == "0"
    cell.get_by_role("button", name="Copy").focus()
    assert cell.get_by_role("button").evaluate("button => getComputedStyle(button).opacity") == "1"
    window.keyboard.press("Enter")
    cell.get_by_role("button", name="Copied").wait_for()
    field = window.locator(".prediction textarea").first
    field.press("ControlOrMeta+v")
    assert field.input_value() == cell.locator("pre").inner_text().strip()
    assert window.locator(".cell_output .copy-code").count() == 0


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_definition_of_a_term_is_shown_to_the_keyboard_and_the_pointer(window, built):
    window.goto((built / "units/00_start_here.html").as_uri())
    press_until(window, "Tab", "a.term")
    (term,) = (term for term in glossary.read() if term.term == "transfer learning")
    content = window.evaluate("getComputedStyle(document.activeElement, '::after').content")
    assert json.loads(content) == window.evaluate("document.activeElement.title") == term.definition
    window.keyboard.press("Enter")
    window.wait_for_url("**/glossary.html#term-transfer-learning")
    definition = window.locator("dt#term-transfer-learning + dd").inner_text()
    assert definition == f"{term.definition} Introduced in unit 00."


def states(window):
    """The states of the units on the map, by the unit's name."""
    tiles = window.locator(".progress-map li")
    tiles.first.wait_for()
    return dict(
        tiles.evaluate_all("tiles => tiles.map(tile => [tile.dataset.unit, tile.innerText.split('\\n').at(-1)])")
    )


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_map_shows_what_was_opened_predicted_and_finished_until_it_is_reset(window, built):
    units, new = unit_sources.unit_names(ROOT), "○ not opened"
    overview = (built / "units/index.html").as_uri()
    window.goto(overview)
    assert states(window) == dict.fromkeys(units, new)
    window.goto((built / f"units/{units[0]}.html").as_uri())
    window.locator(".prediction textarea").first.fill("A is 3")
    window.goto((built / f"units/{units[1]}.html").as_uri())
    window.get_by_role("checkbox", name="I have finished this unit").check()
    window.get_by_role("link", name="All units").click()
    expected = {units[0]: "◐ opened, 1 prediction", units[1]: "✓ finished"}
    assert states(window) == dict.fromkeys(units, new) | expected
    assert window.get_by_role("status").inner_text() == f"You have finished 1 of {len(units)} units."
    window.go_back()
    window.get_by_role("checkbox", name="I have finished this unit").uncheck()
    window.goto(overview)
    assert states(window)[units[1]] == "◐ opened"
    window.on("dialog", lambda question: question.accept())
    window.get_by_role("button", name="Forget my progress").click()
    window.locator(".progress-map [data-state=opened]").first.wait_for(state="detached")
    assert states(window) == dict.fromkeys(units, new)
    window.goto((built / f"units/{units[0]}.html").as_uri())
    assert window.locator(".prediction textarea").first.input_value() == ""


def test_a_unit_without_javascript_shows_no_field_that_would_forget(browser, built):
    page = browser.new_page(java_script_enabled=False)
    page.goto((built / "units/00_start_here.html").as_uri())
    assert page.get_by_text("how large do you expect the gap to be?").is_visible()
    for hidden in (".prediction", ".unit-end", ".copy-code"):
        assert page.locator(hidden).filter(visible=True).count() == 0
    page.goto((built / "units/index.html").as_uri())
    assert not page.locator(".progress-map").is_visible()
    assert page.locator("article table").is_visible()
    page.close()


PALE = """() => [...document.querySelectorAll('article details *')].filter(part => part.checkVisibility() &&
  getComputedStyle(part).opacity < 1).map(part => part.textContent.slice(0, 80))"""
CUT_OFF = """() => [...document.querySelectorAll('article pre')].filter(code => code.checkVisibility() &&
  code.scrollWidth > code.clientWidth + 1).map(code => code.textContent.slice(0, 80))"""


def test_a_unit_is_printed_with_open_folds_whole_lines_and_nothing_to_press(window, built):
    window.set_viewport_size({"width": 794, "height": 1123})  # A4
    window.goto((built / "units/01_cnn_parameters.html").as_uri())
    window.locator(".prediction textarea").nth(1).fill("the dense layer")
    folds = window.locator("article details")
    assert window.locator("article details[open]").count() == 0
    assert window.evaluate(CUT_OFF), "on the screen some lines are longer than the page"
    window.emulate_media(media="print")
    window.wait_for_function("document.querySelector('article details[open]')")
    assert window.locator("article details[open]").count() == folds.count() > 10
    assert window.evaluate(PALE) == []
    assert window.evaluate(CUT_OFF) == []
    assert window.evaluate("document.documentElement.scrollWidth") <= 794
    gone = "header, nav, .bd-sidebar, footer, button, input, select, .controls, audio, .unit-end"
    assert window.locator(gone).filter(visible=True).count() == 0
    assert window.locator(".prediction").filter(visible=True).locator("textarea").input_value() == "the dense layer"
    assert window.locator(".tlcourse-live svg").first.is_visible()
    assert window.evaluate("document.documentElement.dataset.theme") == "light"
    window.emulate_media(media="screen")
    window.wait_for_function("!document.querySelector('article details[open]')")
    assert window.evaluate("document.documentElement.dataset.theme") == window.theme


def shown(window):
    """The names of the claims whose cards are shown."""
    cards = window.locator(".claim-cards > li").filter(visible=True)
    return cards.evaluate_all("cards => cards.map(card => card.id)")


def claims_with(verdict=None, unit=None):
    """The names of the claims with a verdict and in a unit."""
    entries = ledger()
    return {entry.name for entry in entries if verdict in (None, entry.verdict) and unit in (None, entry.unit)}


LOOKS = ROOT / "tests" / "fixtures" / "site_looks"
LOOKED_AT = ("index.html", "units/index.html", "units/01_cnn_parameters.html", "claims.html", "docs/teaching.html")
WIDTHS = (390, 768, 1440)


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_first_screens_look_as_stored(window, built, request):
    """With ``--screenshots tests/fixtures/site_looks``, the looks are stored again."""
    folder, different = request.config.getoption("screenshots"), []
    for path, width in itertools.product(LOOKED_AT, WIDTHS):
        look = page_looks.first_screen(window, (built / path).as_uri(), width)
        if folder is not None:
            Image.fromarray(look).save(page_looks.stored_file(folder, path, width), optimize=True)
            continue
        with Image.open(page_looks.stored_file(LOOKS, path, width)) as stored:
            share = page_looks.changed(look, np.asarray(stored))
        if share > page_looks.TOLERATED:
            different.append(f"{path} at {width} pixels: {share:.0%} of the first screen")
    advice = (
        "if that is meant: pytest tests/building/test_site.py -k look_as_stored --screenshots tests/fixtures/site_looks"
    )
    assert not different, "\n".join([*different, advice])


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_a_broken_page_does_not_look_as_stored(window, built):
    """The measure itself: a page without styles, one without its text, one that is too wide."""
    for path, width in itertools.product(LOOKED_AT, WIDTHS):
        page_looks.first_screen(window, (built / path).as_uri(), width)
        window.evaluate("document.querySelectorAll('link[rel=stylesheet], style').forEach(one => one.remove())")
        look = page_looks.small_gray(window.screenshot(animations="disabled"))
        with Image.open(page_looks.stored_file(LOOKS, path, width)) as stored:
            assert page_looks.changed(look, np.asarray(stored)) > page_looks.TOLERATED, (path, width)
    window.evaluate("document.body.innerHTML = ''")
    assert page_looks.small_gray(window.screenshot()).std() < 5, "an empty page would be found"


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_no_page_is_scrolled_sideways(window, built, read):
    for path in read:
        window.goto((built / path).as_uri())
        for width in WIDTHS:
            window.set_viewport_size({"width": width, "height": 900})
            assert window.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width} pixels"


PAGE_BYTES, UNIT_BYTES = 375_000, 1_000_000  # as a web server sends them


def test_pages_stay_light(read):
    weights = {path: page_looks.transferred(page.file, page.loaded) for path, page in read.items()}
    print("\n".join(f"{path}: {size / 1000:,.0f} kB" for path, size in weights.items() if "reference/" not in path))
    for path, size in weights.items():
        figures = path.startswith("units/") and path != "units/index.html"
        assert 5_000 < size < (UNIT_BYTES if figures else PAGE_BYTES), f"{path} has {size:,} bytes"


def test_claims_are_filtered_by_the_keyboard_and_counted(window, built):
    unit = "05_domain_scenarios"
    window.goto((built / "claims.html").as_uri())
    assert set(shown(window)) == claims_with()
    press_until(window, "Tab", "[name=verdict][value=inconclusive]")
    window.keyboard.press("Space")
    assert set(shown(window)) == claims_with("inconclusive")
    window.locator("[name=unit]").select_option(unit)
    assert set(shown(window)) == claims_with("inconclusive", unit)
    counted = window.get_by_role("status").inner_text()
    assert counted == f"{len(claims_with('inconclusive', unit))} of {len(claims_with())} claims"
    (hidden, *_) = claims_with("supported")
    window.evaluate(f"location.hash = '{hidden}'")
    window.locator(f"#{hidden}").wait_for(state="visible")
    window.get_by_role("checkbox", name="corrected").check()
    press_until(window, "Tab", "button[type=reset]")
    window.keyboard.press("Enter")
    window.get_by_role("status").get_by_text(f"{len(claims_with())} of").wait_for()
    assert set(shown(window)) == claims_with()
    assert window.asked == []


def test_all_claims_are_shown_without_javascript(browser, built):
    page = browser.new_page(java_script_enabled=False)
    page.goto((built / "claims.html").as_uri())
    cards = page.locator(".claim-cards > li")
    assert [card.is_visible() for card in cards.all()] == [True] * len(claims_with())
    assert not page.locator(".claim-filters").is_visible()
    page.close()


BEYOND = """() => {
  const edge = document.querySelector('.bd-article').getBoundingClientRect().right + 1;
  const parts = [...document.querySelectorAll('.claim-filters, .claim-filters *, .claim-cards *')];
  return parts.filter(part => part.getBoundingClientRect().right > edge).map(part => part.outerHTML.slice(0, 100));
}"""


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_no_part_of_a_claim_lies_beyond_the_edge(window, built, width):
    window.set_viewport_size({"width": width, "height": 900})
    window.goto((built / "claims.html").as_uri())
    window.evaluate(OPENED)
    assert window.evaluate("document.documentElement.scrollWidth") <= width
    assert window.evaluate(BEYOND) == []


# --------------------------------------------------------------------------------------------------------- its parts


def test_a_figure_is_described_by_title_axes_and_the_function_that_draws_it():
    described = alt_texts.alt_text('plots.movement(rows).set_title("After ten steps")', "Frozen", "Look here.")
    assert described.startswith("After ten steps. The relative change of each layer")
    drawn = 'axes.plot(x)\naxes.set(xlabel="epoch", ylabel="loss")'
    assert alt_texts.alt_text(drawn, "Too *fast*?", "Text.") == "Too fast? x axis: epoch. y axis: loss."
    assert alt_texts.alt_text("show(maps)", "Maps", "One. Then [two](x.md) of `it`:") == "Maps. Then two of it."
    assert alt_texts.alt_text("not python (", "Maps", "") == "Maps."
    photo = alt_texts.alt_text("draw_photo(photo, shares, names)\nplt.show()", "Mine", "Look.")
    assert photo.startswith("Mine. A photo, and beside it the probability")


def test_links_to_notebooks_documents_and_files_are_followed_on_the_site():
    text = "[a](notebooks/01_x/01_x.ipynb) [b](docs/grading.md) [c](LICENSE) [d](https://e.org/f) ![g](data/h.png)"
    assert pages.resolve_links(text, "README.md", "units/index.md") == (
        "[a](01_x.ipynb) [b](../docs/grading.md) "
        f"[c]({addresses.REPOSITORY}/blob/main/LICENSE) [d](https://e.org/f) ![g](../data/h.png)"
    )
    text = "[a](grading.md#limits) [b](../README.md) [c](claims.md) [d](../CONTRIBUTING.md#steps) ![e](../data/h.png)"
    assert pages.resolve_links(text, "docs/x.md", "docs/x.md") == (
        "[a](grading.md#limits) [b](../about.md) [c](../claims.md) "
        f"[d]({addresses.REPOSITORY}/blob/main/CONTRIBUTING.md#steps) ![e](../data/h.png)"
    )
    assert pages.figures(text, "docs/x.md") == ["data/h.png"]


def test_the_ids_of_claims_are_links_to_their_cards():
    link = '<a href="../claims.html#{0}">{0}</a>'.format
    text = "Early layers are general (C07), see also C08 and X01.\n"
    assert unit_page.linked_claims(text, {"C07", "X01"}) == (
        f"Early layers are general ({link('C07')}), see also C08 and {link('X01')}.\n"
    )
    for kept in (
        "# Why C07?",
        "`C07`",
        "```\nC07\n```",
        "$C07$",
        "$$\nC07\n$$",
        "[C07](x.md)",
        '<a id="C07">',
        "C0711",
    ):
        assert unit_page.linked_claims(kept, {"C07"}) == kept


def test_each_claim_that_a_unit_names_is_linked(read):
    names = set(claims.Course(ROOT).claims)
    linked = {name: set() for name in unit_sources.unit_names(ROOT)}
    for unit, targets in linked.items():
        targets |= {urldefrag(link).fragment for link in read[f"units/{unit}.html"].links if "claims.html#" in link}
        prose = " ".join(
            cell.source
            for cell in notebooks.read(ROOT / "notebooks" / unit / f"{unit}.ipynb").cells
            if cell.cell_type == "markdown"
        )
        assert set(re.findall(r"\(([CX]\d\d)\)", prose)) & names <= targets, unit
    assert sum(map(len, linked.values())) > 30


def test_the_cards_stand_in_the_place_of_the_table_and_before_the_explanations():
    table = "<!-- claims: made -->\n| a |\n<!-- /claims -->\n"
    text = f"# T\n\nIntroduction.\n\n## Why\n\nText.\n\n## All\n\nCounts.\n\n{table}"
    assert pages.claims_page(text, "<b>cards</b>") == (
        "# T\n\nIntroduction.\n\n## All\n\n```{raw} html\n<b>cards</b>\n```\n\nCounts.\n\n## Why\n\nText.\n\n"
    )
    document = pages.claims_page((ROOT / pages.CLAIMS).read_text(encoding="utf-8"), "<b>cards</b>")
    assert document.index("cards") < document.index("**supported**") < document.index("## What the verdicts mean")
    assert "| C01" not in document


def test_a_card_links_to_the_section_and_to_the_measured_records():
    entry = next(entry for entry in ledger() if entry.name == "C07")
    card = claim_cards.card(entry._replace(unit="03_x", section="Too fast?"), ["layer_controls"])
    assert 'href="units/03_x.html#too-fast">Unit 03: Too fast?</a>' in card
    assert f'href="{addresses.REPOSITORY}/blob/main/data/results/layer_controls.json">' in card
    course = claims.Course(ROOT)
    assert claim_cards.records(course, "C07") == ["layer_controls", "cut_layer", "other_teachers"]
    course.document["C07"]["checks"].append({"record": "not_measured", "value": "x"})
    assert "not_measured" not in claim_cards.records(course, "C07")


def test_the_plots_show_the_intervals_to_scale_and_tell_how_they_lie():
    for entry in (entry for entry in ledger() if entry.outcome):
        drawn, effect, margin = interval_plot.svg(entry), entry.outcome.effect, entry.primary.margin
        lines = re.findall(r'class="(margin|zero|interval)" d="M([-\d.]+) \d+[VH]([\d.]+)', drawn)
        below, zero, above, low = (float(start) for _, start, _ in lines)
        unit = (above - below) / (2 * margin)  # pixels
        rounding = 0.1 * (1 + max(abs(effect.low), abs(effect.high)) / margin)
        assert zero == pytest.approx((below + above) / 2, abs=0.11)
        assert low == pytest.approx(zero + unit * effect.low, abs=rounding)
        assert float(lines[-1][-1]) == pytest.approx(zero + unit * effect.high, abs=rounding)
        assert all(0 <= float(x) <= interval_plot.WIDTH for x in re.findall(r'(?:M|H| x="|cx=")([-\d.]+)', drawn))
        place = re.search(r"the interval lies (.*) the claimed region", drawn)[1]
        if entry.verdict != "inconclusive":
            assert place == ("inside" if entry.verdict == "supported" else "outside")


def test_a_folder_with_other_things_in_it_is_not_emptied(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ValueError, match="contains no earlier site"):
        course_site.build(tmp_path, ROOT)
    assert (tmp_path / "thesis.txt").is_file()


def test_an_address_in_memory_is_no_output_to_read():
    marks = {"metadata": {}, "output_type": "execute_result", "execution_count": 1}
    output = nbformat.from_dict({**marks, "data": {"text/plain": "<keras.History at 0x7f5a52fd3410>"}})
    kept = nbformat.from_dict({**marks, "data": {"text/plain": "0.5"}})
    assert unit_page._code("x", [output, kept]).outputs == [kept]
    assert json.dumps(unit_page._code("x", []).metadata) == "{}"


def drawn(draw):
    """A figure as an output of a cell."""
    figure = plt.figure(figsize=(4, 3))
    draw(figure.add_subplot())
    file = io.BytesIO()
    figure.savefig(file)
    plt.close(figure)
    data = {"image/png": base64.b64encode(file.getvalue()).decode()}
    return nbformat.v4.new_output("display_data", data)


def test_only_charts_exchange_black_and_white_in_the_dark():
    chart = drawn(lambda axes: axes.plot([1, 3, 2], label="a"))
    noise = np.random.default_rng(0).random((40, 40, 3))
    photo = drawn(lambda axes: axes.imshow(noise))
    assert unit_page._code("x", [chart]).metadata == {"tags": ["chart"]}
    for outputs in ([photo], [chart, photo], []):
        assert unit_page._code("x", outputs).metadata == {}


def test_a_figure_on_the_site_is_small_and_looks_the_same():
    noise = np.random.default_rng(0).random((40, 40, 3)).cumsum(axis=0) / 40
    photo = drawn(lambda axes: axes.imshow(noise))
    before, after = (
        base64.b64decode(output.data["image/png"]) for output in (photo, unit_page._code("x", [photo]).outputs[0])
    )
    assert len(after) < len(before) / 2
    first, second = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=float) for png in (before, after))
    assert first.shape == second.shape
    assert np.abs(first - second).mean() < 2
    assert len(light_figures.with_palette(after)) <= len(after)


def test_the_reference_pages_show_what_keras_can_load():
    """They are made with a mock in place of Keras, which replaces what it decorates."""
    code = (
        "import sys; from sphinx.ext.autodoc.mock import MockFinder; "
        "sys.meta_path.insert(0, MockFinder(['keras', 'tensorflow'])); "
        "from tlcourse import fused_batch_norm, learning_rates, schedules; "
        "assert all(each.__doc__ for each in (learning_rates.GroupedAdam, fused_batch_norm.FusedBatchNormalization, "
        "schedules.OneCycle))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
