"""The teacher in plain JavaScript on the site's first page: its features are Python's, but for the quantization."""

import base64
import re

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image
from real_browser import PATIENCE

from tlcourse.building.site import first_screen, teacher_data
from tlcourse.datasets import faces

STATE = "el => { const { pixels, features } = el.teacher(); return [[...pixels], [...features]]; }"


@pytest.fixture(scope="module")
def stored():
    return teacher_data.stored()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the first page and its data, without the other pages."""
    folder = tmp_path_factory.mktemp("teacher")
    first_screen.write(ROOT, folder)
    return folder


@pytest.fixture
def figure(browser, site):
    """The figure with the teacher loaded; nothing may be asked of others, and no error may come."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    asked, errors = [], []
    page.on("request", lambda request: request.url.startswith("data:") or asked.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "index.html").as_uri())
    shown = page.locator("[data-live=teacher_here]")
    assert not any("teacher_here.js" in url for url in asked), "the weights come on demand"
    shown.get_by_role("button", name="Load the teacher").click()
    shown.locator("p[aria-live]", has_text=re.compile(r"15 layers, forwards and mirrored, in \d+ ms")).wait_for()
    assert any(url.endswith("teacher_here.js") for url in asked)
    yield shown
    page.close()
    assert not errors
    assert all(url.startswith("file:") for url in asked)


def dequantized(stored):
    """The kernels and biases that the page computes with, in order."""
    codes, arrays = np.frombuffer(base64.b64decode(stored["weights"]), np.int8), []
    for layer in stored["layers"]:
        shape = (layer["inputs"], layer["outputs"])
        shape = (3, 3, *shape) if layer["kind"] == "conv" else shape
        size = int(np.prod(shape))
        arrays += [codes[:size].reshape(shape) * np.float32(layer["scales"]), np.float32(layer["biases"])]
        codes = codes[size:]
    assert len(codes) == 0
    return arrays


@pytest.fixture(scope="module")
def networks(stored):
    """Functions from images to features: Keras with the page's weights, and the teacher itself."""
    import keras

    from tlcourse import networks, teachers

    assert teacher_data.BLOCKS == networks.VGG16_BLOCKS
    same = networks.narrow_vgg16(3, batch_norm=False)
    same.set_weights([*dequantized(stored), *same.get_layer("predictions").get_weights()])
    cut = keras.Model(same.inputs[0], same.get_layer("fc2_relu").output)
    teacher = teachers.load("faces_vgg16", head=False)
    return [lambda images, model=model: model.predict(images, verbose=0) for model in (cut, teacher)]


def test_the_weights_are_rounded_to_the_nearest_code(stored):
    kernel = np.random.default_rng(0).normal(size=(3, 3, 4, 5)).astype(np.float32)
    codes, scales = teacher_data.quantize(kernel)
    assert codes.dtype == np.int8
    assert (abs(codes).reshape(-1, 5).max(axis=0) == 127).all()
    assert (abs(codes * scales - kernel) <= scales / 2 + 1e-7).all()
    assert [layer["pooled"] for layer in stored["layers"]].count(True) == 4
    assert len(base64.b64decode(stored["weights"])) == sum(
        layer["inputs"] * layer["outputs"] * (9 if layer["kind"] == "conv" else 1) for layer in stored["layers"]
    )


@pytest.mark.slow
def test_with_int8_weights_the_teacher_recognizes_the_same_people(networks):
    images = faces.portraits(faces.DEVELOPMENT_PEOPLE[:20], 6, seed=3)
    rounded, exact = (network(images.images) for network in networks)
    lengths = np.linalg.norm(rounded, axis=1) * np.linalg.norm(exact, axis=1)
    assert ((rounded * exact).sum(axis=1) / lengths).min() > 0.99
    for features in (rounded, exact):
        features /= np.linalg.norm(features, axis=1, keepdims=True)
    gallery, asked = np.arange(0, 120, 6), np.setdiff1d(np.arange(120), np.arange(0, 120, 6))
    right = [
        (images.labels[gallery][(features[asked] @ features[gallery].T).argmax(axis=1)] == images.labels[asked]).mean()
        for features in (rounded, exact)
    ]
    assert abs(right[0] - right[1]) <= 0.03, "one image of each person is known"


