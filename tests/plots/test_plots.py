"""Figures: what is drawn is what was given, readable on any page, and bad input is named."""

import matplotlib

matplotlib.use("agg")

import itertools
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle
from matplotlib.text import Text

from tlcourse import counting, plots, widgets
from tlcourse.datasets import galaxies
from tlcourse.domains import Domain, Task
from tlcourse.plots.diagram import transfer
from tlcourse.plots.style import INK, MUTED, PALE

RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (5, 12, 10, 3), dtype=np.uint8)
SIX = RNG.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
BARS = {"with": {"mean": 0.98, "ci95": [0.97, 0.99]}, "without": {"mean": 0.35, "ci95": [0.31, 0.39]}}
CURVES = {"one": [BARS["without"], BARS["with"]], "two": [BARS["without"], BARS["without"]]}
MOVED = [  # layer, trainable, weights, statistics: an audit's row is a tuple
    SimpleNamespace(layer="conv", trainable=False, weights=0.0, statistics=None),
    SimpleNamespace(layer="norm", trainable=False, weights=0.0, statistics=0.2),
    SimpleNamespace(layer="head", trainable=True, weights=0.5, statistics=None),
]
TABLE = np.array([[0.1, 0.5], [0.9, 0.7], [0.3, 0.4]])
POINTS, LABELS = RNG.normal(size=(40, 2)), np.repeat(np.arange(4), 10)

RECIPES = {"head": [False, False, True], "with a frozen layer in between": [True, False, True]}
SIDE = Domain("images", "sharp"), Task("ab", "shape", (0.5, 0.5))
SCENARIOS = {
    "other inputs": (SIDE, (Domain("texts", "sharp"), SIDE[1])),
    "other frequencies": (SIDE, (Domain("images", "blurred"), SIDE[1])),
    "other labels": (SIDE, (SIDE[0], Task("abc", "kind"))),
    "other shares": (SIDE, (SIDE[0], Task("ab", "shape", (0.9, 0.1)))),
}

CONVOLUTION = {"kind": "conv", "filters": 4, "kernel": 3}
CONVOLVED = counting.measure([CONVOLUTION, {"kind": "flatten"}, {"kind": "dense", "units": 9}], (8, 8, 3))
LIGHT = RNG.random((3, 48, 48))


def built(layer):
    """A layer of Keras with its weights."""
    layer = counting.keras_layer(layer)
    layer.build((None, 8, 8, 3))
    return layer


DRAWINGS = {
    "image_grid": lambda ax=None: plots.image_grid(IMAGES, ["a", "b", "c", "d", "e"], columns=2, ax=ax),
    "interval_bars": lambda ax=None: plots.interval_bars(BARS, {"chance": 1 / 65}, highlight="with", ax=ax),
    "accuracy_curves": lambda ax=None: plots.accuracy_curves([1, 10], CURVES, True, {"chance": 0.1}, ax=ax),
    "feature_maps": lambda ax=None: plots.feature_maps(RNG.random((6, 6, 9)), ax=ax),
    "filters": lambda ax=None: plots.filters(RNG.normal(size=(3, 3, 3, 9)), ax=ax),
    "movement": lambda ax=None: plots.movement(MOVED, ax=ax),
    "heat_map": lambda ax=None: plots.heat_map(TABLE, "abc", "de", ax=ax),
    "transfer": lambda ax=None: transfer(SIX, SIX, (2622, 65), ax=ax),
    "gradient_flow": lambda ax=None: plots.gradient_flow(["conv", "dense", "head"], RECIPES, ax=ax),
    "batch_norm_modes": lambda ax=None: plots.batch_norm_modes(ax=ax),
    "teacher_and_student": lambda ax=None: plots.teacher_and_student(ax=ax),
    "scenario_parts": lambda ax=None: plots.scenario_parts(SCENARIOS, ax=ax),
    "embedding": lambda ax=None: plots.embedding(POINTS, LABELS, "abcd", ax=ax),
    "draw_filters": lambda ax=None: widgets.draw_filters(built(CONVOLUTION), axes=ax),
    "draw_surface": lambda ax=None: widgets.draw_surface(axes=ax),
    "draw_schedules": lambda ax=None: widgets.draw_schedules("slanted triangle", 1e-3, axes=ax),
    "draw_shapes": lambda ax=None: widgets.draw_shapes(CONVOLVED, axes=ax),
    "draw_shift": lambda ax=None: widgets.draw_shift(LIGHT, galaxies.SHARP, [1.5, 3], [0.9, 0.7], axes=ax),
    "draw_softened": lambda ax=None: widgets.draw_softened([4.0, 2.0, 0.0], "abc", 2, axes=ax),
    "draw_windows": lambda ax=None: widgets.draw_windows(8, 3, padding="same", axes=ax),
}
EVERY = DRAWINGS | {  # and those that fill a figure
    "draw_cut": lambda: widgets.draw_cut(RNG.random((6, 6, 9)), CURVES, ["conv", "dense"], 1),
    "draw_photo": lambda: widgets.draw_photo(IMAGES[0], [0.7, 0.3], ["cat", "dog"], "mine"),
}


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("name", DRAWINGS)
def test_draws_on_axes_of_its_own_or_on_those_given(name):
    assert isinstance(DRAWINGS[name](), plt.Axes)
    figure, (left, right) = plt.subplots(1, 2)
    assert DRAWINGS[name](right) is right
    assert right.has_data()
    assert not left.has_data()
    assert len(figure.axes) == 2


