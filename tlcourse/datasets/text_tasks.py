"""Three small tasks from text to text, put together by rules: translation, summarization and question answering.

The translation goes from a small part of English to a small part of Spanish: nouns have a gender that articles and
adjectives follow, and adjectives stand behind their noun. The questions are as in bAbI (Weston et al. 2015).
"""

import numpy as np

TASKS = ("translate", "summarize", "answer")
_NOUNS = {"car": "coche m", "dog": "perro m", "book": "libro m", "cat": "gato m", "bird": "pájaro m", "house": "casa f",
          "table": "mesa f", "cow": "vaca f", "door": "puerta f", "shirt": "camisa f"}  # fmt: skip
_ADJECTIVES = {"red": "rojo roja", "white": "blanco blanca", "small": "pequeño pequeña", "old": "viejo vieja",
               "new": "nuevo nueva", "black": "negro negra"}  # fmt: skip
_VERBS = {"sees": "ve", "wants": "quiere", "has": "tiene", "buys": "compra"}
_PEOPLE = ("anna", "tom", "lena", "omar", "mia", "paul")
_PLACES = ("garden", "kitchen", "office", "school", "station", "market")
_MOVES = ("went to", "walked to", "is now in", "moved to")
_PARTS = ("battery", "screen", "sound", "price", "case", "camera")
_GOOD = ("excellent", "great", "superb", "perfect")
_BAD = ("awful", "poor", "terrible", "useless")


def pairs(task, count, seed):
    """`count` inputs and outputs of one of `TASKS`, as words between single spaces; the first word names the task.

    Returns
    -------
    list of tuple of str

    Raises
    ------
    ValueError
        For another task.
    """
    if task not in TASKS:
        raise ValueError(f"task must be one of {', '.join(TASKS)}, got {task!r}")
    rng = np.random.default_rng([seed, TASKS.index(task)])
    write = {"translate": _translation, "summarize": _summary, "answer": _answer}[task]
    return [(f"{task} {source}", target) for source, target in (write(rng) for _ in range(count))]


def words():
    """All words of the three tasks, sorted."""
    vocabulary = {word for task in TASKS for pair in pairs(task, 2_000, 0) for text in pair for word in text.split()}
    return sorted(vocabulary)


def word_by_word(source):
    """The baseline of the translation: each English word's most frequent Spanish one, in the order of the English."""
    table = {"the": "el", "a": "un"}
    table |= {word: spanish.split()[0] for word, spanish in (_NOUNS | _ADJECTIVES | _VERBS).items()}
    return " ".join(table[word] for word in source.split()[1:])


def _chosen(rng, values):
    values = list(values)
    return values[int(rng.integers(len(values)))]


def _translation(rng):
    parts = [_phrase(rng), _phrase(rng)]
    verb = _chosen(rng, _VERBS)
    return f"{parts[0][0]} {verb} {parts[1][0]}", f"{parts[0][1]} {_VERBS[verb]} {parts[1][1]}"


def _phrase(rng):
    """An English phrase such as "the red car", and its Spanish one."""
    noun, adjective, definite = _chosen(rng, _NOUNS), _chosen(rng, _ADJECTIVES), rng.random() < 0.5
    spanish, gender = _NOUNS[noun].split()
    feminine = gender == "f"
    article = (("un", "una"), ("el", "la"))[definite][feminine]
    return (
        f"{'the' if definite else 'a'} {adjective} {noun}",
        f"{article} {spanish} {_ADJECTIVES[adjective].split()[feminine]}",
    )


def _summary(rng):
    """Three remarks with names and filling words, and what is praised and blamed."""
    parts = rng.permutation(_PARTS)[:3].tolist()
    liked = rng.random(3) < 0.5
    remarks = [
        f"{_chosen(rng, _PEOPLE)} says the {part} is {_chosen(rng, _GOOD if good else _BAD)}"
        for part, good in zip(parts, liked, strict=True)
    ]
    summary = [f"{'good' if good else 'bad'} {part}" for part, good in zip(parts, liked, strict=True)]
    return " and ".join(remarks), " ".join(summary)


def _answer(rng):
    """Three people go somewhere; where is one of them?"""
    people = rng.permutation(_PEOPLE)[:3].tolist()
    places = rng.permutation(_PLACES)[:3].tolist()
    story = " ".join(
        f"{person} {_chosen(rng, _MOVES)} the {place}" for person, place in zip(people, places, strict=True)
    )
    asked = int(rng.integers(3))
    return f"{story} where is {people[asked]}", places[asked]
