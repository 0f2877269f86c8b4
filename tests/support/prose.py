"""Numbers in a unit's text and the evidence for them.

A number may stand in the text if one of these supports it, and nothing else does:

- a cell above it in its own section printed it, and is tagged to print the same on every machine; if its sentence says
  "above" or "below", a cell anywhere above or below, and for a written answer any cell above;
- the text said it before, where it was held to the evidence of that place;
- the section's code or one of its exercises has exactly this number, for a written answer any code above; points no
  code can have, since they are measured;
- it is the right side of a sum that comes out right;
- the paragraph names a claim, and the number stands in that claim's row of data/claims.toml;
- its sentence cites another work.

A mean and its interval must be supported together. Not checked are whole numbers below 1,000 without a percent sign (15
of 16 layers, 3x3, 65 people), and in exercises and mark schemes all numbers that are neither percentages nor points.
"""

import ast
import itertools
import random
import re
import tomllib
from typing import NamedTuple

from written_numbers import Number, bare, groups, right_sides

# Not measurements: what 95 % intervals are called, link targets, numbers of exercises and sections, versions, years.
NO_CLAIM = re.compile(
    r"\b95 ?%\s+(?:CI\b|mean|(?:confidence\s+)?intervals?)|\]\([^)\s]*\)|https?://\S+|^#+ +\d[\d.]*"
    r"|\b(?:exercise|section|unit|figure|table|chapter|lab|keras|tensorflow|python|numpy|version)s? \d+(?:\.\d+)*"
    r"|\d+\.\d+\.\d+|(?<![\w.,])(?:19|20)\d\d(?!\w|[,.]\d)",
    re.IGNORECASE | re.MULTILINE,
)
CLAIM = re.compile(r"\b[CX]\d\d\b")
CITED = re.compile(r"\bet al\b|\barXiv\b|\bdoi\.org\b|\((?:[A-Z][\w-]+[ ,&]+)+(?:19|20)\d\d\)")
SENTENCE_END = re.compile(r"(?<!\bal\.)(?<=[.!?])\s+(?=[^a-z\s])")
TASK = re.compile(r"### (?:Exercise|Written)|=== BEGIN MARK SCHEME")
SECTION = re.compile(r"^## (.+)", re.MULTILINE)


class Missing(NamedTuple):
    """What nothing supports: a number, or a mean with its interval."""

    cell: int
    number: str
    sentence: str
    looked: str  # the places where evidence was looked for


class Quoted(NamedTuple):
    """What takes evidence: a number as the text writes it, or a mean with its interval."""

    numbers: tuple
    sentence: str
    claims: list  # that the paragraph names

    @property
    def written(self):
        """As it stands in the text."""
        return " ".join(number.written for number in self.numbers)

    def within(self, candidates, fits):
        """Whether it is among the groups of known numbers.

        A mean may be quoted without its interval, and the interval without its mean, but no bound by itself. What was
        printed as -3.8 (-7.3 to -0.3) may be said as a loss of 3.8 (0.3 to 7.3).
        """
        count = len(self.numbers)
        parts = (part for group in candidates for part in _parts(group) if len(part) == count)
        return any(all(map(fits, self.numbers, part)) for part in parts)


def _parts(group):
    """What of a known mean and its interval may be quoted."""
    if len(group) == 1:
        return [group]
    *mean, low, high = group
    return [mean, [low, high], [high, low], [*mean, low, high], [*mean, high, low]]


class Evidence:
    """What supports a number at one place of a unit."""

    def __init__(self, notebook, claims):
        self.cells, self.claims = notebook.cells, claims
        self.printed = [groups(_printed(cell)) for cell in self.cells]
        self.settings = [[(number,) for number in _settings(cell)] for cell in self.cells]
        self.section, self.start, self.end, self.place = "", 0, 0, 0  # title, cells from, to, and the one that is read
        self.stated, self.asked = [], []  # by the unit's text, and by the section's exercises
        self.begin(0, "")

    def begin(self, start, section):
        """Come to a new section: what was printed and set before does not count there."""
        others = (n for n, cell in enumerate(self.cells) if n > start and SECTION.search(cell.source))
        self.section, self.start, self.end, self.asked = section, start, next(others, len(self.cells)), []

    def supports(self, quoted):
        """Whether a quoted number was printed, said before, set, or claimed."""
        if quoted.within(self._printed_for(quoted), Number.rounds):
            return True
        exact = [self.stated, *(self.claims.get(name, []) for name in quoted.claims)]
        if not quoted.numbers[0].points:
            exact += [self.asked, *self.settings[slice(self.place) if self._answers() else slice(self.start, self.end)]]
        return any(quoted.within(numbers, Number.is_exactly) for numbers in exact)

    def described(self, quoted):
        """Where evidence was looked for, and what comes nearest among the printed."""
        looked = f"what is printed {' and '.join(self._where(quoted))}"
        if printed := self._printed_for(quoted):
            nearest = min((group[0] for group in printed), key=quoted.numbers[0].distance)
            looked += f" (nearest: {nearest.written})"
        looked += ", the text before" + ("" if quoted.numbers[0].points else ", the section's code")
        return looked + "".join(f", {name} in data/claims.toml" for name in quoted.claims)

    def _answers(self):
        """Whether the cell is a written answer."""
        return "nbgrader" in self.cells[self.place].metadata

    def _where(self, quoted):
        """The places whose outputs count, and which cells they are."""
        places = {f"above in {self.section!r}": slice(self.start, self.place)}
        if re.search(r"\babove\b", quoted.sentence) or self._answers():
            places = {"anywhere above": slice(self.place)}
        if re.search(r"\bbelow\b", quoted.sentence):
            places["anywhere below"] = slice(self.place, None)
        return places

    def _printed_for(self, quoted):
        places = self._where(quoted).values()
        return [group for place in places for cell in self.printed[place] for group in cell]


