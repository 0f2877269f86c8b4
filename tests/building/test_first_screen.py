"""The site's first page in a real browser: a question, a head that the visitor trains, and a card for each unit."""

import io
import re

import numpy as np
import pytest
from conftest import ROOT, in_time
from PIL import Image
from real_browser import PATIENCE

from tlcourse.building import addresses, unit_sources
from tlcourse.building.site import first_screen, headline_data
from tlcourse.data import results

BUDGET = 250_000  # bytes before the first screen is usable
STORED = headline_data.read(ROOT)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the first page and its data, without the other pages."""
    folder = tmp_path_factory.mktemp("first_screen")
    first_screen.write(ROOT, folder)
    return folder


@pytest.fixture(params=["light", "dark"])
def window(request, browser, site):
    """The first page, opened from disk in one of the two themes; nothing may be asked of others."""
    page = browser.new_page(color_scheme=request.param, viewport={"width": 1440, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.loaded, errors = [], []
    page.on("request", lambda asked: asked.url.startswith("data:") or page.loaded.append(asked.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "index.html").as_uri())
    yield page
    page.close()
    assert not errors
    assert all(url.startswith("file:") for url in page.loaded)


def reference_accuracy(images, seed=0):
    """The accuracy of the same recipe in numpy, with another order of the images."""
    recipe, people, each = first_screen.RECIPE, STORED["people"], STORED["trainEach"]
    codes = headline_data.decoded(STORED).astype(float)
    rows = np.concatenate([person * each + np.arange(images) for person in range(people)])
    deviation = codes[rows].std(axis=0)
    features = (codes - codes[rows].mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    features = np.pad(features, ((0, 0), (0, 1)), constant_values=1)
    labels, test_labels = np.repeat(np.arange(people), images), np.repeat(np.arange(people), STORED["testEach"])
    weights, first, second = np.zeros((3, features.shape[1], people))
    rng, steps = np.random.default_rng(seed), 0
    for _ in range(recipe["epochs"]):
        order = rng.permutation(len(rows))
        for batch in np.split(order, range(recipe["batch"], len(order), recipe["batch"])):
            logits = features[rows[batch]] @ weights
            shares = np.exp(logits - logits.max(axis=1, keepdims=True))
            shares /= shares.sum(axis=1, keepdims=True)
            shares[np.arange(len(batch)), labels[batch]] -= 1
            gradient, steps = features[rows[batch]].T @ shares / len(batch), steps + 1
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient**2 - second)
            scaled = recipe["rate"] * np.sqrt(1 - 0.999**steps) / (1 - 0.9**steps)
            weights -= scaled * first / (np.sqrt(second) + 1e-7)
    return float(((features[people * each :] @ weights).argmax(axis=1) == test_labels).mean())


def trained(page):
    """The accuracy and the seconds that the page reports when a training has ended."""
    sentence = page.locator("[data-live=train_it_here] p[aria-live]").filter(has_text=re.compile(r"% after [\d.]+ s"))
    sentence.wait_for()
    accuracy, seconds = re.match(r"([\d.]+)% after ([\d.]+) s", sentence.inner_text()).groups()
    return float(accuracy) / 100, float(seconds), sentence.inner_text()


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_browser_trains_a_head_as_python_does(window):
    recorded = results("few_images")
    window.get_by_role("button", name="Train it here").click()
    slider = window.get_by_role("slider", name="images per person")
    for images in (1, 2, 5, 10):
        while slider.input_value() != str(images - 1):
            slider.press("ArrowRight")
        words = f"with {images} image"
        window.locator("[data-live=train_it_here] p[aria-live]").filter(has_text=words).wait_for()
        accuracy, _, sentence = trained(window)
        assert accuracy == pytest.approx(reference_accuracy(images), abs=0.015)
        values = recorded[str(images)]["transfer"]["values"]
        assert min(values) - 0.03 < accuracy < max(values) + 0.03
        assert f"{recorded[str(images)]['small_cnn']['mean']:.1%}" in sentence
    mistakes = window.locator("[data-live=train_it_here] svg svg")
    assert mistakes.count() >= 2, "the images that it gets wrong, and who it took them for"


@pytest.mark.parametrize("window", ["light"], indirect=True)
@pytest.mark.speed
def test_training_takes_two_seconds(window):
    window.get_by_role("slider", name="images per person").press("End")
    window.get_by_role("button", name="Train it here").click()
    in_time(trained(window)[1], 2, "s")


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_first_screen_is_usable_after_few_bytes_and_data_come_on_demand(window, site):
    window.get_by_role("button", name="Train it here").wait_for()
    window.wait_for_load_state("networkidle")
    files = [site / url.split(site.as_uri() + "/")[1] for url in window.loaded]
    sizes = {file.name: file.stat().st_size for file in files}
    assert sum(sizes.values()) < BUDGET, sizes
    assert "train_it_here.js" not in sizes
    window.get_by_role("button", name="Train it here").click()
    trained(window)
    assert any(url.endswith("train_it_here.js") for url in window.loaded)


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_a_click_shows_who_a_is(window):
    asked = first_screen.question(ROOT, STORED)
    faces = window.locator("[data-live=who_is_a] button")
    assert faces.count() == len(asked["candidates"]) == headline_data.LOOKALIKES + 1
    wrong = (asked["answer"] + 1) % len(asked["candidates"])
    for choice, verdict in ((wrong, "wrong"), (asked["answer"], "correct")):
        faces.nth(choice).press("Enter")
        assert window.get_by_text(asked["verdicts"][verdict]).count() == 1


@pytest.mark.parametrize("window", ["light"], indirect=True)
def test_the_first_page_offers_to_read_run_and_teach_and_each_unit(window, site):
    for name in ("Read", "Run in Colab", "Teach it"):
        assert window.get_by_role("link", name=name, exact=True).count() == 1
    cards = window.locator(".cards a")
    assert cards.count() == len(unit_sources.unit_names(ROOT))
    for card in cards.all_inner_texts():
        assert "?" in card
        assert "minutes" in card
    images = window.locator(".cards a > img").evaluate_all("all => all.map(image => image.getAttribute('src'))")
    assert len(set(images)) == len(images) == cards.count(), "each card has an image of its own"
    assert all((site / image).is_file() for image in images)
    for audience, targets in (
        ("You teach.", ["docs/teaching.html"]),
        ("You write.", ["docs/architecture.html", f"{addresses.REPOSITORY}/blob/main/CONTRIBUTING.md"]),
    ):
        entry = window.locator(".entries p", has=window.locator("strong", has_text=audience))
        for target in targets:
            assert entry.locator(f"a[href='{target}']").count() == 1, f"{audience} {target}"


@pytest.mark.parametrize("window", ["dark"], indirect=True)
def test_no_thumbnail_has_a_white_ground_on_a_dark_page(window):
    for thumbnail in window.locator(".cards img").all():
        thumbnail.scroll_into_view_if_needed()
        thumbnail.evaluate("image => image.decode()")
        with Image.open(io.BytesIO(thumbnail.screenshot(animations="disabled"))) as shot:
            pixels = np.asarray(shot.convert("L"))
        edges = np.concatenate([pixels[3], pixels[-4], pixels[:, 3], pixels[:, -4]])
        assert np.median(edges) < 80, thumbnail.get_attribute("src")
        assert (pixels > 240).mean() < 0.2, thumbnail.get_attribute("src")


def test_the_first_page_is_accessible_and_fits_a_phone(window, axe_engine):
    window.get_by_role("button", name="Train it here").click()
    trained(window)
    for width in (1440, 768, 390):
        window.set_viewport_size({"width": width, "height": 900})
        assert window.evaluate("document.documentElement.scrollWidth") <= width
    window.evaluate(axe_engine)
    violations = window.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert not [(broken["id"], broken["nodes"][0]["html"][:200]) for broken in violations]


def test_the_stored_features_and_faces_fit_each_other():
    codes = headline_data.decoded(STORED)
    assert codes.shape == (STORED["people"] * (STORED["trainEach"] + STORED["testEach"]), STORED["width"])
    assert (codes.min(axis=0) == 0).all()
    assert STORED["teacher"] == headline_data.fingerprint(ROOT), "`tlcourse build` computes the features again"


@pytest.mark.slow
def test_the_stored_features_are_those_of_the_teacher():
    from tlcourse import teachers
    from tlcourse.datasets import faces
    from tlcourse.research.headline import both_sides

    _, test = faces.headline(headline_data.SEED)
    chosen = slice(0, None, 100)
    features = both_sides(teachers.load("faces_vgg16", head=False), test.images[chosen])
    lowest, highest = np.array(STORED["lowest"]), np.array(STORED["highest"])
    codes = headline_data.decoded(STORED)[STORED["people"] * STORED["trainEach"] :][chosen]
    step = (highest - lowest) / 255
    assert (abs(lowest + codes * step - features) <= 0.51 * step + 1e-4).all(), "within the error of a byte"
