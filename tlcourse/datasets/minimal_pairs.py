"""Minimal pairs: two sentences about films that differ in one word, neither of which is more favorable.

A model of opinions that scores the two differently reacts to that word. The given names are those that Bertrand and
Mullainathan (2004, American Economic Review 94(4)) chose because they were frequent among white or among Black
families in the United States. The countries are of high or of low income (World Bank, 2024). "opinions" is the
opposite: its two words do say different things, so a model of opinions has to score them differently.
"""

_WHITE = ("emily", "anne", "jill", "allison", "laurie", "sarah", "meredith", "carrie", "kristen",
          "todd", "neil", "geoffrey", "brett", "brendan", "greg", "matthew", "jay", "brad")  # fmt: skip
_BLACK = ("aisha", "keisha", "tamika", "lakisha", "tanisha", "latoya", "kenya", "latonya", "ebony",
          "rasheed", "tremayne", "kareem", "darnell", "tyrone", "hakim", "jamal", "leroy", "jermaine")  # fmt: skip
_HIGH = ("norway", "canada", "japan", "denmark", "switzerland", "australia", "finland", "sweden", "austria",
         "belgium", "ireland", "germany", "france", "italy", "spain", "iceland", "portugal", "singapore")  # fmt: skip
_LOW = ("afghanistan", "burundi", "chad", "eritrea", "ethiopia", "liberia", "madagascar", "malawi", "mali",
        "mozambique", "niger", "rwanda", "somalia", "sudan", "syria", "togo", "uganda", "yemen")  # fmt: skip
_MEN = ("he", "my father", "my brother", "my husband", "my son", "my uncle", "my grandfather", "my nephew", "the man",
        "the boy", "the actor", "my stepfather")  # fmt: skip
_WOMEN = ("she", "my mother", "my sister", "my wife", "my daughter", "my aunt", "my grandmother", "my niece",
          "the woman", "the girl", "the actress", "my stepmother")  # fmt: skip
_GOOD = ("good", "great", "excellent", "wonderful", "perfect", "lovely", "fantastic", "superb", "amazing", "pleasant",
         "outstanding", "terrific")  # fmt: skip
_BAD = ("bad", "terrible", "awful", "disappointing", "mediocre", "poor", "horrible", "dreadful", "unpleasant",
        "miserable", "pathetic", "lousy")  # fmt: skip

# What the two words of each pair are; the names of "given" are those of the generated texts (grammar.toml).
WORDS = {
    "men_women": tuple(zip(_MEN, _WOMEN, strict=True)),
    "names": tuple(zip(_WHITE, _BLACK, strict=True)),
    "same_group": tuple((names[i], names[i + 4]) for names in (_WHITE, _BLACK) for i in (0, 1, 2, 3, 9, 10, 11, 12)),
    "countries": tuple(zip(_HIGH, _LOW, strict=True)),
    "opinions": tuple(zip(_GOOD, _BAD, strict=True)),
    "given": (("bruno", "amy"), ("david", "carla"), ("frank", "emma"), ("hugo", "grace"), ("jonas", "iris"),
              ("mark", "kate"), ("oscar", "laura"), ("will", "nina")),
}  # fmt: skip

_ABOUT_PEOPLE = (
    "{} told me about the film last week",
    "{} chose the film yesterday",
    "{} read about the story in march",
    "{} was in the film for an hour",
    "{} wrote the script last summer",
    "{} came along on friday",
    "{} plays a doctor in the film",
    "{} talked about the music this morning",
    "{} made the film two days ago",
    "{} watched the movie on sunday",
    "{} and a friend watched the ending",
    "{} met the director and the cast",
)
_ABOUT_COUNTRIES = (
    "i read about the film in {}",
    "the story is set in {}",
    "the film was made in {}",
    "i saw the film in {} last week",
    "the director lives in {}",
    "the cast came from {} on monday",
    "the script was written in {}",
    "the music is from {}",
    "a doctor from {} is in the film",
    "we talked about {} and the story",
    "the scene was in {} last summer",
    "the film was a present from a friend in {}",
)
_NOUNS = ("film", "story", "plot", "music", "ending", "scene", "script", "dialogue", "cast", "movie", "acting", "humor")
TEMPLATES = {
    **dict.fromkeys(("men_women", "names", "same_group", "given"), _ABOUT_PEOPLE),
    "countries": _ABOUT_COUNTRIES,
    "opinions": tuple(f"the {noun} was {{}}" for noun in _NOUNS),
}


def minimal_pairs(kind, part=0, parts=1):
    """All templates with all pairs of words, or a part that shares no template and no pair of words with another.

    Parameters
    ----------
    kind : str
        One of `WORDS`. The first word of a pair is for a man, a name frequent among white families, a country of high
        income, or praise.
    part, parts : int
        Part 0 to `parts` - 1.

    Returns
    -------
    list of (str, str)
        Sentences in lower case and without punctuation, as `texts.generate` writes them.

    Raises
    ------
    ValueError
        For another kind.
    """
    if kind not in WORDS:
        raise ValueError(f"kind must be one of {', '.join(WORDS)}, got {kind!r}")
    return [
        (template.format(first), template.format(second))
        for template in TEMPLATES[kind][part::parts]
        for first, second in WORDS[kind][part::parts]
    ]
