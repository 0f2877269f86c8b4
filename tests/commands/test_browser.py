"""In a real browser: a student solves a unit in JupyterLab, an instructor grades a class in formgrader.

`tlcourse screenshots` runs these tests and keeps what they see as the screenshots of docs/.
"""

import copy
import io
import re
import shutil
import statistics
import subprocess
import sys
import time

import lab_server
import nbformat
import numpy as np
import pytest
from conftest import ROOT, TINY, in_time
from live_figures import LIVE
from live_page import move_by_key, numbers
from PIL import Image
from real_browser import PATIENCE

from tlcourse import notebooks, teachers, widgets
from tlcourse.building import builder, unit_sources
from tlcourse.datasets import faces, photos
from tlcourse.grading.gradebook import scratch_course
from tlcourse.grading.gradebook.course import NbgraderCourse
from tlcourse.grading.gradebook.course_paths import CoursePaths
from tlcourse.samples import demo_class, known_answers

UNIT = "01_cnn_parameters"
ANSWERS = known_answers.read(CoursePaths(ROOT).answers_folder(UNIT) / "output_size.py")
WRONG = next(
    known_answers.as_submitted(answer) for answer in ANSWERS if answer.message == "the stride is left out"
).rstrip()
pytestmark = pytest.mark.timeout(1800)


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
    """Keep a screenshot of a page, or of an element of it, where screenshots were asked for."""
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
    scratch_course.new_course(folder, ROOT, unit_sources.unit_names(ROOT))
    for unit in released:
        CoursePaths(folder).release_file(unit).parent.mkdir(parents=True)
        shutil.copy(CoursePaths(ROOT).release_file(unit), CoursePaths(folder).release_file(unit))
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
    from playwright import sync_api  # only for developers

    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']:visible").first.wait_for()
    for attempt in range(1, 6):
        choose(page, "Run", "Run All Cells")
        try:
            result.wait_for(timeout=PATIENCE / 5)
            return print(f"Run All Cells, pressed {attempt} times until a result came")
        except sync_api.TimeoutError:
            continue
    raise AssertionError(f"Run All Cells, pressed {attempt} times, and no result in {PATIENCE / 5000:.0f} s each time")


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


WATCH = """(explorer, [name, moves]) => {
    const image = explorer.querySelector("img"), numbers = explorer.querySelector(".widget-html-content");
    const before = [image.src, numbers.innerText];
    window.moved = new Promise((resolve, reject) => {
        const last = performance.now() + 120000;
        const stays = `${name}: after 120 s the same image, or the same numbers: ${before[1]}`;
        const look = pressed => {
            const shown = image.src !== before[0] && image.complete && image.naturalWidth > 0;
            if (shown && numbers.innerText !== before[1]) resolve((performance.now() - pressed) / 1000);
            else if (performance.now() < last) setTimeout(look, 5, pressed);
        };
        setTimeout(() => reject(new Error(stays)), 120000);  // also where no key arrived at all
        if (moves) window.addEventListener(moves, () => look(performance.now()), {capture: true, once: true});
        else look(performance.now());
    });
}"""
ENOUGH = 0.5  # s from key to image


def line(explorer, control):
    """The line of an explorer that holds a slider or a list: its label, the control, what it stands at."""
    label = explorer.page.locator(".widget-label", has_text=re.compile(rf"^\s*{control}\s*$"))
    return explorer.locator(".widget-inline-hbox", has=label)


def move(explorer, control, forward):
    """Move a slider or choose another entry, by keyboard; the seconds, by the page's own clock, until all is new."""
    page, chosen = explorer.page, line(explorer, control).locator("select")
    a_list = chosen.count() == 1
    explorer.evaluate(WATCH, [control, "change" if a_list else "keydown"])
    if a_list:  # JupyterLab takes the arrows for itself until the list is open
        chosen.focus()
        for key in ("Space", "ArrowDown" if forward else "ArrowUp", "Enter"):
            page.keyboard.press(key)
    else:
        line(explorer, control).get_by_role("slider").press("ArrowRight" if forward else "ArrowLeft")
    return page.evaluate("window.moved")


