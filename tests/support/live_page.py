"""A live figure on a page that a real browser opens from disk."""

import json

import pytest

MOVE = """(el, [name, value]) => {
  const input = el.querySelector(`[aria-label="${name}"]`), started = performance.now();
  if (input.type === "checkbox") input.checked = Boolean(value); else input.value = value;
  input.dispatchEvent(new Event(input.type === "range" ? "input" : "change", {bubbles: true}));
  el.getBoundingClientRect();
  return performance.now() - started;
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
