"""List the files of the helper package that each unit imports, for the table in docs/learning.md."""

import ast
from pathlib import Path

from tlcourse import notebooks
from tlcourse.building import unit_sources as sources

PACKAGE = Path(__file__).parents[1]
IN_MOST_UNITS = {"checks.py", "data.py", "stats.py", "plots", "widgets", "teachers"}  # the page lists them once


def table(root):
    """The files and folders of the helper package that each unit uses, as a Markdown table."""
    lines = ["| unit | files and folders in `tlcourse/` |", "|---|---|"]
    for name in sources.unit_names(root):
        used = used_files((root / "solutions" / f"{name}.py").read_text(encoding="utf-8"))
        listed = ", ".join(f"`{file}`" for file in sorted(used, key=lambda file: ("/" in file, file)))
        lines.append(f"| {name[:2]} | {listed or 'none'} |")
    return "\n".join(lines)


def used_files(code):
    """The parts of the helper package that a student's copy of a unit imports, without `IN_MOST_UNITS`."""
    modules = set()
    for node in ast.walk(ast.parse(notebooks.HIDDEN_TESTS.sub("", code))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "tlcourse":
            package = node.module.partition(".")[2]
            modules |= {f"{package}.{alias.name}".strip(".") for alias in node.names}
    return {_file(module) for module in modules} - IN_MOST_UNITS


def _file(module):
    """The file or folder of a module: for a dataset, its own one; otherwise, the one directly in tlcourse/."""
    depth = 2 if module.startswith("datasets.") else 1
    path = "/".join(module.split(".")[:depth])
    return path if (PACKAGE / path).is_dir() else f"{path}.py"