def test_every_still_figure_of_a_widget_is_held_to_the_rules():
    assert {name for name in widgets.__all__ if name.startswith("draw_")} <= set(EVERY)


@pytest.mark.parametrize("name", EVERY)
def test_is_white_dark_inked_and_large_enough_on_a_dark_page_too(name):
    with plt.style.context("dark_background"):
        figure = EVERY[name]().figure
        figure.canvas.draw()
        assert {to_rgb(part.get_facecolor()) for part in (figure, *figure.axes)} == {(1, 1, 1)}
        for text in figure.findobj(Text):
            if text.get_text() and text.get_visible():
                assert text.get_fontsize() >= 9, text.get_text()
                assert _luminance(text.get_color()) < 0.4, text.get_text()


def test_leaves_the_notebooks_own_style_alone():
    before = dict(plt.rcParams)
    for draw in EVERY.values():
        plt.close(draw().figure)  # matplotlib warns of more than 20 open figures
    assert dict(plt.rcParams) == before


def test_leaves_on_what_a_notebooks_backend_switches_on_at_the_first_figure(monkeypatch):
    figure = plt.figure
    monkeypatch.setitem(plt.rcParams, "interactive", False)
    monkeypatch.setattr(plt, "figure", lambda **options: plt.rcParams.update(interactive=True) or figure(**options))
    plots.interval_bars(BARS)
    assert plt.rcParams["interactive"]


# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB: how the two common forms see.
PROTANOPIA = np.array([[0.1523, 1.0526, -0.2049], [0.1145, 0.7863, 0.0992], [-0.0039, -0.0481, 1.0520]])
DEUTERANOPIA = np.array([[0.3673, 0.8606, -0.2280], [0.2803, 0.6728, 0.0469], [-0.0118, 0.0429, 0.9689]])


@pytest.mark.parametrize("sight", [np.eye(3), PROTANOPIA, DEUTERANOPIA], ids=["full", "protanopia", "deuteranopia"])
def test_every_reader_can_tell_the_colors_apart(sight):
    seen = [np.clip(sight @ _linear(color), 0, 1) ** (1 / 2.2) for color in plots.COLORS.values()]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.1


@pytest.mark.parametrize("name", EVERY)
def test_lines_and_areas_have_the_courses_colors(name):
    palette = {to_hex(color) for color in (*plots.COLORS.values(), INK, MUTED, PALE, "white")}
    figure = EVERY[name]().figure
    figure.canvas.draw()
    lines = [
        line.get_color() for line in figure.findobj(Line2D) if line.get_visible() and line.get_linestyle() != "None"
    ]
    areas = [part.get_facecolor() for part in figure.findobj(Patch) if part.get_visible() and part.get_fill()]
    assert {to_hex(color) for color in lines + areas} <= palette


def _linear(color):
    return np.array(to_rgb(color)) ** 2.2


def _luminance(color):
    return float(_linear(color) @ [0.2126, 0.7152, 0.0722])


def test_curves_differ_in_more_than_color():
    ax = plots.accuracy_curves([1, 2], {str(number): CURVES["one"] for number in range(5)})
    lines = [line for line in ax.lines if len(line.get_xdata()) == 2]
    assert len({line.get_marker() for line in lines}) == 5
    assert len({str(line._dash_pattern) for line in lines}) == 5


def test_grid_holds_the_images_themselves():
    sheet = np.asarray(plots.image_grid(IMAGES, columns=3).images[0].get_array())
    gap = 1
    assert sheet.shape == (2 * 12 + gap + 0, 3 * 10 + 2 * gap, 3)
    np.testing.assert_allclose(sheet[:12, :10] * 255, IMAGES[0], atol=1e-9)
    np.testing.assert_allclose(sheet[13:, 11:21] * 255, IMAGES[4], atol=1e-9)
    assert (sheet[13:, 22:] == 1).all()  # no sixth image: white


def test_grid_takes_gray_and_unit_range_images():
    gray = RNG.random((3, 8, 8))
    sheet = np.asarray(plots.image_grid(gray).images[0].get_array())
    np.testing.assert_allclose(sheet[:8, :8], np.repeat(gray[0][..., None], 3, axis=-1))


