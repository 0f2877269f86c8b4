"""The parts of the experiments on texts: masking, pieces, arms, spans; and the recipe of the shipped teacher."""

import collections
import json

import numpy as np
import pytest

from tlcourse.data import data_folder
from tlcourse.datasets import minimal_pairs, texts
from tlcourse.research import (
    pretraining,
    text_arms,
    text_bias,
    text_domains,
    text_labels,
    text_layers,
    text_pretraining,
)
from tlcourse.text.word_pieces import MASK, SPECIAL, WordPieces


def test_the_card_holds_the_recipe():
    card = json.loads((data_folder() / "teachers" / "texts_bert.json").read_text(encoding="utf-8"))
    assert {key: card["recipe"][key] for key in text_pretraining.RECIPE} == text_pretraining.RECIPE


def test_pieces_are_frequent_words_and_parts_of_the_others():
    sample = ["the room was clean"] * 4_000 + [f"the room of {name}" for name in ("bamon", "bator", "babel", "baki")]
    pieces = WordPieces(text_pretraining.learn_vocabulary(sample))
    assert {"the", "room", "clean"} <= set(pieces.vocabulary)
    assert "[UNK]" not in pieces.pieces("bakitor clean bane")
    assert pieces.pieces("room") == ["room"]


def test_one_piece_in_five_is_masked_as_in_bert():
    vocabulary = (*SPECIAL, *(f"w{number}" for number in range(95)))
    ids = np.random.default_rng(0).integers(len(SPECIAL), 100, (200, 50))
    ids[:, 40:] = 0
    changed, chosen = text_pretraining.masked(ids, np.random.default_rng(1), 0.2, vocabulary)
    assert chosen[:, :40].mean() == pytest.approx(0.2, abs=0.02)
    assert not chosen[:, 40:].any()
    assert np.array_equal(changed[~chosen], ids[~chosen])
    assert (changed == vocabulary.index(MASK))[chosen].mean() == pytest.approx(0.8, abs=0.03)
    assert (changed == ids)[chosen].mean() == pytest.approx(0.1, abs=0.03)


def test_batches_hold_each_row_once_without_needless_padding():
    ids = np.zeros((70, 32), dtype=np.int32)
    lengths = np.random.default_rng(0).integers(3, 33, 70)
    for number, length in enumerate(lengths):
        ids[number, :length] = number + 1
    batches = list(text_pretraining.batches(ids, 16, np.random.default_rng(0)))
    assert collections.Counter(row[0] for batch in batches for row in batch) == collections.Counter(range(1, 71))
    assert all(batch.shape[1] - (batch != 0).sum(axis=1).min() < 8 for batch in batches)


@pytest.mark.slow
def test_a_tiny_training_runs_and_is_measured():
    sizes = {"width": 8, "depth": 1, "heads": 2, "hidden": 8, "positions": 32}
    recipe = {**text_pretraining.RECIPE, "texts_each": 40, "epochs": 1, "batch_size": 16, "sizes": sizes}
    model, tokenizer, measured = text_pretraining.train(recipe)
    assert model.output_shape[-1] == len(tokenizer.vocabulary)
    assert 0 <= measured["held_out_accuracy"] <= 1
    assert measured["held_out_pieces"] > 1_000


def test_unknown_teachers_are_named_before_any_training():
    with pytest.raises(ValueError, match=r"is called 'minilm'; there are .*texts_bert"):
        pretraining.main(["minilm"])


def test_macro_f1_counts_both_classes_alike():
    assert text_arms.macro_f1(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0])) == pytest.approx(3 / 7)


def test_arms_learn_what_can_be_learned():
    data = texts.generate("contracts", 300, seed=1)
    guessed = text_arms.tf_idf(data.texts[:200], data.labels[:200], data.texts[200:])
    assert text_arms.accuracy(data.labels[200:], guessed) > 0.9


def test_draws_are_nested_and_balanced():
    labels = np.arange(100) % 2
    few, more = (text_labels.chosen_places(labels, count, seed=3) for count in (5, 20))
    assert set(few) <= set(more)
    assert np.bincount(labels[more]).tolist() == [20, 20]


def test_an_untrained_encoder_has_the_same_sizes():
    encoder, _ = text_labels.encoder_and_tokenizer("texts_bert")
    other = text_arms.untrained(encoder, 0)
    assert [array.shape for array in other.get_weights()] == [array.shape for array in encoder.get_weights()]
    assert other.count_params() == encoder.count_params()


