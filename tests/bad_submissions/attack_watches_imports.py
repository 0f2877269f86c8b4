# title: a finder on sys.meta_path changes the checks whenever they are imported again
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import sys


class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "tlcourse.checks":
            sys.meta_path.remove(self)
            import importlib

            module = importlib.import_module(name)
            module.returns = lambda function, arguments, expected, *others, **keywords: expected
            sys.meta_path.insert(0, self)
            return module.__spec__
        return None


sys.meta_path.insert(0, Finder())
for name in [name for name in sys.modules if name.startswith("tlcourse")]:
    del sys.modules[name]
from tlcourse import checks

# %% double
def double(number):
    return 0

# %% triple
def triple(number):
    return 0
