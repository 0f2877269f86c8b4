"""The names of a course's units, by the files that it has. Imports nothing, so that a misspelled name costs no time."""


def units_in(sources, releases):
    """The units that have a source, a solved notebook or a release, in the course's order.

    Parameters
    ----------
    sources, releases : pathlib.Path
        The course's folders of solutions and of released notebooks.

    Returns
    -------
    list of str
    """
    built = [
        file for folder in (sources, releases) for file in folder.glob("*/*.ipynb") if file.stem == file.parent.name
    ]
    return sorted({file.stem for file in [*sources.glob("[0-9]*.py"), *built]})
