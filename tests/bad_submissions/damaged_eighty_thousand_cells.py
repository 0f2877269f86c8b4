# title: eighty thousand cells of one letter
# kind: damaged
# status: unreadable
# earns: 0

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    cells = [*notebook.cells, *[{"cell_type": "markdown", "metadata": {}, "source": "a"}] * 80_000]
    write_atomically(file, json.dumps({**notebook, "cells": cells}))
