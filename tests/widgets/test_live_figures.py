"""The figures that a browser draws: on a page from disk, each shows the numbers that Python computes."""

import html
import itertools
import json
import types

import numpy as np
import pytest
from conftest import in_time
from live_page import medians, moves_of_each_control
from scipy import linalg, optimize, special
from scipy.stats import norm
from sklearn import metrics

from tlcourse import counting, finetuning, model_checks, networks, schedules, stats, widgets
from tlcourse.datasets import galaxies
from tlcourse.datasets.galaxies.light import draw_light
from tlcourse.learning_rates import ladder
from tlcourse.research import segmentation_arms
from tlcourse.widgets import (
    overlap_explorer,
    partition_explorer,
    prior_explorer,
    schedule_explorer,
    temperature_explorer,
)

LAYERS = [
    {"kind": "conv", "filters": 8, "kernel": 3, "strides": 1, "padding": "same"},
    {"kind": "conv", "filters": 16, "kernel": 5, "strides": 2, "padding": "same"},
    {"kind": "flatten"},
    {"kind": "dense", "units": 512},
    {"kind": "dense", "units": 4},
]
EVERY_KIND = [
    {"kind": "conv", "filters": 8, "kernel": 3, "strides": 2},
    {"kind": "batch_norm"},
    {"kind": "separable", "filters": 12, "kernel": 5, "padding": "same"},
    {"kind": "pool", "size": 2},
    {"kind": "global_pool"},
    {"kind": "dense", "units": 7, "name": "head"},
]
LOGITS = [[4.0, 2.0, 0.0], [0.0, 0.0, 1.0]]
SEEINGS, EXPOSURES = (1.5, 3.0, 6.0), (120, 15)
ACCURACIES = [[0.91, 0.52], [0.73, 0.44], [0.42, 0.31]]
RNG = np.random.default_rng(0)
RUNS = {"first": RNG.normal(0.86, 0.02, 30), "second": RNG.normal(0.84, 0.02, 30)}
SOURCE = RNG.normal(size=(9, 2)) * (1, 0.4)
TARGET = SOURCE @ [[0.0, -1.0], [-1.0, 0.0]] + RNG.normal(0, 0.05, (9, 2))  # turned and mirrored
MASKS = {"both sides": np.ones((3, 3)), "left to right": np.tril(np.ones((3, 3)))}
BOXES = [[2, 2, 12, 12], [3, 2, 13, 12], [14, 14, 20, 22]]
CURVES = {"old": [0.5, 0.7, 0.9], "new": [0.95, 0.9, 0.6]}
METHODS = {"EWC": [1, 10, 100], "replay": [0.25, 0.5, 0.75]}
RECORDED = {
    "EWC": {"old": [{"mean": mean, "ci95": [mean - 0.1, mean + 0.05]} for mean in (0.75, 0.8, 0.9)]},
    "replay": {"old": [{"mean": mean, "ci95": [mean - 0.02, mean + 0.01]} for mean in (0.91, 0.95, 0.93)]},
}
SMALL_NETWORK = ["input 6", "dense 8", "norm", "relu", "dense 7", "norm", "relu", "head 3"]
PARTS, COLORS = (
    ("background", "skin", "hair", "mouth", "hat"),
    [[225, 225, 225], [200, 150, 0], [0, 0, 180], [250, 0, 0], [9, 9, 9]],
)
FACE = np.zeros((24, 20), np.uint8)
FACE[2:9, 4:17], FACE[5:21, 6:15], FACE[16:18, 9:12] = 2, 1, 3
STUDENTS = {"unsure": [1.0, 0.0, 0.0], "a copy": [4.0, 2.0, 0.0]}


def best_first(boxes, scores, threshold):
    """A stand-in for a student's function: the first box suppresses the second one below 0.8."""
    return [0, 2] if threshold < 0.8 else [0, 1, 2]


def lights():
    return {name: draw_light(kind, np.random.default_rng(0)) for kind, name in enumerate(("spiral", "barred spiral"))}


def teacher():
    """A network of three weight layers whose feature maps are small."""
    import keras

    inputs = x = keras.Input((12, 12, 3))
    for name in ("block1_conv1", "block2_conv1"):
        x = keras.layers.ReLU(name=f"{name}_relu")(keras.layers.Conv2D(30, 3, strides=2, name=name)(x))
    return keras.Model(inputs, keras.layers.Dense(7, name="predictions")(keras.layers.Flatten()(x)))


def summaries(count):
    return [{"mean": (n + 1) / (count + 1), "ci95": [n / (count + 1), (n + 1.5) / (count + 1)]} for n in range(count)]


