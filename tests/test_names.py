"""Identifiers use American spelling and the course's vocabulary, and say what a value is."""

import ast
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parent
while not (ROOT / "pyproject.toml").is_file():
    ROOT = ROOT.parent
FILES = [
    *(ROOT / "tlcourse").rglob("*.py"),
    *(file for file in (ROOT / "tests").rglob("*.py") if "bad_submissions" not in file.parts),
    *(ROOT / "solutions").rglob("*.py"),
    ROOT / "nbgrader_config.py",
]
UNPARSABLE = {"tests/fixtures/answers/double.py"}  # one of its answers is a syntax error, on purpose

BRITISH = re.compile(
    r"(re)?colou?r(?<!color)\w*|centre[sd]?|grey\w*|(un)?labell\w+|model(led|ling)|licence\w*|behaviour\w*|favour\w*|"
    r"neighbour\w*|honour\w*|catalogues?|judgements?|distil|defence|analys(e|ed|es|ing)(?<!analyses)|"
    r"\w*(normal|optim|maxim|minim|quant|recogn|standard|summar|serial|initial|general|regular|visual|organ|random|factor)"
    r"is(e|ed|es|er|ing|ation|able)"
)
# a word that CONTRIBUTING.md does not want in an identifier: what to write instead
VOCABULARY = {
    "picture": "image, figure or plot",
    "pictures": "images, figures or plots",
    "rival": "baseline",
    "rivals": "baselines",
    "album": "dataset",
    "albums": "datasets",
    "lane": "worker or process",
    "lanes": "workers or processes",
    "heap": "cluster",
    "heaps": "clusters",
    "hurry": "short budget",
    "timetable": "schedule",
    "timetables": "schedules",
    "lesson": "objective or loss term",
    "lessons": "objectives or loss terms",
    "strangers": "held-out people",
    "judge": "checker",
    "judged": "checked or evaluated",
    "judging": "checking",
    "warden": "monitor",
    "spoilt": "mutated",
    "meddling": "tampering",
    "dear": "expensive",
    "dearer": "more expensive",
    "shall": "will, must or should",
    "refuse": "raise",
    "refuses": "raises",
    "refused": "raises, or a noun for the error",
    "says": "returns, prints, or the noun: message",
    "said": "printed, or what it is",
    "told": "reported, or what it is",
    "tells": "returns, holds or shows",
    "knows": "recognizes, holds or uses",
}
# the same for words that stand side by side
PHRASES = {
    "hand in": "submit",
    "hands in": "submits",
    "hand ins": "submissions",
    "handed in": "submitted",
    "on record": "recorded",
    "in short": "short budget",
    "by lot": "by chance, or sampled",
    "soft answer": "soft target",
    "soft answers": "soft targets",
    "other people": "held-out people",
    "not plain": "not serializable",
    "be had": "available",
}
# whole identifiers that do not say what the value is
FILLERS = {"one", "known", "found", "given", "beside", "all_"}
# everyday words where the field has a noun or a verb: the whole identifier, with or without underscores around it
EVERYDAY = {
    "anew", "ask", "asks", "condensed", "elsewhere", "excused", "happen", "harmless", "hear", "keeps", "quits",
    "someone", "trouble",
}  # fmt: skip
NAMES_OF_OTHERS = {"licence"}  # the BaKoMa Fonts Licence
ALLOWED = {
    "cancelled": "a method of concurrent.futures.Future",
}


def identifiers(tree):
    """Every identifier that the code of a module defines or uses."""
    for node in ast.walk(tree):
        for field in ("id", "attr", "arg", "name", "asname"):
            if isinstance(name := getattr(node, field, None), str):
                yield from name.split(".")


def words(identifier):
    """The words of an identifier in snake_case or CamelCase, in lower case."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", identifier)]


def problem(identifier):
    """What is wrong with an identifier, or None."""
    if identifier in ALLOWED:
        return None
    if identifier in FILLERS:
        return "name what the value is"
    if identifier.strip("_") in EVERYDAY:
        return "use the noun or verb of the field"
    parts = words(identifier)
    for word in parts:
        if BRITISH.fullmatch(word):
            return f"'{word}': write American English"
        if word in VOCABULARY:
            return f"'{word}': write {VOCABULARY[word]}"
    spoken = f" {' '.join(parts)} "
    return next((f"'{phrase}': write {better}" for phrase, better in PHRASES.items() if f" {phrase} " in spoken), None)


def parsed(file):
    return ast.parse(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", ["tlcourse", "tests", "solutions", "."])
def test_identifiers_use_american_spelling_and_the_vocabulary(folder):
    problems = []
    for file in sorted(FILES):
        path = file.relative_to(ROOT)
        if (path.parts[0] if len(path.parts) > 1 else ".") == folder and path.as_posix() not in UNPARSABLE:
            names = {name: problem(name) for name in identifiers(parsed(file))}
            problems += [f"{path.as_posix()}: {name}: {reason}" for name, reason in sorted(names.items()) if reason]
    assert not problems, "\n".join(problems)


def text_words(file):
    """(line, word) of the comments, docstrings and other strings of a module."""
    with file.open("rb") as opened:
        for token in tokenize.tokenize(opened.readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                for offset, line in enumerate(token.string.splitlines()):
                    yield from ((token.start[0] + offset, word.lower()) for word in re.findall("[A-Za-z]+", line))


def test_texts_of_the_package_use_american_spelling():
    problems = [
        f"{file.relative_to(ROOT).as_posix()}, line {line}: {word}"
        for file in sorted((ROOT / "tlcourse").rglob("*.py"))
        for line, word in text_words(file)
        if BRITISH.fullmatch(word) and word not in NAMES_OF_OTHERS
    ]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("folder", ["tlcourse", "tests", "solutions", "data/results"])
def test_file_names_use_american_spelling_and_the_vocabulary(folder):
    files = [file for file in (ROOT / folder).rglob("*") if file.suffix in (".py", ".json", ".png", ".html")]
    assert files
    problems = [f"{file.relative_to(ROOT)}: {reason}" for file in files if (reason := problem(file.stem))]
    assert not [line for line in problems if "bad_submissions" not in line], "\n".join(problems)


def test_every_exception_is_still_needed():
    used = {name for file in FILES if file.name != "double.py" for name in identifiers(parsed(file))}
    assert set(ALLOWED) <= used


@pytest.mark.parametrize(
    "identifier",
    ["LabelledImages", "colour", "expectation_maximisation", "distil_step", "hand_in", "handed_in", "test_is_refused",
     "in_free_lane", "NotPlain", "PICTURES", "what_is_on_record", "known", "_hear", "CATALOGUE"],
)  # fmt: skip
def test_bad_identifiers_are_reported(identifier):
    assert problem(identifier)


@pytest.mark.parametrize(
    "identifier",
    ["color", "analyses", "LabeledImages", "record", "recorded", "plain", "known_people", "baseline", "distill_step",
     "noise", "otherwise", "precision", "handle", "on_recorder", "raise_error", "draw_cut"],
)  # fmt: skip
def test_good_identifiers_pass(identifier):
    assert problem(identifier) is None
