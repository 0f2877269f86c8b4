"""One sentence about each synthetic person, from the traits that a portrait shows."""

import numpy as np

from tlcourse.datasets.faces.people import person

# What the trait is, and its values in the order of the numbers of `traits`. The second word of a pair is never in a
# sentence unless somebody asks for it: a word that means the same, and that no model has read.
VALUES = {
    "hair_style": [
        ("bald",),
        ("short",),
        ("parted",),
        ("fringe", "bangs"),
        ("long",),
        ("curly", "wavy"),
        ("bun", "knot"),
        ("receding",),
        ("crest", "mohawk"),
        ("bob",),
    ],
    "hair_color": [
        ("black", "dark"),
        ("brown", "chestnut"),
        ("blond", "golden"),
        ("red", "ginger"),
        ("gray", "silver"),
        ("blue", "azure"),
        ("green", "emerald"),
        ("pink", "rosy"),
        ("purple", "violet"),
    ],
    "skin": [("fair", "pale"), ("tan", "olive"), ("bronze",), ("deep", "ebony")],
    "beard": [("shaved", "beardless"), ("moustache", "whiskers"), ("goatee",), ("beard",), ("stubble", "bristles")],
    "glasses": [("none",), ("round", "circular"), ("square", "angular"), ("half",)],
    "earrings": [("none",), ("earrings", "studs")],
    "freckles": [("none",), ("freckles", "speckles")],
}
_STYLES = tuple(pair[0] for pair in VALUES["hair_style"])
_BEARDS = ("none", "moustache", "goatee", "full", "stubble")
_GLASSES = ("none", "round", "square", "half")
_HAIR = {  # red, green, blue from 0 to 255
    "black": [(28, 22, 22), (60, 50, 60)],
    "brown": [(72, 44, 28), (122, 74, 38)],
    "blond": [(186, 130, 60), (232, 200, 120)],
    "red": [(176, 66, 30), (250, 130, 40)],
    "gray": [(150, 150, 155), (232, 232, 236)],
    "blue": [(40, 120, 210), (110, 220, 220), (60, 50, 110)],
    "green": [(60, 150, 70)],
    "pink": [(230, 90, 150), (140, 40, 80)],
    "purple": [(130, 60, 180)],
}


def traits(number):
    """The traits of a synthetic person that a description mentions: a dict of name to a place in `VALUES`."""
    traits = person(number)
    distances = [min(np.abs(traits.hair * 255 - shade).sum() for shade in shades) for shades in _HAIR.values()]
    return {
        "hair_style": _STYLES.index(traits.hair_style),
        "hair_color": int(np.argmin(distances)),
        "skin": int(np.digitize(-traits.skin.mean(), (-0.7, -0.52, -0.36))),
        "beard": _BEARDS.index(traits.beard),
        "glasses": _GLASSES.index(traits.glasses),
        "earrings": int(traits.earrings is not None),
        "freckles": int(traits.freckles),
    }


def attributes(people):
    """All values of all traits as columns of zeros and ones: shape (people, 36), and the names of the columns."""
    names = [f"{trait}: {pair[0]}" for trait, pairs in VALUES.items() for pair in pairs]
    table = np.zeros((len(people), len(names)), np.float32)
    for row, number in zip(table, people, strict=True):
        for trait, value in traits(number).items():
            row[names.index(f"{trait}: {VALUES[trait][value][0]}")] = 1
    return table, names


def describe(number, other_words=False):
    """A sentence about a synthetic person, in lower case.

    Parameters
    ----------
    number : int
        The person's identity.
    other_words : bool
        Say the same with words that no other sentence has, where there is such a word.

    Returns
    -------
    str
        Such as "a person with fair skin, long brown hair, round glasses, a goatee and earrings".
    """
    values = traits(number)
    words = {trait: VALUES[trait][value][-1 if other_words else 0] for trait, value in values.items()}
    hair = f"{words['hair_color']} hair, {words['hair_style']}"
    parts = [f"{words['skin']} skin", hair, words["beard"]]
    if values["glasses"]:
        parts.append(f"{words['glasses']} {'spectacles' if other_words else 'glasses'}")
    parts += [words[trait] for trait in ("earrings", "freckles") if values[trait]]
    return f"a person with {', '.join(parts[:-1])} and {parts[-1]}"
