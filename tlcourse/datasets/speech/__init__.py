"""Spoken digits as log-mel images: synthesized ones, whose voices and accents are separate, and real ones.

A synthesizer of this package makes the clips, so nobody in them is real. A speaker is a voice and an accent, and both
are numbers: ``generate([(0, 0), (0, 3)], ...)`` is one voice with two accents.
"""

from dataclasses import dataclass

import numpy as np

from tlcourse.datasets.speech import real_speech, speakers, synthesizer
from tlcourse.datasets.speech.log_mel import BANDS, FRAMES, RATE, log_mel
from tlcourse.datasets.speech.real_speech import SpeechUnavailable

__all__ = ["BANDS", "FRAMES", "RATE", "SpeechUnavailable", "SpokenDigits", "generate", "log_mel",
           "real", "wave"]  # fmt: skip
_SOURCE = "synthesized by tlcourse.datasets.speech; spoken by nobody; MIT license"


@dataclass(frozen=True)
class SpokenDigits:
    """Clips as images, the digit of each, and who speaks.

    Attributes
    ----------
    images : numpy.ndarray
        Shape (n, 40, 48, 1), dtype uint8: bands of frequency (low first) by frames of 16 ms; see `log_mel`.
    digits, speakers : numpy.ndarray
        Shape (n,), dtype int64: ``names[speakers[i]]`` says ``digits[i]``.
    names : tuple of str
    source : str
    """

    images: np.ndarray
    digits: np.ndarray
    speakers: np.ndarray
    names: tuple
    source: str

    def __len__(self):
        return len(self.images)

    def take(self, index):
        """The clips at `index` (integers, a slice, or a boolean mask), as a dataset of their own."""
        return SpokenDigits(self.images[index], self.digits[index], self.speakers[index], self.names, self.source)

    def split(self, speaker, clips_each, seed):
        """Clips of one speaker: `clips_each` of each digit to adapt with, and all others to test on.

        With the same seed, a smaller draw is part of a larger one.
        """
        rng = np.random.default_rng(seed)
        chosen, rest = [], []
        for digit in range(10):
            places = rng.permutation(np.flatnonzero((self.speakers == speaker) & (self.digits == digit)))
            if clips_each >= len(places):
                raise ValueError(f"speaker {speaker} has {len(places)} clips of digit {digit}, not {clips_each + 1}")
            chosen.append(places[:clips_each])
            rest.append(places[clips_each:])
        return self.take(rng.permutation(np.concatenate(chosen))), self.take(np.concatenate(rest))


def wave(digit, voice, accent=0, seed=0):
    """One clip to listen to: samples between -1 and 1, `RATE` a second.

    Parameters
    ----------
    digit : int
        0 to 9.
    voice, accent : int
        Numbers, 0 or more; accent 0 is the neutral one.
    seed : int
    """
    rng = np.random.default_rng([seed, voice, accent, digit])
    return synthesizer.speak(digit, speakers.voice(voice), speakers.accent(accent), rng)


def generate(people, clips_each, seed):
    """Clips of synthetic speakers.

    Parameters
    ----------
    people : sequence of (int, int)
        The number of the voice and of the accent of each speaker.
    clips_each : int
        Clips of each digit and speaker.
    seed : int
        Another seed gives other clips of the same speakers.

    Returns
    -------
    SpokenDigits
        len(people) * 10 * clips_each clips, ordered by speaker and digit. A second of a processor makes about
        three hundred.
    """
    digits = np.tile(np.repeat(np.arange(10), clips_each), len(people))
    who = np.repeat(np.arange(len(people)), 10 * clips_each)
    images = np.stack(
        [
            log_mel(wave(int(digit), *people[speaker], seed=seed * 1_000 + place % clips_each))
            for place, (digit, speaker) in enumerate(zip(digits, who, strict=True))
        ]
    )
    names = tuple(f"voice {voice}, accent {accent}" for voice, accent in people)
    return SpokenDigits(images[..., None], digits, who, names, _SOURCE)


def real():
    """Real clips of six people, fifty of each digit, from TLCOURSE_MIRROR or the cache.

    Raises
    ------
    SpeechUnavailable
        If they are not on this machine.
    """
    mel, digits, who, names, source = real_speech.load()
    return SpokenDigits(mel[..., None], digits, who, names, source)
