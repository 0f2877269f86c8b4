"""The course's terms: a page with their definitions, and a link at the first use of each term in a unit.

Sphinx's `:term:` role would have to stand in the notebooks, where nothing resolves it.
"""

import html
import re
import tomllib
from typing import NamedTuple

from tlcourse.data import data_folder

PROTECTED = r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<summary>.*?</summary>|<[^<>]*>|!?\[[^\]]*\]\([^)]*\)|^\#.*?$"


class Term(NamedTuple):
    """A term of the course; data/glossary.toml explains the fields."""

    term: str
    forms: tuple
    unit: str
    not_in: tuple
    definition: str

    @property
    def anchor(self):
        """The name of its place on the page, as Sphinx makes it."""
        return f"term-{'-'.join(re.findall(r'[A-Za-z0-9]+', self.term))}"


def read():
    """The terms in the order of the alphabet, as a list of `Term`."""
    rows = tomllib.loads((data_folder() / "glossary.toml").read_text(encoding="utf-8"))["terms"]
    lists = ("forms", "not_in")
    terms = [Term(**{**row, **{name: tuple(row.get(name, ())) for name in lists}}) for row in rows]
    return sorted(terms, key=lambda term: term.term.casefold())


def page(terms, units):
    """The page that defines the terms, as Markdown.

    Parameters
    ----------
    terms : list of Term
    units : collection of str
        The units of the course: only these are linked.
    """
    lines = ["# Glossary", "", "Each unit links the first use of a term to its definition.", "", "```{glossary}"]
    for term in terms:
        unit = f" Introduced in [unit {term.unit[:2]}](units/{term.unit}.ipynb)." if term.unit in units else ""
        lines += [term.term, f"  {term.definition}{unit}", ""]
    return "\n".join([*lines[:-1], "```", ""])


class TermLinks:
    """Links the first use of each term in the texts of one unit to the glossary.

    Parameters
    ----------
    terms : list of Term
    unit : str
        The unit's name.
    """

    def __init__(self, terms, unit):
        terms = [term for term in terms if unit not in term.not_in]
        self._by_form = {form.casefold(): term for term in terms for form in (term.term, *term.forms)}
        self._left = set(terms)
        words = "|".join(
            re.escape(form).replace(r"\ ", r"\s+") for form in sorted(self._by_form, key=len, reverse=True)
        )
        self._pattern = re.compile(
            rf"{PROTECTED}|(?<![\w-])(?P<form>{words})s?(?![\w-])", re.MULTILINE | re.DOTALL | re.IGNORECASE
        )

    def linked(self, text):
        """Markdown with links at the first uses that no earlier text had; code, formulas, links and headings stay."""
        return self._pattern.sub(self._link, text) if self._by_form else text

    def _link(self, match):
        term = match["form"] and self._by_form[" ".join(match["form"].casefold().split())]
        if term not in self._left:
            return match[0]
        self._left.remove(term)
        definition = html.escape(term.definition)
        return f'<a class="term" href="../glossary.html#{term.anchor}" title="{definition}">{match[0]}</a>'
