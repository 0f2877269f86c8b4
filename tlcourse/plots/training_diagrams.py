"""Diagrams of training: where gradients flow, batch norm's two modes, and the losses of distillation.

Trainable layers are blue and frozen ones gray; the statistics of a batch norm are vermilion, as in `charts.movement`.
In distillation, the teacher is blue and the student vermilion.
"""

from tlcourse.plots.diagram_parts import draw_arrow, draw_box, drawing_area
from tlcourse.plots.style import COLORS, MUTED, styled

BLUE, VERMILION = COLORS["blue"], COLORS["vermilion"]


@styled
def gradient_flow(layers, recipes, ax=None):
    """Layers that learn and frozen ones, and how far the gradient flows back from the loss, for each recipe.

    Parameters
    ----------
    layers : sequence of str
        Names from the input to the output.
    recipes : dict of str to sequence of bool
        Title to whether each layer is trainable; at least one must be.
    ax : matplotlib.axes.Axes, optional

    Raises
    ------
    ValueError
        If a recipe does not have one entry for each layer, or no layer is trainable.
    """
    for title, trainable in recipes.items():
        if len(trainable) != len(layers) or not any(trainable):
            raise ValueError(f"{title!r} must say for {len(layers)} layers whether they learn, got {list(trainable)}")
    ax = drawing_area(ax, 1.3 * len(layers) + 1.2, 1.55 * len(recipes))
    for row, (title, trainable) in enumerate(reversed(recipes.items())):
        _gradient_row(ax, 1.55 * row, layers, title, trainable)
    return ax


def _gradient_row(ax, bottom, layers, title, trainable):
    middle, way, loss = bottom + 0.78, bottom + 0.24, 1.3 * len(layers) + 0.65
    ax.text(0.05, bottom + 1.2, title, weight="bold", va="bottom")
    for place, (layer, learns) in enumerate(zip(layers, trainable, strict=True)):
        x = 0.6 + 1.3 * place
        text = f"{layer}\n{'learns' if learns else 'frozen'}"
        draw_box(ax, (x, middle), (1.05, 0.56), text, BLUE if learns else MUTED, "-" if learns else "--")
        draw_arrow(ax, (x + 0.53, middle), (x + 0.77, middle))
        if learns:
            draw_arrow(ax, (x, way), (x, middle - 0.29), BLUE, width=2.4)
    ax.text(loss, middle, "loss", ha="center", va="center", weight="bold")
    first = 0.6 + 1.3 * list(trainable).index(True)
    ax.plot([loss, loss, first], [middle - 0.14, way, way], color=BLUE, linewidth=2.4, solid_capstyle="round")
    ax.text(loss + 0.1, way, "gradient", color=BLUE, va="center", fontsize=9)


@styled
def batch_norm_modes(ax=None):
    """Which mean and standard deviation a batch norm uses: the batch's in training, the stored ones in inference."""
    ax = drawing_area(ax, 9.8, 3.0)
    _normalization(ax, 0.1, "Training", "batch $x$", r"$\frac{x-\mu_B}{\sigma_B}$", "$\\mu$, $\\sigma$ follow slowly")
    draw_box(ax, (1.05, 1.95), (1.6, 0.75), "this batch's\n$\\mu_B$, $\\sigma_B$", VERMILION)
    draw_arrow(ax, (0.65, 0.75), (0.65, 1.56))
    draw_arrow(ax, (1.5, 1.56), (2.05, 0.96), VERMILION, width=2.4)
    draw_arrow(ax, (1.87, 1.95), (2.88, 1.95), VERMILION, width=2.4)
    ax.plot([4.85, 4.85], [0.1, 2.8], color=MUTED, linewidth=0.8)
    _normalization(
        ax, 5.1, "Inference, or frozen", "input $x$", r"$\frac{x-\mu}{\sigma}$", "$\\mu$, $\\sigma$ stay the same"
    )
    draw_arrow(ax, (8.1, 1.56), (7.5, 0.96), VERMILION, width=2.4)
    return ax


def _normalization(ax, left, title, entry, formula, averages):
    ax.text(left, 2.75, title, weight="bold", fontsize=12, va="center")
    ax.text(left + 0.55, 0.58, entry, ha="center", va="center", fontsize=12)
    draw_arrow(ax, (left + 1.0, 0.58), (left + 1.58, 0.58))
    draw_box(ax, (left + 2.15, 0.58), (1.1, 0.7), formula, BLUE, fontsize=16)
    draw_arrow(ax, (left + 2.72, 0.58), (left + 3.3, 0.58))
    ax.text(left + 3.4, 0.58, "next layer", va="center", fontsize=11)
    draw_box(ax, (left + 3.65, 1.95), (1.7, 0.75), f"moving averages\n{averages}", VERMILION)


@styled
def teacher_and_student(ax=None):
    """Both networks see an image; one loss compares their soft predictions, another the student's with the label."""
    ax = drawing_area(ax, 9.4, 3.9)
    ax.text(0.45, 2.35, "image", ha="center", va="center", fontsize=11)
    parts = (
        ((2.0, 3.25), (1.2, 0.75), "teacher\nfrozen", BLUE),
        ((2.0, 1.4), (1.2, 0.75), "student\nlearns", VERMILION),
        ((4.2, 3.25), (1.6, 0.7), "$p(T)$\nsoftmax at $T$", BLUE),
        ((4.2, 1.95), (1.6, 0.7), "$q(T)$\nsoftmax at $T$", VERMILION),
        ((4.2, 0.85), (1.6, 0.7), "$q(1)$\nsoftmax at 1", VERMILION),
        ((6.5, 2.6), (1.5, 0.7), "$\\mathrm{KL}(p\\,\\Vert\\,q)$", MUTED),
        ((6.5, 0.85), (1.5, 0.7), "cross-entropy", MUTED),
    )
    for center, size, text, color in parts:
        draw_box(ax, center, size, text, color)
    ways = ((0.75, 2.5), (1.37, 3.2)), ((0.75, 2.2), (1.37, 1.5)), ((2.63, 3.25), (3.37, 3.25))
    ways += ((2.63, 1.5), (3.37, 1.9)), ((2.63, 1.3), (3.37, 0.9)), ((5.03, 3.2), (5.72, 2.75))
    ways += ((5.03, 2.0), (5.72, 2.45)), ((5.03, 0.85), (5.72, 0.85)), ((6.5, 1.55), (6.5, 1.23))
    for start, end in (*ways, ((7.28, 2.5), (8.4, 1.95)), ((7.28, 0.95), (8.4, 1.6))):
        draw_arrow(ax, start, end)
    ax.text(6.5, 1.6, "label", ha="center", va="bottom", fontsize=11)
    ax.text(7.85, 2.4, r"$\times\,\alpha T^2$", fontsize=11)
    ax.text(7.85, 1.0, r"$\times\,(1-\alpha)$", fontsize=11)
    ax.text(8.75, 1.78, "loss", ha="center", va="center", weight="bold")
    ax.plot([8.75, 8.75, 2.0], [1.6, 0.2, 0.2], color=VERMILION, linewidth=2.4)
    draw_arrow(ax, (2.0, 0.2), (2.0, 1.0), VERMILION, width=2.4)
    ax.text(5.4, 0.25, "gradient", color=VERMILION, ha="center", va="bottom", fontsize=9)
    return ax
