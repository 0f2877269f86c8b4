"""Who a synthetic person is: all that stays the same from image to image."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_LISTS = tomllib.loads(Path(__file__).with_name("colors.toml").read_text(encoding="utf-8"))
_COLORS = {name: np.array(colors) / 255 for name, colors in _LISTS.items()}  # red, green, blue from 0 to 1

_HAIR_STYLES = ("bald", "short", "parted", "fringe", "long", "curly", "bun", "receding", "crest", "bob")
_BEARDS = ("none", "none", "none", "moustache", "goatee", "full", "stubble")
_GLASSES = ("none", "none", "round", "square", "half")


@dataclass(frozen=True)
class Mark:
    """A birthmark, a mole or a scar: a disc on the face, in the units of `Person`."""

    x: float
    y: float
    radius: float
    color: np.ndarray


@dataclass(frozen=True)
class Person:
    """What makes one synthetic person recognizable.

    Lengths are in half image widths, y is 0 in the middle of the face and points down, and widths and other sizes are
    measured from the middle of a part to its edge. Colors are red, green, blue from 0 to 1.
    """

    skin: np.ndarray
    hair: np.ndarray
    hair_style: str
    hairline: float  # height of the hairline above the middle, in multiples of 1.15 face heights
    hair_volume: float  # factor from the size of the face to that of the hair
    face_width: float
    face_height: float
    jaw: float  # exponent of the face's outline below the middle: 2 is an ellipse, larger is squarer
    ears: float  # width; the height is 1.5 times as large
    iris: np.ndarray
    eye_distance: float  # from the middle to each eye
    eye_height: float  # y of the eyes
    eye_width: float
    eye_roundness: float  # height of an open eye over its width
    eye_tilt: float  # slope; positive where the outer corners are higher, as for the brows
    brow_thickness: float
    brow_tilt: float
    brow_height: float  # above the eyes
    nose_length: float  # from the eyes down to the tip
    nose_width: float
    mouth_width: float
    mouth_height: float  # y of the mouth
    lips: float  # height of each
    lip_color: np.ndarray
    beard: str
    glasses: str
    frame: np.ndarray
    marks: tuple[Mark, ...]
    earrings: np.ndarray | None
    freckles: bool
    blush: float  # opacity of the red on the cheeks, 0 to 1


def person(identity):
    """The person with this number; the same number is the same person on every machine.

    Parameters
    ----------
    identity : int
        0 or more.

    Raises
    ------
    ValueError
        If `identity` is negative.
    """
    if identity < 0:
        raise ValueError(f"identity must be 0 or more, got {identity}")
    rng = np.random.default_rng([identity, 48])  # the order of the samples below decides who each number is
    skin, hair, lips = _complexion(rng)
    return Person(skin=skin, hair=hair, **_head(rng), **_eyes(rng), **_lower_face(rng, lips), **_extras(rng))


def _complexion(rng):
    """Colors of skin, hair and lips; the lips are natural or made up, for `_lower_face` to choose."""
    tones = _COLORS["skin"]
    tone = rng.uniform(0, len(tones) - 1)
    low = int(tone)
    skin = tones[low] + (tone - low) * (tones[min(low + 1, len(tones) - 1)] - tones[low])
    skin = np.clip(skin + rng.normal(0, 0.02, 3), 0, 1)
    hair = np.clip(_any(rng, "hair") + rng.normal(0, 0.03, 3), 0, 1)
    natural = np.clip(skin * [0.85, 0.5, 0.5] + rng.uniform(-0.08, 0.12, 3) * [1, 0.4, 0.6], 0, 1)
    made_up = _any(rng, "lipstick")
    return skin, hair, (natural, made_up)


def _any(rng, name):
    """One of the colors of a list in colors.toml, at random."""
    return _COLORS[name][rng.integers(len(_COLORS[name]))]


def _head(rng):
    """Fields of the hair and of the outline of the head."""
    return dict(
        hair_style=str(rng.choice(_HAIR_STYLES)),
        hairline=rng.uniform(0.42, 0.62),
        hair_volume=rng.uniform(1.06, 1.28),
        face_width=rng.uniform(0.44, 0.62),
        face_height=rng.uniform(0.6, 0.78),
        jaw=rng.uniform(1.6, 4.0),
        ears=rng.uniform(0.04, 0.15),
    )


def _eyes(rng):
    """Fields of eyes and brows."""
    return dict(
        iris=_any(rng, "iris"),
        eye_distance=rng.uniform(0.18, 0.3),
        eye_height=rng.uniform(-0.14, 0.0),
        eye_width=rng.uniform(0.1, 0.2),
        eye_roundness=rng.uniform(0.4, 0.95),
        eye_tilt=rng.uniform(-0.3, 0.3),
        brow_thickness=rng.uniform(0.015, 0.065),
        brow_tilt=rng.uniform(-0.45, 0.45),
        brow_height=rng.uniform(0.13, 0.2),
    )


def _lower_face(rng, lips):
    """Fields of nose, mouth and beard; `lips` are the two colors to choose from."""
    natural, made_up = lips
    return dict(
        nose_length=rng.uniform(0.14, 0.34),
        nose_width=rng.uniform(0.05, 0.17),
        mouth_width=rng.uniform(0.12, 0.3),
        mouth_height=rng.uniform(0.34, 0.5),
        lips=rng.uniform(0.026, 0.11),
        lip_color=made_up if rng.random() < 0.5 else natural,
        beard=str(rng.choice(_BEARDS)),
    )


def _extras(rng):
    """Fields of glasses, marks, earrings, freckles and blush."""
    return dict(
        glasses=str(rng.choice(_GLASSES)),
        frame=_any(rng, "frame"),
        marks=tuple(_mark(rng) for _ in range(rng.integers(1, 5))),
        earrings=_any(rng, "earrings") if rng.random() < 0.5 else None,
        freckles=bool(rng.random() < 0.2),
        blush=rng.uniform(0, 0.35),
    )


def _mark(rng):
    """A mark somewhere on the face, at random within an ellipse."""
    distance, angle = np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    return Mark(
        x=0.42 * distance * np.cos(angle),
        y=0.08 + 0.5 * distance * np.sin(angle),
        radius=rng.uniform(0.055, 0.1),
        color=_any(rng, "marks"),
    )
