"""The screenshots for a look after a change: each page at each width and in each theme, in small files."""

from PIL import Image

from tlcourse.commands import page_screenshots

GROUNDS = {"light": (250, 250, 250), "dark": (20, 24, 30)}
STYLE = """<style>body { margin: 0; background: rgb(250 250 250) }
@media (prefers-color-scheme: dark) { body { background: rgb(20 24 30) } }</style>"""


def test_each_page_is_taken_at_each_width_in_each_theme(browser, tmp_path):
    pages = {name: tmp_path / f"{name}.html" for name in ("first", "second")}
    for name, file in pages.items():
        file.write_text(f"<!doctype html><title>{name}</title>{STYLE}<h1>{name}</h1>", encoding="utf-8")
    files = page_screenshots.take(browser, pages, tmp_path / "screenshots")
    assert len(set(files)) == len(files) == 2 * 2 * 2
    for file in files:
        _, width, theme = file.stem.split("_")
        with Image.open(file) as shot:
            assert shot.size == (int(width), page_screenshots.SIZES[int(width)])
            assert shot.convert("RGB").getpixel((shot.width - 1, shot.height - 1)) == GROUNDS[theme]
        assert file.stat().st_size < 75_000, "sixteen of them need at most 1.2 MB"
