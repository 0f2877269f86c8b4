"""The interactive figures: each is driven through its controls, as a browser would."""

import io
import itertools
import re
import statistics
import time

import matplotlib.pyplot as plt
import numpy as np
import pytest
from conftest import ROOT, in_time
from PIL import Image
from still_figures import STILL

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
CONTROLS = ("layer", "kernel", "strides", "padding", "filters")


@pytest.fixture(autouse=True)
def _close_images():
    yield
    plt.close("all")


def test_every_widget_has_a_still_figure():
    assert set(STILL) == {name for name in widgets.__all__ if name[0].isupper()}
    assert set(STILL.values()) <= set(widgets.__all__)


@pytest.mark.parametrize(("widget", "still"), STILL.items())
def test_a_unit_that_uses_a_widget_stores_its_still_figure(widget, still):
    solved = {
        unit: notebooks.read(ROOT / "solutions" / unit / f"{unit}.ipynb").cells
        for unit in unit_sources.unit_names(ROOT)
    }
    using = {unit: cells for unit, cells in solved.items() if any(calls(cell, widget) for cell in cells)}
    assert using, f"no unit uses {widget}"
    for unit, cells in using.items():
        outputs = [output for cell in cells if calls(cell, still) for output in cell.outputs]
        assert any("image/png" in output.get("data", {}) for output in outputs), f"{unit}: no figure by {still}"


def calls(cell, name):
    """Whether a cell of code calls a function, or makes a widget, of this name."""
    return cell.cell_type == "code" and re.search(rf"\b{name}\(", cell.source)


@pytest.fixture
def explorer():
    return widgets.ShapeExplorer(LAYERS, (32, 32, 3))


def pixels(explorer):
    return np.asarray(Image.open(io.BytesIO(explorer.figure.value)).convert("L"))


def test_the_explorer_opens_with_the_lectures_numbers(explorer):
    for number in ("224", "3,216", "2,097,664", "2,103,156", "16×16×16"):
        assert number in explorer.numbers.value
    assert pixels(explorer).std() > 10


# The totals are hand arithmetic: what the first convolution, the second and the first dense layer become.
@pytest.mark.parametrize(
    ("control", "value", "total"),
    [
        ("kernel", 5, 25 * 3 * 8 + 8 + 3216 + 2_097_664 + 2052),
        ("strides", 2, 224 + 3216 + (8 * 8 * 16 + 1) * 512 + 2052),
        ("padding", "valid", 224 + 3216 + (15 * 15 * 16 + 1) * 512 + 2052),
        ("filters", 32, 9 * 3 * 32 + 32 + 25 * 32 * 16 + 16 + 2_097_664 + 2052),
    ],
)
def test_each_control_changes_the_figure_and_the_numbers(explorer, control, value, total):
    image, numbers = explorer.figure.value, explorer.numbers.value
    getattr(explorer, control).value = value
    assert explorer.figure.value != image
    assert explorer.numbers.value != numbers
    assert f"{total:,}" in explorer.numbers.value


def test_another_layer_brings_its_own_values_and_leaves_the_network_as_it_was(explorer):
    numbers = explorer.numbers.value
    explorer.layer.value = 1
    assert [getattr(explorer, name).value for name in CONTROLS] == [1, 5, 2, "same", 16]
    assert explorer.numbers.value == numbers
    explorer.strides.value = 1
    assert "8,394,612" in explorer.numbers.value
    assert LAYERS[1]["strides"] == 2, "the caller's own list stays as it was"


def test_a_kernel_that_does_not_fit_is_reported_and_can_be_undone(explorer):
    explorer.strides.value, explorer.layer.value = 4, 1
    explorer.padding.value = "valid"
    before = explorer.figure.value
    explorer.kernel.value = 9
    assert "larger than its input map" in explorer.numbers.value
    assert explorer.figure.value != before
    explorer.kernel.value = 3
    assert "parameters" in explorer.numbers.value


def test_every_control_is_labeled(explorer):
    assert all(getattr(explorer, name).description for name in CONTROLS)


