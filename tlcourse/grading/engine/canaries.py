"""What surrounds a check that runs in the student's process: code that must fail there, and a set-up made again."""

import ast
import secrets

from tlcourse.grading.model.release import parsed


def canaries(source):
    """Pieces of code that must raise where this check is believed, and what the error must say."""
    token = secrets.token_hex(4)
    inside = [
        f"with {', '.join(map(ast.unparse, node.items))}:" for node in parsed(source).body if isinstance(node, ast.With)
    ]
    lines = [f"assert {token[:2]!r} == '', {token!r}"]
    if "checks." in source:
        lines.append(f"checks.equal({token!r}, 1.0, {1 + secrets.randbelow(1000) / 100 + 0.5})")
    if inside:
        return [(f"{inside[0]}\n    {line}", token) for line in lines]
    return [(line, token) for line in lines]


def again(release):
    """Statements of the set-up that are run again before a check: imports, and what is made of the checks' module."""
    found = []
    for cell in release.cells:
        if cell["cell_type"] != "code" or cell["nbgrader"] or "setup" not in cell["tags"]:
            continue
        for node in parsed(cell["source"]).body:
            text = ast.unparse(node)
            if isinstance(node, (ast.Import, ast.ImportFrom)) or (isinstance(node, ast.Assign) and "checks." in text):
                found.append(text)
    return found
