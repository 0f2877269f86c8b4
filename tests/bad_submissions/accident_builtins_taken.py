# title: the names of a dozen builtins taken
# kind: accident
# status: graded
# earns: 4

# %% first
print = len = range = type = list = dict = str = int = float = isinstance = abs = 3
