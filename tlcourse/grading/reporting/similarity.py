"""Which submissions of a unit resemble each other, by their answers alone.

The measure is the resemblance of Broder (1997, On the resemblance and containment of documents): two answers are cut
into all sequences of `SHINGLE` words and signs, and the share of those that both have is their Jaccard index. Sequences
of the released stub do not count. As in MOSS (Schleimer, Wilkerson and Aiken 2003, Winnowing), neither do those that
many submissions have: short exercises have few correct answers.
"""

import collections
import itertools
import re
from typing import NamedTuple

SHINGLE = 5  # words and signs
THRESHOLD = 0.8
LEAST_SHARED = 12  # shingles: with fewer, there is too little text to compare
COMMON = 10  # submissions: the default of MOSS's option -m
TOKEN = re.compile(r"\w+|[^\w\s]")


class Pair(NamedTuple):
    """Two submissions that resemble each other."""

    first: str
    second: str
    similarity: float
    identical: bool
    answers: list  # (exercise, the first's, the second's), of those that both answered


def similar_pairs(answers, stubs):
    """The pairs of submissions that are identical or at least `THRESHOLD` similar, the most similar first.

    Parameters
    ----------
    answers : dict of str to dict of str to str
        By student, the source of each answer cell by its grade_id.
    stubs : dict of str to str
        The released cells by grade_id.

    Returns
    -------
    list of Pair
    """
    edited = {student: _edited(cells, stubs) for student, cells in answers.items()}
    edited = {student: cells for student, cells in edited.items() if cells}
    identical = _identical(edited)
    similarity = _resemblances(_without_common(_all_shingles(edited, stubs)))
    chosen = identical | {pair for pair, value in similarity.items() if value >= THRESHOLD}
    pairs = [
        _pair(*names, 1.0 if names in identical else similarity[names], names in identical, edited) for names in chosen
    ]
    return sorted(pairs, key=lambda pair: (not pair.identical, -pair.similarity, pair.first, pair.second))


def _pair(first, second, similarity, identical, edited):
    both = [name for name in edited[first] if name in edited[second]]
    return Pair(
        first, second, similarity, identical, [(name, edited[first][name], edited[second][name]) for name in both]
    )


def _edited(cells, stubs):
    """The answers that are not the untouched stub."""
    return {name: source for name, source in cells.items() if tokens(source) != tokens(stubs.get(name, ""))}


def tokens(source):
    """The words and signs of a text; white space does not count."""
    return TOKEN.findall(source)


def _identical(edited):
    """The pairs whose answers are all the same but for white space."""
    groups = collections.defaultdict(list)
    for student, cells in sorted(edited.items()):
        groups[tuple((name, *tokens(source)) for name, source in sorted(cells.items()))].append(student)
    return {pair for students in groups.values() for pair in itertools.combinations(students, 2)}


def _all_shingles(edited, stubs):
    """The shingles of each student that the stubs do not have; each with its exercise."""
    of_stubs = {(name, *shingle) for name, source in stubs.items() for shingle in _shingles(source)}
    return {
        student: {(name, *shingle) for name, source in cells.items() for shingle in _shingles(source)} - of_stubs
        for student, cells in sorted(edited.items())
    }


def _shingles(source):
    words = tokens(source)
    return zip(*(words[start:] for start in range(SHINGLE)), strict=False)


def _without_common(shingles):
    """The same without those that many submissions have: more than a quarter of the class, or than `COMMON`."""
    counts = collections.Counter(shingle for own in shingles.values() for shingle in own)
    most = min(COMMON, max(3, len(shingles) // 4))
    return {student: {shingle for shingle in own if counts[shingle] <= most} for student, own in shingles.items()}


def _resemblances(shingles):
    """The Jaccard index of each pair that shares at least `LEAST_SHARED` shingles."""
    owners = collections.defaultdict(list)
    for student, own in shingles.items():
        for shingle in own:
            owners[shingle].append(student)
    shared = collections.Counter(pair for students in owners.values() for pair in itertools.combinations(students, 2))
    return {
        (first, second): count / (len(shingles[first]) + len(shingles[second]) - count)
        for (first, second), count in shared.items()
        if count >= LEAST_SHARED
    }
