"""Generated texts are what their labels and tags say; real ones come from a mirror or the network, and whole."""

import collections

import numpy as np
import pytest

from tlcourse.datasets import texts
from tlcourse.datasets.texts import real_texts

EXPECTED_FILMS = (
    "although the plot was gripping i found the dialogue silly and what a bland photography",
    "frank rova from garmonta found the music moving the actor was funny",
)


@pytest.mark.parametrize("domain", texts.DOMAINS)
def test_texts_repeat_by_seed_and_have_a_tag_a_word(domain):
    data = texts.generate(domain, 60, seed=3)
    assert data.texts == texts.generate(domain, 60, seed=3).texts
    assert data.texts != texts.generate(domain, 60, seed=4).texts
    assert np.bincount(data.labels).tolist() == [30, 30]
    assert [len(text.split(" ")) for text in data.texts] == [len(row) for row in data.tags]
    assert {tag for row in data.tags for tag in row} <= set(real_texts.TAGS)
    assert all(text == text.lower() and "{" not in text for text in data.texts)


def test_a_generated_sample_is_the_one_it_always_was():
    first = texts.generate("films", 2, seed=0)
    assert first.texts == EXPECTED_FILMS
    assert first.class_names == ("negative", "positive")


def counted(domain):
    """How often each word stands in texts of class 0 and of class 1."""
    data = texts.generate(domain, 2_000, seed=8)
    counts = (collections.Counter(), collections.Counter())
    for text, label in zip(data.texts, data.labels, strict=True):
        counts[label].update(text.split(" "))
    return counts


@pytest.mark.parametrize(
    ("domain", "words"),
    [
        ("products", ("flimsy", "durable")),
        ("hotels", ("bugs", "slept")),
        ("films", ("asleep", "glued")),
        ("messages", ("school", "voucher")),
        ("contracts", ("consent", "whatsoever")),
    ],
)
def test_words_stand_more_often_in_texts_of_their_class(domain, words):
    counts = counted(domain)
    for label, word in enumerate(words):
        assert counts[label][word] > counts[1 - label][word]


def test_domains_share_few_judgments():
    films, products = (set().union(*counted(domain)) for domain in ("films", "products"))
    assert {"superb", "awful"} <= films & products
    assert {"gripping", "tedious"} <= films - products
    assert {"flimsy", "durable"} <= products - films


def test_names_are_tagged_in_their_context():
    data = texts.generate("films", 2_000, seed=5)
    pairs = collections.Counter(
        (before, tag)
        for text, tags in zip(data.texts, data.tags, strict=True)
        for before, tag in zip(text.split(" "), tags[1:], strict=False)
    )
    assert pairs["starring", "PER"] > 10
    assert {tag for word, tag in pairs if word == "starring"} == {"PER"}
    assert {"PER", "ORG"} <= {tag for word, tag in pairs if word == "by"}


def test_an_article_suits_what_follows():
    words = [text.split(" ") for text in texts.generate("films", 2_000, seed=6).texts]
    following = [(row[place], row[place + 1]) for row in words for place in range(len(row) - 1)]
    assert all((after[0] in "aeiou") == (word == "an") for word, after in following if word in ("a", "an"))
    assert any(word == "an" for word, _ in following)


def test_parts_of_a_dataset():
    data = texts.generate("hotels", 100, seed=1)
    assert data.take([3, 1]).texts == (data.texts[3], data.texts[1])
    masked = data.take(data.labels == 1)
    assert len(masked) == len(masked.tags) == 50


def test_bad_names_and_counts():
    with pytest.raises(ValueError, match=r"domain must be one of products, hotels, .*, got 'cars'"):
        texts.generate("cars", 5, seed=0)
    with pytest.raises(ValueError, match="count must be 1 or more, got 0"):
        texts.generate("films", 0, seed=0)
    with pytest.raises(ValueError, match=r"real texts are called products, films, .*, got 'hotels'"):
        texts.real("hotels")


@pytest.mark.parametrize(
    ("name", "count", "second"),
    [
        ("products", 1_000, 500),
        ("films", 1_000, 500),
        ("restaurants", 1_000, 500),
        ("messages", 5_574, 747),
        ("entities", 9_339, 6_178),
        ("contracts", 17_383, 1_374),
    ],
)
def test_real_texts_from_the_mirror(mirror, name, count, second):
    data = texts.real(name)
    assert texts.available(name)
    assert np.bincount(data.labels).tolist() == [count - second, second]
    assert "CC BY 4.0" in data.source
    assert all(text.strip() for text in data.texts)
    if name == "entities":
        assert [len(text.split(" ")) for text in data.texts] == [len(row) for row in data.tags]


def test_without_mirror_and_network_one_line_names_file_and_remedy(monkeypatch, fresh_cache):
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    assert not texts.available("films")
    with pytest.raises(
        texts.TextsUnavailable, match=r"'films': imdb_labelled\.txt is not here.*TLCOURSE_MIRROR"
    ) as caught:
        texts.real("films")
    assert "\n" not in str(caught.value)


@pytest.fixture
def public(monkeypatch, fresh_cache, web_folder):
    """A public file of two sentences in the place of the real one."""
    monkeypatch.delenv("TLCOURSE_MIRROR", raising=False)
    file = web_folder.path / "imdb_labelled.txt"
    file.write_text("Slow, and dull.  \t0\nA joy\twith a tab.\t1\n", encoding="utf-8")
    facts = real_texts.SOURCES["films"] | {
        "url": f"{web_folder.address}/",
        "files": {file.name: real_texts.storage.checksum(file)},
    }
    monkeypatch.setitem(real_texts.SOURCES, "films", facts)
    return file


def test_real_texts_from_the_network(public):
    data = texts.real("films")
    assert data.texts == ("Slow, and dull.", "A joy\twith a tab.")
    assert data.labels.tolist() == [0, 1]
    public.unlink()  # it is not needed a second time
    assert len(texts.real("films")) == 2


def test_another_file_is_no_source(public):
    public.write_text("Changed.\t1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"imdb_labelled\.txt is not the published file: its SHA-256 is"):
        texts.real("films")
