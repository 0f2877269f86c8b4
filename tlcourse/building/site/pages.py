"""What Sphinx reads: the README as first page, the units, the ledger of claims, and a page for each module."""

import re
import shutil
from pathlib import Path

from mdit_py_plugins.anchors.index import slugify

from tlcourse import notebooks
from tlcourse.building import claims, tables
from tlcourse.building.addresses import SITE
from tlcourse.building.site import unit_page
from tlcourse.building.unit_sources import names

BADGE = re.compile(r"\[!\[Open in Colab\]\([^)]*\)\]")
CLAIMS = re.compile(r"<details><summary>All.*?</details>", re.DOTALL)
MARKS = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
COURSE_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")
PICTURE = re.compile(r"\]\(((?!https?:)[^)]+\.png)\)")
PACKAGE = Path(__file__).resolve().parents[2]
INTERNAL = {"tlcourse.__main__", "tlcourse.jupyter", "tlcourse.pretrain", "tlcourse.building.site"}


def write(root, folder):
    """Write the source of the site into a folder.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    folder : pathlib.Path
        Made if it is not there.
    """
    for name in names(root):
        notebook = unit_page.page(root, name)
        notebooks.write_atomically(folder / "units" / f"{name}.ipynb", notebooks.nbformat.writes(notebook))
    documents = sorted((root / "docs").glob("*.md"))
    for file in documents:
        _write(folder / "docs" / file.name, linked(file.read_text(encoding="utf-8"), "../"))
    _write(folder / "claims.md", claims_page(root))
    modules = module_pages()
    for name, text in modules.items():
        _write(folder / "reference" / f"{name}.md", text)
    _write(folder / "reference" / "index.md", reference_page(modules))
    _write(folder / "index.md", first_page(root, [file.stem for file in documents]))
    _write(folder / "units" / "index.md", units_page(root))
    for picture in PICTURE.findall((root / "README.md").read_text(encoding="utf-8")):
        (folder / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / picture, folder / picture)


def _write(file, text):
    notebooks.write_atomically(file, text)


def linked(text, up=""):
    """A page's Markdown with its links to files of the repository turned into links that the site can follow.

    A unit's notebook becomes its page, any other file its page in the repository.
    """

    def target(found):
        path = found[1]
        unit = re.fullmatch(r"(?:\.\./)*notebooks/(\w+)/\1\.ipynb", path)
        if unit:
            return f"]({up}units/{unit[1]}.ipynb)"
        if re.fullmatch(r"(?:\.\./)*docs/\w+\.md", path):
            return f"]({up}docs/{path.rpartition('/')[2]})"
        if up and re.fullmatch(r"\w+\.md", path):  # a document's neighbour
            return found[0]
        if path.endswith(".png"):
            return f"]({up}{path})"
        return f"]({SITE}/blob/main/{path.removeprefix('../')})"

    return COURSE_LINK.sub(target, BADGE.sub("[Open in Colab]", MARKS.sub("", text)))


def first_page(root, documents):
    """The README, with the ledger on a page of its own, and what the site's navigation shows."""
    text = (root / "README.md").read_text(encoding="utf-8")
    text = CLAIMS.sub("[All claims, with what was measured](claims.md)", linked(text))
    pages = ["Units <units/index>", "Claims <claims>", *(f"docs/{name}" for name in documents)]
    return text + _contents([*pages, "Reference <reference/index>"], hidden=True)


def units_page(root):
    """The units in their order, with the time that each takes."""
    text = f"# Units\n\nEach page holds a unit with what its cells print and draw.\n\n{tables.unit_table(root)}\n"
    return linked(text, "../") + _contents(names(root), hidden=True)


def _contents(pages, hidden=False):
    """A table of contents as Sphinx knows it; hidden, it only feeds the navigation."""
    options = ":hidden:\n" if hidden else ":maxdepth: 1\n"
    return "\n```{toctree}\n" + options + "\n" + "\n".join(pages) + "\n```\n"


def claims_page(root):
    """The ledger of claims as a page: each claim links to the section that shows it."""

    def section(found):
        return f"[{found[1]}](units/{found[2]}.ipynb#{slugify(found[1])})"

    table = re.sub(r"\[([^]]+)\]\(notebooks/(\w+)/\2\.ipynb\)", section, claims.table(root))
    return (
        "# What the lectures claim, and what we found\n\n"
        "Each claim is decided by measurements of this course: those in `data/results`, repeated over seeds, or what a "
        "unit's cells print. The verdicts are worked out from them whenever this page is made.\n\n"
        f"{verdicts(root)}\n\n{table}\n"
    )


def verdicts(root):
    """How many claims hold, and how many do not, in words."""
    found = [entry.verdict for entry in claims.entries(root)]
    return "; ".join(f"**{verdict}**: {found.count(verdict)}" for verdict in claims.VERDICTS) + "."


def module_pages():
    """The reference, from the docstrings: a page for each module of tlcourse and for each package in it.

    Returns
    -------
    dict of str to str
        Name of the page to its Markdown.
    """
    found = {}
    for file in sorted(PACKAGE.rglob("*.py")):  # not pkgutil: it imports packages, and TensorFlow with some
        name = ".".join(["tlcourse", *file.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
        page = ".".join(name.split(".")[:2])
        if name != "tlcourse" and page not in INTERNAL:
            found.setdefault(page, []).append(name)
    return {page: "\n".join(_module(name, page) for name in sorted(names)) for page, names in found.items()}


def _module(name, page):
    heading = "#" if name == page else "##"
    options = "   :members:\n   :ignore-module-all:\n   :member-order: bysource\n"
    return f"{heading} {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n{options}```\n"


def reference_page(pages):
    """The list of the reference's pages."""
    head = "# Reference: the package tlcourse\n\nWhat the units import, and what grades them, from its docstrings.\n"
    return head + _contents(pages)
