"""In a real browser: a student solves a unit in JupyterLab, an instructor grades a class in formgrader.

`tlcourse screenshots` runs these tests and keeps what they see as the README's pictures.
"""

import io
import os
import re
import shutil
import time

import lab_server
import pytest
from conftest import ROOT, TINY
from PIL import Image

from tlcourse import authoring, notebooks, units, widgets
from tlcourse.grading import known_answers, runner, sample_class

sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install -e '.[dev]'")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE = 300_000  # ms that a busy machine may take for what an idle one does in seconds
UNIT = "01_cnn_parameters"
KNOWN = known_answers.read(known_answers.folder(ROOT, UNIT) / "output_size.py")
WRONG = next(known_answers.handed_in(one) for one in KNOWN if one.says == "the stride is left out").rstrip()
pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, or the Chrome that is installed; the tests are skipped where there is neither."""
    chromium = next(filter(None, map(shutil.which, NAMES)), None)
    if chromium is None:
        pytest.skip("there is no Chromium here: install it (Debian: apt install chromium) to test in a real browser")
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=OPTIONS + ["--no-sandbox"] * root)
        yield opened
        opened.close()


@pytest.fixture
def page(browser):
    """A window of its own; what the page reports as an error is printed when the test fails."""
    window = browser.new_page(viewport={"width": 1280, "height": 860})
    window.set_default_timeout(PATIENCE)
    window.on("pageerror", lambda error: print("error in the page:", error))
    yield window
    window.close()


@pytest.fixture
def keep(request):
    """Keep a picture of a page, or of an element of it, where pictures were asked for."""
    folder = request.config.getoption("screenshots")

    def shoot(target, name):
        if folder is None:
            return
        png = io.BytesIO(target.screenshot(animations="disabled"))
        folder.mkdir(parents=True, exist_ok=True)
        Image.open(png).convert("RGB").quantize(128).save(folder / f"{name}.png", optimize=True)

    return shoot


@pytest.fixture
def lab(tmp_path):
    """Start `tlcourse lab` in a course; every cell of a notebook is in the page, not only those within sight."""
    settings = tmp_path / "CONFIG/lab/user-settings/@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"windowingMode": "none"}', encoding="utf-8")
    return lambda course: lab_server.running(course, tmp_path)


def course_with(folder, released=()):
    """A copy of the course's units, of which some are released."""
    runner.new_course(folder, ROOT, units.names(ROOT))
    for unit in released:
        runner.release_file(folder, unit).parent.mkdir(parents=True)
        shutil.copy(runner.release_file(ROOT, unit), runner.release_file(folder, unit))
    return folder


# ------------------------------------------------------------------------------------------------------ the student


def answer(page, function, source):
    """Replace what stands in the cell that defines `function`, as one does with the keyboard."""
    page.locator(f".jp-CodeCell .cm-content:has-text('def {function}(')").first.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(source)


def choose(page, menu, entry):
    """Choose an entry of JupyterLab's menu bar."""
    page.locator(".lm-MenuBar-item", has_text=menu).first.click()
    page.locator(".lm-Menu-item", has_text=re.compile(f"^{entry}")).first.click()


def run_all(page, result):
    """Run all cells until `result` is there: a kernel that has not quite come up loses what it is sent."""
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']:visible").first.wait_for()
    for attempt in range(5):
        choose(page, "Run", "Run All Cells")
        try:
            return result.wait_for(timeout=PATIENCE / 5)
        except sync_api.TimeoutError:
            if attempt == 4:
                raise


def validate(page):
    """Press nbgrader's Validate; its dialog, once the result is there."""
    page.get_by_role("button", name="Validate", exact=True).click()
    dialog = page.locator(".jp-Dialog", has_text="Validation Results")
    dialog.wait_for()
    return dialog


def close(page, dialog):
    """Close a dialog of JupyterLab."""
    dialog.locator("button").last.click()
    dialog.wait_for(state="detached")


def slowness():
    """How many times longer than its processor time a computation takes here now: 1 on an idle machine."""
    started, processor = time.perf_counter(), time.process_time()
    while time.process_time() - processor < 0.2:
        pass
    return max(1.0, (time.perf_counter() - started) / 0.2)


