"""A hands-on course on transfer learning. See README.md.

Notebooks import the modules in this folder and in datasets, teachers, domains, plots and widgets. They may be read:
they are short, and hold what is too long for a cell. docs/learning.md lists the files that each unit uses. own_photos
is for `tlcourse photos`. None of these modules imports the course's machinery, which is in notebooks.py (notebook
files), grading, building (notebooks, site), research (recorded experiments), samples (sample classes) and commands.
"""

__version__ = "0.1.0"

from tlcourse import keras_settings

keras_settings.apply()
