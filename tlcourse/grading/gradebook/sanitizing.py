"""Makes what students wrote safe to look at: feedback pages, formgrader, terminals and spreadsheets.

nbgrader's pages show HTML and Markdown of a submission as it is, and nbconvert's own `sanitize_html` shows tables and
paragraphs as their source. So nbgrader_config.py puts the functions below in the place of two of nbconvert's filters,
and `SafeToShow` takes out of the notebook whatever is neither text nor an image.
"""

import collections
import html
import logging
import mimetypes
import re

import bleach
import jinja2
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.markdown_mistune import InvalidNotebook, IPythonRenderer, MarkdownWithMath
from nbconvert.preprocessors import Preprocessor

from tlcourse.grading.model.printable import printable

TAGS = frozenset().union(
    (
        "a",
        "abbr",
        "b",
        "br",
        "code",
        "em",
        "i",
        "ins",
        "kbd",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
    ),
    ("blockquote", "del", "details", "div", "figcaption", "figure", "hr", "img", "p", "pre", "summary"),
    ("h1", "h2", "h3", "h4", "h5", "h6", "dd", "dl", "dt", "li", "ol", "ul"),
    ("caption", "table", "tbody", "td", "tfoot", "th", "thead", "tr"),
)
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "title", "width", "height"},
    "ol": {"start"},
    "table": {"border"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
CLASSES = re.compile(r"highlight|dataframe|[a-z]{1,2}\d?")  # of code that Pygments has colored, and of pandas' tables
STYLES = ("text-align", "vertical-align", "font-weight", "font-style", "color", "background-color")
PROTOCOLS = frozenset({"http", "https", "mailto", "data"})
NOT_SHOWN = "(output not shown)"
TEXTS = {"text", "ename", "evalue", "traceback"}
OUTPUT_KEYS = {"output_type", "data", "metadata", "name", "execution_count"} | TEXTS
LINK = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
IMAGE = re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml);base64,")  # in an <img>, an SVG runs no script
SHOWN_TYPES = {"text/plain", "text/latex", "text/html", "text/markdown", "image/png", "image/jpeg", "image/svg+xml"}
# Control characters but for tabs, ends of lines and ANSI's colors, which nbconvert shows as colors.
CONTROL = re.compile(r"\x1b(?!\[[0-9;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")
# The beginning and the end of what is not even shown as text.
UNREADABLE = re.compile(r"<!--|--!?>|</?(?:script|style)\b[^\S\n]*>?", re.IGNORECASE)
# A page is made outside the sandbox, by parsers that take quadratic time for what no tool writes; such a text is shown
# as it is. A table of pandas with 10,000 cells, and a program of 1,000 lines in Markdown, stay below these numbers.
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNCLOSED = {"dd", "dt", "li", "p", "tbody", "td", "tfoot", "th", "thead", "tr", "option"}  # their end may be left out
MOST_OPEN, MOST_UNCLOSED = 150, 3_000  # tags in each other, tags without an end
LONGEST_MARKUP = 2 << 20  # characters
# Of code. Pygments takes a time that grows with the square of its length, and faster with that of a white space.
LONGEST_CODE, WHITE_SPACE = 20_000, re.compile(r"\s{1000}")
PYTHON = ("python", "py", "python3")
MOST_WORDS = 500  # of one tag with its attributes
MARKS = re.compile(r"[^\w\s.,:;]|_")  # in Markdown
BLANK_LINES = re.compile(r"\n[ \t]*\n")
MOST_MARKS, MOST_LINES = 5_000, 5_000  # of one paragraph
FORMULA_BEGINNINGS = re.compile(r"\\begin\{|\\\\[\[(]")  # the end of each is looked for in all that follows
MOST_FORMULAS = 1_000
ITEMS = re.compile(r"^[ \t]*+(?:[-*+]|\d{1,9}[.)])[ \t\n]", re.MULTILINE)  # of lists
MOST_ITEMS = 2_000
MOST_COLORS = 1_000  # escape sequences of a text
ANSI = re.compile(r"\x1b\[[0-9;]*m")
INVISIBLE = re.compile(r"[\s\x00-\x20\x7f-\xa0]")


def is_page(name):
    """Whether a browser may run scripts of a file with this name: HTML, and XML such as SVG.

    formgrader serves the files in autograded/ on its own address, by the types that their names have.
    """
    kind = mimetypes.guess_type(f"/{name}")[0] or ""
    return kind in ("text/html", "text/xml", "application/xml") or kind.endswith("+xml")


def safe_html(html_text):
    """HTML without scripts, forms, frames and images from elsewhere; as nbconvert's filter `clean_html`."""
    text = html_text.decode("utf-8", "replace") if isinstance(html_text, bytes) else str(html_text)
    text = _without_scripts(text)  # of a live figure, the still image stays
    if _is_costly(text):
        return as_text(text)
    styles = CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=())
    return bleach.clean(text, tags=TAGS, attributes=_is_allowed, protocols=PROTOCOLS, css_sanitizer=styles, strip=True)


def as_text(source):
    """A text as a page shows it, with its markup."""
    return f"<pre>{html.escape(source)}</pre>"


def is_costly_code(source):
    """Whether code is longer than that of a student's answer, so that coloring it can take hours."""
    return len(source) > LONGEST_CODE or WHITE_SPACE.search(source) is not None


def safe_code(source, language=None, metadata=None):
    """Code as HTML, in colors unless these would take long; as nbconvert's filter `highlight_code`."""
    if is_costly_code(source):
        return f'<div class="highlight">{as_text(source)}</div>'
    return Highlight2HTML(pygments_lexer="python")(source, language, metadata)


