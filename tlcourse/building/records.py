"""Recorded results of any course folder; `tlcourse.data.results` reads those of the course that is installed."""

import json


def recorded(root, name):
    """data/results/NAME.json of the course at `root`, as a dictionary.

    Raises
    ------
    FileNotFoundError
    """
    return json.loads((root / "data" / "results" / f"{name}.json").read_text(encoding="utf-8"))
