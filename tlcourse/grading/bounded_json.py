"""Reads JSON that came from student code, with a bound on what it costs: 64 MB of ``[[],[],...`` would take gigabytes.

Values and nesting are counted before anything is parsed. What stands in strings does not count: a traceback with colors
has a bracket in each of its escape sequences, and closes none.
"""

import itertools
import json
import re

MOST_BYTES = 64 << 20
MOST_VALUES = 4_000_000  # those of a dataset with 100,000 arrays are half of it
DEEPEST = 300  # lists and dictionaries in each other
# Also one without an end: a search that fails there would begin again at each quotation mark in it.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_OTHERS = bytes(set(range(256)) - set(b"[]{},:"))
_STEPS = [{ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}.get(byte, 0) for byte in range(256)]


class TooLarge(ValueError):  # noqa: N818
    """A text that would cost too much to read; the message says which bound it exceeds."""


def loads(text, most_values=MOST_VALUES):
    """What a text of JSON says.

    Parameters
    ----------
    text : bytes or str
    most_values : int

    Raises
    ------
    TypeError
        If it is neither bytes nor text.
    TooLarge
        If it has too many bytes, values or levels.
    ValueError
        If it is not JSON.
    """
    if not isinstance(text, (str, bytes)):
        raise TypeError(f"JSON is a text, not {type(text).__name__}")
    content = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(content) > MOST_BYTES:
        raise TooLarge(f"it has more than {MOST_BYTES >> 20} MB")
    structure = _STRING.sub(b"", content).translate(None, _OTHERS)
    if len(structure) > most_values:
        raise TooLarge(f"it has more than {most_values:,} values")
    if max(itertools.accumulate(map(_STEPS.__getitem__, structure)), default=0) > DEEPEST:
        raise TooLarge(f"it is nested more than {DEEPEST} levels deep")
    return json.loads(content.decode("utf-8", "replace"))


def unpack(text):
    """A part of a kernel's message, for ``Session.unpacker`` of jupyter_client, without halves of characters.

    No file can hold these; Jupyter's own messages have none, but those that student code sends may.

    Raises
    ------
    ValueError
    """
    content = loads(text)
    if not _HALF.search(text):
        return content
    return json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