def test_a_dead_channel_and_a_zero_filter_are_drawn_without_a_warning(recwarn):
    plt.close("all")  # matplotlib warns of many open figures, which other tests leave
    maps = RNG.random((4, 4, 2))
    maps[..., 1] = 3.0
    plots.feature_maps(maps[None])
    sheet = np.asarray(plots.filters(np.zeros((3, 3, 1, 2))).images[0].get_array())
    assert set(np.unique(sheet)) <= {0.5, 1.0}
    assert [str(warning.message) for warning in recwarn.list] == []


def test_bars_write_their_numbers():
    ax = plots.interval_bars(BARS, {"chance": 1 / 65})
    written = [text.get_text() for text in ax.texts]
    assert "98.0 %  (97.0 to 99.0)" in written
    assert "chance" in written
    assert [label.get_text() for label in ax.get_yticklabels()] == ["with", "without"]
    assert ax.yaxis_inverted()
    assert [bar.get_width() for bar in ax.patches] == [0.98, 0.35]


def test_bars_show_differences_below_zero_and_other_units():
    ax = plots.interval_bars({"gain": {"mean": -1.25, "ci95": [-2.5, 0.0]}}, percent=False)
    assert ax.get_xlim()[0] < -2.5
    assert "-1.25  (-2.5 to 0)" in [text.get_text() for text in ax.texts]


def test_embedding_gives_each_class_a_look_of_its_own():
    ax = plots.embedding(RNG.normal(size=(70, 2)), np.arange(70))
    looks = {(part.get_facecolor().tobytes(), part.get_paths()[0].vertices.tobytes()) for part in ax.collections}
    assert len(looks) == 70
    assert ax.get_legend() is None
    assert plots.embedding(POINTS, LABELS).get_legend() is not None


def test_the_idea_shows_16_layers_twice_and_copies_15():
    ax = transfer(SIX, SIX, (2622, 65))
    bars = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    assert len(bars) == 2 * 16
    assert len(arrows) == 15 + 2  # and one from the faces into each network
    assert bars[15].get_facecolor() != bars[31].get_facecolor()  # the last layer is new
    assert [bar.get_facecolor() for bar in bars[:15]] == [bar.get_facecolor() for bar in bars[16:31]]
    assert len(ax.images) == 12
    assert {"2,622\nnames", "65\nnames"} <= {text.get_text() for text in ax.texts}


def colored_arrows(ax, name):
    """The starts and ends of the arrows that have a color."""
    arrows = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    return [patch._posA_posB for patch in arrows if to_hex(patch.get_edgecolor()) == plots.COLORS[name].lower()]


def test_the_gradient_reaches_each_layer_that_learns_and_ends_at_the_first():
    ax = plots.gradient_flow(["conv", "dense", "head"], RECIPES)
    reached = [start for start, end in colored_arrows(ax, "blue")]
    ends = [tuple(line.get_xydata()[-1]) for line in ax.lines]
    assert len(reached) == 3
    assert len(ends) == 2
    for end in ends:
        assert end == min(start for start in reached if start[1] == end[1])
    written = [text.get_text() for text in ax.texts]
    assert [written.count(f"dense\n{state}") for state in ("learns", "frozen")] == [0, 2]
    assert [written.count(f"conv\n{state}") for state in ("learns", "frozen")] == [1, 1]


def test_only_training_moves_the_averages_and_only_inference_uses_them():
    ax = plots.batch_norm_modes()
    boxes = {text.get_text().split("\n")[0]: text.get_position() for text in ax.texts}
    moved, used = 0, 0
    for start, end in colored_arrows(ax, "vermilion"):
        training = start[0] < ax.get_xlim()[1] / 2
        moved += training and start[1] == end[1] == boxes["moving averages"][1]
        used += not training and end[1] < start[1]
    assert (moved, used) == (1, 1)


def test_the_gradient_of_distillation_reaches_the_student_alone():
    ax = plots.teacher_and_student()
    (arrow,) = colored_arrows(ax, "vermilion")
    (student,) = [text.get_position() for text in ax.texts if text.get_text().startswith("student")]
    assert arrow[1][0] == student[0]
    assert arrow[1][1] < student[1]


def test_each_scenario_has_its_own_part_and_shows_what_follows():
    ax = plots.scenario_parts(SCENARIOS)
    written = [text.get_text() for text in ax.texts]
    assert {"images →\ntexts", "sharp →\nblurred", "2 classes →\n3 classes", "with the class\nshares $P(Y)$"} <= {
        *written
    }
    assert written.count("differs, too") == 3  # P(X) after X, P(Y|X) after Y, and P(X) after P(Y)
    assert written.count("the same") == 16 - 4 - 3


