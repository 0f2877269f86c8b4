"""Who speaks: a voice (throat, habits, microphone) and an accent (which sounds are made); each has a number."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SOUNDS = tomllib.loads(Path(__file__).with_name("sounds.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Voice:
    """What stays the same in all clips of a speaker, whatever the accent."""

    pitch: float  # Hz, the mean frequency of the vocal folds
    formants: float  # factor on all formants: a short throat has a large one
    speed: float  # factor on the pace: 2 halves all durations
    breath: float  # amplitude of noise in voiced sounds
    fold_cutoff: float  # Hz; above it the spectrum of the vocal folds falls steeply
    bandwidth: float  # factor on the formants' bandwidths
    fall: float  # how far the pitch falls in a word, as a share
    loudness: float  # amplitude
    hiss: float  # amplitude of the recording's noise
    hissing: float  # factor on the level of all friction, such as in s and f
    microphone: float  # gain in decibels an octave above 1,000 Hz; negative for a dull one
    echo: float  # amplitude of the room's first echoes


@dataclass(frozen=True)
class Accent:
    """How sounds are made: the same in all clips with this accent, whatever the voice."""

    shifts: dict  # vowel to the factors on its first two formants
    consonants: dict  # consonant to the one that replaces it
    glide: float  # how far a vowel of two parts moves to its second part: 1 all the way, 0 not at all
    vowel_length: float  # factor
    devoiced: bool  # whether a word's last v or z loses its voice


def voice(number):
    """The voice with this number, 0 or more; the same on every machine."""
    rng = _generator(number, 91)
    height = rng.uniform()  # 0 for a low voice, 1 for a high one
    return Voice(
        pitch=90 * (230 / 90) ** height * np.exp(rng.normal(0, 0.05)),
        formants=(0.92 + 0.24 * height) * np.exp(rng.normal(0, 0.08)),
        speed=np.exp(rng.normal(0, 0.25)),
        breath=rng.uniform(0.01, 0.2),
        fold_cutoff=rng.uniform(250, 900),
        bandwidth=rng.uniform(0.8, 1.8),
        fall=rng.uniform(-0.1, 0.3),
        loudness=np.exp(rng.normal(0, 1.0)),
        hiss=np.exp(rng.uniform(np.log(3e-4), np.log(2e-2))),
        hissing=np.exp(rng.normal(0, 0.6)),
        microphone=rng.normal(0, 3.5),
        echo=rng.uniform(0, 0.5),
    )


def accent(number):
    """The accent with this number; 0 is the one of the sounds in sounds.toml, without changes."""
    if number == 0:
        return Accent(dict.fromkeys(SOUNDS["vowels"], (1.0, 1.0)), {}, 1.0, 1.0, False)
    rng = _generator(number, 92)
    shifts = {vowel: tuple(np.exp(rng.normal(0, (0.16, 0.14)))) for vowel in SOUNDS["vowels"]}
    consonants = {sound: str(rng.choice(choices)) for sound, choices in SOUNDS["substitutes"].items()}
    return Accent(shifts, consonants, rng.uniform(0, 1.2), np.exp(rng.normal(0, 0.2)), bool(rng.random() < 0.5))


def _generator(number, kind):
    if number < 0:
        raise ValueError(f"numbers of voices and accents are 0 or more, got {number}")
    return np.random.default_rng([number, kind])
