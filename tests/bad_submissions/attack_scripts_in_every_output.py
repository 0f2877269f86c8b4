# title: scripts in Markdown, SVG, JavaScript, widgets, tags and metadata, for whoever reads the feedback
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 1
# base: stubs

# %% build
SCRIPT = "<script>document.title = 'left-behind'</script>"


def build(notebook, file):
    import nbformat

    v4 = nbformat.v4
    notebook.metadata["title"] = SCRIPT
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}, "x": f"</script>{SCRIPT}"}}
    links = "[press](javascript:alert(1)) <svg onload=alert(1)> ![x](https://elsewhere.example/x.png)"
    notebook.cells.append(v4.new_markdown_cell(links + SCRIPT, metadata={"tags": [f'">{SCRIPT}']}))
    notebook.cells.append(v4.new_raw_cell(SCRIPT, metadata={"raw_mimetype": "text/html"}))
    for cell in notebook.cells:
        if cell.id == "triple":
            cell.source = f"""from IPython.display import SVG, Javascript, Latex, Markdown, display

hostile = {SCRIPT!r}
display(Markdown(hostile), Javascript("document.title = 'left-behind'"), Latex(hostile))
display({{"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'>" + hostile + "</svg>"}}, raw=True)
display({{"text/html": hostile, "application/vnd.jupyter.widget-view+json": {{"model_id": hostile}}}}, raw=True)
display({{"image/png": '">' + hostile}}, raw=True, metadata={{"image/png": {{"width": "1 onerror=alert(1)"}}}})
triple = lambda number: 3 * number"""
            cell.metadata["tags"] = [f'">{SCRIPT}']
    return notebook
