"""A hands-on course on transfer learning. See README.md.

Notebooks import the modules in this folder and in datasets, teachers, domains, plots, widgets and own_photos. They may
be read: they are short, and hold what is too long for a cell. They never import the course's machinery, which is in
notebooks.py (notebook files), grading, building (notebooks, site), research (recorded experiments), samples (sample
classes) and commands.
"""

__version__ = "0.1.0"
