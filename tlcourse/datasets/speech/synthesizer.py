"""A source-filter synthesizer of spoken digits: pulses and noise, shaped by moving resonances (Fant 1960).

The vocal folds give a train of pulses, friction gives noise. The throat and the mouth are a filter whose resonances,
the formants, move from sound to sound.
"""

import numpy as np

from tlcourse.datasets.speech.log_mel import RATE
from tlcourse.datasets.speech.speakers import SOUNDS

STEP = 40  # samples between two states of the filter: 5 ms
WINDOW, BINS = 4 * STEP, 512  # samples of a filtered piece, and of its Fourier transform
BANDWIDTHS = (60, 90, 130, 200, 280)  # Hz, of the five formants of a neutral voice
UPPER = (3_500, 4_500)  # Hz: the fourth and the fifth formant, which stay where they are


def speak(digit, voice, accent, rng):
    """One clip of a digit.

    Parameters
    ----------
    digit : int
        0 to 9.
    voice : speakers.Voice
    accent : speakers.Accent
    rng : numpy.random.Generator
        What differs from clip to clip: pace, pitch, formants, loudness, the start, and the noise.

    Returns
    -------
    array of float, shape (samples,)
        `RATE` samples a second, about 0.2 to 0.8 s, between -1 and 1.
    """
    pace = voice.speed * np.exp(rng.normal(0, 0.08))
    tracks = _tracks(_segments(digit, accent), pace, rng)
    throat = voice.formants * np.exp(rng.normal(0, 0.02))
    pulses = _pulses(tracks, voice.pitch * np.exp(rng.normal(0, 0.06)), voice.fall, rng)
    noise = rng.normal(size=len(pulses))
    wave = _filtered(pulses, _voiced_filter(tracks, throat, voice))
    breath = _filtered(noise, _voiced_filter(tracks, throat, voice) * voice.breath)
    wave = 0.5 * (wave + breath) + _filtered(noise, _noise_filter(tracks, voice))
    wave = _in_a_room(wave, voice.echo, rng)
    wave *= 0.25 * voice.loudness * np.exp(rng.normal(0, 0.25))
    start = rng.integers(0, 400)  # the clip is cut by hand: up to 50 ms of its beginning are missing
    return np.clip(wave + 0.1 * voice.hiss * rng.normal(size=len(wave)), -1, 1)[start:]


def _segments(digit, accent):
    """The sounds of a digit in an accent: dicts of their ms, formants, levels and noise."""
    names = [accent.consonants.get(name, name) for name in SOUNDS["digits"][str(digit)]]
    if accent.devoiced:
        names[-1] = {"v": "f", "z": "s"}.get(names[-1], names[-1])
    segments = []
    for name in names:
        if name in SOUNDS["consonants"]:
            sound = SOUNDS["consonants"][name]
            if "stop" in sound:
                segments.append({"ms": sound["stop"], "voiced": 0.0})
            segments.append({"voiced": 0.0} | sound)
        else:
            segments.append(_vowel(name, accent))
    return segments


def _vowel(name, accent):
    *vowels, ms = name.split()
    ends = [np.array(SOUNDS["vowels"][vowel]) * [*accent.shifts[vowel], 1.0] for vowel in vowels]
    last = ends[0] + accent.glide * (ends[-1] - ends[0])
    return {"ms": float(ms) * accent.vowel_length, "formants": ends[0], "last": last, "voiced": 1.0}


