"""Who a synthetic person is: all that stays the same from image to image."""

from dataclasses import dataclass

import numpy as np

# Colors are red, green, blue from 0 to 1.
_SKIN = np.array([[255, 224, 196], [240, 194, 160], [214, 160, 118], [172, 116, 76], [124, 78, 50], [78, 48, 34]]) / 255
_HAIR = np.array([[28, 22, 22], [72, 44, 28], [122, 74, 38], [186, 130, 60], [232, 200, 120], [176, 66, 30],
                  [150, 150, 155], [232, 232, 236], [60, 50, 110], [140, 40, 80], [60, 150, 70], [230, 90, 150],
                  [40, 120, 210], [110, 220, 220], [250, 130, 40], [130, 60, 180]]) / 255  # fmt: skip
_IRIS = np.array([[74, 46, 26], [150, 96, 30], [60, 150, 50], [40, 100, 220], [120, 130, 140], [20, 16, 14],
                  [130, 60, 170]]) / 255  # fmt: skip
_LIPSTICK = np.array([[190, 20, 40], [110, 20, 70], [240, 110, 90], [50, 30, 40], [240, 120, 190], [150, 70, 40]]) / 255
_FRAME = np.array([[20, 20, 24], [130, 30, 36], [40, 60, 130], [190, 160, 60], [90, 90, 96], [250, 250, 250],
                   [240, 120, 30], [40, 160, 80], [230, 60, 140]]) / 255  # fmt: skip
_EARRINGS = np.array([[240, 200, 60], [220, 40, 60], [60, 120, 220], [235, 235, 240], [60, 190, 90], [200, 90, 220],
                      [20, 20, 24]]) / 255  # fmt: skip
_MARKS = np.array([[40, 24, 24], [170, 40, 50], [250, 235, 225], [90, 50, 110]]) / 255

_HAIR_STYLES = ("bald", "short", "parted", "fringe", "long", "curly", "bun", "receding", "crest", "bob")
_BEARDS = ("none", "none", "none", "moustache", "goatee", "full", "stubble")
_GLASSES = ("none", "none", "round", "square", "half")


@dataclass(frozen=True)
class Mark:
    """A birthmark, a mole or a scar: a disc on the face, in half image widths."""

    x: float
    y: float
    radius: float
    color: np.ndarray


@dataclass(frozen=True)
class Person:
    """What makes one synthetic person recognizable: lengths in half image widths, colors in 0..1."""

    skin: np.ndarray
    hair: np.ndarray
    hair_style: str
    hairline: float
    hair_volume: float
    face_width: float
    face_height: float
    jaw: float
    ears: float
    iris: np.ndarray
    eye_distance: float
    eye_height: float
    eye_width: float
    eye_roundness: float
    eye_tilt: float
    brow_thickness: float
    brow_tilt: float
    brow_height: float
    nose_length: float
    nose_width: float
    mouth_width: float
    mouth_height: float
    lips: float
    lip_color: np.ndarray
    beard: str
    glasses: str
    frame: np.ndarray
    marks: tuple[Mark, ...]
    earrings: np.ndarray | None
    freckles: bool
    blush: float


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
    tone = rng.uniform(0, len(_SKIN) - 1)
    low = int(tone)
    skin = _SKIN[low] + (tone - low) * (_SKIN[min(low + 1, len(_SKIN) - 1)] - _SKIN[low])
    skin = np.clip(skin + rng.normal(0, 0.02, 3), 0, 1)
    hair = np.clip(_HAIR[rng.integers(len(_HAIR))] + rng.normal(0, 0.03, 3), 0, 1)
    natural = np.clip(skin * [0.85, 0.5, 0.5] + rng.uniform(-0.08, 0.12, 3) * [1, 0.4, 0.6], 0, 1)
    made_up = _LIPSTICK[rng.integers(len(_LIPSTICK))]
    return skin, hair, (natural, made_up)


def _head(rng):
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
    return dict(
        iris=_IRIS[rng.integers(len(_IRIS))],
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
    return dict(
        glasses=str(rng.choice(_GLASSES)),
        frame=_FRAME[rng.integers(len(_FRAME))],
        marks=tuple(_mark(rng) for _ in range(rng.integers(1, 5))),
        earrings=_EARRINGS[rng.integers(len(_EARRINGS))] if rng.random() < 0.5 else None,
        freckles=bool(rng.random() < 0.2),
        blush=rng.uniform(0, 0.35),
    )


def _mark(rng):
    distance, angle = np.sqrt(rng.random()), rng.uniform(0, 2 * np.pi)
    return Mark(
        x=0.42 * distance * np.cos(angle),
        y=0.08 + 0.5 * distance * np.sin(angle),
        radius=rng.uniform(0.055, 0.1),
        color=_MARKS[rng.integers(len(_MARKS))],
    )