def claimed_numbers(file):
    """What each claim's row in data/claims.toml says: the numbers of its wording, and those that a check is held to."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    return {
        name: groups(row["claim"]) + [(bare(check["near"]),) for check in row.get("checks", []) if "near" in check]
        for name, row in rows.items()
        if "claim" in row
    }


def unsupported(notebook, claims):
    """The numbers in a unit's text that nothing supports.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The solved unit with its outputs.
    claims : dict
        From `claimed_numbers`.

    Returns
    -------
    list of Missing
    """
    return [
        Missing(cell, quoted.written, quoted.sentence, evidence.described(quoted))
        for cell, quoted, evidence in _quoted(notebook, claims)
        if not evidence.supports(quoted)
    ]


def false_pass_rate(notebook, claims, seed, draws):
    """The share of wrong numbers that would pass: each number of two or more digits, replaced in its place.

    Parameters
    ----------
    notebook, claims
        As `unsupported` takes them.
    seed, draws : int
        How many other numbers are drawn for each: with its unit and its digits after the point, half to twice as large.

    Returns
    -------
    float
    """
    rng = random.Random(seed)
    passed = []
    for _, quoted, evidence in _quoted(notebook, claims):
        for place, number in enumerate(quoted.numbers):
            steps = round(number.value / number.step)
            for _ in range(draws if steps >= 10 else 0):
                other = rng.randint(steps // 2, 2 * steps)
                wrong = number._replace(value=(other + (other >= steps)) * number.step)  # never the number itself
                numbers = (*quoted.numbers[:place], wrong, *quoted.numbers[place + 1 :])
                passed.append(evidence.supports(quoted._replace(numbers=numbers)))
    return sum(passed) / max(1, len(passed))


def _quoted(notebook, claims):
    """What takes evidence in a unit's text, in order: the cell's index, the number, the evidence at its place."""
    evidence = Evidence(notebook, claims)
    for place, cell in enumerate(notebook.cells):
        evidence.place, task = place, None
        for paragraph in re.split(r"\n\s*\n", cell.source if cell.cell_type == "markdown" else ""):
            if title := SECTION.match(paragraph):
                evidence.begin(place, title[1])
            if paragraph.startswith("#") or TASK.match(paragraph):
                task = TASK.match(paragraph)
            text = NO_CLAIM.sub(lambda match: " " * len(match[0]), paragraph).replace("\n", " ")
            for numbers, sentence in _with_sentences(text, paragraph):
                if numbers[0].measured or not task:
                    yield place, Quoted(numbers, sentence, CLAIM.findall(text)), evidence
            (evidence.asked if task else evidence.stated).extend(groups(text))


def _with_sentences(text, paragraph):
    """The numbers of a text that take evidence, each with its sentence in the paragraph that the text was made of."""
    sums = right_sides(text)
    ends = [0, *(match.start() for match in SENTENCE_END.finditer(paragraph)), len(text)]
    for begin, end in itertools.pairwise(ends):
        sentence = " ".join(paragraph[begin:end].split())
        for group in groups(text) if not CITED.search(sentence) else []:
            if begin <= group[0].start < end and group[0].start not in sums and any(map(_checked, group)):
                yield group, sentence


def _checked(number):
    return number.step < 1 or number.value >= 1000 or number.unit == "%"


def _settings(cell):
    """The numbers in a code cell; strings, formats and comments left out."""
    if cell.cell_type != "code":
        return []
    tree = ast.parse(re.sub(r"^(\s*)[%!].*", r"\1pass", cell.source, flags=re.MULTILINE))
    values = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    return [bare(value) for value in values if type(value) in (int, float)]


def _printed(cell):
    """What a code cell printed, if it is tagged to print the same on every machine."""
    if "nbval-check-output" not in cell.metadata.get("tags", []):
        return ""
    return "\n".join(output.get("text", "") for output in cell.get("outputs", []))
