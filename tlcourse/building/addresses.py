"""The addresses of the course on GitHub, of its website, and of its notebooks on Colab."""

REPOSITORY = "https://github.com/tlcourse/tlcourse"
SITE = "https://tlcourse.github.io/tlcourse"
COLAB = "https://colab.research.google.com"
COLAB_BASE = f"{REPOSITORY.replace('https://github.com', f'{COLAB}/github')}/blob/main"


def notebook(name):
    """The path of a unit's notebook for students in the repository."""
    return f"notebooks/{name}/{name}.ipynb"


def edit(name):
    """The address at which a unit's source is edited on GitHub."""
    return f"{REPOSITORY}/edit/main/solutions/{name}.py"


def colab(name, base=COLAB_BASE):
    """The address that opens a unit's notebook on Colab; `base` is the address of the course's folder there."""
    return f"{base.rstrip('/')}/{notebook(name)}"


def colab_link(name, base=COLAB_BASE):
    """A Markdown link that opens a unit's notebook on Colab; an image would be broken without a network."""
    return f"[Open in Colab]({colab(name, base)})"
