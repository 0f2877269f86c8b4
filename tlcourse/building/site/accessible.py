"""A Sphinx extension for screen readers: formulas as MathML, no empty heads of tables, and no members without text."""

import latex2mathml.converter
from docutils import nodes


def inline_formula(translator, node):
    """Write a formula inside a line of text."""
    translator.body.append(latex2mathml.converter.convert(node.astext()))
    raise nodes.SkipNode


def displayed_formula(translator, node):
    """Write a formula on its own line."""
    translator.body.append(latex2mathml.converter.convert(node.astext(), display="block"))
    raise nodes.SkipNode


def skip_members(app, what, name, obj, skip, options):
    """Omit members without their own docstring: fields of a NamedTuple, and Keras's `get_config`."""
    silent = str(getattr(obj, "__doc__", "")).startswith("Alias for field number")
    return True if silent or name == "get_config" else None


def drop_empty_heads(app, doctree):
    """Remove the head of a table whose cells are all empty; the first column then has the headings."""
    for head in list(doctree.findall(nodes.thead)):
        if not head.astext().strip():
            group = head.parent
            next(group.findall(nodes.colspec))["stub"] = 1
            group.remove(head)


def setup(app):
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", (inline_formula, None), (displayed_formula, None))
    app.connect("autodoc-skip-member", skip_members)
    app.connect("doctree-read", drop_empty_heads)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