WATCH = """(explorer, moves) => {
    const picture = explorer.querySelector("img"), numbers = explorer.querySelector(".widget-html-content");
    const before = [picture.src, numbers.innerText];
    window.moved = new Promise((resolve, reject) => window.addEventListener(moves, () => {
        const pressed = performance.now(), look = () => {
            const shown = picture.src !== before[0] && picture.complete && picture.naturalWidth > 0;
            const seconds = (performance.now() - pressed) / 1000;
            if (shown && numbers.innerText !== before[1]) resolve(seconds);
            else if (seconds > 120) reject(new Error(`the same picture and numbers after ${seconds} s`));
            else setTimeout(look, 5);
        };
        look();
    }, {capture: true, once: true}));
}"""


def move(page, explorer, control, key):
    """Press a key on a slider, or choose another entry; the seconds, by the page's own clock, until all is new."""
    line = explorer.locator(".widget-inline-hbox", has_text=control).first
    explorer.evaluate(WATCH, "keydown" if key else "change")
    if key:
        line.get_by_role("slider").press(key)
    else:
        line.locator("select").select_option(index=1)
    return page.evaluate("window.moved")


def test_a_student_is_told_the_mistake_repairs_it_and_plays(page, lab, keep, tmp_path):
    course = course_with(tmp_path / "course", ["00_start_here", UNIT])
    release, reference = (notebooks.read(file(course, UNIT)) for file in (runner.release_file, runner.solution_file))
    done = sample_class.solved(reference)
    right = done.pop("output_size")
    text = notebooks.nbformat.writes(sample_class.fill(release, done))
    notebooks.write_atomically(runner.release_file(course, UNIT), text)

    with lab(course) as (address, first_page, token):
        page.goto(f"{address}{first_page}?token={token}")
        page.get_by_role("heading", name="Start here: what a teacher saves you").wait_for()
        keep(page, "start_page")
        page.locator(f".jp-RenderedHTMLCommon a[href*='{UNIT}.ipynb']").click()
        page.get_by_role("heading", name="Unit 01: Counting a CNN's parameters").wait_for()

        answer(page, "output_size", WRONG)
        told = page.locator(".jp-OutputArea-output", has_text="That is what comes out when the stride is left out")
        run_all(page, told)
        dialog = validate(page)
        assert "That is what comes out when the stride is left out." in dialog.inner_text()
        assert "Success" not in dialog.inner_text()
        close(page, dialog)

        answer(page, "output_size", right)
        dialog = validate(page)
        assert "Success! Your notebook passes all the tests." in dialog.inner_text()
        close(page, dialog)

        choose(page, "Kernel", "Restart Kernel and Run All Cells")
        page.locator(".jp-Dialog button", has_text="Restart").last.click()
        page.get_by_text("12 of 12 exercises pass their visible checks").wait_for()
        assert page.locator(".jp-OutputArea-output[data-mime-type='application/vnd.jupyter.error']").count() == 0
        assert page.locator(".Toastify__toast").count() == 0, "nothing lies over a beginner's first page"
        play(page, keep)


