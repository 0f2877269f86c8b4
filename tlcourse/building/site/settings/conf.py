"""The Sphinx configuration of the site. `tlcourse site` runs Sphinx, which needs neither a kernel nor a network."""

import os
import sys

from sphinx.ext.autodoc.mock import MockFinder

from tlcourse.building import addresses

os.environ.setdefault("MPLBACKEND", "agg")

project = "tlcourse"
author = "the tlcourse authors"
copyright = "the tlcourse authors; code MIT, prose and figures CC BY 4.0"
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "tlcourse.building.site.accessible"]
exclude_patterns = [".doctrees"]

nb_execution_mode = "off"
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "application/vnd.jupyter.widget-view+json", None)]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
myst_links_external_new_tab = False
suppress_warnings = [
    "mystnb.unknown_mime_type",
    "ref.python",
]  # docstrings name types in words, such as "list of numbers"

# The reference lists the content of the package, and needs no TensorFlow for that. `autodoc_mock_imports` would import
# TensorFlow where Sphinx looks for the source of a base class.
sys.meta_path.insert(0, MockFinder(["keras", "tensorflow", "ai_edge_litert", "dask", "distributed"]))
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_rtype = False

html_theme = "pydata_sphinx_theme"
html_title = "Transfer learning, hands on"
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_js_files = [("course.js", {"defer": "defer"})]
html_math_renderer = "mathml"
html_domain_indices = False
html_show_sourcelink = False
html_copy_source = False
html_sidebars = {"about": [], "claims": [], "glossary": []}
html_theme_options = {
    "show_prev_next": True,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "secondary_sidebar_items": {"**": ["page-toc"], "claims": []},
    "collapse_navigation": True,
    "navbar_align": "left",
    "header_links_before_dropdown": 3,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "icon_links": [{"name": "GitHub", "url": addresses.REPOSITORY, "icon": "fa-brands fa-github"}],
    "footer_start": ["copyright"],
    "footer_end": [],
}
