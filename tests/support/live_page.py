"""A live figure on a page that a real browser opens from disk."""

import collections
import json
import statistics

import pytest

MOVE = """(el, [name, value]) => {
  const input = el.querySelector(`[aria-label="${name}"]`), started = performance.now();
  if (input.type === "checkbox") input.checked = Boolean(value); else input.value = value;
  input.dispatchEvent(new Event(input.type === "range" ? "input" : "change", {bubbles: true}));
  el.getBoundingClientRect();
  return performance.now() - started;
}"""
# Each control once: a slider goes one step up, or down where it stands at its end.
MOVE_EACH = """el => {
  const shown = () => ["svg", "p[aria-live]", "table"].map(part => el.querySelector(part)?.outerHTML).join(" ");
  return [...el.querySelectorAll(".controls input, .controls select, .controls button")].map(control => {
    const before = shown(), started = performance.now(), isSlider = control.type === "range";
    if (isSlider) control.value = Number(control.value) + (control.value === control.max ? -1 : 1);
    else if (control.matches("select")) control.selectedIndex = control.selectedIndex === 1 ? 0 : 1;
    else control.click();
    if (isSlider || control.matches("select")) control.dispatchEvent(new Event(isSlider ? "input" : "change"));
    el.getBoundingClientRect();
    const taken = performance.now() - started, changed = shown() !== before;
    // Where all layers are frozen, the next controls change nothing.
    if (control.type === "checkbox" && !control.checked) control.click();
    return [control.getAttribute("aria-label") || control.innerText, changed, taken];
  });
}"""
PIXELS = """async (el, index) => {
  const image = new Image();
  image.src = el.querySelectorAll("svg image")[index].getAttribute("href");
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), {width: image.width, height: image.height});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return [image.width, image.height, [...context.getImageData(0, 0, image.width, image.height).data]];
}"""


class LivePage:
    """What a test does with a figure: move its controls, and read its sentence and its numbers."""

    def __init__(self, page):
        self.page, self.figure = page, page.locator(".tlcourse-live").first
        self.figure.locator("svg").first.wait_for()

    def move(self, name, position):
        """Set a slider or a list to the value at this position, or a checkbox to 0 or 1; the milliseconds it takes."""
        return self.figure.evaluate(MOVE, [name, position])

    def press(self, name):
        """Press a button."""
        self.figure.get_by_role("button", name=name).click()

    def summary(self):
        """The sentence below the figure."""
        return self.figure.locator("p[aria-live]").inner_text()

    def rows(self):
        """The table below the figure, without its head."""
        lines = self.figure.locator("tbody tr").all()
        return [line.locator("td").all_inner_texts() for line in lines]

    def pixels(self, index=0):
        """The values of an image in the figure, shape (height, width, 4)."""
        import numpy as np

        width, height, values = self.figure.evaluate(PIXELS, index)
        return np.array(values).reshape(height, width, 4)


def moves_of_each_control(figure):
    """Move every control of a figure once, in order.

    Returns
    -------
    list of tuple
        Of each control its name, whether the figure then showed something else, and the milliseconds that it took.
    """
    figure.locator("svg").first.wait_for()
    return [tuple(move) for move in figure.evaluate(MOVE_EACH)]


def medians(figure, rounds=5):
    """The median of the milliseconds that a move of each control takes, by its name; prints them."""
    times = collections.defaultdict(list)
    for _ in range(rounds):
        for control, _, taken in moves_of_each_control(figure):
            times[control].append(taken)
    middle = {control: statistics.median(taken) for control, taken in times.items()}
    print(figure.get_attribute("aria-label"), {control: f"{taken:.1f} ms" for control, taken in middle.items()})
    return middle


def numbers(figure):
    """The sentence and the table below a figure, as text."""
    return figure.evaluate("el => [...el.querySelectorAll('p[aria-live], th, td')].map(part => part.textContent)")


def move_by_key(figure, control):
    """Move one control of a live figure from the keyboard; what it shows must follow."""
    shown = "figure => figure.querySelector('svg').outerHTML"
    before = figure.evaluate(shown)
    button = figure.get_by_role("button", name=control)
    if button.count():
        button.press("Enter")
    elif (slider := figure.get_by_role("slider", name=control)).count():
        slider.press("ArrowRight")
        if figure.evaluate(shown) == before:
            slider.press("ArrowLeft")  # it stood at its end
    elif (box := figure.get_by_role("checkbox", name=control, exact=True)).count():
        box.press("Space")
    else:
        figure.get_by_role("combobox", name=control).select_option(index=1)
    for _ in range(100):  # the rotation of the clouds is animated
        if figure.evaluate(shown) != before:
            return
        figure.page.wait_for_timeout(50)
    raise AssertionError(f"{control} changes nothing")


@pytest.fixture
def live(browser, tmp_path):
    """A function that shows figures on a page from disk; no error and no request may come from it."""
    page = browser.new_page(viewport={"width": 1000, "height": 900})
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url))

    def show(*figures):
        bodies = "\n".join(figure._repr_html_() for figure in figures)
        file = tmp_path / "figure.html"
        file.write_text(
            f"<!doctype html><html lang='en'><meta charset='utf-8'><title>A figure</title><main>{bodies}</main>"
        )
        page.goto(file.as_uri())
        return LivePage(page)

    yield show
    page.close()
    assert not errors, json.dumps(errors)
    assert not asked, "the figure asks others for something"
