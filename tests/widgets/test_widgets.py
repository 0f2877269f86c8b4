"""The still figures, and the classifier of photos, which is driven through its controls, as a browser would.

The figures that a browser draws are tested in test_live_figures.py.
"""

import io
import itertools
import re
import statistics
import time

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, in_time
from live_figures import LIVE
from PIL import Image

from tlcourse import counting, notebooks, widgets
from tlcourse.building import unit_sources
from tlcourse.datasets import galaxies
from tlcourse.datasets.galaxies.light import draw_light

LAYERS = [
    {"kind": "conv", "filters": 8, "kernel": 3, "strides": 1, "padding": "same"},
    {"kind": "conv", "filters": 16, "kernel": 5, "strides": 2, "padding": "same"},
    {"kind": "flatten"},
    {"kind": "dense", "units": 512},
    {"kind": "dense", "units": 4},
]


@pytest.fixture(autouse=True)
def _close_images():
    yield
    plt.close("all")


@pytest.mark.parametrize("widget", LIVE)
def test_a_unit_that_uses_a_live_figure_stores_it_with_its_still_image(widget):
    for unit, outputs in stored_outputs(widget).items():
        pages = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
        assert any("data-live" in page and "data:image/png" in page for page in pages), (
            f"{unit}: {widget} is not stored"
        )


def test_a_unit_with_the_classifier_of_photos_stores_its_still_figure():
    for unit, outputs in stored_outputs("draw_photo").items():
        assert any("image/png" in output.get("data", {}) for output in outputs), f"{unit}: no figure by draw_photo"


def stored_outputs(name):
    """The outputs of the cells that call a function or make a widget of this name, by unit."""
    outputs = {}
    for unit in unit_sources.unit_names(ROOT):
        cells = notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb").cells
        using = [cell for cell in cells if cell.cell_type == "code" and re.search(rf"\b{name}\(", cell.source)]
        if using:
            outputs[unit] = [output for cell in using for output in cell.outputs]
    assert outputs, f"no unit uses {name}"
    return outputs


def texts(axes):
    return {text.get_text() for text in axes.texts}


def test_the_still_figure_shows_every_shape_and_count():
    axes = widgets.draw_shapes(counting.measure(LAYERS, (32, 32, 3)))
    assert {"32×32×3", "32×32×8", "16×16×16", "4096", "224", "3,216", "2,097,664", "99.7%"} <= texts(axes)
    assert "2,103,156" in axes.get_title(loc="left") + axes.get_title()


@pytest.mark.parametrize(("strides", "padding", "positions"), [(1, "valid", 6), (1, "same", 8), (2, "same", 4)])
def test_windows_are_drawn_where_the_kernel_stops(strides, padding, positions):
    axes = widgets.draw_windows(8, 3, strides, padding)
    below = [patch for patch in axes.patches if patch.get_y() < 0]
    assert len(below) == positions
    cells = [patch for patch in axes.patches if patch.get_y() == 0]
    last = max(patch.get_x() + patch.get_width() for patch in below)
    assert last <= max(patch.get_x() + 1 for patch in cells), "no window hangs over the end of the padded row"


def test_filters_are_drawn_one_square_a_parameter():
    layer = counting.keras_layer({"kind": "conv", "filters": 8, "kernel": 3})
    layer.build((None, 32, 32, 3))
    squares = np.ma.masked_invalid(widgets.draw_filters(layer).collections[0].get_array())
    assert squares.count() == 224


LOGITS = [[4.0, 2.0, 0.0], [0.0, 0.0, 1.0]]


def test_the_still_figure_of_a_temperature_shows_every_share():
    axes = widgets.draw_softened(LOGITS[0], ("Ann", "Bob", "Cem"), 1)
    assert {"86.7%", "11.7%", "1.6%"} <= texts(axes)
    assert [patch.get_height() for patch in axes.patches] == pytest.approx([0.8668, 0.1173, 0.0159], abs=1e-4)
    assert "temperature 1" in axes.get_title(loc="left")


@pytest.mark.parametrize("logits", [[20.0, *[0.0] * 9], [0.0] * 10])
def test_the_shares_of_ten_classes_do_not_run_into_each_other(logits):
    _, (_, axes, _) = plt.subplots(1, 3, figsize=(11, 2.3), width_ratios=(1, 3, 3), layout="constrained")  # of unit 07
    widgets.draw_softened(logits, "ABCDEFGHIJ", 1, axes)
    axes.figure.canvas.draw()
    places = [text.get_window_extent() for text in axes.texts]
    assert len(places) == 10
    assert all(previous.x1 < following.x0 for previous, following in itertools.pairwise(places))


def test_what_cannot_be_softened_is_named():
    for temperature in (0, -2):
        with pytest.raises(ValueError, match=str(temperature)):
            widgets.draw_softened(LOGITS[0], ("a", "b", "c"), temperature)
    with pytest.raises(ValueError, match="3 logits"):
        widgets.draw_softened(LOGITS[0], ("a", "b"), 1)


def summaries(count):
    return [{"mean": (n + 1) / (count + 1), "ci95": [n / (count + 1), (n + 1.5) / (count + 1)]} for n in range(count)]


def test_a_cut_is_drawn_with_its_layer_marked():
    names = ("block1_conv1", "block2_conv1", "predictions")
    curves = {"faces": summaries(3), "digits": summaries(3)}
    maps = np.random.default_rng(0).normal(size=(5, 5, 30))
    axes = widgets.draw_cut(maps, curves, names, 1)
    assert [line.get_xdata()[0] for line in axes.lines if len(set(line.get_xdata())) == 1] == [2]
    left = axes.figure.axes[0]
    assert "block2_conv1: 24 of 30 maps" in left.get_title() + left.get_title(loc="left")
    with pytest.raises(ValueError, match="got 3"):
        widgets.draw_cut(maps, curves, names, 3)