def test_a_network_without_convolutions_raises():
    with pytest.raises(ValueError, match="flatten"):
        widgets.ShapeExplorer([{"kind": "flatten"}], (32, 32, 3))


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


@pytest.fixture
def thermometer():
    return widgets.TemperatureExplorer(LOGITS, ("Ann", "Bob", "Cem"), ("first image", "second image"))


def test_the_thermometer_shows_shares_that_a_hand_can_check(thermometer):
    # e^4, e^2, e^0 over their sum 54.598 + 7.389 + 1 = 62.987
    assert all(share in thermometer.numbers.value for share in ("86.7%", "11.7%", "1.6%"))
    image = thermometer.figure.value
    thermometer.temperature.value = 2  # e^2, e^1, e^0 over 11.107
    assert all(share in thermometer.numbers.value for share in ("66.5%", "24.5%", "9.0%"))
    assert thermometer.figure.value != image
    thermometer.image_choice.value, thermometer.temperature.value = 1, 1  # 1, 1, e over 4.718
    assert all(share in thermometer.numbers.value for share in ("21.2%", "57.6%"))
    assert thermometer.image_choice.description
    assert thermometer.temperature.description


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
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        widgets.TemperatureExplorer(LOGITS, ("a", "b", "c"), ("one",))


def summaries(count):
    return [{"mean": (n + 1) / (count + 1), "ci95": [n / (count + 1), (n + 1.5) / (count + 1)]} for n in range(count)]


@pytest.fixture(scope="module")
def cutter():
    import keras

    inputs = x = keras.Input((12, 12, 3))
    for name in ("block1_conv1", "block2_conv1"):
        x = keras.layers.ReLU(name=f"{name}_relu")(keras.layers.Conv2D(30, 3, strides=2, name=name)(x))
    outputs = keras.layers.Dense(7, name="predictions")(keras.layers.Flatten()(x))
    rng = np.random.default_rng(0)
    images = {name: rng.integers(0, 256, (12, 12, 3)) for name in ("one", "other")}
    return widgets.CutExplorer(keras.Model(inputs, outputs), images, {"faces": summaries(3), "digits": summaries(3)})


def test_going_through_the_layers_changes_figure_and_numbers(cutter):
    seen = set()
    for number, name in enumerate(("block1_conv1", "block2_conv1", "predictions")):
        cutter.layer.value = number
        assert name in cutter.numbers.value
        assert f"{(number + 1) / 4:.1%}" in cutter.numbers.value
        seen.add(bytes(cutter.figure.value))
    cutter.image_choice.value = 1
    assert len(seen | {bytes(cutter.figure.value)}) == 4
    assert cutter.layer.description
    assert cutter.image_choice.description


def test_a_cut_is_drawn_with_its_layer_marked(cutter):
    axes = widgets.draw_cut(cutter.maps[1][0], cutter.curves, cutter.names, 1)
    assert [line.get_xdata()[0] for line in axes.lines if len(set(line.get_xdata())) == 1] == [2]
    left = axes.figure.axes[0]
    assert "block2_conv1: 24 of 30 maps" in left.get_title() + left.get_title(loc="left")
    with pytest.raises(ValueError, match="got 3"):
        widgets.draw_cut(cutter.maps[1][0], cutter.curves, cutter.names, 3)
    with pytest.raises(ValueError, match="'short' must have one summary for each of the 3 layers, got 2"):
        widgets.CutExplorer(_linear_teacher(), {"a": np.zeros((12, 12, 3))}, {"short": summaries(2)})


def _linear_teacher():
    import keras

    layers = [keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(2), keras.layers.Dense(2)]
    return keras.Sequential([keras.Input((12, 12, 3)), *layers])


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
    import io

    from PIL import Image

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


@pytest.fixture
def schedule():
    return widgets.ScheduleExplorer(1e-2)


def test_the_schedule_shows_rates_that_a_hand_can_check(schedule):
    # a constant rate, four groups, factor 3: 0.01, and a third of it three times
    assert all(f">{rate}</td>" in schedule.numbers.value for rate in ("0.01", "0.00333", "0.00111", "0.00037"))
    schedule.schedule.value = "slanted triangle"  # begins at the peak over 32
    assert "0.000313 0.01" in re.sub(r"(<[^>]+>)+", " ", schedule.numbers.value)
    assert pixels(schedule).std() > 10


