# title: format 3, with worksheets that are none and cells that are none
# kind: damaged
# status: repaired
# earns: 0

# %% build
import json

from tlcourse.notebooks import write_atomically


def build(notebook, file):
    sheets = [{"cells": None}, {"cells": [1, "x", None, {"input": 3}]}, {"cells": 5}, 7]
    write_atomically(file, json.dumps({"nbformat": 3, "worksheets": sheets}))
