# title: Windows' line ends and a byte order mark
# kind: accident
# status: graded | repaired
# earns: 4

# %% build
import nbformat


def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"\xef\xbb\xbf" + nbformat.writes(notebook).replace("\n", "\r\n").encode())
