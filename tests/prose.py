"""Numbers in a unit's prose and the evidence for them: outputs above, recorded results, arithmetic, citations."""

import ast
import json
import re

NUMBER = re.compile(
    r"(?<![\w.,])(?P<digits>(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?P<power>e[-+]?\d+)?(?!\d)"
    r"(?P<unit> ?%| percentage points?| points?| thousand| million| billion| [kMG]i?B\b| [kM]\b)?"
)
SCALES = {
    **{"%": [0.01], "percentage point": [0.01, 1], "point": [0.01, 1]},
    **{"thousand": [1e3], "k": [1e3], "million": [1e6], "M": [1e6], "billion": [1e9]},
    **{"kB": [1e3, 1], "MB": [1e6, 1], "GB": [1e9, 1], "kiB": [2**10, 1], "MiB": [2**20, 1], "GiB": [2**30, 1]},
}
# Not measurements: web addresses and link targets, numbers of exercises and sections, versions, years.
NO_CLAIM = re.compile(
    r"\]\([^)\s]*\)|https?://\S+|^#+ +\d[\d.]*|\b(?:exercise|section|unit|figure|table|chapter|lab|keras|tensorflow"
    r"|python|numpy|version)s? \d+(?:\.\d+)*|\d+\.\d+\.\d+|(?<![\w.,])(?:19|20)\d\d(?!\w|[,.]\d)",
    re.IGNORECASE | re.MULTILINE,
)
CITED = re.compile(
    r"\bC(?:0[1-9]|[1-3]\d|4[0-8])\b|\bet al\b|\barXiv\b|\bdoi\.org\b|\((?:[A-Z][\w-]+[ ,&]+)+(?:19|20)\d\d\)"
)
EQUATION = re.compile(r"([\d(][\d,. ()*/+\-]*[*/+\-][\d,. ()*/+\-]*?)=\s*(?=[\d.])")


def numbers(text):
    """The values of all numbers in a text; one with a percent sign is a fraction."""
    return [value * SCALES.get(unit, [1])[0] for _, value, _, unit in _found(text)]


def walk(payload):
    """All numbers in a JSON document, and in its strings."""
    if isinstance(payload, dict):
        payload = list(payload.values())
    if isinstance(payload, list):
        return [number for item in payload for number in walk(item)]
    if isinstance(payload, str):
        return numbers(payload)
    return [float(payload)] if isinstance(payload, (int, float)) and not isinstance(payload, bool) else []


def unsupported(notebook, results_folder):
    """The numbers in a unit's markdown cells that nothing supports.

    Parameters
    ----------
    notebook : nbformat.NotebookNode
        The solved unit with its outputs.
    results_folder : pathlib.Path
        Of recorded results; a file counts if the unit names it, as results("name") or data/results/name.json.

    Returns
    -------
    list of (int, str, str)
        Index of the cell, the number as written, the line it stands in.
    """
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    whole = "\n".join(cell.source for cell in notebook.cells)
    evidence = numbers(re.sub(r"(?<=\d)_(?=\d)", "", "\n".join(code)))
    for file in sorted(results_folder.glob("*.json")):
        if re.search(rf"""results(?:/|\(["']){re.escape(file.stem)}\b""", whole):
            evidence += walk(json.loads(file.read_text(encoding="utf-8")))
    found = []
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            for paragraph in re.split(r"\n\s*\n", cell.source):
                found += [(index, *claim) for claim in _unsupported(paragraph, evidence)]
        elif "nbval-check-output" in cell.metadata.get("tags", []):
            evidence += numbers("".join(output.get("text", "") for output in cell.get("outputs", [])))
    return found


def _unsupported(paragraph, evidence):
    if CITED.search(paragraph):
        return []
    paragraph = NO_CLAIM.sub(lambda match: " " * len(match.group()), paragraph)
    equations = _equations(paragraph)
    missing = []
    for match, value, decimals, unit in _found(paragraph):
        digits = match["digits"].replace(",", "")
        if "." not in digits and len(digits) < 4 and unit != "%":
            continue
        scales = SCALES.get(unit, [1])
        close = [
            abs(known - value * scale) <= 0.5000001 * scale * 10**-decimals for scale in scales for known in evidence
        ]
        if not any(close) and match.start("digits") not in equations:
            line = paragraph[paragraph.rfind("\n", 0, match.start()) + 1 :].partition("\n")[0]
            missing.append((match.group().strip(), line.strip()))
    return missing


def _found(text):
    for match in NUMBER.finditer(text.replace("−", "-")):
        digits = match["digits"].replace(",", "")
        unit = (match["unit"] or "").strip().removesuffix("s")
        yield match, float(digits + (match["power"] or "")), len(digits.partition(".")[2]), unit


def _equations(text):
    """Where the right sides of correct sums stand, such as 3,216 in '5 x 5 x 8 x 16 + 16 = 3,216'."""
    # Replacements of the same length keep the positions.
    plain = re.sub(r"\\times|\\cdot", lambda match: "*".ljust(len(match.group())), text)
    plain = re.sub(r"[×·](?=\s*\d)|(?<=\d)(?:\s*)x(?=\s*\d)", lambda match: "*".rjust(len(match.group())), plain)
    starts = set()
    for match in EQUATION.finditer(plain.replace("−", "-")):
        right = NUMBER.match(plain, match.end())
        if right and _value(match.group(1)) == float(right["digits"].replace(",", "")):
            starts.add(right.start("digits"))
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
