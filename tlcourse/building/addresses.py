"""The addresses of the course on GitHub, and of its notebooks on Colab."""

REPOSITORY = "https://github.com/tlcourse/tlcourse"
COLAB = "https://colab.research.google.com"


def notebook(name):
    """The path of a unit's notebook for students in the repository."""
    return f"notebooks/{name}/{name}.ipynb"


def colab(name):
    """The address that opens a unit's notebook on Colab."""
    return f"{REPOSITORY.replace('https://github.com', f'{COLAB}/github')}/blob/main/{notebook(name)}"


def badge(name):
    """A Markdown image that links to a unit's notebook on Colab; without a network, its alt text is the link."""
    return f"[![Open in Colab]({COLAB}/assets/colab-badge.svg)]({colab(name)})"
