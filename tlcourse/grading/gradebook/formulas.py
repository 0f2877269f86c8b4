"""Formulas of Markdown as MathML, so that a page needs neither a script nor a network to show them.

nbconvert's pages load MathJax from elsewhere. A formula is a student's text: of what becomes of it, only elements and
attributes that show a formula stay.
"""

import re
import secrets
from html import escape
from xml.etree import ElementTree

import jinja2
import latex2mathml.converter
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from tlcourse.grading.gradebook.sanitizing import MarkdownRenderer, as_text, is_costly_markdown, safe_html

NAMESPACE = "http://www.w3.org/1998/Math/MathML"
ELEMENTS = re.compile(
    "math|mrow|mi|mn|mo|mtext|ms|mspace|mfrac|msqrt|mroot|mstyle|mpadded|mphantom|msub|msup|msubsup|munder|mover|"
    "munderover|mtable|mtr|mtd"
)
ATTRIBUTES = re.compile(
    "display|mathvariant|stretchy|fence|separator|form|accent|accentunder|displaystyle|scriptlevel|linethickness|"
    "columnalign|rowspacing|columnspacing|width|lspace|rspace|minsize|maxsize"
)
VALUE = re.compile(r"[\w .%+-]*")
TAG = re.compile(r"""(<(?:[^<>"']|"[^"]*"|'[^']*')*>)""")
MOST_CHARACTERS = 2000  # of a formula; a longer one is shown as its source
# Commands that define others: each can stand for two of the next, so 300 characters become millions of elements.
DEFINITIONS = re.compile(r"\\(newcommand|newenvironment|def|DeclareMathOperator)")


class _FormulaRenderer(MarkdownRenderer):
    """Puts marks in the place of formulas while the rest is sanitized; nobody can guess a mark, and so forge it."""

    def __init__(self, **options):
        super().__init__(**options)
        self.formulas, self.secret = [], secrets.token_hex(8)

    def _mark(self, latex, display):
        self.formulas.append((latex, display))
        return f"formula{self.secret}n{len(self.formulas) - 1}n"

    def restored(self, html):
        """HTML with the formulas in the place of their marks; within a tag, such as in an `alt`, their source."""
        marks, parts = re.compile(f"formula{self.secret}n(\\d+)n"), TAG.split(html)

        def source(match):
            return escape(self.formulas[int(match[1])][0])

        def formula(match):
            return mathml(*self.formulas[int(match[1])])

        return "".join(marks.sub(source if index % 2 else formula, part) for index, part in enumerate(parts))

    def inline_math(self, body):
        """Called for what is between single dollar signs."""
        return self._mark(body, "inline")

    def block_math(self, body):
        """Called for what is between double dollar signs."""
        return self._mark(body, "block")

    def latex_environment(self, name, body):
        """Called for an environment of LaTeX."""
        return self._mark(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


@jinja2.pass_context
def markdown_with_formulas(context, source):
    """Markdown as HTML without scripts, with its formulas as MathML; as nbconvert's filter `markdown2html`."""
    if is_costly_markdown(source):
        return as_text(source)
    attachments = context.get("cell", {}).get("attachments", {})
    renderer = _FormulaRenderer(escape=False, attachments=attachments, exclude_anchor_links=True)
    return renderer.restored(safe_html(MarkdownWithMath(renderer=renderer).render(source)))


def mathml(latex, display="inline"):
    """A formula as MathML; its source as code if it cannot be converted.

    Parameters
    ----------
    latex : str
    display : str
        "inline" or "block".

    Returns
    -------
    str
        HTML that contains nothing but a formula.
    """
    try:
        if len(latex) > MOST_CHARACTERS or DEFINITIONS.search(latex):
            raise ValueError("it may become too long")
        root = _cleaned(ElementTree.fromstring(latex2mathml.converter.convert(latex, display=display)))
        return ElementTree.tostring(root, encoding="unicode", short_empty_elements=False)
    except Exception:  # the converter has errors of a dozen kinds; a formula in 900 braces is nested too deeply
        return f"<code>{escape(latex)}</code>"


def _cleaned(element):
    """A copy of an element with only what shows a formula; another element becomes a row of its children."""
    name = element.tag.removeprefix(f"{{{NAMESPACE}}}")
    kept = {key: value for key, value in element.attrib.items() if ATTRIBUTES.fullmatch(key) and VALUE.fullmatch(value)}
    copy = ElementTree.Element(name if ELEMENTS.fullmatch(name) else "mrow", kept)
    copy.text, copy.tail = element.text, element.tail
    copy.extend(_cleaned(child) for child in element)
    return copy
