"""Who a synthetic person is: all that stays the same from picture to picture."""

from dataclasses import dataclass

import numpy as np

# Colours are red, green, blue from 0 to 1.
_SKIN = np.array([[255, 224, 196], [240, 194, 160], [214, 160, 118], [172, 116, 76], [124, 78, 50], [78, 48, 34]]) / 255
_HAIR = np.array([[28, 22, 22], [72, 44, 28], [122, 74, 38], [186, 130, 60], [232, 200, 120], [176, 66, 30],
                  [150, 150, 155], [232, 232, 236], [60, 50, 110], [140, 40, 80]]) / 255  # fmt: skip
_IRIS = np.array([[74, 46, 26], [120, 84, 40], [90, 120, 60], [70, 120, 170], [110, 130, 140], [40, 28, 20]]) / 255
_FRAME = np.array([[20, 20, 24], [130, 30, 36], [40, 60, 130], [190, 160, 60], [90, 90, 96]]) / 255
_EARRINGS = np.array([[240, 200, 60], [220, 40, 60], [60, 120, 220], [235, 235, 240]]) / 255

_HAIR_STYLES = ("bald", "short", "parted", "fringe", "long", "curly", "bun", "receding", "crest", "bob")
_BEARDS = ("none", "none", "none", "moustache", "goatee", "full", "stubble")
_GLASSES = ("none", "none", "round", "square", "half")


@dataclass(frozen=True)
class Person:
    """What makes one synthetic person recognisable: lengths in half picture widths, colours in 0..1."""

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
    lip_colour: np.ndarray
    beard: str
    glasses: str
    frame: np.ndarray
    mole: tuple | None
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
    rng = np.random.default_rng([identity, 48])
    tone = rng.uniform(0, len(_SKIN) - 1)
    low = int(tone)
    skin = _SKIN[low] + (tone - low) * (_SKIN[min(low + 1, len(_SKIN) - 1)] - _SKIN[low])
    skin = np.clip(skin + rng.normal(0, 0.02, 3), 0, 1)
    hair = np.clip(_HAIR[rng.integers(len(_HAIR))] + rng.normal(0, 0.03, 3), 0, 1)
    mole = (rng.uniform(-0.4, 0.4), rng.choice([-0.32, 0.22, 0.4])) if rng.random() < 0.35 else None
    return Person(
        skin=skin,
        hair=hair,
        hair_style=str(rng.choice(_HAIR_STYLES)),
        hairline=rng.uniform(0.42, 0.62),
        hair_volume=rng.uniform(1.06, 1.28),
        face_width=rng.uniform(0.44, 0.62),
        face_height=rng.uniform(0.6, 0.78),
        jaw=rng.uniform(1.6, 4.0),
        ears=rng.uniform(0.04, 0.15),
        iris=_IRIS[rng.integers(len(_IRIS))],
        eye_distance=rng.uniform(0.18, 0.3),
        eye_height=rng.uniform(-0.14, 0.0),
        eye_width=rng.uniform(0.075, 0.15),
        eye_roundness=rng.uniform(0.4, 0.95),
        eye_tilt=rng.uniform(-0.3, 0.3),
        brow_thickness=rng.uniform(0.015, 0.065),
        brow_tilt=rng.uniform(-0.45, 0.45),
        brow_height=rng.uniform(0.13, 0.2),
        nose_length=rng.uniform(0.14, 0.34),
        nose_width=rng.uniform(0.05, 0.17),
        mouth_width=rng.uniform(0.12, 0.3),
        mouth_height=rng.uniform(0.34, 0.5),
        lips=rng.uniform(0.02, 0.085),
        lip_colour=np.clip(skin * [0.85, 0.5, 0.5] + rng.uniform(-0.08, 0.12, 3) * [1, 0.4, 0.6], 0, 1),
        beard=str(rng.choice(_BEARDS)),
        glasses=str(rng.choice(_GLASSES)),
        frame=_FRAME[rng.integers(len(_FRAME))],
        mole=mole,
        earrings=_EARRINGS[rng.integers(len(_EARRINGS))] if rng.random() < 0.3 else None,
        freckles=bool(rng.random() < 0.2),
        blush=rng.uniform(0, 0.35),
    )