def play(page, keep):
    """The explorer of unit 01 follows its controls within half a second, as far as the machine has time for it."""
    explorer = page.locator(".jp-OutputArea-output .widget-vbox", has=page.locator("img")).first
    explorer.scroll_into_view_if_needed()
    assert "2,103,156" in explorer.locator("table").inner_text()
    keep(explorer, "shape_explorer")
    seconds = [move(page, explorer, "filters", key) for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowLeft")]
    explorer.locator("select").first.select_option(label="convolution 2")
    stride = explorer.locator(".widget-inline-hbox", has_text="stride").first.locator(".widget-readout")
    sync_api.expect(stride, "the controls show the layer that was chosen").to_have_text("2", timeout=PATIENCE)
    seconds.append(move(page, explorer, "stride", "ArrowLeft"))
    assert "8,394,612" in explorer.locator("table").inner_text(), "stride 1 costs four times the dense layer"
    times = slowness()
    print(f"from key to picture: {', '.join(f'{each:.2f}' for each in seconds)} s; machine {times:.1f} times slower")
    assert min(seconds) < 0.5 * times


WIDGETS = {  # how a unit makes it, one of its controls, and the key that moves it (none for a list)
    "ShapeExplorer": (
        "layers = [{'kind': 'conv', 'filters': 8, 'kernel': 3, 'strides': 1, 'padding': 'same'}]\n"
        "widgets.ShapeExplorer(layers, (32, 32, 3))",
        "filters",
        "ArrowRight",
    ),
    "CutExplorer": (
        "teacher = teachers.load('faces_vgg16')\n"
        "one = {'mean': 0.5, 'ci95': [0.4, 0.6]}\n"
        "curves = {'faces': [{**one, 'mean': 0.3 + layer / 32} for layer in range(16)]}\n"
        "widgets.CutExplorer(teacher, {'grey': np.full((48, 48, 3), 99, 'uint8')}, curves)",
        "cut after",
        "ArrowRight",
    ),
    "ScheduleExplorer": ("widgets.ScheduleExplorer(1e-3)", "factor", "ArrowRight"),
    "ShiftExplorer": (
        "lights = {'spiral': np.random.default_rng(0).random((3, 48, 48))}\n"
        "widgets.ShiftExplorer(lights, [0.6, 1.2, 2.4], [50, 500], [[0.7, 0.9], [0.5, 0.8], [0.3, 0.6]])",
        "seeing",
        "ArrowRight",
    ),
    "TemperatureExplorer": (
        "widgets.TemperatureExplorer([[4.0, 2.0, 0.0]], ('A', 'B', 'C'), ('a clear case',))",
        "temperature",
        "ArrowRight",
    ),
    "PhotoClassifier": (
        "samples = {'night': np.zeros((20, 20, 3), 'uint8'), 'noon': np.full((20, 20, 3), 255, 'uint8')}\n"
        "light = lambda photo: [photo.mean() / 255, 1 - photo.mean() / 255]\n"
        "widgets.PhotoClassifier(light, ('light', 'dark'), samples, 20)",
        "sample",
        None,
    ),
}


def test_every_widget_is_tried():
    assert set(WIDGETS) == {name for name in widgets.__all__ if name[0].isupper()}


def test_every_widget_follows_its_controls_within_half_a_second(page, lab, tmp_path):
    course = course_with(tmp_path / "course", ["00_start_here"])
    sources = [
        "import numpy as np\nfrom tlcourse import teachers, widgets",
        *(source for source, _, _ in WIDGETS.values()),
    ]
    cells = [notebooks.nbformat.v4.new_code_cell(source) for source in sources]
    made = notebooks.nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": dict(units.KERNEL)})
    text = notebooks.nbformat.writes(made)
    (course / "notebooks" / "widgets.ipynb").write_text(text, encoding="utf-8")
    Image.new("RGB", (60, 40), (51, 51, 51)).save(tmp_path / "mine.png")
    with lab(course) as (address, _, token):
        page.goto(f"{address}/lab/tree/notebooks/widgets.ipynb?token={token}")
        page.locator(".jp-CodeCell").nth(len(WIDGETS)).wait_for()
        page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(state="attached")
        run_all(page, page.locator(".widget-vbox:has(img)").first)
        explorers = page.locator(".jp-OutputArea-output > .widget-vbox, .jp-OutputArea-output .widget-vbox:has(img)")
        for name, (_, control, key) in WIDGETS.items():
            explorer = page.locator(".jp-CodeCell", has_text=f"widgets.{name}(").locator(".widget-vbox:has(img)").first
            explorer.locator("img").wait_for()
            explorer.scroll_into_view_if_needed()
            seconds = [move(page, explorer, control, key)]
            if name not in ("PhotoClassifier", "ShiftExplorer"):
                seconds.append(move(page, explorer, control, key))
            times = slowness()
            print(f"{name}: {', '.join(f'{each:.2f}' for each in seconds)} s; machine {times:.1f} times slower")
            assert min(seconds) < 0.5 * times, name
        assert explorers.count() >= len(WIDGETS)
        explorer = page.locator(".widget-vbox:has(img)", has=page.get_by_role("button", name="your photo")).first
        with page.expect_file_chooser() as chooser:
            explorer.get_by_role("button", name="your photo").click()
        chooser.value.set_files(tmp_path / "mine.png")
        explorer.locator("th", has_text="mine.png").wait_for()
        assert "20.0%" in explorer.locator("table").inner_text()


# ---------------------------------------------------------------------------------------------------- the instructor


@pytest.fixture
def graded_unit(tmp_path):
    """The course, with a unit more that is quick to grade, and the name of that unit."""
    course = course_with(tmp_path / "course")
    shutil.copy(TINY, course / "solutions")
    authoring.build(["01_tiny"], execute=False, root=course)
    shutil.rmtree(course / "notebooks")
    return course, "01_tiny"


SLIPS = {
    "double": "def double(number):\n    return number + 1",
    "triple": "def triple(number):\n    return number",
}


def hand_in_class(course, unit):
    """The sample class hands in."""
    reference, release = (notebooks.read(file(course, unit)) for file in (runner.solution_file, runner.release_file))
    for student, notebook in sample_class.submissions(reference, release, SLIPS).items():
        runner.hand_in(course, student, unit, notebook)


def succeed(frame, button, words):
    """Press a button of formgrader; its answer must be that all went well. Close that."""
    button.click()
    modal = frame.locator("#success-modal.in, #error-modal.in")
    modal.wait_for()
    assert words in modal.inner_text()
    modal.locator(".modal-footer button").click()
    modal.wait_for(state="hidden")


def row(frame, words):
    """The row of formgrader's table in which a cell holds nothing but these words."""
    return frame.locator("tbody tr", has=frame.locator("td", has_text=re.compile(rf"^\s*{re.escape(words)}\s*$")))


def grade_by_hand(frame, unit, student, grade_id):
    """From the list of submissions to one of them: give a point for its written answer, and a comment."""
    row(frame, student).locator(".student-name a").click()
    frame.locator("tbody a", has_text=unit).click()
    for box, text in ((f"input.score[id='{grade_id}']", "1"), (f"textarea[id='{grade_id}-comment']", "Well argued.")):
        frame.locator(box).fill(text)
        frame.locator(box).evaluate("box => box.blur()")


def test_an_instructor_releases_autogrades_marks_by_hand_and_gives_feedback(page, browser, lab, graded_unit, keep):
    course, unit = graded_unit
    with lab(course) as (address, first_page, token):
        page.goto(f"{address}{first_page}?token={token}")
        choose(page, "Nbgrader", "Formgrader")
        frame = page.frame_locator("iframe[src*=formgrader]")
        for name in units.names(ROOT):
            row(frame, name).wait_for()
        succeed(
            frame, row(frame, unit).locator("a:has(.glyphicon-education)"), "Successfully created the student version"
        )
        assert "HIDDEN TESTS" not in runner.release_file(course, unit).read_text(encoding="utf-8")

        hand_in_class(course, unit)
        frame.get_by_role("link", name="Manage Assignments").click()
        row(frame, unit).locator("a", has_text=re.compile(r"^4$")).click()
        for student in sample_class.STUDENTS:
            succeed(frame, row(frame, student).locator(".autograde a"), f"Successfully autograded '{unit}'")
        frame.get_by_text("needs manual grading").first.wait_for()
        cells = notebooks.read(runner.solution_file(course, unit)).cells
        written = next(cell for cell in cells if notebooks.MARK_SCHEME.search(cell.source))
        grade_by_hand(frame, unit, "right", written.metadata.nbgrader.grade_id)
        scheme = " ".join(notebooks.MARK_SCHEME.search(written.source)[1].split())
        shown = " ".join(frame.locator("body").inner_text().split())
        assert f"Mark scheme (students do not see it) {scheme}" in shown
        keep(page, "formgrader")
        give_feedback(page, frame, unit)
        read_feedback(browser, course, unit, keep)


def give_feedback(page, frame, unit):
    """Back to the list of submissions; generate what the students read."""
    choose(page, "Nbgrader", "Formgrader")
    frame.get_by_role("link", name="Manual Grading").first.click()
    frame.get_by_role("link", name="Manage Assignments").click()
    succeed(frame, row(frame, unit).locator("a:has(.glyphicon-comment)"), "Successfully generated feedback")


def read_feedback(browser, course, unit, keep):
    """A student opens the page: the points, the instructor's words, what the checks say, and no hidden test."""
    for student in sample_class.STUDENTS:
        window = browser.new_page(viewport={"width": 1000, "height": 860})
        window.goto(runner.feedback_file(course, student, unit).as_uri())
        text = window.locator("body").inner_text()
        assert ("Well argued." in text) == (student == "right")
        if student == "mistaken":
            assert "AssertionError: " in text
            window.get_by_text("AssertionError: ").last.scroll_into_view_if_needed()
            keep(window, "feedback")
        assert student != "right" or "Error: " not in text
        assert student != "untouched" or "not solved yet" in text
        for secret in ("HIDDEN TESTS", "grading_rng", "MARK SCHEME", "Mark scheme"):
            assert secret not in window.content()
        window.close()