FIGURES = {
    "shapes": lambda: widgets.ShapeExplorer(LAYERS, (32, 32, 3)),
    "schedules": lambda: widgets.ScheduleExplorer(1e-2),
    "temperature": lambda: widgets.TemperatureExplorer(LOGITS, ("Ann", "Bob", "Cem"), ("first image", "second image")),
    "telescope": lambda: widgets.ShiftExplorer(lights(), SEEINGS, EXPOSURES, ACCURACIES),
    "intervals": lambda: widgets.IntervalExplorer(RUNS),
    "divergences": lambda: widgets.DivergenceExplorer(LOGITS[0], STUDENTS, "ABC"),
    "descent": lambda: widgets.DescentExplorer(),
    "masks": lambda: widgets.MaskExplorer(MASKS, ["it", "was", "good"]),
    "partitions": lambda: widgets.PartitionExplorer(50),
    "suppression": lambda: widgets.SuppressionExplorer(np.zeros((24, 24, 3)), BOXES, [0.9, 0.8, 0.7], best_first),
    "strengths": lambda: widgets.StrengthExplorer("strength", [0, 1, 10], CURVES, "accuracy"),
    "methods": lambda: widgets.StrengthExplorer("setting", METHODS, RECORDED, "accuracy", percent=True),
    "procrustes": lambda: widgets.ProcrustesExplorer({"ours": SOURCE, "theirs": TARGET}),
    "freezing": lambda: widgets.FreezingExplorer(model_checks.network(SMALL_NETWORK)),
    "priors": lambda: widgets.PriorExplorer(),
    "overlaps": lambda: widgets.OverlapExplorer(np.zeros((24, 20, 3)), FACE, PARTS, COLORS),
}


def measured(layers, shape):
    rows = counting.measure(layers, shape)
    total = ["total", "", f"{sum(row.parameters for row in rows):,}"]
    return [[row.name, "×".join(map(str, row.shape)), f"{row.parameters:,}"] for row in rows] + [total]


@pytest.mark.parametrize(("layers", "shape"), [(LAYERS, (32, 32, 3)), (EVERY_KIND, (45, 31, 2))])
def test_shapes_and_counts_are_those_of_keras(live, layers, shape):
    page = live(widgets.ShapeExplorer(layers, shape))
    assert page.rows() == measured(layers, shape)
    for name, key, values in (
        ("kernel", "kernel", (4, 7)),
        ("stride", "strides", (3, 1)),
        ("filters", "filters", (33,)),
    ):
        for value in values:
            page.move(name, value - 1)
            layers = [{**layers[0], key: value}, *layers[1:]]
            assert page.rows() == measured(layers, shape), (name, value)
    for position, padding in ((1, "valid"), (0, "same")):
        page.move("padding", position)
        layers = [{**layers[0], "padding": padding}, *layers[1:]]
        assert page.rows() == measured(layers, shape), padding


def test_another_layer_brings_its_own_values_and_a_kernel_that_is_too_large_is_reported(live):
    page = live(widgets.ShapeExplorer(LAYERS, (32, 32, 3)))
    page.move("layer", 1)
    assert page.figure.locator("output").all_inner_texts() == ["5", "2", "16"]
    assert page.rows() == measured(LAYERS, (32, 32, 3)), "the network is as it was"
    page.move("stride", 0)
    assert page.rows()[4][2] == "8,389,120", "stride 1 costs four times the dense layer"
    small = live(widgets.ShapeExplorer(LAYERS[:1], (5, 5, 3)))
    small.move("padding", 1)
    small.move("kernel", 8)
    assert "larger than its input map" in small.summary()
    small.move("kernel", 2)
    assert small.rows()[1] == ["conv 3×3", "3×3×8", "224"]