def _tracks(segments, pace, rng):
    """Formants, levels and noise at each step of the filter: a dict of arrays.

    Each sound holds its values between two points, and the values glide between the sounds. A sound without formants
    gets those of its neighbors.
    """
    time, points, formants = 0.02, [(0.0, 0.0, 0.0)], []
    noises = [(0.0, 3000.0, 800.0)]
    for segment in segments:
        length = segment["ms"] / 1000 / pace * np.exp(rng.normal(0, 0.1))
        margin = min(0.018, length / 3)
        noise, center, width = segment.get("noise", (0.0, *noises[-1][1:]))
        for moment, key in ((time + margin, "formants"), (time + length - margin, "last")):
            points.append((moment, segment["voiced"], noise))
            noises.append((moment, center, width))
            if "formants" in segment:
                formants.append((moment, *segment.get(key, segment["formants"])))
        time += length
    points.append((time + 0.02, 0.0, 0.0))
    steps = np.arange(0, time + 0.04, STEP / RATE)
    tables = {"level": np.array(points), "noise": np.array(noises), "formants": np.array(formants)}
    return {
        name: np.stack([np.interp(steps, table[:, 0], column) for column in table[:, 1:].T], axis=1)
        for name, table in tables.items()
    }


def _pulses(tracks, pitch, fall, rng):
    """A train of band-limited pulses of power 1 whose pitch falls; its level follows the voiced sounds."""
    steps = len(tracks["level"])
    times = np.arange(steps * STEP) / STEP
    bend = 1 + fall * (0.5 - times / steps) + 0.03 * np.sin(2 * np.pi * (times / steps * rng.uniform(0.5, 2)))
    frequency = pitch * bend
    phase = 2 * np.pi * np.cumsum(frequency) / RATE + 0.5
    count = max(1, int(0.47 * RATE / frequency.max()))  # harmonics
    half = np.sin(phase / 2)
    half = np.where(np.abs(half) < 1e-6, 1e-6, half)
    pulses = np.sin((count + 0.5) * phase) / (2 * half) - 0.5  # the sum of cos(k * phase), k from 1 to count
    return pulses * np.sqrt(2 / count)


def _voiced_filter(tracks, throat, voice):
    """Gains of the vocal folds, the formants and the microphone: shape (steps, BINS // 2 + 1)."""
    frequencies = np.fft.rfftfreq(BINS, 1 / RATE)
    steps = len(tracks["level"])
    centers = np.concatenate([tracks["formants"], np.tile(UPPER, (steps, 1))], axis=1)[:, :, None] * throat
    widths = voice.bandwidth * np.array(BANDWIDTHS)[:, None]
    resonances = centers**2 / np.abs(centers**2 - frequencies**2 + 1j * frequencies * widths)
    folds = frequencies / 500 / (1 + (frequencies / voice.fold_cutoff) ** 2)  # with the radiation of the lips
    return tracks["level"][:, :1] * folds * resonances.prod(axis=1) * _microphone(frequencies, voice)


def _noise_filter(tracks, voice):
    """Gains of the friction: a bump around a center that moves."""
    frequencies = np.fft.rfftfreq(BINS, 1 / RATE)
    center, width = tracks["noise"][:, :1], tracks["noise"][:, 1:]
    bump = np.exp(-0.5 * ((frequencies - center * voice.formants**0.3) / width) ** 2)
    return voice.hissing * tracks["level"][:, 1:] * bump * _microphone(frequencies, voice)


def _in_a_room(wave, echo, rng):
    """The wave with echoes of 10 to 60 ms, which get weaker with their delay."""
    heard = np.concatenate([wave, np.zeros(480)])
    for delay in rng.integers(80, 480, 6):
        heard[delay : delay + len(wave)] += echo * np.exp(-delay / 200) * wave
    return heard


def _microphone(frequencies, voice):
    return 10 ** (voice.microphone / 20 * np.log2(np.maximum(frequencies, 60) / 1000))


def _filtered(source, gains):
    """The source in overlapping pieces, each with the gains of its step: as many samples as the steps cover."""
    steps = len(gains)
    padded = np.pad(source[: steps * STEP], (WINDOW // 2, BINS))
    pieces = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[: steps * STEP : STEP]
    shaped = np.fft.irfft(np.fft.rfft(pieces * np.hanning(WINDOW), BINS, axis=1) * gains, BINS, axis=1)
    wave = np.zeros(steps * STEP + BINS)
    for step, piece in enumerate(np.roll(shaped, WINDOW // 2, axis=1)):
        wave[step * STEP : step * STEP + BINS] += piece / 2
    return wave[WINDOW : steps * STEP]
