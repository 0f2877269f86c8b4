"""A released assignment, its limits, the result of one submission."""