@pytest.mark.parametrize("steps", [10, 100, 200])
def test_the_rates_of_each_schedule_are_those_of_keras(live, steps):
    page = live(widgets.ScheduleExplorer(1e-2))
    page.move("steps", steps // 10 - 1)
    for position, name in enumerate(schedules.SCHEDULES):
        page.move("schedule", position)
        curve = schedules.curve(name, 1.0, steps)
        shown = [[float(cell) for cell in row[1:]] for row in page.rows()]
        expected = [[peak * rate for rate in (curve[0], curve.max(), curve[-1])] for peak in ladder(1e-2, 4, 3)]
        assert np.allclose(shown, expected, rtol=6e-3, atol=1e-12), name
        points = page.figure.locator("polyline[stroke='#0072B2']").first.get_attribute("points").split()
        assert len(points) == steps


def test_a_ladder_has_a_rate_for_each_group(live):
    page = live(widgets.ScheduleExplorer(1e-2))
    page.move("groups", 1)
    page.move("factor", 18)
    assert [row[2] for row in page.rows()] == ["0.001", "0.01"], "factor 10"
    page.move("peak", schedule_explorer.PEAKS.index(1.0))
    assert [row[2] for row in page.rows()] == ["0.1", "1"]


def test_probabilities_soften_as_scipy_computes_them(live):
    page = live(FIGURES["temperature"]())
    for image, logits in enumerate(LOGITS):
        page.move("image", image)
        for position in (0, 10, 13, 30):
            temperature = temperature_explorer.TEMPERATURES[position]
            page.move("temperature", position)
            expected = special.softmax(np.array(logits) / temperature)
            shown = [row[1] for row in page.rows()]
            assert shown == [f"{share:.1%}" if share >= 0.001 or share == 0 else "<0.1%" for share in expected]


def test_the_telescope_shows_pythons_image_and_the_measured_accuracy(live):
    page = live(FIGURES["telescope"]())
    assert "91.0%" in page.summary()
    page.figure.evaluate("el => el.dataset.noise = 'off'")
    silent = types.SimpleNamespace(standard_normal=lambda shape, dtype: np.zeros(shape, dtype))
    for seeing, exposure in ((1, 0), (2, 1)):
        page.move("seeing", seeing)
        page.move("exposure", exposure)
        assert f"{ACCURACIES[seeing][exposure]:.1%}" in page.summary()
        telescope = galaxies.Telescope("chosen", SEEINGS[seeing], EXPOSURES[exposure], galaxies.SHARP.sky)
        expected = galaxies.expose(lights()["spiral"], telescope, silent).astype(int)
        assert abs(page.pixels()[..., :3] - expected).max() <= 4, "of 255; light is stored in bytes"


def test_the_noise_of_the_telescope_has_the_right_size(live):
    page = live(widgets.ShiftExplorer({"dark": np.zeros((3, 48, 48)) + 1e-6}, SEEINGS, EXPOSURES, ACCURACIES))
    telescope = galaxies.Telescope("chosen", SEEINGS[0], EXPOSURES[0], galaxies.SHARP.sky)
    expected = galaxies.expose(np.zeros((3, 48, 48), np.float32), telescope, np.random.default_rng(0))
    assert page.pixels()[..., :3].std() == pytest.approx(expected.std(), rel=0.1)
    assert page.pixels()[..., :3].mean() == pytest.approx(expected.mean(), rel=0.1)


def test_a_cut_shows_its_layers_maps_and_accuracies(live):
    network, image = teacher(), RNG.integers(0, 256, (12, 12, 3))
    page = live(widgets.CutExplorer(network, {"one": image, "other": image[::-1]}, {"faces": summaries(3)}))
    assert page.rows() == [["faces", "25.0%"]]
    maps = network.get_layer("block1_conv1_relu").output.shape[1]
    assert page.pixels().shape[:2] == (4 * (maps + 1), 6 * (maps + 1)), "24 of 30 maps, six in a row"
    page.move("cut after", 2)
    assert page.rows() == [["faces", "75.0%"]]
    assert "predictions" in page.summary()
    before = page.pixels()
    page.move("image", 1)
    assert not np.array_equal(page.pixels(), before)


def test_an_interval_forms_run_by_run_as_stats_computes_it(live):
    page = live(FIGURES["intervals"]())
    assert [row[1] for row in page.rows()] == ["0", "0", "0"]
    page.press("one more run")
    assert "no interval" in page.summary()
    page.press("ten more runs")
    first, second = (values[:11] for values in RUNS.values())
    expected = [stats.summary(first), stats.summary(second), stats.paired_difference(first, second)]
    for row, summary in zip(page.rows(), expected, strict=True):
        assert float(row[2]) == pytest.approx(summary["mean"], abs=1e-4)
        assert [float(bound) for bound in row[3].split(" to ")] == pytest.approx(summary["ci95"], abs=1e-4)
    low, high = expected[2]["ci95"]
    assert ("contains 0" in page.summary()) == (low <= 0 <= high)
    page.press("start again")
    assert [row[1] for row in page.rows()] == ["0", "0", "0"]


def test_divergences_are_those_of_scipy(live):
    page = live(FIGURES["divergences"]())
    for position in (0, 10, 16, 30):
        temperature = temperature_explorer.TEMPERATURES[position]
        page.move("temperature", position)
        p, q = (special.softmax(np.array(logits) / temperature) for logits in (LOGITS[0], STUDENTS["unsure"]))
        forward, backward = special.rel_entr(p, q).sum(), special.rel_entr(q, p).sum()
        slope = np.linalg.norm(q - p) / temperature
        expected = [[value, temperature**2 * value] for value in (forward, backward, slope)]
        shown = [[float(cell) for cell in row[1:]] for row in page.rows()]
        assert np.allclose(shown, expected, rtol=6e-3, atol=6e-5), temperature
    page.move("student", 1)
    assert {cell for row in page.rows() for cell in row[1:]} == {"0.0000"}, "a copy has no divergence"


def descended(peak, factor):
    """The path of the two weights at a constant rate; it ends where a weight is beyond 50."""
    path = [np.array(schedule_explorer.START)]
    while len(path) <= schedule_explorer.STEPS and abs(path[-1]).max() <= 50:
        pretrained, fresh = path[-1]
        slope = (pretrained * fresh - 1) * np.array([fresh / factor, pretrained])
        path.append(path[-1] - peak * slope)
    return np.array(path)


def test_a_rate_that_is_too_high_destroys_the_start_and_a_ladder_protects_it(live):
    rates = (0.05, 0.4, 1.2, 1.6, 2)
    page, moved = live(widgets.DescentExplorer(rates)), {}
    for position, peak in enumerate(rates):
        for step, factor in enumerate((1, 2, 3, 5, 10, 30)):
            page.move("peak", position)
            page.move("factor", step)
            path = descended(peak, factor)
            (_, _, end, moved[peak, factor]), _ = (
                [float(cell) if index else cell for index, cell in enumerate(row)] for row in page.rows()
            )
            assert moved[peak, factor] == pytest.approx(abs(path[:, 0] - 1).max(), rel=6e-3)
            assert end == pytest.approx(path[-1, 0], rel=6e-3)
            assert ("exploded" in page.summary()) == (abs(path[-1]).max() > 50)
    assert moved[1.6, 1] > 10 > 0.5 > moved[1.6, 10]
    page.move("peak", 3)
    page.move("factor", 0)
    assert "exploded" in page.summary()
    page.move("schedule", 1)
    assert "exploded" not in page.summary(), "with a warm-up, the same peak converges"


def test_the_best_rotation_is_that_of_orthogonal_procrustes(live):
    page = live(FIGURES["procrustes"]())
    page.page.emulate_media(reduced_motion="reduce")
    source, target = SOURCE - SOURCE.mean(axis=0), TARGET - TARGET.mean(axis=0)
    turn, _ = linalg.orthogonal_procrustes(source, target)
    assert np.linalg.det(turn) < 0, "the best one mirrors"
    least = np.sqrt(((source @ turn - target) ** 2).sum(axis=1).mean())
    page.move("mirrored", 1)
    assert float(page.rows()[1][2]) == pytest.approx(least, abs=1e-3)
    page.press("align")
    assert float(page.rows()[0][2]) == pytest.approx(least, abs=0.01)
    unturned = np.sqrt((((source * (1, -1)) - target) ** 2).sum(axis=1).mean())
    page.move("angle", 180)
    assert float(page.rows()[0][2]) == pytest.approx(unturned, abs=1e-3)


def test_every_control_is_named_reached_by_tab_and_moved_by_keys(live):
    for make in FIGURES.values():
        page = live(make())
        controls = page.figure.locator("input, select, button")
        names = [control.get_attribute("aria-label") or control.inner_text() for control in controls.all()]
        assert all(names)
        assert page.figure.get_attribute("aria-label")
        for number, name in enumerate(names):
            page.page.keyboard.press("Tab")
            assert controls.nth(number).evaluate("el => el === document.activeElement"), f"Tab does not reach {name}"
            if controls.nth(number).get_attribute("type") == "checkbox":
                before = page.summary()
                page.page.keyboard.press("Space")
                assert page.summary() != before, name
            if controls.nth(number).get_attribute("type") == "range":
                before = page.figure.inner_html()
                shown = controls.nth(number).input_value()
                page.page.keyboard.press("ArrowRight" if shown == "0" else "ArrowLeft")
                assert page.figure.inner_html() != before, name
                assert controls.nth(number).get_attribute("aria-valuetext")


@pytest.mark.speed
def test_a_move_is_drawn_within_50_ms(live):
    for make in FIGURES.values():
        in_time(max(medians(live(make()).figure).values()), 50, "ms")


# How programs put an output into their page: as they get it; with scripts made again, because HTML that is inserted
# runs none; or evaluated later, so that the script does not know its own element.
INSERTED = """<main></main><script>
for (const output of %s) {
  const cell = document.querySelector("main").appendChild(document.createElement("div"));
  cell.innerHTML = output;
  for (const script of cell.querySelectorAll("script")) {
    const again = Object.assign(document.createElement("script"), {textContent: script.textContent});
    if (%s) script.replaceWith(again); else setTimeout(() => (0, eval)(script.textContent));
  }
}
</script>"""


@pytest.fixture(scope="module")
def outputs():
    """The HTML of each figure."""
    return [make()._repr_html_() for make in FIGURES.values()]


@pytest.mark.parametrize("insertion", ["as it is", "scripts made again", "evaluated later"])
def test_a_figure_runs_in_a_frame_without_an_origin(browser, tmp_path, outputs, insertion):
    """As in the output frames of Colab and VS Code."""
    listed = json.dumps(outputs).replace("</script>", "<\\/script>")
    inner = "".join(outputs) if insertion == "as it is" else INSERTED % (listed, json.dumps("again" in insertion))
    frame = f'<iframe title="An output" sandbox="allow-scripts" width="900" height="900" srcdoc="{html.escape(inner)}">'
    file = tmp_path / "host.html"
    file.write_text(f"<!doctype html><meta charset='utf-8'>{frame}</iframe>", encoding="utf-8")
    page = browser.new_page(reduced_motion="reduce")
    errors, asked = [], []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url))
    page.goto(file.as_uri())
    output = page.frames[1]
    assert output.evaluate("self.origin") == "null"
    figures = output.locator(".tlcourse-live:has(> div svg)")
    figures.nth(len(FIGURES) - 1).wait_for()
    for name, figure in zip(FIGURES, figures.all(), strict=True):
        assert [control for control, changed, _ in moves_of_each_control(figure) if not changed] == [], name
    page.close()
    assert errors == asked == []


