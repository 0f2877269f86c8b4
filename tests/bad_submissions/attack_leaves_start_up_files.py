# title: leaves files that Python and IPython run at every start
# kind: attack
# status: graded | tampered | crashed | timed out
# earns: 0
# base: stubs

# %% first
import os
import pathlib
import site
import sys

home = pathlib.Path(os.path.expanduser("~"))
code = "import builtins; builtins.left_behind = True  # left-behind\n"
places = [home / ".ipython/profile_default/startup/00-left-behind.py", home / ".pythonrc.py", home / ".bashrc"]
places += [pathlib.Path(folder, name) for folder in (site.getusersitepackages(), *sys.path[:4]) for name in ("usercustomize.py", "sitecustomize.py", "left-behind.pth")]
places += [home / ".jupyter/jupyter_config.py", pathlib.Path("COURSE_FOLDER/left-behind.py")]
for place in places:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(code)
    except OSError as error:
        print(error)
