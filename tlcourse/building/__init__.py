"""Build notebooks, tables and the site from the sources of the units."""
