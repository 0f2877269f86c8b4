"""One network for six objectives: what each position sees and predicts, and that the network keeps to the mask."""

import numpy as np
import pytest

from tlcourse.text import objectives
from tlcourse.text.generation import continued, written
from tlcourse.text.language_model import LanguageModel, build_language_model

MASK, VOCABULARY = 4, 30
IDS = np.array([[2, 7, 8, 9, 10, 11, 3, 0], [2, 12, 13, 3, 0, 0, 0, 0]])


def test_masked_rows_hide_at_least_one_piece_and_never_the_ends():
    batch = objectives.masked(IDS, np.random.default_rng(0), MASK)
    hidden = batch.targets >= 0
    assert hidden.any(axis=1).all()
    assert not hidden[:, 0].any()
    assert not hidden[0, 6:].any()
    assert (batch.ids[hidden] == MASK).all()
    assert np.array_equal(np.where(hidden, batch.targets, batch.ids), IDS)


def test_causal_rows_predict_the_next_piece():
    batch = objectives.causal(IDS)
    assert batch.targets[0].tolist() == [7, 8, 9, 10, 11, 3, -1, -1]
    assert not batch.mask[0, 2, 3]
    assert batch.mask[0, 3, 2]


def test_questions_of_a_permutation_do_not_see_what_they_ask_for():
    batch = objectives.permuted(np.tile(IDS[:1], (50, 1)), np.random.default_rng(0), MASK, share=0.3)
    rows, asked = np.nonzero(batch.targets >= 0)
    places = batch.places[rows, asked]
    assert (asked >= 8).all()
    assert np.array_equal(batch.targets[rows, asked], IDS[0, places])
    assert not batch.mask[rows, asked, places].any()
    assert not batch.mask[:, :8, 8:].any(), "no piece sees a question"


def test_spans_come_back_when_outputs_fill_the_inputs():
    batch = objectives.spans(IDS[:1], np.random.default_rng(1), 20, share=0.3)
    row = batch.ids[0][batch.ids[0] > 0].tolist()
    first = row.index(20)
    second = row.index(20, first + 1)
    restored = row[:first] + row[second + 1 : row.index(21, second)] + row[first + 1 : second]
    assert 21 not in row[:second], "with this seed, one run of pieces is cut out"
    assert restored == IDS[0, :7].tolist()


def test_outputs_see_the_input_and_what_comes_before():
    batch = objectives.text_to_text([([5, 6], [7, 8])])
    assert batch.mask[0].astype(int).tolist() == [[1, 1, 0, 0], [1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 1, 1]]
    assert batch.targets[0].tolist() == [-1, 7, 8, -1]


def test_shared_layers_have_fewer_weights():
    sizes = {"width": 8, "heads": 2, "hidden": 8}
    single, double, shared = (
        build_language_model(VOCABULARY, depth=depth, shared=depth == 3, **sizes) for depth in (1, 2, 3)
    )
    assert shared.count_params() == single.count_params() < double.count_params()


@pytest.fixture(scope="module")
def model():
    return LanguageModel(VOCABULARY, width=16, depth=1, heads=2, hidden=16)


def test_the_network_keeps_to_its_mask(model):
    model.restart(0)
    changed = IDS.copy()
    changed[0, 5] = 20
    first, second = (model.logits(objectives.plain(ids, causal=True)) for ids in (IDS, changed))
    assert np.allclose(first[0, :5], second[0, :5], atol=1e-5)
    assert not np.allclose(first[0, 5:7], second[0, 5:7], atol=1e-5)


@pytest.mark.slow
def test_a_short_row_is_learned_by_heart_and_written(model):
    model.restart(0)
    pairs = [([5, 6], [7, 8, 3]), ([6, 5], [9, 3])]
    batch = objectives.text_to_text(pairs, 8)
    losses = model.fit(iter([batch] * 80), 80, 1e-2)
    assert losses[-1] < 0.3 < losses[0]
    assert written(model, [[5, 6], [6, 5]], end=3, longest=6) == [[7, 8], [9]]
    assert continued(model, [5, 6, 7], end=3, longest=1) == [8]


def test_restarting_gives_the_same_weights(model):
    first = model.restart(3).network.get_weights()
    assert all(np.array_equal(*pair) for pair in zip(first, model.restart(3).network.get_weights(), strict=True))