def _without_scripts(text):
    """HTML without comments, and without what is between <script> or <style> and its end; in one pass."""
    kept, place, inside = [], 0, None
    for match in UNREADABLE.finditer(text):
        if match.start() < place:  # within an end that has more text before its sign
            continue
        part = match[0].lower().rstrip("> \t")
        if inside is None and not part.startswith(("</", "--")):
            kept.append(text[place : match.start()])
            inside = "--" if part == "<!--" else f"</{part[1:]}"
        elif inside is not None and part.startswith(inside):
            end = match.end() if match[0].endswith(">") else text.find(">", match.end()) + 1
            place, inside = (end or len(text)), None
    return "".join(kept) + ("" if inside else text[place:])


def _is_costly(text):
    """Whether HTML has more tags in each other, more words in a tag, or more text, than a page of a student's needs."""
    opened, depth, deepest = collections.Counter(), 0, 0
    for end, tag in TAG.findall(text):
        name = tag.lower()
        if name in VOID or (end and not opened[name]):  # an end without a beginning closes nothing
            continue
        opened[name] += -1 if end else 1
        if name not in UNCLOSED:
            depth += -1 if end else 1
            deepest = max(deepest, depth)
    words = max((len(part.partition(">")[0].replace("=", " = ").split()) for part in text.split("<")[1:]), default=0)
    unclosed = sum(opened[name] for name in UNCLOSED)
    return deepest > MOST_OPEN or unclosed > MOST_UNCLOSED or words > MOST_WORDS or len(text) > LONGEST_MARKUP


def _is_allowed(tag, name, value):
    """Whether an element may have an attribute with this value."""
    if name == "style":
        return True  # of what is in it, only `STYLES` stay
    if name == "class":
        return all(CLASSES.fullmatch(part) for part in value.split())
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    address = INVISIBLE.sub("", value)
    if name == "href":  # not relative: formgrader serves a submission's own HTML files, as its own pages
        return bool(LINK.match(address))
    if name == "src":  # one that a browser would fetch tells its owner who reads, and can act in the reader's name
        return bool(IMAGE.match(address)) or re.fullmatch(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", address) is not None
    return True


class MarkdownRenderer(IPythonRenderer):
    """Shows the description of an image whose attachment is missing; nbconvert's own ends the whole page there.

    Colors Python alone: Pygments has lexers of hundreds of languages, and some take hours for a short text.
    """

    def block_code(self, code, info=None):
        """Called for code between fences; `info` stands behind the first of them."""
        is_python = (info or "").strip() in PYTHON and not is_costly_code(code)
        return super().block_code(code, info=info) if is_python else as_text(code)

    def image(self, text, *arguments, **options):
        """Called for an image."""
        try:
            return super().image(text, *arguments, **options)
        except (InvalidNotebook, StopIteration):  # no attachment of that name, or one without content
            return text


def is_costly_markdown(source):
    """Whether it has more marks or lines in a paragraph, formulas or items than a student's: this can take minutes."""
    if len(FORMULA_BEGINNINGS.findall(source)) > MOST_FORMULAS or len(ITEMS.findall(source)) > MOST_ITEMS:
        return True
    return any(
        len(MARKS.findall(paragraph)) > MOST_MARKS or paragraph.count("\n") > MOST_LINES
        for paragraph in BLANK_LINES.split(source)
    )


@jinja2.pass_context
def safe_markdown(context, source):
    """Markdown as HTML, with its attachments and without scripts; as nbconvert's filter `markdown2html`."""
    if is_costly_markdown(source):
        return as_text(source)
    cell = context.get("cell", {})
    renderer = MarkdownRenderer(escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True)
    return safe_html(MarkdownWithMath(renderer=renderer).render(source))


class SafeToShow(Preprocessor):
    """Leave in an executed notebook only what a page may show: text, images, nbgrader's metadata."""

    enabled = True

    def preprocess(self, nb, resources):
        """Called by nbconvert before a page is made; the file stays as it is."""
        for name in set(nb.metadata) - {"kernelspec", "language_info"}:
            del nb.metadata[name]
        nb.metadata["language_info"] = {"name": "python"}
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        """Called for every cell; changes it in place."""
        for name in set(cell.metadata) - {"nbgrader"}:
            del cell.metadata[name]
        cell.source = _without_controls(cell.source)
        for output in cell.get("outputs", []):
            for name in set(output) - OUTPUT_KEYS:
                del output[name]
            for name in TEXTS & set(output):
                output[name] = _without_controls(output[name])
            if "data" in output:
                output["metadata"] = {}
                output["data"] = _shown_data(output["data"])
        return cell, resources


def _shown_data(data):
    """Of a display's forms, by type, those that a page may show."""
    shown = {kind: text for kind, text in data.items() if kind in SHOWN_TYPES and isinstance(text, str)}
    return {kind: _without_controls(text) for kind, text in shown.items()} or {"text/plain": NOT_SHOWN}


def _without_controls(value):
    """A text, or a list of texts, without control characters."""
    if isinstance(value, list):
        return [_without_controls(part) for part in value]
    text = CONTROL.sub("", str(value))
    return ANSI.sub("", text) if text.count("\x1b") > MOST_COLORS else text


class PrintableRecords(logging.Filter):
    """Lets no file name or message of a submission move a terminal's cursor: for a handler of log records."""

    def filter(self, record):
        """Called for every record; changes it."""
        record.msg, record.args = printable(record.getMessage()), ()
        return True