def test_figures_on_one_page_are_independent(live):
    page = live(FIGURES["temperature"](), FIGURES["temperature"](), FIGURES["descent"]())
    second = page.page.locator(".tlcourse-live").nth(1)
    before = second.inner_html()
    page.move("temperature", 30)
    assert second.inner_html() == before
    assert page.page.locator(".tlcourse-live svg[role=img]").count() == 3


def test_each_position_shows_the_row_of_its_mask(live):
    page = live(widgets.MaskExplorer(MASKS, ["it", "was", "good"]))
    assert page.rows() == [["both sides", "9 of 9"], ["left to right", "6 of 9"]]
    page.move("model", 1)
    assert page.summary() == "left to right: position 0 (it) sees 1 of 3 positions: it."
    page.move("position", 1)
    assert page.summary() == "left to right: position 1 (was) sees 2 of 3 positions: it, was."


def test_a_threshold_shows_what_the_given_function_keeps(live):
    page = live(FIGURES["suppression"]())
    assert page.rows() == [["remain", "2"], ["suppressed", "1"], ["highest score", "0.90"]]
    page.move("threshold", 18)
    assert "At a threshold of 0.95, 3 of 3 boxes remain" in page.summary()


def test_a_strength_shows_each_curve_at_its_place(live):
    page = live(FIGURES["strengths"]())
    assert page.rows() == [["old", "0.7"], ["new", "0.9"]]
    page.move("strength", 2)
    assert page.rows() == [["old", "0.9"], ["new", "0.6"]]
    assert page.summary() == "strength 10: old 0.9, new 0.6."


