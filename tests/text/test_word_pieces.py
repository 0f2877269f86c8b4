"""WordPiece agrees with the library `tokenizers` (0.23.3), whose outputs are stored here."""

import numpy as np
import pytest

from tlcourse import teachers
from tlcourse.text import WordPieces, split_words

VOCABULARY = [
    "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##believ", "##able", "b", "##e", "##l", "##i", "##v",
    "believe", "##s", "cafe", "naive", "$", "5", "##0", "+", "!", ".", ",", "'", "don", "t", "你", "好", "str",
    "##asse", "ab", "##c", "a",
]  # fmt: skip
# BertNormalizer, BertPreTokenizer and WordPiece of the library, with the same vocabulary
EXPECTED = {
    "Unbelievable!": ["un", "##believ", "##able", "!"],
    "believes, BELIEVE": ["believe", "##s", ",", "believe"],
    "Café naïve": ["cafe", "naive"],
    "$50+5": ["$", "5", "##0", "+", "5"],
    "don't.": ["don", "'", "t", "."],
    "你好": ["你", "好"],
    "un\u00adbelievable a\u00a0b\tabc": ["un", "##believ", "##able", "a", "b", "ab", "##c"],
    "bel zzz": ["b", "##e", "##l", "[UNK]"],
    "straße": ["[UNK]"],
    "b\u200be \ufffda": ["b", "##e", "a"],
    "a" * 101: ["[UNK]"],
    "": [],
    "  ": [],
}
# The same library with MiniLM's tokenizer.json
OF_MINILM = {
    "The hotel's pancakes weren't worth £12.50!":
        [101, 1996, 3309, 1005, 1055, 28470, 4694, 1005, 1056, 4276, 14534, 2475, 1012, 2753, 999, 102],
    "Zürich & Reykjavík: très bien…": [101, 10204, 1004, 28559, 1024, 24403, 29316, 1529, 102],
    "WordPiece splits unfathomably long words (e.g. antidisestablishmentarianism).":
        [101, 2773, 11198, 19584, 4895, 27753, 23393, 8231, 2146, 2616, 1006, 1041, 1012, 1043, 1012, 3424, 10521, 4355,
         7875, 13602, 3672, 12199, 2964, 1007, 1012, 102],
}  # fmt: skip


@pytest.fixture
def tokenizer():
    return WordPieces(VOCABULARY)


@pytest.mark.parametrize("text", EXPECTED, ids=lambda text: text[:12] or "empty")
def test_pieces_are_those_of_the_library(tokenizer, text):
    assert tokenizer.pieces(text) == EXPECTED[text]


@pytest.mark.needs_mirror
@pytest.mark.parametrize("text", OF_MINILM)
def test_ids_are_those_of_minilm(text):
    if not teachers.available("minilm"):
        pytest.skip("TLCOURSE_MIRROR has no MiniLM")
    assert teachers.tokenizer("minilm").encode([text])[0].tolist() == OF_MINILM[text]


def test_rows_are_framed_cut_and_padded(tokenizer):
    ids = tokenizer.encode(["a b", "a a a a a a"], length=5)
    assert ids.dtype == np.int32
    assert ids[1].tolist() == [2, *[tokenizer.ids["a"]] * 3, 3]
    assert ids[0].tolist() == [2, tokenizer.ids["a"], tokenizer.ids["b"], 3, 0]
    assert tokenizer.encode([]).shape == (0, 0)


def test_first_pieces_of_words(tokenizer):
    ids, first = tokenizer.encode_words(["unbelievable a", "a b unbelievable believes"], length=7)
    assert first.tolist() == [[1, 4, -1, -1], [1, 2, 3, -1]]
    assert [tokenizer.vocabulary[ids[1, place]] for place in first[1, :3]] == ["a", "b", "un"]


def test_a_word_without_pieces_keeps_its_place(tokenizer):
    _, first = tokenizer.encode_words(["a \u200b b"])
    assert first.tolist() == [[1, 2, 3]]


def test_the_mask_stays_whole(tokenizer):
    assert tokenizer.pieces("a [MASK] b") == ["a", "[MASK]", "b"]
    assert split_words("[MASK]x") == ["[", "mask", "]", "x"]


def test_bad_vocabularies_and_texts():
    with pytest.raises(ValueError, match=r"lacks \[UNK\]"):
        WordPieces(["[PAD]", "a"])
    with pytest.raises(ValueError, match="must be the first piece"):
        WordPieces(VOCABULARY[::-1])
    with pytest.raises(ValueError, match="no piece may stand there twice"):
        WordPieces([*VOCABULARY, "a"])
    with pytest.raises(ValueError, match="got the text 'good film': put it between"):
        WordPieces(VOCABULARY).encode("good film")
    with pytest.raises(ValueError, match="length must be 3 or more"):
        WordPieces(VOCABULARY).encode(["good"], length=2)