def test_the_band_of_an_accuracy_stays_between_0_and_1():
    ax = plots.accuracy_curves([1, 2], {"a": [{"mean": 0.02, "ci95": [-0.1, 0.1]}, {"mean": 0.99, "ci95": [0.9, 1.1]}]})
    heights = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert (heights.min(), heights.max()) == (0, 1)


def test_the_movement_shows_what_moved_and_which_statistics_drifted():
    ax = plots.movement(MOVED)
    assert not ax.patches, "no bars on a logarithmic axis: their length would mean nothing"
    (dots,) = ax.collections
    np.testing.assert_allclose(dots.get_offsets()[:, 1], [1e-6, 1e-6, 0.5])
    assert len({tuple(color) for color in dots.get_edgecolors()}) == 2, "frozen and trainable layers look different"
    assert [face[3] for face in dots.get_facecolors()] == [0, 0, 1], "a layer that did not change has a hollow dot"
    assert [line.get_xydata().tolist() for line in ax.lines] == [[[1.0, 0.2]]]


def test_the_heat_map_writes_every_number_and_marks_the_best_of_each_row():
    ax = plots.heat_map(TABLE, "abc", "de")
    assert [text.get_text() for text in ax.texts] == ["10.0%", "50.0%", "90.0%", "70.0%", "30.0%", "40.0%"]
    assert [text.get_text() for text in ax.texts if text.get_weight() == "bold"] == ["50.0%", "90.0%", "40.0%"]
    assert "bold" not in [text.get_weight() for text in plots.heat_map(TABLE, "abc", "de", best=False).texts]


WRONG = [
    (transfer, (SIX, SIX[:5], (2622, 65)), r"\(6, h, w, 3\).*\(5, 8, 8, 3\)"),
    (plots.image_grid, (np.zeros((3, 4), np.uint8),), r"\(3, 4\)"),
    (plots.image_grid, (np.zeros((0, 4, 4, 3), np.uint8),), r"\(0, 4, 4, 3\)"),
    (plots.image_grid, (np.full((1, 4, 4, 3), 200.0),), "200"),
    (plots.image_grid, (np.full((1, 4, 4, 3), np.nan),), "nan"),
    (plots.image_grid, (np.zeros((1, 4, 4, 3), np.int64),), "int64"),
    (plots.image_grid, (IMAGES, ["one"]), "5 images"),
    (plots.image_grid, (IMAGES, None, 0), "columns.*0"),
    (plots.feature_maps, (np.zeros((2, 4, 4, 3)),), r"\(2, 4, 4, 3\)"),
    (plots.feature_maps, (np.full((4, 4, 3), np.inf),), "must be finite"),
    (plots.filters, (np.zeros((3, 3, 16, 32)),), r"\(3, 3, 16, 32\)"),
    (plots.interval_bars, ({},), "at least one summary"),
    (plots.interval_bars, ({"a": {"mean": 1.0}},), "ci95"),
    (plots.interval_bars, ({"a": {"mean": 1.0, "ci95": [np.nan, 1]}},), "finite"),
    (plots.interval_bars, (BARS, None, "nobody"), "nobody"),
    (plots.accuracy_curves, ([1, 2, 3], CURVES), "each of the 3 values of x, got 2"),
    (plots.accuracy_curves, ([0, 2], CURVES, True), "above 0"),
    (plots.accuracy_curves, ([1, 2], {}), "at least one curve"),
    (plots.movement, ([],), "at least one layer"),
    (plots.gradient_flow, (["conv", "head"], {"probe": [False]}), "probe.*2 layers"),
    (plots.gradient_flow, (["conv", "head"], {"nothing": [False, False]}), "nothing"),
    (plots.heat_map, (TABLE, "ab", "de"), r"\(2, 2\).*\(3, 2\)"),
    (plots.embedding, (np.zeros((4, 3)), np.zeros(4)), r"\(4, 3\)"),
    (plots.embedding, (np.zeros((4, 2)), np.zeros(5)), r"\(5,\)"),
    (plots.embedding, (POINTS, LABELS, "abc"), "3 class names"),
]


@pytest.mark.parametrize(("draw", "arguments", "message"), WRONG)
def test_names_what_is_wrong(draw, arguments, message):
    with pytest.raises(ValueError, match=message):
        draw(*arguments)


def test_a_curve_without_values_is_left_out_and_the_others_keep_their_colors():
    curve = [{"mean": 0.5, "ci95": [0.4, 0.6]}] * 2
    complete = plots.accuracy_curves([1, 2], {"a": curve, "b": curve, "c": curve})
    partial = plots.accuracy_curves([1, 2], {"a": curve, "b": [], "c": curve})
    colors = {line.get_label(): line.get_color() for line in complete.lines}
    assert {line.get_label(): line.get_color() for line in partial.lines} == {name: colors[name] for name in ("a", "c")}
