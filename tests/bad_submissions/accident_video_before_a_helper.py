# title: a video that sorts before the module that the notebook imports
# kind: accident
# status: repaired
# earns: 4

# %% double
import helper


def double(number):
    return helper.twice(number)

# %% build
def build(notebook, file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.with_name("a_video.mp4").write_bytes(b"x" * 40_000_000)
    file.with_name("helper.py").write_text("from deeper import twice")
    file.with_name("deeper.py").write_text("def twice(number):\n    return 2 * number")
    return notebook
