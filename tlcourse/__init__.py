"""A hands-on course on transfer learning: what notebooks share. See README.md."""

__version__ = "0.1.0"
