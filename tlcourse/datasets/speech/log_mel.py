"""Log-mel images: 40 bands x 48 frames of 16 ms, as the course uses speech."""

import functools

import numpy as np

RATE = 8_000  # samples a second
WINDOW, HOP = 256, 128  # samples: 32 ms and 16 ms
BANDS, FRAMES = 40, 48
FLOOR, LOWEST, RANGE = 1e-6, -14.0, 22.0  # added to the power; the logarithm at 0, and up to 255


def log_mel(wave):
    """The log-mel image of a clip.

    Parameters
    ----------
    wave : array of float, shape (samples,)
        At `RATE` samples a second, between -1 and 1. What lies beyond `FRAMES` frames (0.78 s) is cut off, and a
        shorter clip is filled up with silence.

    Returns
    -------
    array of uint8, shape (BANDS, FRAMES)
        255 * (log(power in a band + 1e-6) + 14) / 22, with low frequencies first.
    """
    length = WINDOW + (FRAMES - 1) * HOP
    padded = np.zeros(length)
    padded[: len(wave)] = wave[:length]
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW), axis=1)) ** 2
    level = (np.log(power @ mel_filters().T + FLOOR) - LOWEST) / RANGE
    return np.round(255 * np.clip(level.T, 0, 1)).astype(np.uint8)


@functools.cache
def mel_filters():
    """Triangles of equal width on the mel scale, 2595 log10(1 + f/700): shape (BANDS, WINDOW // 2 + 1)."""
    highest = 2595 * np.log10(1 + RATE / 2 / 700)
    edges = 700 * (10 ** (np.linspace(0, highest, BANDS + 2) / 2595) - 1)
    frequencies = np.fft.rfftfreq(WINDOW, 1 / RATE)
    low, middle, high = (edges[start : start + BANDS, None] for start in range(3))
    rising, falling = (frequencies - low) / (middle - low), (high - frequencies) / (high - middle)
    return np.clip(np.minimum(rising, falling), 0, None)
