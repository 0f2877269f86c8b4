"""Write the input of Sphinx: the README, units, documents, claims, and a page for each module."""

import posixpath
import re
import shutil
from pathlib import Path

from tlcourse import notebooks
from tlcourse.building import claims, tables
from tlcourse.building.addresses import REPOSITORY
from tlcourse.building.course_folder import has_records
from tlcourse.building.site import claim_cards, glossary, progress_map, unit_page
from tlcourse.building.unit_sources import unit_names
from tlcourse.grading.model.course_file import read_course_file

MARKERS = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
CLAIM_TABLE = re.compile(r"^<!-- claims:.*?^<!-- /claims -->\n", re.MULTILINE | re.DOTALL)
PACKAGE = Path(__file__).resolve().parents[2]
WITHOUT_REFERENCE = {
    "tlcourse.__main__",
    "tlcourse.building",
    "tlcourse.commands",
}  # only the command `tlcourse` uses them
CLAIMS = "docs/claims.md"


def write(root, folder):
    """Write the Sphinx source of the site into a folder.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    folder : pathlib.Path
        Created if it does not exist.
    """
    course = read_course_file(root)
    claim_names = set(claims.Course(root).claims) if has_records(root) else ()
    for name in unit_names(root):
        notebook = unit_page.page(root, name, course, claim_names)
        notebooks.write_atomically(folder / "units" / f"{name}.ipynb", notebooks.nbformat.writes(notebook))
    documents = ["README.md", *(f"docs/{file.name}" for file in sorted((root / "docs").glob("*.md")))]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in (documents if has_records(root) else ())}
    for name in documents[1:] if texts else ():
        _write(folder / site_path(name), resolve_links(texts[name], name, site_path(name)))
    if texts:
        _write(folder / site_path(CLAIMS), claims_page(texts[CLAIMS], claim_cards.write(root)))
    modules = module_pages()
    for name, text in modules.items():
        _write(folder / "reference" / f"{name}.md", text)
    _write(folder / "reference" / "index.md", reference_page(modules))
    if texts:
        _write(folder / "about.md", resolve_links(texts["README.md"], "README.md", "about.md"))
    _write(folder / "index.md", contents_page(documents[1:]) if texts else course_page(course))
    _write(folder / "units" / "index.md", units_page(root))
    _write(folder / "glossary.md", glossary.page(glossary.read(), unit_names(root)))
    for figure in {figure for name, text in texts.items() for figure in figures(text, name)}:
        (folder / figure).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / figure, folder / figure)


def course_page(course):
    """The first page of a private course, for its students: its README is for instructors."""
    pages = ["Units <units/index>", "Glossary <glossary>", "Reference <reference/index>"]
    name = course.name if course else "Transfer learning, hands on"
    return f"# {name}\n" + _contents(pages)


def _write(file, text):
    notebooks.write_atomically(file, text)


def site_path(path):
    """The place of a repository file on the site: a path in the site's folder, or an address on GitHub."""
    unit = re.fullmatch(r"notebooks/(\w+)/\1\.ipynb", path)
    if unit:
        return f"units/{unit[1]}.ipynb"
    if path in ("README.md", CLAIMS):
        return {"README.md": "about.md", CLAIMS: "claims.md"}[path]
    if re.fullmatch(r"docs/\w+\.md", path) or path.endswith(".png"):
        return path
    return f"{REPOSITORY}/blob/main/{path}"


def resolve_links(text, document, page):
    """Convert a document's links to files in the repository to links that work on the site.

    Parameters
    ----------
    text : str
    document : str
        The path of the document in the repository, to which its links are relative: "docs/grading.md".
    page : str
        The path of the page on the site: "docs/grading.md".
    """

    def target(match):
        path = site_path(_resolved(match[1], document))
        if not path.startswith(REPOSITORY):
            path = posixpath.relpath(path, posixpath.dirname(page) or ".")
        return path + (match[2] or "")

    return LINK.sub(target, MARKERS.sub("", text))


def _resolved(link, document):
    """The path in the repository to which a relative link in a document leads."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(document), link))


def figures(text, document):
    """The paths of the images that a document shows, in the repository."""
    return [_resolved(match[1], document) for match in LINK.finditer(text) if match[1].endswith(".png")]


def contents_page(documents):
    """The entries of the site's navigation. `first_screen` replaces the page that Sphinx makes of it."""
    pages = ["Units <units/index>", "Claims <claims>", "Install and overview <about>"]
    pages += [name.removesuffix(".md") for name in documents if name != CLAIMS]
    pages += ["Glossary <glossary>", "Reference <reference/index>"]
    return "# Transfer learning, hands on\n" + _contents(pages, hidden=True)


def units_page(root):
    """The page that lists the units in order, with the time that each takes."""
    shown = f"```{{raw}} html\n{progress_map.write(root)}\n```"
    text = (
        f"# Units\n\nEach page shows one unit with the output of its cells.\n\n{shown}\n\n{tables.unit_table(root)}\n"
    )
    return resolve_links(text, "README.md", "units/index.md") + _contents(unit_names(root), hidden=True)


def _contents(pages, hidden=False):
    """A table of contents in Sphinx's syntax; if hidden, it appears only in the navigation."""
    options = ":hidden:\n" if hidden else ":maxdepth: 1\n"
    return "\n```{toctree}\n" + options + "\n" + "\n".join(pages) + "\n```\n"


def claims_page(text, cards):
    """docs/claims.md with cards in the place of its table, and its last section before the explanations.

    Parameters
    ----------
    text : str
        docs/claims.md, whose last section has the table.
    cards : str
        HTML without empty lines.
    """
    page = resolve_links(CLAIM_TABLE.sub("", text), CLAIMS, site_path(CLAIMS))
    introduction, *explanations, last = re.split(r"^(?=## )", page, flags=re.MULTILINE)
    heading, counts = last.split("\n", 1)
    shown = f"{heading}\n\n```{{raw}} html\n{cards}\n```\n{counts.rstrip()}\n\n"
    return "".join([introduction, shown, *explanations])


def module_pages():
    """The reference, made from the docstrings: a page for each module and each package in tlcourse.

    Returns
    -------
    dict of str to str
        The Markdown of each page, by its name.
    """
    by_page = {}
    for file in sorted(PACKAGE.rglob("*.py")):  # not pkgutil, because it imports packages and, with them, TensorFlow
        name = ".".join(["tlcourse", *file.relative_to(PACKAGE).with_suffix("").parts]).removesuffix(".__init__")
        page = ".".join(name.split(".")[:2])
        if name != "tlcourse" and page not in WITHOUT_REFERENCE:
            by_page.setdefault(page, []).append(name)
    return {page: "\n".join(_module(name, page) for name in sorted(names)) for page, names in by_page.items()}


def _module(name, page):
    heading = "#" if name == page else "##"
    options = "   :members:\n   :ignore-module-all:\n   :member-order: bysource\n"
    return f"{heading} {name}\n\n```{{eval-rst}}\n.. automodule:: {name}\n{options}```\n"


def reference_page(pages):
    """The page that lists the pages of the reference."""
    text = "The docstrings of the modules that the units import, and of those that grade."
    return f"# Reference: the package tlcourse\n\n{text}\n" + _contents(pages)
