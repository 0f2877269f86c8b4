"""A hands-on course on transfer learning. See README.md.

Notebooks import the modules in this folder and in datasets, teachers, domains, plots, widgets and own_photos. They may
be read: they are short, and hold what is too long for a cell. The machinery of the course, never imported by those
modules, is in research (recorded experiments), building (notebooks, site), grading and commands.
"""

__version__ = "0.1.0"