def test_the_features_of_a_drawn_and_of_a_chosen_image_are_pythons(figure, networks, tmp_path):
    rounded, exact = networks
    for hair, glasses in ((0, 0), (1, 1)):
        figure.get_by_role("combobox", name="hair", exact=True).select_option(index=hair)
        figure.get_by_role("combobox", name="glasses").select_option(index=glasses)
        figure.page.wait_for_timeout(1500)
        same(figure, rounded, exact)
    faces_drawn = [figure.locator("svg > image").first.get_attribute("href")]
    for name in ("skin", "hair color", "face width", "eye distance", "mouth"):
        figure.get_by_role("slider", name=name).press("ArrowRight")
        faces_drawn.append(figure.locator("svg > image").first.get_attribute("href"))
    assert len(set(faces_drawn)) == len(faces_drawn), "each slider changes the face"
    figure.page.wait_for_timeout(1500)
    same(figure, rounded, exact)
    file, portrait = tmp_path / "mine.png", faces.portraits(faces.DEVELOPMENT_PEOPLE[:1], 1, seed=5).images[0]
    Image.fromarray(portrait).save(file)
    figure.locator("input[type=file]").set_input_files(file)
    figure.page.wait_for_timeout(1500)
    assert np.array_equal(same(figure, rounded, exact), portrait), "an image of 48 pixels goes in as it is"


def same(figure, rounded, exact):
    """The page's features are those of Keras with the same weights; the teacher's are as near as these are."""
    pixels, features = (np.array(values) for values in figure.evaluate(STATE))
    image = pixels.reshape(1, 48, 48, 3)
    assert np.allclose(features, rounded(image)[0], rtol=1e-3, atol=1e-3 * features.max())
    teacher = exact(image)[0]
    error = np.linalg.norm(rounded(image)[0] - teacher)
    assert np.linalg.norm(features - teacher) <= 1.01 * error + 1e-3
    assert error < 0.1 * np.linalg.norm(teacher)
    return image[0]


def test_each_layer_shows_its_maps_and_other_files_raise_an_error(figure, tmp_path):
    seen = set()
    for layer, words in (
        ("block1_conv2", "16 of 16 maps, 48×48"),
        ("block4_conv3", "24 of 96 maps, 6×6"),
        ("fc2", "192 features"),
    ):
        figure.get_by_role("combobox", name="layer").select_option(label=layer)
        assert figure.locator("svg text", has_text=words).count() == 1
        seen.add(figure.locator("svg > image").nth(1).get_attribute("href"))
    assert len(seen) == 3
    similar = figure.locator("svg svg")
    assert similar.count() == 4
    file = tmp_path / "notes.txt"
    file.write_text("no image", encoding="utf-8")
    figure.locator("input[type=file]").set_input_files(file)
    figure.locator("p[aria-live]", has_text="notes.txt is no image that your browser can show").wait_for()


def test_the_recorded_person_is_most_similar_to_another_image_of_the_same_person(figure, tmp_path):
    _, test = faces.headline(0)
    right = 0
    for person in (3, 20, 41, 60):
        file = tmp_path / f"{person}.png"
        Image.fromarray(test.images[test.labels == person][-1]).save(file)
        before = figure.locator("svg svg").first.get_attribute("viewBox")
        figure.locator("input[type=file]").set_input_files(file)
        figure.page.wait_for_function(
            "before => document.querySelector('[data-live=teacher_here] svg svg').getAttribute('viewBox') !== before",
            arg=before,
        )
        column, row, side, _ = map(int, figure.locator("svg svg").first.get_attribute("viewBox").split())
        right += (row // side * 26 + column // side) // 20 == person
    assert right == 4, "the image itself is among the recorded ones"


@pytest.mark.speed
def test_a_face_passes_through_the_layers_in_a_second(figure):
    words = figure.locator("p[aria-live]").inner_text()
    assert float(re.search(r"in (\d+) ms", words)[1]) < 1000


def test_the_figure_fits_a_phone_and_is_accessible(figure, axe_engine):
    for width in (1440, 768, 390):
        figure.page.set_viewport_size({"width": width, "height": 900})
        assert figure.evaluate("() => document.documentElement.scrollWidth") <= width
    figure.page.evaluate(axe_engine)
    violations = figure.page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert not [(broken["id"], broken["nodes"][0]["html"][:200]) for broken in violations]
