"""Take the pictures of the review desk in docs/desk, in a headless Chromium.

Wants the case and the index that `scripts/demo` makes; both stay as they are: a copy is reviewed.

    python scripts/desk_screenshots.py demo/case demo/index
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Literal

from PIL import Image

_OUT = Path(__file__).resolve().parents[1] / "docs" / "desk"
_LARGEST = 300_000
#: Name of the picture, width and height of the window, scheme of colours.
_SHOTS: tuple[tuple[str, int, int, Literal["light", "dark"]], ...] = (
    ("queue-1440", 1440, 900, "light"),
    ("queue-820", 820, 1000, "light"),
    ("queue-360", 360, 740, "light"),
    ("finding-1440", 1440, 900, "light"),
    ("finding-820", 820, 1000, "light"),
    ("finding-360", 360, 740, "light"),
    ("finding-1440-dark", 1440, 900, "dark"),
)


def main() -> None:
    """Review a copy of the case a little, and take every picture."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("case", type=Path)
    arguments.add_argument("index", type=Path)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        case = Path(folder) / given.case.name
        shutil.copytree(given.case, case)
        command = [sys.executable, "-m", "framematch", "--index", str(given.index), "serve"]
        desk = subprocess.Popen(  # noqa: S603 - the product's own command
            [*command, str(case), "--port", "0", "--as", "Ann"], stdout=subprocess.PIPE, text=True
        )
        try:
            assert desk.stdout is not None  # noqa: S101 - asked for above
            _take_all(desk.stdout.readline().strip())
        finally:
            desk.terminate()
            desk.wait()


def _take_all(address: str) -> None:
    from playwright.sync_api import sync_playwright

    _OUT.mkdir(exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        _review(browser.new_page(), address)
        for name, width, height, scheme in _SHOTS:
            context = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            tab = context.new_page()
            _open(tab, address, name.partition("-")[0])
            path = _OUT / f"{name}.png"
            tab.screenshot(path=path)
            _shrink(path)
            context.close()
        browser.close()


def _open(tab: Any, address: str, view: str) -> None:  # noqa: ANN401
    tab.goto(address)
    tab.wait_for_selector("html[data-ready]")
    if view == "finding":
        tab.evaluate("location.hash = 'view=findings&relation=work-in-progress&verdict=match'")
        tab.wait_for_function("document.querySelector('#count').innerText.includes('of')")
        tab.locator("#start").click()
        tab.wait_for_selector(".candidates")
        tab.keyboard.press("j")
        tab.wait_for_selector("#finding[data-key] .candidates")
    else:
        tab.locator("[data-which=all]").click()
        tab.locator("#list").focus()
        tab.keyboard.press("ArrowDown")
        tab.evaluate("scrollTo(0, 0)")
    tab.wait_for_load_state("networkidle")


def _review(tab: Any, address: str) -> None:  # noqa: ANN401
    """Decide on some, so that the pictures show what that looks like."""
    _open(tab, address, "finding")
    for key in "ccxcuccn":
        tab.wait_for_selector("#finding[data-key] .candidates")
        tab.evaluate("document.querySelector('.done').replaceChildren()")
        tab.keyboard.press(key)
        tab.wait_for_selector(".done:not(:empty)")


def _shrink(path: Path) -> None:
    with Image.open(path) as shot:
        picture = shot.convert("RGB")
    picture.save(path, optimize=True)
    if path.stat().st_size > _LARGEST:  # for the noise of compressed frames: 6 bits a channel
        picture.point(lambda value: round(value * 63 / 255) * 255 // 63).save(path, optimize=True)
    if path.stat().st_size > _LARGEST:
        raise SystemExit(f"{path}: {path.stat().st_size:,} bytes; more than {_LARGEST:,}")


if __name__ == "__main__":
    main()
