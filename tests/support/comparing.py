"""What a record's paired seeds say of two of its entries."""

from tlcourse.stats import paired_difference


def clearly_above(first, second):
    """Whether the 95 % interval of first - second lies above zero."""
    return paired_difference(first["values"], second["values"])["ci95"][0] > 0


def undecided(first, second):
    """Whether that interval contains zero."""
    return not clearly_above(first, second) and not clearly_above(second, first)