def test_each_method_has_strengths_of_its_own_and_shows_its_intervals(live):
    page = live(FIGURES["methods"]())
    assert page.summary() == "EWC, setting 10: old 80.0%."
    assert page.rows() == [["old", "80.0%", "70.0% to 85.0%"]]
    page.move("setting", 2)
    page.move("method", 1)
    assert page.summary() == "replay, setting 0.75: old 93.0%."
    assert page.figure.locator("output").inner_text() == "0.75"
    assert page.rows() == [["old", "93.0%", "91.0% to 94.0%"]]


def keras_step(model, trainable, training):
    """One step of Adam on a real model: its audit, and the model."""
    import keras
    import tensorflow as tf

    model.trainable = True
    for layer in finetuning.weight_layers(model):
        layer.trainable = trainable(layer)
    shape, classes = model.input_shape[1:], model.output_shape[-1]
    inputs = np.random.default_rng(0).normal(100, 60, (16, *shape)).astype("float32")
    labels, before = np.arange(16) % classes, finetuning.snapshot(model)
    if training:
        model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(inputs, labels, batch_size=16, epochs=1, verbose=0)
    else:
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(labels, model(inputs, training=False), from_logits=True)
        weights = model.trainable_variables
        keras.optimizers.Adam(0.01).apply(tape.gradient(loss, weights), weights)
    return finetuning.audit(model, before)


