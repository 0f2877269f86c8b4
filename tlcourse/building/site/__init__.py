"""Build the website: the units with their stored outputs, the claims as cards, and the reference of the modules.

The build needs neither a kernel nor a network, and the site contains all files that its pages need. `pages` writes the
input of Sphinx, `settings/conf.py` configures Sphinx, and `accessible` fixes gaps in Sphinx and the theme. Then
`first_screen` writes the first page, from what `headline_data` has prepared and with the teacher of `teacher_data`.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from tlcourse.building.course_folder import course_folder, has_records

SETTINGS = Path(__file__).resolve().parent / "settings"


class SiteError(RuntimeError):
    """Sphinx failed or printed a warning; the message ends with that of Sphinx."""


def build(into=None, root=None):
    """Build the site of a course.

    Parameters
    ----------
    into : path, optional
        The folder for the site, which is emptied first; by default, build/site in the course.
    root : path, optional
        The course's folder; found from the working directory by default.

    Returns
    -------
    pathlib.Path
        The site's first page.

    Raises
    ------
    ValueError
        If `into` is not empty and does not contain an earlier site.
    SiteError
        If Sphinx fails or prints a warning, for example about a broken link.
    """
    from tlcourse.building.site import first_screen, pages

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
        raise SiteError(f"Sphinx could not build the site:\n{outcome.stderr.strip()[-4000:]}")
    if has_records(root):  # a private course keeps the page with its units
        first_screen.write(root, into)
    return into / "index.html"


def _clear(folder):
    """Delete an earlier site, so that no page of a removed unit remains."""
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / "searchindex.js").is_file():
            raise ValueError(f"{folder} is not empty and contains no earlier site: name another folder")
        shutil.rmtree(folder)
