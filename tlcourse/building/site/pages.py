"""What Sphinx reads: the README as first page, units, documents, claims, and a page for each module of the package."""

import posixpath
import re
import shutil
from pathlib import Path

from mdit_py_plugins.anchors.index import slugify

from tlcourse import notebooks
from tlcourse.building import tables
from tlcourse.building.addresses import REPOSITORY
from tlcourse.building.site import unit_page
from tlcourse.building.unit_sources import unit_names

MARKERS = re.compile(r"^<!--.*?-->\n", re.MULTILINE)
LINK = re.compile(r"(?<=\]\()(?!https?:|#)([^)#\s]+)(#[^)\s]*)?(?=\))")
SECTION_LINK = re.compile(r"\[([^]]+)\]\((units/\w+\.ipynb)\)")
PACKAGE = Path(__file__).resolve().parents[2]
WITHOUT_REFERENCE = {
    "tlcourse.__main__",
    "tlcourse.building",
    "tlcourse.commands",
}  # no reference: only `tlcourse` calls them
CLAIMS = "docs/claims.md"


def write(root, folder):
    """Write the source of the site into a folder.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    folder : pathlib.Path
        Made if it is not there.
    """
    for name in unit_names(root):
        notebook = unit_page.page(root, name)
        notebooks.write_atomically(folder / "units" / f"{name}.ipynb", notebooks.nbformat.writes(notebook))
    documents = ["README.md", *(f"docs/{file.name}" for file in sorted((root / "docs").glob("*.md")))]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in documents}
    for name in documents[1:]:
        _write(folder / site_path(name), resolve_links(texts[name], name, site_path(name)))
    _write(folder / site_path(CLAIMS), claims_page(texts[CLAIMS]))
    modules = module_pages()
    for name, text in modules.items():
        _write(folder / "reference" / f"{name}.md", text)
    _write(folder / "reference" / "index.md", reference_page(modules))
    _write(folder / "index.md", first_page(texts["README.md"], documents[1:]))
    _write(folder / "units" / "index.md", units_page(root))
    for figure in {figure for name, text in texts.items() for figure in figures(text, name)}:
        (folder / figure).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(root / figure, folder / figure)


def _write(file, text):
    notebooks.write_atomically(file, text)


def site_path(path):
    """Where the site has a file of the repository: a path below the site's folder, or an address in the repository."""
    unit = re.fullmatch(r"notebooks/(\w+)/\1\.ipynb", path)
    if unit:
        return f"units/{unit[1]}.ipynb"
    if path in ("README.md", CLAIMS):
        return {"README.md": "index.md", CLAIMS: "claims.md"}[path]
    if re.fullmatch(r"docs/\w+\.md", path) or path.endswith(".png"):
        return path
    return f"{REPOSITORY}/blob/main/{path}"


def resolve_links(text, document, page):
    """A document's Markdown with its links to files of the repository turned into links that the site can follow.

    Parameters
    ----------
    text : str
    document : str
        The path that the links start from, in the repository: "docs/grading.md".
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
    """The path in the repository that a relative link in a document leads to."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(document), link))


def figures(text, document):
    """The repository paths of the images that a document shows."""
    return [_resolved(match[1], document) for match in LINK.finditer(text) if match[1].endswith(".png")]


def first_page(text, documents):
    """The README, and what the site's navigation shows."""
    pages = ["Units <units/index>", "Claims <claims>"]
    pages += [name.removesuffix(".md") for name in documents if name != CLAIMS]
    return resolve_links(text, "README.md", "index.md") + _contents(
        [*pages, "Reference <reference/index>"], hidden=True
    )


def units_page(root):
    """The units in their order, with the time that each takes."""
    text = f"# Units\n\nEach page holds a unit with what its cells print and draw.\n\n{tables.unit_table(root)}\n"
    return resolve_links(text, "README.md", "units/index.md") + _contents(unit_names(root), hidden=True)


def _contents(pages, hidden=False):
    """A table of contents in Sphinx's syntax; hidden, it only feeds the navigation."""
    options = ":hidden:\n" if hidden else ":maxdepth: 1\n"
    return "\n```{toctree}\n" + options + "\n" + "\n".join(pages) + "\n```\n"


def claims_page(text):
    """docs/claims.md as a page: each claim links to the section of a unit that shows it."""
    page = resolve_links(text, CLAIMS, site_path(CLAIMS))
    return SECTION_LINK.sub(lambda match: f"[{match[1]}]({match[2]}#{slugify(match[1])})", page)


def module_pages():
    """The reference, from the docstrings: a page for each module of tlcourse and for each package in it.

    Returns
    -------
    dict of str to str
        Name of the page to its Markdown.
    """
    by_page = {}
    for file in sorted(PACKAGE.rglob("*.py")):  # not pkgutil: it imports packages, and TensorFlow with some
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
    """The list of the reference's pages."""
    head = "# Reference: the package tlcourse\n\nWhat the units import, and what grades them, from its docstrings.\n"
    return head + _contents(pages)
