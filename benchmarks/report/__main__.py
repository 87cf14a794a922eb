"""Build the report of a made-up case and open it in a headless browser, several times.

    python -m benchmarks.report --findings 5000

The case is that of the tests (tests/report/sample.py): each finding has a picture of 320 by 200
pixels and, where it is matched, an aligned pair of 256 by 144, frames shared by the findings of a
shot. Opening counts from the call to the first pictures in the list, and apart from that to the end
of the file; a filter from the change to the next picture that the browser draws.
"""

import argparse
import importlib
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from framematch.report.page import case_page

_ROOT = Path(__file__).resolve().parents[2]
_TURNS = 5
_READY = """() => document.documentElement.dataset.ready === "yes"
  && [...document.querySelectorAll("#list .row img")].slice(0, 5).every((i) => i.complete && i.src)
  && document.querySelectorAll("#list .row").length > 0"""
_FILTERED = """async ([id, value]) => {
  const control = document.getElementById(id) ?? document.querySelector(`input[value="${id}"]`);
  const start = performance.now();
  if (value === null) control.click();
  else { control.value = value; control.dispatchEvent(new Event("input", { bubbles: true })); }
  const worked = performance.now() - start;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return [worked, performance.now() - start];
}"""
_CHANGES: tuple[tuple[str, str | None], ...] = (
    ("q", "sc01"), ("q", "背景"), ("q", ""), ("line-art", None), ("match", None), ("from", "90"),
)  # fmt: skip


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.report", description=__doc__)
    parser.add_argument("--findings", type=int, default=5000)
    parser.add_argument("--turns", type=int, default=_TURNS)
    parser.add_argument("--keep", type=Path, help="keep the page here")
    given = parser.parse_args()
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if browser is None:
        parser.error("chromium is not on the path; install it")
    with tempfile.TemporaryDirectory() as folder:
        page = given.keep or Path(folder) / "report.html"
        _build(page, given.findings)
        _open(page, browser, given.turns)


def _build(page: Path, findings: int) -> None:
    sys.path.insert(0, str(_ROOT / "tests" / "report"))
    made: Any = importlib.import_module("sample").sample(findings)
    # Drawn beforehand: a case has its pictures.
    for finding in made.case.findings:
        shown = finding.evidence
        if shown is not None:
            for name in (shown.whole, shown.query, shown.reference):
                if name is not None:
                    made.picture(name)
    start = time.perf_counter()
    with page.open("wb") as out:
        for piece in case_page(made.case, made.picture):
            out.write(piece)
    built_s = time.perf_counter() - start
    print(f"{findings} findings: {page.stat().st_size / 1e6:.1f} MB, built in {built_s:.2f} s")


def _open(page: Path, browser: str, turns: int) -> None:
    from playwright.sync_api import sync_playwright

    usable: list[float] = []
    whole: list[float] = []
    finding: list[float] = []
    filters: list[tuple[float, float]] = []
    with sync_playwright() as driver:
        # A container's root may not use the browser's own sandbox.
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for _ in range(turns):
            tab = chromium.new_page(viewport={"width": 1600, "height": 1000})
            start = time.perf_counter()
            tab.goto(f"{page.resolve().as_uri()}#view=findings", wait_until="commit")
            tab.wait_for_function(_READY, polling=10)
            usable.append(time.perf_counter() - start)
            tab.wait_for_load_state("load")
            whole.append(time.perf_counter() - start)
            filters += [tuple(tab.evaluate(_FILTERED, list(change))) for change in _CHANGES]
            tab.evaluate("document.getElementById('clear').click()")
            start = time.perf_counter()
            tab.locator("#list .row a").first.click()
            tab.wait_for_selector("#finding .viewer img[src], #finding .whole img[src]")
            finding.append(time.perf_counter() - start)
            tab.close()
        chromium.close()
    print(
        f"open to the first pictures: {_told(usable)} s; to the end of the file: {_told(whole)} s"
    )
    print(f"open a finding: {_told(finding)} s")
    print(f"a filter, its own work: {_told([work for work, _ in filters])} ms")
    print(f"a filter, until drawn: {_told([drawn for _, drawn in filters])} ms")


def _told(values: Sequence[float]) -> str:
    return f"median {statistics.median(values):.3g}, most {max(values):.3g}, of {len(values)}"


if __name__ == "__main__":
    main()
