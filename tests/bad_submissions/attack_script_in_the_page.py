# title: scripts in outputs, Markdown and error messages, for the instructor's browser
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 1
# base: stubs

# %% build
SCRIPT = "<script>document.title = 'left-behind'</script><img src=x onerror=alert(1)>"


def build(notebook, file):
    import nbformat

    notebook.cells.append(nbformat.v4.new_markdown_cell(SCRIPT, id="page"))
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = f"def double(number):\n    raise ValueError({SCRIPT!r})"
        if cell.id == "triple":
            cell.source = f"from IPython.display import HTML\n\ndisplay(HTML({SCRIPT!r}))\ntriple = lambda number: 3 * number"
    return notebook