def keep_pace(name, seconds, times):
    """A control is followed within half a second, as far as the machine has time for it; the first move is not counted.

    Parameters
    ----------
    name : str
    seconds : list of float
        Of each move, four or more.
    times : float
        How many times slower than idle the machine was: see `slowness`.
    """
    middle, moves = statistics.median(seconds[1:]), ", ".join(f"{each:.2f}" for each in seconds)
    report = f"{name}: {middle:.2f} s from key to image ({moves}); machine {times:.1f} times slower"
    print(report)
    assert len(seconds) > 3, report
    in_time(middle, ENOUGH * times, "s")


def test_a_student_sees_the_mistake_repairs_it_and_plays(page, lab, keep, tmp_path):
    course = course_with(tmp_path / "course", ["00_start_here", UNIT])
    paths = CoursePaths(course)
    release, reference = (notebooks.read(file(UNIT)) for file in (paths.release_file, paths.solution_file))
    done = demo_class.solved(reference)
    right = done.pop("output_size")
    text = nbformat.writes(demo_class.fill(release, done))
    notebooks.write_atomically(CoursePaths(course).release_file(UNIT), text)

    with lab(course) as (address, first_page, token):
        page.goto(f"{address}{first_page}?token={token}")
        page.get_by_role("heading", name="Start here: what a teacher saves you").wait_for()
        keep(page, "start_page")
        assert not page.locator(".lm-MenuBar-item", has_text="Nbgrader").count()
        page.locator(f".jp-RenderedHTMLCommon a[href*='{UNIT}.ipynb']").click()
        page.get_by_role("heading", name="Unit 01: Counting a CNN's parameters").wait_for()

        answer(page, "output_size", WRONG)
        feedback = page.locator(".jp-OutputArea-output", has_text="That is what comes out when the stride is left out")
        run_all(page, feedback)

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
    """The figure of unit 01 follows its controls; JupyterLab leaves the arrow keys to them."""
    figure = page.locator(".jp-OutputArea-output .tlcourse-live").first
    figure.scroll_into_view_if_needed()
    figure.locator("svg").wait_for()
    assert "2,103,156" in figure.locator("table").inner_text()
    keep(figure, "shape_explorer")
    figure.get_by_role("combobox", name="layer").select_option(label="convolution 2")
    stride = figure.get_by_role("slider", name="stride")
    assert stride.get_attribute("aria-valuetext") == "2", "the controls show the layer that was chosen"
    stride.press("ArrowLeft")
    figure.locator("table", has_text="8,394,612").wait_for()  # stride 1 costs four times the dense layer
    stride.press("ArrowRight")
    figure.locator("table", has_text="2,103,156").wait_for()


