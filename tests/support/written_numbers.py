"""Numbers as a text writes them: with sign and unit, a mean with its interval, the right side of a sum."""

import ast
import itertools
import re
from typing import NamedTuple

NUMBER = re.compile(
    r"(?P<sign>(?<![^\s(])[-+])?(?<![\w.,])(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)"
    r"(?P<power>e[-+]?\d+)?(?!\d)"
    r"(?P<unit> ?%| percentage points?| points?| thousand| million| billion| [kMG]i?B\b| [kM]\b)?"
)
SCALES = {
    **{"%": [0.01], "percentage point": [0.01, 1], "point": [0.01, 1]},
    **{"thousand": [1e3], "k": [1e3], "million": [1e6], "M": [1e6], "billion": [1e9]},
    **{"kB": [1e3, 1], "MB": [1e6, 1], "GB": [1e9, 1], "kiB": [2**10, 1], "MiB": [2**20, 1], "GiB": [2**30, 1]},
}
BOUNDS = r"[-+]?(?P<low>[\d.]+)(?: ?%)? to [-+]?(?P<high>\d[\d.]*\d|\d)"
INTERVALS = [
    re.compile(r"(?P<mean>[\d.]+)(?: ?%| (?:percentage )?points?)?(?:,| \() ?" + BOUNDS),
    re.compile(r"\binterval\b[^.;\d]*\bfrom " + BOUNDS),
]
SUM = re.compile(r"([\d(][\d,. ()*/+\-]*[*/+\-][\d,. ()*/+\-]*?)(?:=|, about)\s*(?=[\d.])")


class Number(NamedTuple):
    """A number of a text."""

    written: str
    start: int
    sign: str  # "+", "-" or none
    value: float  # without sign and unit
    step: float  # one in its last digit
    unit: str

    @property
    def scales(self):
        """What its value may have to be multiplied by: 4.2 points may be printed as 4.2, or as 0.042."""
        return SCALES.get(self.unit, [1])

    @property
    def points(self):
        """Whether it is a difference of percentages."""
        return "point" in self.unit

    @property
    def measured(self):
        """Whether it is a percentage, or a difference of two."""
        return self.points or self.unit == "%"

    @property
    def signed(self):
        """Its value, with the sign that is written."""
        return -self.value if self.sign == "-" else self.value

    def rounds(self, reference):
        """Whether a known number, rounded to as many digits, is this one."""
        return self._fits(reference, 0.5000001 * self.step)

    def is_exactly(self, reference):
        """Whether a known number is this one to the last digit."""
        return self._fits(reference, 1e-9 * self.value)

    def distance(self, reference):
        """How far a known number is from this one."""
        return min(gap for gap, _ in self._gaps(reference))

    def _fits(self, reference, tolerance):
        if self.measured and reference.measured and self.points != reference.points:
            return False
        if self.sign and self.value and (reference.sign == "-") != (self.sign == "-"):
            return False  # where the text writes no sign, its words say whether it is gain or loss
        return any(gap <= tolerance * scale for gap, scale in self._gaps(reference))

    def _gaps(self, reference):
        """The gap between all that the two may mean, each with the scale of this one."""
        pairs = itertools.product(reference.scales, self.scales)
        return [(abs(reference.value * theirs - self.value * ours), ours) for theirs, ours in pairs]


def bare(value):
    """A value as a number without a unit."""
    return Number(f"{value:g}", 0, "-" if value < 0 else "", abs(value), 0, "")


def numbers(text):
    """All numbers of a text, in order."""
    for match in NUMBER.finditer(text.replace("−", "-")):
        digits = match["digits"].replace(",", "")
        power = float(f"1{match['power'] or ''}")
        value, step = float(digits) * power, power * 10.0 ** -len(digits.partition(".")[2])
        unit = (match["unit"] or "").strip().removesuffix("s")
        if "point" in unit and value > 100:
            unit = ""  # points of an image
        yield Number(match.group().strip(), match.start("digits"), match["sign"] or "", value, step, unit)


def groups(text):
    """All numbers of a text, in order, each as a tuple by itself.

    Together are a mean with its interval, and the two bounds in "an interval from 0.3 to 7.3".
    """
    by_start = {number.start: (number,) for number in numbers(text)}
    for match in (match for pattern in INTERVALS for match in pattern.finditer(text.replace("−", "-"))):
        together = [by_start.get(match.start(part), [None])[0] for part in match.re.groupindex]
        if all(together) and _in_order(*together):
            for number in together:
                del by_start[number.start]
            unit = together[0].unit or together[-1].unit
            by_start[together[0].start] = tuple(number._replace(unit=number.unit or unit) for number in together)
    return [by_start[start] for start in sorted(by_start)]


def _in_order(*mean_and_bounds):
    *mean, low, high = (number.signed for number in mean_and_bounds)
    return low <= high and all(low <= value <= high for value in mean)


def right_sides(text):
    """Where the right sides of correct sums stand, such as 3,216 in '5 x 5 x 8 x 16 + 16 = 3,216'."""
    # Replacements of the same length keep the positions.
    plain = re.sub(r"\\times|\\cdot", lambda match: "*".ljust(len(match[0])), text.translate(str.maketrans("%−", " -")))
    plain = re.sub(r"[×·](?=\s*\d)|(?<=\d)(?:\s*)x(?=\s*\d)", lambda match: "*".rjust(len(match[0])), plain)
    by_start = {number.start: number for number in numbers(text)}
    starts = set()
    for match in SUM.finditer(plain):
        right, value = by_start.get(match.end()), _value(match[1])
        if right and value is not None:
            in_percent = right.unit == "%" and "%" in text[match.start() : match.end()]
            if right.rounds(bare(value / 100 if in_percent else value)):
                starts.add(right.start)
    return starts


def _value(expression):
    try:
        tree = ast.parse(re.sub(r"(?<=\d),(?=\d{3})", "", expression).strip(), mode="eval")
    except SyntaxError:
        return None
    allowed = (ast.Expression, ast.BinOp, ast.Constant, ast.Mult, ast.Div, ast.Add, ast.Sub)
    if not all(isinstance(node, allowed) for node in ast.walk(tree)):
        return None
    try:
        return eval(compile(tree, "prose", "eval"), {"__builtins__": {}})
    except (ZeroDivisionError, TypeError):
        return None
