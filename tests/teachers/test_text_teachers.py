"""Teachers of text: the shipped one is that of its card; MiniLM comes from mirror or network, or one line says why."""

import json

import numpy as np
import pytest

from tlcourse import teachers, text
from tlcourse.teachers import weights


def test_the_shipped_teacher_is_that_of_its_card_and_of_the_catalog():
    weights_file, card_file = weights.shipped_files("texts_bert")
    card = json.loads(card_file.read_text(encoding="utf-8"))
    facts = teachers.TEXT_CATALOG["texts_bert"]
    model, tokenizer = teachers.load("texts_bert", head=False), teachers.tokenizer("texts_bert")
    assert teachers.available("texts_bert")
    assert weights_file.stat().st_size == card["bytes"] < 2_000_000
    assert model.count_params() == facts.parameters
    assert (facts.trained_on, facts.license) == (card["trained_on"], card["license"])
    assert (facts.depth, facts.width) == (len(text.layer_states(model).outputs) - 1, model.output_shape[-1])
    assert len(tokenizer.vocabulary) == card["architecture"]["vocabulary_size"]


def test_the_head_guesses_a_masked_word():
    model, tokenizer = teachers.load("texts_bert"), teachers.tokenizer("texts_bert")
    ids = tokenizer.encode(["i bought it last [MASK] and my [MASK] chose it"])
    logits = np.asarray(model(ids))
    places = np.flatnonzero(ids[0] == tokenizer.ids["[MASK]"])
    first, second = (tokenizer.vocabulary[logits[0, place].argmax()] for place in places)
    assert first in {"week", "summer"}
    assert second in {"sister", "brother", "wife", "husband", "parents", "neighbor"}


def test_states_do_not_depend_on_the_head():
    ids = teachers.tokenizer("texts_bert").encode(["the plot was tedious"])
    whole, states = teachers.load("texts_bert"), np.asarray(teachers.load("texts_bert", head=False)(ids))
    kernel, bias = whole.get_layer("head").get_weights()
    assert np.asarray(whole(ids)) == pytest.approx(states @ kernel + bias, abs=1e-3)


def test_minilm_without_mirror_and_network_is_one_line(monkeypatch, fresh_cache):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    teachers.tokenizer.cache_clear()
    assert not teachers.available("minilm")
    for get in (teachers.load, teachers.tokenizer):
        with pytest.raises(teachers.TeacherUnavailable, match=r"minilm: .*is not here.*TLCOURSE_MIRROR") as caught:
            get("minilm")
        assert "\n" not in str(caught.value)


def test_a_damaged_file_is_named(tmp_path, monkeypatch):
    facts = teachers.TEXT_CATALOG["minilm"]
    folder = tmp_path / facts.folder
    folder.mkdir(parents=True)
    for file in facts.files:
        (folder / file).write_bytes(b"cut")
    monkeypatch.setenv("TLCOURSE_MIRROR", str(tmp_path))
    with pytest.raises(ValueError, match=r"model\.safetensors is not the published file: its SHA-256 is"):
        teachers.load("minilm")


def test_unknown_teachers_of_text():
    with pytest.raises(ValueError, match="no teacher of text 'VGG16': there are texts_bert, minilm"):
        teachers.tokenizer("VGG16")
    with pytest.raises(ValueError, match=r"no teacher 'bert': there are .*minilm"):
        teachers.load("bert")