WIDGETS = {"PhotoClassifier": ("sample",)}  # that need the kernel: their controls; this one also has a button
SET_UP = "progress = checks.Progress("
UNTRUSTED = "another text, so that its signature does not fit"
# Words from the cells that a widget needs, and from its own. Unit 02 is last: its classifier goes on using its names.
CELLS = {
    "00_start_here": (SET_UP, "def one_run(", "groups = np.array(", "widgets.IntervalExplorer("),
    "01_cnn_parameters": (SET_UP, "lecture_network = [", "widgets.ShapeExplorer("),
    "03_fine_tuning": (
        SET_UP,
        "train, test = digits.split(",
        "lower, upper = finetuning.split(",
        'keras.layers.Dense(10, name="head")(upper.output)',
        "widgets.FreezingExplorer(",
    ),
    "04_differential_rates": (SET_UP, "widgets.ScheduleExplorer(", "widgets.DescentExplorer("),
    "05_domain_scenarios": (
        SET_UP,
        "learned = galaxies.observe(",
        "def recognized(",
        "widgets.ShiftExplorer(",
        "corpora = [reviews.corpus(",
        "known_pairs = [",
        "widgets.ProcrustesExplorer(",
        "widgets.PriorExplorer(",
    ),
    "07_distillation": (
        SET_UP,
        "dataset = faces.portraits(",
        'base = teachers.load("faces_vgg16", head=False)',
        "normalize.adapt(features",
        "def shown_predictions(",
        "widgets.TemperatureExplorer(",
        "def distillation_loss(",
        "hesitates = np.array(",
        "widgets.DivergenceExplorer(",
    ),
    "10_new_people": (
        SET_UP,
        "train = speech.generate(known",
        "def shrunken_means(",
        "sizes = np.repeat((2, 5, 10, 20)",
        "own = np.bincount(speakers",
        "widgets.StrengthExplorer(",
    ),
    "09_new_tasks": (
        SET_UP,
        "labeled = detection.boxed_scenes(",
        "base = detection.teacher_maps(teacher",
        "def iou(",
        "def grid_target(",
        "def grid_head(",
        "def training_maps(",
        "def decode(",
        "def suppress(",
        "widgets.SuppressionExplorer(",
        "masked = parts.masked_portraits(",
        "widgets.OverlapExplorer(",
    ),
    "11_deployment": (SET_UP, "widgets.PartitionExplorer("),
    "13_language_models": (SET_UP, "def attention_mask(", "widgets.MaskExplorer("),
    "02_feature_extraction": (
        SET_UP,
        'teacher = teachers.load("faces_vgg16")',
        "weight_layers = [",
        "train, test = faces.headline(",
        "handwriting, _ = digits.split(",
        'cut = results("cut_layer")',
        'curves = {"new people"',
        "CutExplorer(teacher",
        "def train_head(",
        "def accuracy(",
    ),
}
CATS_AND_DOGS = (
    'load_sample_image("china.jpg")',
    "photos.cats_dogs()",
    "few_photos, other_photos =",
    "def classify(",
    "PhotoClassifier(classify,",
)
# Where there are no photos or no MobileNetV2, the classifier is the teacher that comes with the course, of unit 07.
FACES = """
def who(photo, base=base, head=head):
    return keras.ops.softmax(head(base(photo[None])))[0]

people = dict(zip(("one", "two", "three", "four"), test.images[::20]))
widgets.PhotoClassifier(who, "ABCDEFGHIJ", people, 48)
"""


def unit_cells(unit, words):
    """The code cells of a solved unit that hold these words, each in one cell only."""
    cells = notebooks.read(CoursePaths(ROOT).solution_file(unit)).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    matches = [[source for source in sources if word in source] for word in words]
    assert [len(sources) for sources in matches] == [1] * len(words), (unit, words)
    return [source for (source,) in matches]


def widget_cells(with_photos):
    """What makes every widget as the units make it, the classifier with cats and dogs or with faces."""
    cells = {unit: unit_cells(unit, words) for unit, words in CELLS.items()}
    if with_photos:
        cells["02_feature_extraction"] += unit_cells("02_feature_extraction", CATS_AND_DOGS)
    else:
        cells["07_distillation"].append(FACES)
    return [source for sources in cells.values() for source in sources]


def photos_to_upload(with_photos, folder):
    """Two of each of two classes that the classifier has not seen: the path of each, and the name of its class."""
    if with_photos:
        chosen = photos.cats_dogs()["test"]
        chosen = chosen.take(np.concatenate([np.flatnonzero(chosen.labels == label)[-2:] for label in (0, 1)]))
        names = chosen.class_names
    else:
        chosen, names = faces.portraits(faces.DEVELOPMENT_PEOPLE[:2], 2, seed=7), "AB"
    made = {}
    for number, (image, label) in enumerate(zip(chosen.images, chosen.labels, strict=True)):
        file = folder / f"mine {number}.png"
        Image.fromarray(image).save(file)
        made[file] = names[label]
    return made


def upload(explorer, file, key):
    """Press a key on the button, choose a photo; the seconds from there until it is classified, and as what."""
    page = explorer.page
    with page.expect_file_chooser() as chooser:
        explorer.get_by_role("button", name="your photo").press(key)
    explorer.evaluate(WATCH, ["your photo", None])
    chooser.value.set_files(file)
    seconds = page.evaluate("window.moved")
    explorer.locator("th", has_text=file.name).wait_for()
    rows = [row.split("\t") for row in explorer.locator("tr").all_inner_texts()[1:]]
    return seconds, max(rows, key=lambda row: float(row[1].strip("<%")))[0].strip()