def keras_counts(model, rows):
    """The table of the figure, from the audit of a real step: what moved, what did not, and the averages that did."""
    counts = {}
    for layer, row in zip(finetuning.weight_layers(model), rows, strict=True):
        averages = sum(int(np.prod(w.shape)) for w in layer.weights if w.name.startswith("moving_"))
        weights = sum(int(np.prod(w.shape)) for w in layer.weights) - averages
        learns, drifts = row.weights > 0, bool(row.statistics)
        part = counts.setdefault(layer.name.split("_")[0], np.zeros(3, int))
        part += [weights * learns, averages + weights * (not learns), averages * drifts]
    counts["total"] = sum(counts.values())
    sizes = [
        sum(int(np.prod(w.shape)) for w in kind) for kind in (model.trainable_weights, model.non_trainable_weights)
    ]
    assert counts["total"][:2].tolist() == sizes, "what Keras counts"
    return [[part, *(f"{number:,}" for number in row)] for part, row in counts.items()]


def teacher_like():
    import keras

    keras.utils.set_random_seed(0)
    return networks.narrow_vgg16(3, widths=(8, 8, 9, 9, 10), dense=32, size=16)


@pytest.mark.parametrize(
    ("make", "choices"),
    [
        (lambda: model_checks.network(SMALL_NETWORK), [{"head"}, {"dense0"}, {"dense1", "dense0"}, set()]),
        (teacher_like, [{"block4", "fc1", "predictions"}]),
    ],
)  # fmt: skip
def test_a_step_changes_what_a_real_step_of_keras_changes(live, make, choices):
    model = make()
    page = live(widgets.FreezingExplorer(model))
    parts = list(dict.fromkeys(layer.name.split("_")[0] for layer in finetuning.weight_layers(model)))
    for learning, norms, training in itertools.product(choices, (True, False), (True, False)):
        if not (learning or norms):
            continue
        for part in set(parts) - {"norm0", "norm1"}:
            page.move(f"train {part}", int(part in learning))
        page.move("train batch norms", int(norms))
        page.move("called with", 0 if training else 1)

        def trainable(layer, learning=learning, norms=norms):
            return norms if finetuning.is_batch_norm(layer) else layer.name.split("_")[0] in learning

        rows = keras_step(model, trainable, training)
        assert page.rows() == keras_counts(model, rows), (learning, norms, training)
        moved = [row.layer for row in rows if row.weights > 0]
        drifting, every = sum(bool(row.statistics) for row in rows), sum(row.statistics is not None for row in rows)
        assert f"changes the weights of {len(moved)} of {len(rows)} layers" in page.summary()
        assert f"the gradient flows back to {moved[0]}. " in page.summary()
        assert page.summary().endswith(f"The moving averages of {drifting} of {every} batch norms change.")
        assert (drifting > 0) == (norms and training)


def test_nothing_moves_where_everything_is_frozen_and_a_figure_begins_with_its_model(live):
    model = model_checks.network(SMALL_NETWORK)
    model.get_layer("dense0").trainable = False
    page = live(widgets.FreezingExplorer(model))
    boxes = page.figure.get_by_role("checkbox")
    assert [box.is_checked() for box in boxes.all()] == [False, True, True, True]
    for box in boxes.all():
        if box.is_checked():
            box.press("Space")
    assert page.summary().startswith("No weights change, so no gradient is needed.")
    assert {row[1] for row in page.rows()} == {"0"}


