"""What `checks.run` compares of sorted scenario cards: one word of a card, without knowing which is right."""

import numpy as np

from tlcourse.checks import require

CARDS = ("night", "farm", "breeds", "accents", "rare", "prize")
CARDS += ("leaves", "mushrooms", "baskets", "parts", "loans", "sounds")
WORDS = ("X", "Y", "P(X)", "P(Y)", "P(Y|X)"), ("inductive", "transductive", "unsupervised")


def card_word(sorted_cards, place):
    """A function of a card: the first or second word (`place` is 0 or 1) of the pair that `sorted_cards` gives it.

    It fails unless every card has a pair of strings, and unless the word is one of those that may stand there.
    """

    def word_of(card):
        answer = sorted_cards()
        hint = " Is a `return` missing?" if answer is None else ""
        require(
            isinstance(answer, dict),
            f"sorted_cards should return a dictionary, but it returns {type(answer).__name__}.{hint}",
        )
        left_out = ", ".join(name for name in CARDS if name not in answer)
        require(not left_out, f"sorted_cards has no pair for {left_out}.")
        pairs = {name: _pair(name, answer[name]) for name in CARDS}
        word, words = pairs[card][place], ", ".join(WORDS[place])
        order = " The part comes first, then the setting." if word in WORDS[1 - place] else ""
        require(word in WORDS[place], f"The card '{card}' should have one of {words} there, not {word!r}.{order}")
        return word

    return word_of


def _pair(card, value):
    value = value.tolist() if isinstance(value, np.ndarray) else value
    is_pair = (
        isinstance(value, (tuple, list)) and len(value) == 2 and all(type(word) in (str, np.str_) for word in value)
    )
    require(is_pair, f"The card '{card}' should have a pair of strings, but it has {value!r}.")
    return [str(word) for word in value]