def tab_through(explorer, controls):
    """From the first control to the next ones by Tab; the number beside a slider has the focus as well."""
    line(explorer, controls[0]).locator("select, [role=slider]").focus()
    for control in controls[1:]:
        here = line(explorer, control).locator(":focus")
        explorer.page.keyboard.press("Tab")
        if not here.count():
            explorer.page.keyboard.press("Tab")
        assert here.count() == 1, f"Tab does not reach {control!r}"


def test_every_widget_is_tried():
    assert {*WIDGETS, *LIVE} == {name for name in widgets.__all__ if name[0].isupper()}


def test_the_units_widgets_follow_their_controls_in_jupyterlab(page, lab, tmp_path):
    with_photos = teachers.available("MobileNetV2", head=False) and photos.available()
    course = course_with(tmp_path / "course", ["00_start_here"])
    sources = widget_cells(with_photos)
    write_notebook(course / "notebooks" / "widgets.ipynb", sources)
    mine = photos_to_upload(with_photos, tmp_path)
    page.emulate_media(reduced_motion="reduce")  # a rotation that takes a while would have other numbers each time
    with lab(course) as (address, _, token):
        page.goto(f"{address}/lab/tree/notebooks/widgets.ipynb?token={token}")
        run_widgets(page, len(sources))
        shown = {name: numbers_of_moves(figure_of(page, name), name) for name in LIVE}
        for name, controls in WIDGETS.items():
            explorer = page.locator(".jp-CodeCell", has_text=f"{name}(").locator(".widget-vbox:has(img)").first
            explorer.locator("img").wait_for()
            explorer.scroll_into_view_if_needed()
            assert explorer.locator("select, [role=slider]").count() == len(controls), name
            tab_through(explorer, controls)
            times = slowness()
            seconds = {control: move_to_and_fro(explorer, control) for control in controls}
            seconds["your photo"] = upload_all(explorer, mine)
            times = max(times, slowness())
            for control, moves in seconds.items():
                keep_pace(f"{name}, {control}", moves, times)
        survives_reload(page, len(sources))
        stored = notebooks.read(course / "notebooks" / "widgets.ipynb")
        remains_still_if_untrusted(page, f"{address}/lab/tree/notebooks/untrusted.ipynb", course, stored)
    assert numbers_from_disk(page, stored, tmp_path / "figures.html") == shown


def figure_of(page, name):
    """The live figure that a cell of the open notebook shows."""
    figure = page.locator(".jp-CodeCell", has_text=f"{name}(").locator(".tlcourse-live").first
    figure.scroll_into_view_if_needed()
    return figure


def numbers_of_moves(figure, name):
    """The sentence and the table of a live figure, first as it begins and then after each control was moved by key."""
    seen = [numbers(figure)]
    for control in LIVE[name]:
        move_by_key(figure, control)
        seen.append(numbers(figure))
    return seen


def survives_reload(page, cells):
    """After saving, without a kernel, and after opening the notebook again, the figures follow their controls."""
    choose(page, "File", "Save Notebook")
    page.locator(".jp-DirtyIndicator, .jp-mod-dirty").first.wait_for(state="detached")
    choose(page, "Kernel", "Shut Down Kernel")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(state="detached")
    page.reload()
    page.locator(".jp-CodeCell").nth(cells - 1).wait_for()
    page.locator(".tlcourse-live svg").nth(len(LIVE) - 1).wait_for(state="attached")
    for control in LIVE["ShapeExplorer"]:
        move_by_key(figure_of(page, "ShapeExplorer"), control)


