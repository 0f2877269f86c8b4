"""Alternative texts for figures, for readers who cannot see them, derived from the cells that draw them."""

import ast
import functools
import re
from pathlib import Path

from tlcourse.grading.model.cell_code import parsed

MAX_CHARACTERS = 300
FOLDERS = [Path(__file__).resolve().parents[2] / name for name in ("plots", "widgets")]


def alt_text(source, heading, prose):
    """The alternative text for a cell's figure.

    It begins with the title of the figure, or that of its section. The labels of the axes follow, and the docstring of
    the course's drawing function. If there is neither, the last sentence of the text above the cell follows.

    Parameters
    ----------
    source : str
        The cell that draws the figure.
    heading : str
        The title of the section.
    prose : str
        The text above the cell, as Markdown.

    Returns
    -------
    str
    """
    words = _literals(parsed(source))
    axes = [f"{axis}: {', '.join(words[axis])}" for axis in ("xlabel", "ylabel") if words[axis]]
    drawn = [plot_descriptions()[name] for name in re.findall(r"\b(\w+)\(", source) if name in plot_descriptions()]
    about = [*dict.fromkeys(drawn), *(text.replace("label", " axis") for text in axes)] or [_last_sentence(prose)]
    titles = [title for title in words["title"] if re.search(r"\w{3}", title)] or [strip_markdown(heading)]
    sentences = [part.rstrip(".: ") for part in ["; ".join(dict.fromkeys(titles)), *about] if part.strip()]
    return " ".join(part if part.endswith("?") else f"{part}." for part in sentences)[:MAX_CHARACTERS]


@functools.cache
def plot_descriptions():
    """The first sentence about each public drawing function, by its name; parsed, because imports take seconds."""
    trees = [ast.parse(file.read_text(encoding="utf-8")) for folder in FOLDERS for file in sorted(folder.glob("*.py"))]
    functions = [node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef)]
    draw = [node for node in functions if node.name.startswith("draw_") or _takes_axes(node)]
    docstrings = {node.name: " ".join((ast.get_docstring(node) or "").split("\n\n")[0].split()) for node in draw}
    public = {
        name: strip_markdown(text).removeprefix("Draw ")
        for name, text in docstrings.items()
        if not name.startswith("_")
    }
    return {name: text[:1].upper() + text[1:] for name, text in public.items()}


def _takes_axes(function):
    return bool({"ax", "axes"} & {argument.arg for argument in function.args.args})


def _literals(tree):
    """The titles and labels that a cell passes to matplotlib, in the order of the source."""
    texts = {"title": [], "xlabel": [], "ylabel": []}
    methods = {"set_title": "title", "suptitle": "title", "set_xlabel": "xlabel", "set_ylabel": "ylabel"}
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        method = methods.get(getattr(call.func, "attr", None))
        arguments = [(method, call.args[0])] if method and call.args else []
        arguments += [(word.arg, word.value) for word in call.keywords if word.arg in texts]
        for key, node in arguments:
            texts[key] += [text for text in [_text(node)] if text and text not in texts[key]]
    return texts


def _text(node):
    """The text of a literal; "…" replaces the values in an f-string."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""


def strip_markdown(text):
    """Markdown text without its markup, as a screen reader should read it."""
    without_links = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"<[^>]*>|[*`$]|^#.*$", "", without_links, flags=re.MULTILINE)


def _last_sentence(prose):
    paragraphs = [" ".join(part.split()) for part in strip_markdown(prose).split("\n\n") if part.strip()]
    return re.split(r"(?<=[.?!:]) (?=[A-Z])", paragraphs[-1])[-1] if paragraphs else ""
