"""What is flagged as a trick, and what honest cells may do."""

import copy

import pytest
from conftest import ROOT

from tlcourse import notebooks
from tlcourse.grading.engine.known_tricks import known_tricks, tricks_in
from tlcourse.samples import demo_class

TRICKS = {
    "progress = Progress()": "redefines `progress`",
    "progress = checks.Progress(titles)": "redefines `progress`",
    "progress = checks.Progress({'double': Title()})": "redefines `progress`",
    "progress = checks.Progress({'double': 'Exercise 1.1', **titles})": "redefines `progress`",
    "progress = checks.Progress({'double': 'Exercise 1.1'}).quiet()": "redefines `progress`",
    "checks = progress = checks.Progress({'double': 'Exercise 1.1'})": "redefines `progress`",
    "if True:\n    progress = checks.Progress({'double': 'Exercise 1.1'})": "redefines `progress`",
    "checks.Progress = Agreeable\nprogress = checks.Progress({'double': '1.1'})": "replaces `checks.Progress`",
    "from agreeable import checks\nprogress = checks.Progress({'double': '1.1'})": "redefines `checks`",
    "class checks:\n    pass": "redefines `checks`",
    "def double(n):\n    global checks\n    checks = Agreeable()": "redefines `checks`",
    "import helper as checks": "redefines `checks`",
    "from tlcourse import checks\nchecks.equal = checks.returns = lambda *a: None": "replaces `checks.equal`",
    "import numpy as np\nnp.allclose = lambda *a, **k: True": "replaces `np.allclose`",
    "import keras\nkeras.Model.weights = property(lambda self: [])": "replaces `keras.Model.weights`",
    "import keras\ntype.__setattr__(keras.Model, 'count_params', agree)": "replaces `keras.Model....`",
    "import json\njson.dumps = forged": "replaces `json.dumps`",
    "import numpy\nfor name in names:\n    setattr(numpy, name, agree)": "replaces `numpy....`",
    "progress.exercise = exercise": "replaces `progress.exercise`",
    "import sys\ndef double(n):\n    return sys._getframe(1).f_locals['expected']": "reads the frames",
    "from inspect import currentframe": "reads the frames",
    "def double(n):\n    return (_ for _ in ()).gi_frame.f_back": "reads the frames",
    "import gc\nfound = gc.get_objects()": "searches the process",
    "import linecache\nprint(linecache.cache)": "hooks into",
    "get_ipython().ast_transformers.append(S())": "hooks into",
    "class E(float):\n    def __eq__(self, other): return True": "returns a constant",
}
EXPERIMENTS = "imports `tlcourse.research`, which contains solutions"
TRICKS |= {
    "from tlcourse import research": EXPERIMENTS,
    "import tlcourse.research.headline as h": EXPERIMENTS,
    "def split_of(person, test_share):\n    from tlcourse.research.pipeline_steps import split_of": EXPERIMENTS,
}
HONEST = [
    "from tlcourse import data, distillation",
    "import tlcourse",
    "import numpy as np\nnp.set_printoptions(precision=3)",
    "import pandas as pd\npd.options.display.max_rows = limit",
    "import matplotlib.pyplot as plt\nplt.rcParams['figure.dpi'] = 80",
    "model.layers[0].trainable = flag",
    "class Model(keras.Model):\n    def __setattr__(self, name, value):\n        super().__setattr__(name, value)",
    "sum = 0\nfor number in range(3):\n    sum = sum + number",
    "from tlcourse import checks",
    "class Point:\n    def __eq__(self, other):\n        return self.x == other.x",
    "print(globals())",
    "progress",
    "from tlcourse import checks\nprogress = checks.Progress({})",
    "progress = checks.Progress({'double': 'Exercise 1.1 double', 'halve': 'Exercise 1.2 halve'})",
    "x = " + " + ".join(["1"] * 600),
]


@pytest.mark.parametrize("source", TRICKS)
def test_a_trick_is_named(source):
    assert any(TRICKS[source] in trick for _, trick in tricks_in(source))


def test_a_trick_in_a_deeply_nested_statement_is_named():
    deep = "json.dumps" + ".x" * 1000 + " = " + " + ".join(["1"] * 600)
    assert [trick for _, trick in tricks_in(f"import json\n{deep}")] == ["replaces `json...`"]


@pytest.mark.parametrize("source", HONEST)
def test_honest_code_is_not_flagged(source):
    assert list(tricks_in(source)) == []


def test_a_look_at_the_globals_is_flagged_in_an_answer():
    assert [trick for _, trick in tricks_in("def f(n):\n    return globals()['expected']", answer=True)]


def test_only_the_students_own_cells_are_looked_at(assignment, released):
    assert known_tricks(released, assignment) == []
    setup = next(cell.source for cell in released.cells if "setup" in cell.metadata.get("tags", []))
    copied = setup.splitlines()[-1]
    answer = f"{copied}\ndef double(number):\n    return globals().get('expected')"
    notebook = demo_class.fill(released, {"double": answer})
    assert known_tricks(notebook, assignment) == ["the answer double looks at the names around it (`globals()`)"]


def test_the_setup_cell_of_another_release_is_no_trick(assignment, released):
    notebook = copy.deepcopy(released)
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", []))
    assert '"double": "Exercise 1.1 double", ' in setup.source
    setup.source = setup.source.replace('"double": "Exercise 1.1 double", ', "")
    assert known_tricks(notebook, assignment) == []
    setup.source += "\nprogress = Agreeable(progress)"
    assert known_tricks(notebook, assignment) == ["a cell redefines `progress`"]


@pytest.mark.parametrize("file", sorted((ROOT / "notebooks").glob("*/*.ipynb")), ids=lambda file: file.stem)
def test_no_cell_of_a_unit_is_a_trick(file):
    """Students keep the cells of their release, and a later one can have others in their place."""
    sources = [cell.source for cell in notebooks.read(file).cells if cell.cell_type == "code"]
    assert sources
    assert [trick for source in sources for trick in tricks_in(source)] == []