def remains_still_if_untrusted(page, address, course, stored):
    """The same outputs in a notebook that this user has not run: JupyterLab removes the scripts."""
    foreign = copy.deepcopy(stored)
    foreign.cells[0].source += f"  # {UNTRUSTED}"
    notebooks.write_atomically(course / "notebooks" / "untrusted.ipynb", nbformat.writes(foreign))
    page.goto(address)
    panel = page.locator(".jp-NotebookPanel", has_text=UNTRUSTED)  # the other one is open, too
    panel.locator(".tlcourse-live > img:only-child").nth(len(LIVE) - 1).wait_for(state="attached")
    assert panel.locator(".tlcourse-live").count() == len(LIVE)


def numbers_from_disk(page, notebook, file):
    """What `numbers_of_moves` gives for the same outputs on a page from disk, where other tests compare with Python."""
    outputs = {}
    for cell in notebook.cells:
        for output in cell.outputs:
            if "tlcourse-live" in (text := output.get("data", {}).get("text/html", "")):
                outputs |= {name: text for name in LIVE if f"{name}(" in cell.source}
    assert outputs.keys() == LIVE.keys()
    file.write_text(f"<!doctype html><meta charset='utf-8'>{''.join(outputs.values())}", encoding="utf-8")
    page.goto(file.as_uri())
    figures = page.locator(".tlcourse-live").all()
    return {name: numbers_of_moves(figure, name) for name, figure in zip(outputs, figures, strict=True)}


def write_notebook(file, sources):
    """A notebook with these code cells."""
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": dict(notebooks.KERNEL)})
    file.write_text(nbformat.writes(notebook), encoding="utf-8")


def run_widgets(page, cells):
    """Run all `cells` cells of the open notebook, until every widget is shown and the kernel is idle."""
    page.locator(".jp-CodeCell").nth(cells - 1).wait_for()
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").first.wait_for(state="attached")
    run_all(page, page.locator(".jp-CodeCell .jp-InputPrompt", has_text=re.compile(r"\d")).first)
    page.locator(".widget-vbox:has(img)").first.wait_for()
    page.locator(".tlcourse-live svg").nth(len(LIVE) - 1).wait_for(state="attached")
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']:visible").first.wait_for()


def upload_all(explorer, photos_and_classes):
    """Upload each photo from the keyboard; the seconds of each. Three of four must be classified correctly."""
    explorer.page.keyboard.press("Tab")
    assert explorer.locator("button:focus").count() == 1, "Tab does not reach the button"
    seen = [upload(explorer, *each) for each in zip(photos_and_classes, ("Enter", "Space") * 2, strict=True)]
    matches = [shown == meant for (_, shown), meant in zip(seen, photos_and_classes.values(), strict=True)]
    assert sum(matches) >= 3, f"{seen} for {list(photos_and_classes.values())}"
    return [seconds for seconds, _ in seen]


def move_to_and_fro(explorer, control):
    """Five moves of a control, which ends one step further: the seconds of each."""
    seconds = [move(explorer, control, forward) for forward in (True, False, True, False, True)]
    return seconds


# ---------------------------------------------------------------------------------------------------- the instructor


@pytest.fixture
def graded_unit(tmp_path):
    """The course, with a unit more that is quick to grade, and the name of that unit."""
    course = course_with(tmp_path / "course")
    shutil.copy(TINY, course / "solutions")
    builder.build(["01_tiny"], execute=False, root=course)
    shutil.rmtree(course / "notebooks")
    return course, "01_tiny"


SLIPS = {
    "double": "def double(number):\n    return number + 1",
    "triple": "def triple(number):\n    return number",
}


def submit_class(course, unit):
    """The sample class submits."""
    paths = CoursePaths(course)
    reference, release = (notebooks.read(file(unit)) for file in (paths.solution_file, paths.release_file))
    for student, notebook in demo_class.submissions(reference, release, SLIPS).items():
        scratch_course.submit(course, student, unit, notebook)


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


