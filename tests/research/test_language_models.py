"""The parts of the experiments with language models: arms, batches, the count model, and students of the encoder."""

import itertools

import numpy as np
import pytest

from tlcourse.research import adapted_language_model, language_models, text_to_text, text_tuning


def test_only_bert_sees_the_same_hidden_pieces_again():
    ids = language_models.rows(("messages",), 32, 1)
    for model, same in (("bert", True), ("roberta", False)):
        both = list(itertools.islice(language_models.stream(ids, model, 0, batch=32), 2))
        hidden = [{tuple(row) for row in batch.targets.tolist()} for batch in both]
        assert (hidden[0] == hidden[1]) == same


def test_counts_know_a_repeated_row():
    row = np.array([[2, 7, 8, 3, 0]])
    loss = adapted_language_model.count_model(np.tile(row, (50, 1)), row, 0.9)
    assert loss < 0.2
    assert adapted_language_model.count_model(row, np.array([[2, 9, 3]]), 0.9) > loss


def test_no_test_input_is_a_training_input():
    train, test = text_to_text.pairs(0)
    for task, part in test.items():
        assert not {source for source, _ in part} & {source for source, _ in train[task]}
        assert len(part) == text_to_text.TEST_EACH


def test_baselines_find_what_they_have_seen():
    train = {"answer": [("answer a b", "garden"), ("answer c d", "office"), ("answer e f", "office")]}
    test = {"answer": [("answer a b", "garden")]}
    assert text_to_text.nearest(train, test)["answer"] == 1
    assert text_to_text.most_frequent(train, test)["answer"] == 0


@pytest.mark.slow
def test_arms_of_the_tuning_learn_what_they_should():
    counts = {arm: sum(int(np.prod(each.shape)) for each in text_tuning.student(arm).trainable_variables)
              for arm in text_tuning.RATES}  # fmt: skip
    assert counts["head"] == 64 * 2 + 2
    assert counts["lora"] == counts["head"] + 4 * text_tuning.RANK * 2 * (64 + 256)
    assert counts["head"] < counts["lora"] < counts["last"] < counts["full"]