def test_scores_at_a_threshold_are_those_of_scikit_learn(live):
    page = live(FIGURES["priors"]())
    truth, predicted = [0, 0, 1, 1], [0, 1, 0, 1]
    for share, threshold in itertools.product((0.01, 0.1, 0.5, 0.9), (-2.0, 0.5, 1.0, 2.1, 4.0)):
        page.move("share of class 1", prior_explorer.SHARES.index(share))
        page.move("threshold", prior_explorer.THRESHOLDS.index(threshold))

        def weights(place, share=share):
            return [
                weight * side(place, center)
                for weight, center in ((1 - share, 0), (share, 2))
                for side in (norm.cdf, norm.sf)
            ]

        best = optimize.minimize_scalar(
            lambda place: weights(place)[1] + weights(place)[2], bounds=(-4, 6), method="bounded"
        ).x
        rows = {name: values for name, *values in page.rows()}
        assert float(rows["x"][1]) == pytest.approx(best, abs=0.006), "Bayes' rule makes the fewest errors"
        assert float(rows["the classifier's own probability"][1]) == pytest.approx(1 - share, abs=6e-4), "exercise 5.5"
        for column, place in enumerate((threshold, prior_explorer.best_threshold(share))):
            options = {"sample_weight": weights(place)}
            expected = {
                "accuracy": metrics.accuracy_score(truth, predicted, **options),
                "recall of class 1": metrics.recall_score(truth, predicted, **options),
                "precision of class 1": metrics.precision_score(truth, predicted, **options),
                "balanced accuracy": metrics.balanced_accuracy_score(truth, predicted, **options),
            }
            for name, value in expected.items():
                shown = float(rows[name][column].strip("<%"))
                assert shown == pytest.approx(100 * value, abs=0.0501 if value >= 0.001 else 0.1), (name, share, place)


def test_overlaps_of_a_moved_mask_are_those_of_the_course(live):
    page = live(FIGURES["overlaps"]())
    assert page.rows()[-2:] == [["mean IoU", "", "1.000"], ["correct pixels", "", "100.0%"]]
    parts = [[1, 2, 3], [1], [2], [3]]
    for part, right, down, outline in (
        (0, 3, -2, 0),
        (0, 0, 0, 2),
        (0, -6, 6, -1),
        (1, 0, 0, -3),
        (2, -4, 0, 1),
        (3, 2, 1, 0),
        (3, 0, 0, -1),
    ):
        for name, value, limit in (("right", right, 6), ("down", down, 6), ("outline", outline, 3)):
            page.move(name, value + limit)
        page.move("part", part)
        predicted = overlap_explorer.with_moved_parts(FACE, parts[part], right, down, outline)
        assert np.array_equal(page.pixels(2)[..., :3], np.array(COLORS)[predicted])
        ious = segmentation_arms.iou_by_class(predicted, FACE, len(PARTS))
        *classes, (_, _, mean), (_, _, correct) = page.rows()
        assert [name for name, _, _ in classes] == list(PARTS[:4]), "there is no hat"
        assert np.allclose([float(iou) for _, _, iou in classes], ious[:4], atol=6e-4)
        assert float(mean) == pytest.approx(segmentation_arms.mean_iou(predicted, FACE, len(PARTS)), abs=6e-4)
        assert float(correct.strip("%")) == pytest.approx(100 * (predicted == FACE).mean(), abs=0.0501)


def test_a_part_that_moves_shows_what_is_around_it():
    predicted = overlap_explorer.with_moved_parts(FACE, [3], 2, 0, 0)
    assert predicted[16].tolist() == [0] * 6 + [1] * 5 + [3] * 3 + [1] + [0] * 5
    assert np.array_equal(overlap_explorer.with_moved_parts(FACE, [1, 2, 3], 0, 0, 0), FACE)
    smaller = overlap_explorer.with_moved_parts(FACE, [1], 0, 0, -1)
    assert (smaller == 1).sum() < (FACE == 1).sum()
    assert (smaller == 3).sum() == (FACE == 3).sum()


def test_rows_and_time_are_those_of_the_simulation_in_python(live):
    rows, page = 50, live(widgets.PartitionExplorer(50))
    cases = ((6, 2, -1), (6, 2, 1), (12, 3, 11), (4, 4, 0), (1, 3, 0))
    for (partitions, workers, dying), again, whole in itertools.product(cases, (True, False), (True, False)):
        page.move("partitions", [1, 2, 4, 6, 8, 12].index(partitions))
        page.move("workers", workers - 1)
        page.move("dies in partition", dying + 1)
        page.move("then", 0 if again else 1)
        page.move("a file appears", 0 if whole else 1)
        attempts = partition_explorer.simulate(rows, partitions, workers, dying, again)
        have = partition_explorer.written(attempts, partitions, whole)
        due = partition_explorer.written(partition_explorer.simulate(rows, partitions, 1), partitions)
        lost = sum(max(0, a - b) for a, b in zip(due, have, strict=True))
        doubled = sum(max(0, b - a) for a, b in zip(due, have, strict=True))
        end = max(attempt[3] for attempt in attempts)
        shown = [["expected", rows], ["lost", lost], ["twice", doubled], ["time", end]]
        assert page.rows() == [[name, str(number)] for name, number in shown]
        if dying >= 0:
            assert (lost > 0) == (not again), "only a partition that is tried again arrives"
            assert (doubled > 0) == (again and not whole), "rows come twice if half a file was there"