def grade_by_hand(page, frame, unit, student, grade_id):
    """From the list of submissions to one of them: give a point for its written answer, and a comment."""
    row(frame, student).locator(".student-name a").click()
    with page.expect_response(re.compile("/api/comments")):
        frame.locator("tbody a", has_text=unit).click()
    frame.locator(f"input.score.needs_manual_grade[id='{grade_id}']").wait_for()  # what is typed before is lost
    for box, text in ((f"input.score[id='{grade_id}']", "1"), (f"textarea[id='{grade_id}-comment']", "Well argued.")):
        with page.expect_response(lambda answer: answer.request.method == "PUT"):
            frame.locator(box).fill(text)
            frame.locator(box).evaluate("box => box.blur()")


def test_an_instructor_releases_autogrades_marks_by_hand_and_gives_feedback(page, browser, lab, graded_unit, keep):
    course, unit = graded_unit
    (course / "submitted").mkdir()  # so that JupyterLab shows nbgrader's menu
    with lab(course) as (address, first_page, token):
        page.goto(f"{address}{first_page}?token={token}")
        choose(page, "Nbgrader", "Formgrader")
        frame = page.frame_locator("iframe[src*=formgrader]")
        for name in unit_sources.unit_names(ROOT):
            row(frame, name).wait_for()
        succeed(
            frame, row(frame, unit).locator("a:has(.glyphicon-education)"), "Successfully created the student version"
        )
        assert "HIDDEN TESTS" not in CoursePaths(course).release_file(unit).read_text(encoding="utf-8")

        submit_class(course, unit)
        frame.get_by_role("link", name="Manage Assignments").click()
        row(frame, unit).locator("a", has_text=re.compile(r"^4$")).click()
        for student in demo_class.STUDENTS:
            succeed(frame, row(frame, student).locator(".autograde a"), f"Successfully autograded '{unit}'")
        frame.get_by_text("needs manual grading").first.wait_for()
        cells = notebooks.read(CoursePaths(course).solution_file(unit)).cells
        written = next(cell for cell in cells if notebooks.MARK_SCHEME.search(cell.source))
        grade_by_hand(page, frame, unit, "right", written.metadata.nbgrader.grade_id)
        scheme = " ".join(notebooks.MARK_SCHEME.search(written.source)[1].split())
        shown = " ".join(frame.locator("body").inner_text().split())
        assert f"Mark scheme (students do not see it) {scheme}" in shown
        keep(page, "formgrader")
        give_feedback(page, frame, unit)
        assert manual_score(course, unit, "right", written.metadata.nbgrader.grade_id) == 1
        read_feedback(browser, course, unit, keep)


def test_the_report_of_a_sample_class_opens_from_disk(page, tmp_path, keep):
    course = tmp_path / "class"
    for command in (["sample-class", "--folder", str(course), "--students", "12"], ["grade", "01"], ["report", "01"]):
        folder = course if course.exists() else ROOT
        done = subprocess.run(
            [sys.executable, "-m", "tlcourse", *command], cwd=folder, capture_output=True, encoding="utf-8"
        )
        # 1: grading asks for attention, because some of these submissions are damaged
        assert done.returncode in ((0, 1) if command[0] == "grade" else (0,)), done.stderr
    page.goto((course / "report" / UNIT / "report.html").as_uri())
    assert page.locator(".tlcourse-live svg[role=img]").count() == 2
    assert "Exercise 1.1" in page.locator("body").text_content()
    keep(page, "report")


def manual_score(course, unit, student, grade_id):
    """The points for a written answer that stand in the gradebook."""
    with NbgraderCourse(course).gradebook() as book:
        return book.find_grade(grade_id, unit, unit, student).manual_score


def give_feedback(page, frame, unit):
    """Back to the list of submissions; generate what the students read."""
    choose(page, "Nbgrader", "Formgrader")
    frame.get_by_role("link", name="Manual Grading").first.click()
    frame.get_by_role("link", name="Manage Assignments").click()
    succeed(frame, row(frame, unit).locator("a:has(.glyphicon-comment)"), "Successfully generated feedback")


def read_feedback(browser, course, unit, keep):
    """A student opens the page: the points, the instructor's words, what the checks say, and no hidden test."""
    for student in demo_class.STUDENTS:
        window = browser.new_page(viewport={"width": 1000, "height": 860})
        window.goto(CoursePaths(course).feedback_file(student, unit).as_uri())
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
