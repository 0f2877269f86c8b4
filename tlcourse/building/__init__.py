"""From the sources of units to notebooks, tables and the site."""
