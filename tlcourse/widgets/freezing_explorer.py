"""Which layers learn: what a training step changes, and how far back its gradient flows."""

from matplotlib.patches import Rectangle

from tlcourse import finetuning
from tlcourse.live_figures import LiveFigure
from tlcourse.plots.style import COLORS, INK, MUTED

NORMS = "train batch norms"


class FreezingExplorer(LiveFigure):
    """Freeze and unfreeze the parts of a network, and see what a training step changes.

    A part is what layers have in common before the first underscore of their names: "block4". Batch norms are frozen
    and unfrozen all together. As in Keras 3, a frozen batch norm uses its moving averages, also with ``training=True``.

    Parameters
    ----------
    model : keras.Model
        The figure begins with what is trainable in it.

    Raises
    ------
    ValueError
        If the model has no layers with weights besides batch norms.
    """

    def __init__(self, model):
        layers = [_counted(layer) for layer in finetuning.weight_layers(model)]
        parts = list(dict.fromkeys(layer["part"] for layer in layers if not layer["norm"]))
        if not parts:
            raise ValueError(f"the model needs layers with weights besides batch norms, got {layers}")
        learns = {part: _all_learn(layers, lambda layer, part=part: layer["part"] == part) for part in parts}
        learns[NORMS] = _all_learn(layers, lambda layer: True, norm=True)
        changing = [learns[NORMS if layer["norm"] else layer["part"]] for layer in layers]
        super().__init__(
            "freezing",
            {"layers": layers, "parts": parts, "learns": learns},
            lambda figure: _draw_still(figure.add_subplot(), layers, changing),
            (7.2, 2.2),
            f"The layers of {', '.join(parts)} in a row; the weights of {sum(changing)} of {len(layers)} layers can "
            "change, and the gradient flows from the loss back to the first of them.",
        )


def _counted(layer):
    """A layer's name and part, and how many weights and moving averages it has."""
    norm, counts = finetuning.is_batch_norm(layer), {True: 0, False: 0}
    for weight in layer.weights:
        counts[norm and weight.name.startswith("moving_")] += int(weight.numpy().size)
    return {
        "name": layer.name,
        "part": layer.name.split("_")[0],
        "norm": norm,
        "weights": counts[False],
        "statistics": counts[True],
        "trainable": bool(layer.trainable),
    }


def _all_learn(layers, chosen, norm=False):
    return all(layer["trainable"] for layer in layers if layer["norm"] == norm and chosen(layer))


def _draw_still(ax, layers, changing):
    for place, (layer, learns) in enumerate(zip(layers, changing, strict=True)):
        width, height = (0.5, 0.5) if layer["norm"] else (0.8, 0.9)
        look = (
            {"facecolor": COLORS["sky"], "edgecolor": COLORS["blue"]} if learns else {"linestyle": "--", "fill": False}
        )
        ax.add_patch(Rectangle((place - width / 2, 0.8 - height / 2), width, height, **look))
        if place == 0 or layers[place - 1]["part"] != layer["part"]:
            count = sum(other["part"] == layer["part"] for other in layers)
            ax.text(place + (count - 1) / 2, 1.45, layer["part"], ha="center", fontsize=9, color=INK)
        if learns:
            ax.annotate(
                "", (place, 0.8 - height / 2), (place, 0), arrowprops={"arrowstyle": "->", "color": COLORS["vermilion"]}
            )
    end = len(layers)
    if any(changing):
        ax.plot([end, end, changing.index(True)], [0.65, 0, 0], color=COLORS["vermilion"], linewidth=2)
    ax.text(end, 0.8, "loss", ha="center", va="center", color=INK, weight="bold")
    ax.text(
        end,
        -0.25,
        "gradient; narrow boxes are batch norms, dashed ones are frozen",
        ha="right",
        fontsize=8,
        color=MUTED,
    )
    ax.set(xlim=(-0.7, end + 0.7), ylim=(-0.45, 1.75))
    ax.set_axis_off()
