"""WordPiece: text to numbers, as BERT splits it (Devlin et al. 2019; Schuster and Nakajima 2012).

A frequent word is one piece; a rare one is put together from pieces, of which all but the first begin with "##".

The library `tokenizers` (Hugging Face) does the same and installs on every Python that the course supports. The course
splits words itself because students write this algorithm in unit 08, and because a compiled package would be needed
for nothing else. The tests compare its pieces with stored ones of `tokenizers` 0.23.3.
"""

import unicodedata

import numpy as np

PAD, UNKNOWN, CLASSIFY, SEPARATE, MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
_LONGEST_WORD = 100  # letters; BERT takes a longer word for an unknown one


class WordPieces:
    """A tokenizer with a fixed vocabulary, for text in lower case.

    A piece's place in `vocabulary` is its id: "[PAD]" is 0, and the other `SPECIAL` ones are there, too. A ValueError
    says what is wrong with a vocabulary.
    """

    def __init__(self, vocabulary):
        self.vocabulary = tuple(vocabulary)
        self.ids = {piece: place for place, piece in enumerate(self.vocabulary)}
        if missing := [piece for piece in SPECIAL if piece not in self.ids]:
            raise ValueError(f"the vocabulary of {len(self.vocabulary)} pieces lacks {missing[0]}")
        if self.ids[PAD] != 0 or len(self.ids) < len(self.vocabulary):
            raise ValueError(f"{PAD} must be the first piece, and no piece may stand there twice")

    def pieces(self, text):
        """The pieces of a text, without [CLS] and [SEP]: ["un", "##believ", "##able", "!"]."""
        return [piece for word in split_words(text) for piece in self.pieces_of_word(word)]

    def pieces_of_word(self, word):
        """From the left, each time the longest piece that fits; ["[UNK]"] if one letter fits nowhere."""
        start, pieces = 0, []
        while start < len(word):
            prefix = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if prefix + word[start:end] in self.ids), None)
            if end is None or len(word) > _LONGEST_WORD:
                return [UNKNOWN]
            pieces.append(prefix + word[start:end])
            start = end
        return pieces

    def encode(self, texts, length=64):
        """Texts as rows of ids: [CLS] pieces [SEP], then 0 up to the longest of them.

        Returns
        -------
        numpy.ndarray
            Shape (n texts, longest row), int32. A row has at most `length` ids; a longer text loses its last pieces.

        Raises
        ------
        ValueError
            For one text instead of several, or a length below 3.
        """
        _check(texts, length)
        return self._rows([self.pieces(text) for text in texts], length)

    def encode_words(self, texts, length=64):
        """As `encode`, and where each word begins, for labels of words: what stands between single spaces.

        Returns
        -------
        tuple of numpy.ndarray
            Ids, and the place of the first piece of each word in its row, shape (n texts, most words), int32; -1 where
            there is no such word, or it did not fit.
        """
        _check(texts, length)
        words = [[self.pieces(word) or [UNKNOWN] for word in text.split(" ")] for text in texts]
        first = np.full((len(texts), max(map(len, words), default=0)), -1, dtype=np.int32)
        for row, pieces in enumerate(words):
            places = 1 + np.cumsum([0, *map(len, pieces)][:-1])
            first[row, : len(places)] = np.where(places < length - 1, places, -1)
        return self._rows([[piece for word in row for piece in word] for row in words], length), first

    def _rows(self, pieces, length):
        unknown = self.ids[UNKNOWN]
        rows = [[CLASSIFY, *row[: length - 2], SEPARATE] for row in pieces]
        ids = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.int32)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = [self.ids.get(piece, unknown) for piece in row]
        return ids


def split_words(text):
    """Words and single signs of punctuation, in lower case and without accents; [MASK] and the like stay whole."""
    words = []
    for chunk in _cleaned(text).split():
        if chunk in SPECIAL:
            words.append(chunk)
            continue
        plain = unicodedata.normalize("NFD", chunk.lower())
        spaced = (f" {sign} " if _stands_alone(sign) else sign for sign in plain if unicodedata.category(sign) != "Mn")
        words += "".join(spaced).split()
    return words


def _cleaned(text):
    """The text without control characters; each kind of white space becomes a space."""
    control = ("Cc", "Cf", "Cn", "Co", "Cs")
    signs = (" " if sign.isspace() else sign for sign in text)
    return "".join(sign for sign in signs if sign != "\ufffd" and unicodedata.category(sign) not in control)


def _stands_alone(sign):
    """Whether BERT takes this for punctuation, ASCII's signs such as "$" included, or for a Chinese character."""
    is_ascii_sign = "!" <= sign <= "~" and not sign.isalnum()
    return is_ascii_sign or unicodedata.category(sign).startswith("P") or "\u4e00" <= sign <= "\u9fff"


def _check(texts, length):
    if isinstance(texts, str):
        raise ValueError(f"texts must be a list of texts, got the text {texts[:40]!r}: put it between [ and ]")
    if length < 3:
        raise ValueError(f"length must be 3 or more, for [CLS], a piece and [SEP], got {length}")
