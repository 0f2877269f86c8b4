"""Where the course lies on GitHub, and where its notebooks open on Colab."""

REPOSITORY = "https://github.com/tlcourse/tlcourse"
COLAB = "https://colab.research.google.com"


def notebook(name):
    """The path of a unit's notebook in the repository, as students get it."""
    return f"notebooks/{name}/{name}.ipynb"


def colab(name):
    """The address that opens a unit's notebook on Colab."""
    return f"{REPOSITORY.replace('https://github.com', f'{COLAB}/github')}/blob/main/{notebook(name)}"


def badge(name):
    """An image, in Markdown, that links to a unit's notebook on Colab; without a network its words are the link."""
    return f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({colab(name)})"
