"""Screenshots of what visitors and instructors see first, for a look after a change: two widths, both themes."""

import io
import itertools
import subprocess
import sys

from PIL import Image

PAGES = {
    "first_page": "index.html",
    "unit": "units/01_cnn_parameters.html",
    "claims": "claims.html",
}  # of the website
SIZES = {390: 844, 1440: 900}  # pixels: the width and height of a telephone and of a desktop
THEMES = ("light", "dark")
COLORS = 64  # of a screenshot
STUDENTS = 12  # of the class whose report is shown


def take(browser, pages, into):
    """Write one PNG file for each page, width and theme: claims_390_dark.png.

    Parameters
    ----------
    browser : playwright.sync_api.Browser
    pages : dict of str to pathlib.Path
        The files of the pages, by the names that the screenshots begin with.
    into : pathlib.Path
        The folder.

    Returns
    -------
    list of pathlib.Path
    """
    into.mkdir(parents=True, exist_ok=True)
    files = []
    for theme, (width, height) in itertools.product(THEMES, SIZES.items()):
        page = browser.new_page(color_scheme=theme, viewport={"width": width, "height": height})
        for name, file in pages.items():
            page.goto(file.as_uri())
            shot = page.screenshot(animations="disabled")
            files.append(into / f"{name}_{width}_{theme}.png")
            Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLORS).save(files[-1], optimize=True)
        page.close()
    return files


def pages(root, folder):
    """Build the website and the report of a sample class.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    folder : pathlib.Path
        Where the class is created.

    Returns
    -------
    dict of str to pathlib.Path
        The pages, as `take` wants them.

    Raises
    ------
    RuntimeError
        If there is no report.
    """
    from tlcourse.building import site

    first = site.build(root=root)
    report = folder / "report" / "01_cnn_parameters" / "report.html"
    _run(root, "sample-class", "01", "--students", str(STUDENTS), "--folder", str(folder))
    _run(folder, "grade", "01")  # its exit status is 1: some of these submissions are damaged
    _run(folder, "report", "01")
    if not report.is_file():
        raise RuntimeError(f"no report at {report}: the output above shows why")
    return {name: first.parent / path for name, path in PAGES.items()} | {"report": report}


def _run(folder, *arguments):
    subprocess.run([sys.executable, "-m", "tlcourse", *arguments], cwd=folder)