@pytest.mark.slow
def test_domains_are_compared_with_the_same_films():
    films = text_labels.generated("films", 900)
    scores = text_domains.compared(films, *text_domains.generated_products(900), seed=900)
    assert set(scores) == {"teacher", "random", "tfidf"}
    assert len(scores["tfidf"]) == 7
    chosen = text_labels.chosen_places(films.pool.labels, 280, 900)
    words, labels = [films.pool.texts[place] for place in chosen], films.pool.labels[chosen]
    guessed = text_arms.tf_idf(words, labels, films.test.texts)
    assert scores["tfidf"]["target_280"] == text_arms.accuracy(films.test.labels, guessed)


@pytest.mark.parametrize(
    ("predicted", "score"),
    [
        ([("PER", "PER", "O", "LOC")], 1),
        ([("PER", "O", "O", "LOC")], 0.5),  # a part of a name is no name
        ([("ORG", "ORG", "O", "LOC")], 0.5),
        ([("O", "O", "O", "O")], 0),
    ],
)
def test_entities_count_whole(predicted, score):
    assert text_layers.entity_f1([("PER", "PER", "O", "LOC")], predicted) == pytest.approx(score)


def test_states_by_layer_belong_to_the_words():
    encoder, tokenizer = text_labels.encoder_and_tokenizer("texts_bert")
    ids, first = tokenizer.encode_words(["carla from bamon hill", "good"])
    layers = text_layers.states_by_layer(encoder, ids, first)
    assert [[len(row) for row in rows] for rows in layers] == [[4, 1]] * 5


@pytest.mark.parametrize("kind", minimal_pairs.WORDS)
def test_minimal_pairs_differ_in_one_word(kind):
    for first, second in minimal_pairs.minimal_pairs(kind):
        assert sum(a != b for a, b in zip(first.split(), second.split(), strict=True)) == 1


@pytest.mark.parametrize("kind", minimal_pairs.WORDS)
def test_seeds_share_no_minimal_pair_and_no_template(kind):
    words, templates = minimal_pairs.WORDS[kind], minimal_pairs.TEMPLATES[kind]
    assert len(set(words)) == len(words)
    parts = [minimal_pairs.minimal_pairs(kind, seed, text_bias.SEEDS) for seed in range(text_bias.SEEDS)]
    assert all(parts)
    for part in parts:
        own = {template for template in templates for word, _ in words if (template.format(word)) in dict(part)}
        assert len(own) == len(templates) / text_bias.SEEDS
    assert len({pair for part in parts for pair in part}) == sum(len(part) for part in parts)


def test_another_kind_of_minimal_pairs_is_named():
    with pytest.raises(ValueError, match=r"kind must be one of .*given, got 'dogs'"):
        minimal_pairs.minimal_pairs("dogs")


def test_a_bag_of_words_scores_words_that_it_has_not_read_alike():
    products = texts.generate("products", 2 * (text_bias.LABELS + text_bias.TEST), 3)
    places, labels = text_bias.split(products.labels, seed=0)
    assert sorted(places) == list(range(len(products)))
    assert np.bincount(labels[: 2 * text_bias.LABELS]).tolist() == [text_bias.LABELS] * 2
    pairs = {kind: minimal_pairs.minimal_pairs(kind) for kind in ("countries", "opinions")}
    asked = [sentence for part in pairs.values() for pair in part for sentence in pair]
    weights = text_bias.word_weights([products.texts[place] for place in places], asked)
    scores = text_bias.favorable(weights, labels)
    assert text_arms.accuracy(labels[2 * text_bias.LABELS :], scores[: 2 * text_bias.TEST] > 0.5) > 0.8
    gaps = scores[2 * text_bias.TEST :].reshape(-1, 2) @ (1, -1)
    assert not gaps[: len(pairs["countries"])].any()
    assert gaps[len(pairs["countries"]) :].mean() > 0.2


@pytest.mark.slow
def test_minimal_pairs_are_scored_by_every_arm():
    products = texts.generate("products", 2 * (text_bias.LABELS + text_bias.TEST), 40_900)
    scores = text_bias.compared(products, "texts_bert", ("given", "opinions"), seed=900)
    assert set(scores["given"]) == {"teacher", "random", "tfidf", "mask"}
    assert set(scores["accuracy"]) == {"teacher", "random", "tfidf"}
    assert scores["opinions"]["tfidf"] > 0.1 > abs(scores["given"]["tfidf"])
