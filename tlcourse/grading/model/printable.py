"""Text of students, as a person may see it on a terminal, in a log or on a page."""

import unicodedata


def printable(text):
    """A text in which characters that cannot be seen, move a cursor or turn a line round are replaced.

    Line ends and tabs stay.
    """
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter)[0] != "C" else "\ufffd" for letter in text
    )
