# title: reads a file whose accents a Mac has taken apart
# kind: accident
# status: graded | repaired
# earns: 4

# %% double
open("größe.csv").read()


def double(number):
    return 2 * number

# %% build
import unicodedata


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name(unicodedata.normalize("NFD", "größe.csv")).write_bytes(b"1")
    return notebook
