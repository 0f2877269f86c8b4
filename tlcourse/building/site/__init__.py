"""The course as pages to read: units with their stored outputs, the table of claims, the modules' reference.

Built without a kernel and without a network; what the pages need lies beside them. `pages` writes what Sphinx reads,
`settings/conf.py` says how it looks, `accessible` mends what Sphinx, MyST-NB and the theme leave out.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tlcourse.building.course_folder import course_folder

SETTINGS = Path(__file__).resolve().parent / "settings"


class SiteError(RuntimeError):
    """Sphinx could not make the pages, or warned of something in them; the message ends with what it said."""


def build(into=None, root=None):
    """Make the site of a course.

    Parameters
    ----------
    into : path, optional
        The folder of the pages, made anew; by default build/site in the course.
    root : path, optional
        The course's folder; found from the working directory by default.

    Returns
    -------
    pathlib.Path
        The site's first page.

    Raises
    ------
    ValueError
        If `into` is not empty and holds something else than an earlier site.
    SiteError
        If Sphinx fails or warns, for example of a link that leads nowhere.
    """
    from tlcourse.building.site import pages

    root = course_folder(root)
    into = Path(into or root / "build" / "site").resolve()
    _clear(into)
    source = into.with_name(f"{into.name}-source")
    shutil.rmtree(source, ignore_errors=True)
    pages.write(root, source)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "auto", "-b", "html"]
    command += ["-c", str(SETTINGS), "-d", str(source / ".doctrees"), str(source), str(into)]
    outcome = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace")
    if outcome.returncode:
        raise SiteError(f"the site could not be built:\n{outcome.stderr.strip()[-4000:]}")
    return into / "index.html"


def _clear(folder):
    """Empty the folder of an earlier site, so that no page outlives its unit."""
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / "searchindex.js").is_file():
            raise ValueError(f"{folder} is not empty and holds no earlier site: name another folder")
        shutil.rmtree(folder)
