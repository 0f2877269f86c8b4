"""Makes what students wrote safe to look at: feedback pages, formgrader, terminals and spreadsheets.

nbgrader's pages show HTML and Markdown of a submission as it is, and nbconvert's own `sanitize_html` shows tables and
paragraphs as their source. So nbgrader_config.py puts the functions below in the place of two of nbconvert's filters,
and `SafeToShow` takes out of the notebook whatever is neither text nor an image.
"""

import logging
import re

import bleach
import jinja2
from bleach.css_sanitizer import CSSSanitizer
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
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
UNREADABLE = re.compile(r"<(script|style)\b[^>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)  # not even as text
INVISIBLE = re.compile(r"[\s\x00-\x20\x7f-\xa0]")


def safe_html(html):
    """HTML without scripts, forms, frames and images from elsewhere; as nbconvert's filter `clean_html`."""
    html = html.decode("utf-8", "replace") if isinstance(html, bytes) else str(html)
    styles = CSSSanitizer(allowed_css_properties=STYLES, allowed_svg_properties=())
    html = UNREADABLE.sub("", html)  # of a live figure, the still image stays
    return bleach.clean(html, tags=TAGS, attributes=_is_allowed, protocols=PROTOCOLS, css_sanitizer=styles, strip=True)


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


@jinja2.pass_context
def safe_markdown(context, source):
    """Markdown as HTML, with its attachments and without scripts; as nbconvert's filter `markdown2html`."""
    cell = context.get("cell", {})
    renderer = IPythonRenderer(escape=False, attachments=cell.get("attachments", {}), exclude_anchor_links=True)
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
    return CONTROL.sub("", str(value))


class PrintableRecords(logging.Filter):
    """Lets no file name or message of a submission move a terminal's cursor: for a handler of log records."""

    def filter(self, record):
        """Called for every record; changes it."""
        record.msg, record.args = printable(record.getMessage()), ()
        return True