@pytest.mark.parametrize(
    ("control", "value"), [("schedule", "one-cycle"), ("highest", 1e-3), ("steps", 200), ("factor", 10), ("groups", 2)]
)
def test_each_control_of_the_schedule_redraws(schedule, control, value):
    schedule.schedule.value = "cosine"
    image, numbers = schedule.figure.value, schedule.numbers.value
    getattr(schedule, control).value = value
    assert schedule.figure.value != image
    assert schedule.numbers.value != numbers
    assert getattr(schedule, control).description


def test_the_still_figure_of_a_schedule_has_a_line_for_each_group():
    axes = widgets.draw_schedules("slanted triangle", 0.01, groups=3, factor=10, steps=50)
    tops = sorted(line.get_ydata().max() for line in axes.lines)
    assert tops == pytest.approx([1e-4, 1e-3, 1e-2])
    assert all(line.get_ydata()[0] == pytest.approx(line.get_ydata().max() / 32) for line in axes.lines)
    assert "slanted triangle" in axes.get_title(loc="left")


def test_a_schedule_that_makes_no_sense_raises():
    with pytest.raises(ValueError, match="'triangle'"):
        widgets.draw_schedules("triangle", 0.01)
    with pytest.raises(ValueError, match="got 3"):
        widgets.ScheduleExplorer(3)


SEEINGS, EXPOSURES = (1.5, 3.0, 6.0), (120, 15)
ACCURACIES = [[0.91, 0.52], [0.73, 0.44], [0.42, 0.31]]


@pytest.fixture(scope="module")
def lights():
    return {name: draw_light(kind, np.random.default_rng(0)) for kind, name in enumerate(("spiral", "barred spiral"))}


@pytest.fixture
def telescope(lights):
    return widgets.ShiftExplorer(lights, SEEINGS, EXPOSURES, ACCURACIES)


@pytest.mark.parametrize(
    ("control", "value", "accuracy"), [("seeing", 6.0, "42.0%"), ("exposure", 15, "52.0%"), ("galaxy", None, "91.0%")]
)
def test_a_worse_telescope_changes_figure_and_accuracy(telescope, control, value, accuracy):
    assert "91.0%" in telescope.numbers.value
    assert getattr(telescope, control).description
    image = telescope.figure.value
    getattr(telescope, control).value = value or "barred spiral"
    assert telescope.figure.value != image
    assert accuracy in telescope.numbers.value


# In the units' sizes, and moved by keys, they are timed in the browser: tests/commands/test_browser.py.
@pytest.mark.speed
@pytest.mark.parametrize(
    ("made", "control", "values"),
    [
        ("explorer", "kernel", (5, 7, 3, 9)),
        ("thermometer", "temperature", (2, 3, 4, 5)),
        ("cutter", "layer", (1, 2, 0, 1)),
        ("classifier", "sample", ("noon", "night", "noon", "night")),
        ("schedule", "factor", (4, 5, 6, 7)),
        ("telescope", "seeing", (3.0, 6.0, 1.5, 3.0)),
    ],
)
def test_a_change_is_drawn_within_half_a_second(request, made, control, values):
    explorer, seconds, images = request.getfixturevalue(made), [], []
    for value in values:
        started = time.process_time()  # of this process: another one's work does not count
        getattr(explorer, control).value = value
        seconds.append(time.process_time() - started)
        images.append(bytes(explorer.figure.value))
    print(f"{type(explorer).__name__}: {', '.join(f'{each:.2f}' for each in seconds)} s")
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
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        widgets.ShiftExplorer(lights, SEEINGS, EXPOSURES, [[0.9, 0.5]])
    with pytest.raises(ValueError, match="3 seeings"):
        widgets.draw_shift(lights["spiral"], galaxies.SHARP, SEEINGS, [0.9])
    with pytest.raises(ValueError, match=r"got 3.3"):
        widgets.draw_shift(lights["spiral"], galaxies.BLURRED, SEEINGS, [0.9, 0.7, 0.4])
