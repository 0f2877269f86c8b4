# title: unpacked from a Mac's archive, with its hidden copies
# kind: accident
# status: repaired
# earns: 4

# %% build
from tlcourse.samples.accidents import submit


def build(notebook, file):
    submit(notebook, file.parent / "course" / f"{file.stem} final.ipynb")
    for hidden in (file.parent / "__MACOSX" / "course", file.parent / "course"):
        hidden.mkdir(parents=True, exist_ok=True)
        (hidden / f"._{file.name}").write_bytes(b"\x00\x05\x16\x07")
