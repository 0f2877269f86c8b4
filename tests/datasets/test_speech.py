"""Synthetic speech: separate voices and accents, the same clips from the same numbers, images as documented."""

import numpy as np
import pytest

from tlcourse.datasets import speech
from tlcourse.datasets.speech import speakers


def test_the_same_numbers_give_the_same_clips():
    first, second = (speech.generate([(3, 1), (4, 0)], 2, seed=7) for _ in range(2))
    assert first.images.shape == (40, speech.BANDS, speech.FRAMES, 1)
    assert first.images.dtype == np.uint8
    np.testing.assert_array_equal(first.images, second.images)
    assert not np.array_equal(first.images, speech.generate([(3, 1), (4, 0)], 2, seed=8).images)
    assert np.bincount(first.speakers).tolist() == [20, 20]
    assert np.bincount(first.digits).tolist() == [4] * 10


def test_an_accent_changes_vowels_and_not_the_voice():
    neutral, foreign = speakers.accent(0), speakers.accent(5)
    assert neutral.shifts["iy"] == (1.0, 1.0)
    assert foreign.shifts != neutral.shifts
    assert speakers.voice(2) == speakers.voice(2) != speakers.voice(3)


def test_the_pitch_of_a_clip_is_that_of_the_voice():
    numbers = range(12)
    low = min(numbers, key=lambda number: speakers.voice(number).pitch)
    expected = speakers.voice(low).pitch
    middle = speech.wave(1, low)[1_200:2_400]
    spectrum = np.abs(np.fft.rfft((middle - middle.mean()) * np.hanning(len(middle)), 1 << 15))
    repeats = np.fft.irfft(spectrum**2)[:400]  # its first peak beyond 3 ms is the period
    period = 30 + int(np.argmax(repeats[30:]))
    assert speech.RATE / period == pytest.approx(expected, rel=0.25)


def test_a_log_mel_image_shows_the_frequency_of_a_tone():
    time = np.arange(speech.RATE) / speech.RATE
    brightest = [int(speech.log_mel(np.sin(2 * np.pi * hertz * time))[:, 10].argmax()) for hertz in (300, 1000, 3000)]
    bands = [
        2595 * np.log10(1 + hertz / 700) / (2595 * np.log10(1 + 4000 / 700)) * 41 - 1 for hertz in (300, 1000, 3000)
    ]
    np.testing.assert_allclose(brightest, bands, atol=1)
    assert speech.log_mel(np.zeros(100)).max() == 2  # silence, as in the real images


def test_a_smaller_draw_is_part_of_a_larger_one():
    data = speech.generate([(0, 0), (1, 0)], 4, seed=0)
    few, rest = data.split(1, 1, seed=3)
    more, _ = data.split(1, 2, seed=3)
    assert (len(few), len(rest), len(more)) == (10, 30, 20)
    assert set(few.speakers) == {1}
    assert {image.tobytes() for image in few.images} <= {image.tobytes() for image in more.images}
    with pytest.raises(ValueError, match="4 clips"):
        data.split(0, 4, seed=0)


@pytest.mark.needs_mirror
def test_real_speech_has_six_speakers(mirror):
    data = speech.real()
    assert data.images.shape == (3000, speech.BANDS, speech.FRAMES, 1)
    assert np.bincount(data.speakers * 10 + data.digits).tolist() == [50] * 60


def test_the_error_for_missing_real_speech_names_its_folder(monkeypatch, tmp_path):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    monkeypatch.setenv("TLCOURSE_CACHE", str(tmp_path))
    with pytest.raises(speech.SpeechUnavailable, match=r"fsdd\.npz"):
        speech.real()