def test_a_phone_is_not_scrolled_sideways(live):
    page = live(*(make() for make in FIGURES.values()))
    page.page.set_viewport_size({"width": 390, "height": 800})
    page.page.reload()
    page.page.locator(".tlcourse-live svg[role=img]").nth(len(FIGURES) - 1).wait_for()
    assert page.page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_javascript_the_still_image_stays(browser, tmp_path):
    file = tmp_path / "still.html"
    file.write_text("".join(make()._repr_html_() for make in FIGURES.values()), encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    page.goto(file.as_uri())
    images = page.locator(".tlcourse-live img").all()
    assert len(images) == len(FIGURES)
    assert all(len(image.get_attribute("alt")) > 40 for image in images)
    page.close()


def test_an_error_in_a_figure_keeps_its_still_image(browser, tmp_path):
    figure = FIGURES["temperature"]()
    del figure.data["logits"]
    file = tmp_path / "broken.html"
    file.write_text(figure._repr_html_(), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.locator(".tlcourse-live img").count() == 1
    page.close()


def test_a_script_cannot_be_ended_by_its_data():
    name = "</script><script>alert(1)"
    text = widgets.TemperatureExplorer(LOGITS, (name, "b", "c"), ("one", "two"))._repr_html_()
    assert text.count("</script>") == 1


def test_the_same_figure_has_the_same_text():
    assert FIGURES["temperature"]()._repr_html_() == FIGURES["temperature"]()._repr_html_()


def test_what_a_figure_cannot_show_is_named():
    with pytest.raises(ValueError, match="flatten"):
        widgets.ShapeExplorer([{"kind": "flatten"}], (32, 32, 3))
    with pytest.raises(ValueError, match=r"\(1, 3\)"):
        widgets.TemperatureExplorer(LOGITS, ("a", "b", "c"), ("one",))
    with pytest.raises(ValueError, match="got 3"):
        widgets.ScheduleExplorer(3)
    with pytest.raises(ValueError, match=r"\(3, 2\)"):
        widgets.ShiftExplorer(lights(), SEEINGS, EXPOSURES, [[0.9, 0.5]])
    with pytest.raises(ValueError, match="'short' must have one summary for each of the 3 layers, got 2"):
        widgets.CutExplorer(teacher(), {"a": np.zeros((12, 12, 3))}, {"short": summaries(2)})
    with pytest.raises(ValueError, match="two methods"):
        widgets.IntervalExplorer({"one": [0.1, 0.2]})
    with pytest.raises(ValueError, match="as many results"):
        widgets.IntervalExplorer({"one": [0.1, 0.2], "other": [0.1, 0.2, 0.3]})
    with pytest.raises(ValueError, match=r"unsure must have one logit for each of 2 names"):
        widgets.DivergenceExplorer([1.0, 2.0], {"unsure": [1.0]}, "AB")
    with pytest.raises(ValueError, match=r"\(3, 2\), \(2, 2\)"):
        widgets.ProcrustesExplorer({"a": np.zeros((3, 2)), "b": np.zeros((2, 2))})
    with pytest.raises(ValueError, match=r"2 words need masks of shape \(2, 2\), got \['both sides: \(3, 3\)'"):
        widgets.MaskExplorer(MASKS, ["it", "was"])
    with pytest.raises(ValueError, match=r"2 scores need boxes of shape \(2, 4\), got \(3, 4\)"):
        widgets.SuppressionExplorer(np.zeros((24, 24, 3)), BOXES, [0.9, 0.8], best_first)
    with pytest.raises(ValueError, match="'old' needs 2 finite values"):
        widgets.StrengthExplorer("strength", [0, 1], CURVES, "accuracy")
    with pytest.raises(ValueError, match="as many strengths as the others"):
        widgets.StrengthExplorer("setting", METHODS | {"EWC": [1, 2]}, RECORDED, "accuracy")
    with pytest.raises(ValueError, match="besides batch norms"):
        widgets.FreezingExplorer(model_checks.network(["input 6", "norm"]))
    with pytest.raises(ValueError, match=r"needs an image of shape \(24, 20, 3\), got \(20, 24, 3\)"):
        widgets.OverlapExplorer(np.zeros((20, 24, 3)), FACE, PARTS, COLORS)
    with pytest.raises(ValueError, match="3 class names need as many colors"):
        widgets.OverlapExplorer(np.zeros((24, 20, 3)), FACE, PARTS[:3], COLORS[:3])
    with pytest.raises(ValueError, match="at least 12"):
        widgets.PartitionExplorer(5)
