"""Text of students, as a person may see it on a terminal, in a log or on a page."""

import unicodedata

KEPT = "\n\t\u200c\u200d"


def printable(text):
    """A text in which characters that cannot be seen, move a cursor or turn a line round are replaced.

    Line ends and tabs stay, and what joins or parts letters in Persian names and in emoji.
    """
    return "".join(letter if letter in KEPT or unicodedata.category(letter)[0] != "C" else "\ufffd" for letter in text)