def brightness(photo):
    light = photo.mean() / 255
    return [light, 1 - light]


@pytest.fixture
def classifier():
    samples = {"night": np.zeros((20, 20, 3), "uint8"), "noon": np.full((20, 20, 3), 255, "uint8")}
    return widgets.PhotoClassifier(brightness, ("light", "dark"), samples, size=20)


def uploaded(content, name="mine.png", version=8):
    upload = {"name": name, "content": memoryview(content)}
    return (upload,) if version == 8 else {name: {"metadata": {"name": name}, "content": content}}


@pytest.mark.parametrize("version", [7, 8])
def test_an_uploaded_photo_is_classified(classifier, version):

    assert "100.0%" in classifier.numbers.value
    before = classifier.figure.value
    file = io.BytesIO()
    Image.new("RGB", (60, 40), (51, 51, 51)).save(file, "PNG")
    classifier._on_change({"owner": classifier.upload, "new": uploaded(file.getvalue(), version=version)})
    assert all(text in classifier.numbers.value for text in ("mine.png", "20.0%", "80.0%"))
    assert classifier.figure.value != before
    classifier._on_change({"owner": classifier.upload, "new": uploaded(b"no photo", "<b>.jpg", version)})
    assert "&lt;b&gt;.jpg cannot be read as a photo" in classifier.numbers.value
    classifier.sample.value = "noon"
    assert "noon" in classifier.numbers.value


def test_a_classifier_needs_a_sample_and_a_probability_a_class(classifier):
    with pytest.raises(ValueError, match="sample"):
        widgets.PhotoClassifier(brightness, ("light", "dark"), {})
    classifier.predict = lambda photo: [1.0]
    with pytest.raises(ValueError, match="got 1"):
        classifier.show(classifier.samples["night"], "night")


def test_the_still_figure_of_a_photo_shows_it_and_every_probability(classifier):
    photo = np.arange(1200, dtype=np.uint8).reshape(20, 20, 3)
    axes = widgets.draw_photo(photo, [[0.25, 0.7495, 0.0005]], ("cat", "dog", "fox"), "on-the-sofa-last-winter.png")
    assert {"25.0%", "75.0%", "<0.1%"} == texts(axes)
    assert [(round(bar.get_y() + 0.4), bar.get_width()) for bar in axes.patches] == [
        (2, 0.25),
        (1, 0.7495),
        (0, 0.0005),
    ]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["cat", "dog", "fox"]
    left = axes.figure.axes[0]
    assert np.array_equal(left.images[0].get_array(), photo)
    assert left.get_title(loc="left") == "the-sofa-last-winter.png"
    with pytest.raises(ValueError, match="each of the 3 classes, got 2"):
        widgets.draw_photo(photo, [0.5, 0.5], ("cat", "dog", "fox"))


def test_the_still_figure_of_a_schedule_has_a_line_for_each_group():
    axes = widgets.draw_schedules("slanted triangle", 0.01, groups=3, factor=10, steps=50)
    tops = sorted(line.get_ydata().max() for line in axes.lines)
    assert tops == pytest.approx([1e-4, 1e-3, 1e-2])
    assert all(line.get_ydata()[0] == pytest.approx(line.get_ydata().max() / 32) for line in axes.lines)
    assert "slanted triangle" in axes.get_title(loc="left")


def test_a_schedule_that_makes_no_sense_raises():
    with pytest.raises(ValueError, match="'triangle'"):
        widgets.draw_schedules("triangle", 0.01)


SEEINGS = (1.5, 3.0, 6.0)


@pytest.fixture(scope="module")
def lights():
    return {name: draw_light(kind, np.random.default_rng(0)) for kind, name in enumerate(("spiral", "barred spiral"))}


@pytest.mark.speed
def test_a_photo_is_classified_within_half_a_second(classifier):
    seconds, images = [], []
    for sample in ("noon", "night", "noon", "night"):
        started = time.process_time()  # of this process: another one's work does not count
        classifier.sample.value = sample
        seconds.append(time.process_time() - started)
        images.append(bytes(classifier.figure.value))
    assert all(before != after for before, after in itertools.pairwise(images))
    in_time(statistics.median(seconds[1:]), 0.5, "s")


def test_the_still_figure_of_a_telescope_marks_the_chosen_seeing(lights):
    chosen = galaxies.Telescope("chosen", 3.0, 120, 0.15)
    axes = widgets.draw_shift(lights["spiral"], chosen, SEEINGS, [0.91, 0.73, 0.42])
    assert [line.get_xydata().tolist() for line in axes.lines[:2]] == [
        [[1.5, 0.91], [3.0, 0.73], [6.0, 0.42]],
        [[3.0, 0.73]],
    ]
    assert "73.0%" in axes.get_title(loc="left")
    (inset,) = axes.child_axes
    seen = galaxies.expose(lights["spiral"], chosen, np.random.default_rng(0))
    assert np.array_equal(inset.images[0].get_array(), seen)


def test_what_does_not_fit_the_telescope_is_named(lights):
    with pytest.raises(ValueError, match="3 seeings"):
        widgets.draw_shift(lights["spiral"], galaxies.SHARP, SEEINGS, [0.9])
    with pytest.raises(ValueError, match=r"got 3.3"):
        widgets.draw_shift(lights["spiral"], galaxies.BLURRED, SEEINGS, [0.9, 0.7, 0.4])
