# title: empties every notebook, gradebook and record that it finds
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs
# uses: hunt

# %% first
for path in hunt("*.ipynb", "gradebook.db*", "*.json", "nbgrader_config.py"):
    try:
        open(path, "w").close()
        print("emptied", path)
    except OSError:
        pass
