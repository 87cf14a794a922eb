"""Build the report of a made-up case and open it in a headless browser, several times.

    python -m benchmarks.report --findings 5000

The case is that of the tests (tests/report/sample.py): each finding has a picture of 320 by 200
pixels and, where it is matched, an aligned pair of 256 by 144, frames shared by the findings of a
shot. Opening counts from the call to the first pictures in the list, and apart from that to the end
of the file; a filter from the change to the next picture that the browser draws. Beside each stands
the processor time of the page's main thread, which other jobs on the machine change little.
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
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  return performance.now() - start;
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

    figures: dict[str, list[float]] = {}

    def note(what: str, value: float) -> None:
        figures.setdefault(what, []).append(value)

    with sync_playwright() as driver:
        # A container's root may not use the browser's own sandbox.
        chromium = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for _ in range(turns):
            tab = chromium.new_page(viewport={"width": 1600, "height": 1000})
            thread = _Thread(tab)
            start = time.perf_counter()
            tab.goto(f"{page.resolve().as_uri()}#view=findings", wait_until="commit")
            tab.wait_for_function(_READY, polling=10)
            note("open to the first pictures, s", time.perf_counter() - start)
            note("  processor, s", thread.taken_s())
            tab.wait_for_load_state("load")
            note("to the end of the file, s", time.perf_counter() - start)
            note("  processor from there, s", thread.taken_s())
            for change in _CHANGES:
                thread.taken_s()
                note("a filter until drawn, ms", float(tab.evaluate(_FILTERED, list(change))))
                note("  processor, ms", 1000 * thread.taken_s())
            start = time.perf_counter()
            tab.locator("#list .row a").first.click()
            tab.wait_for_selector("#finding .viewer img[src], #finding .whole img[src]")
            note("open a finding, s", time.perf_counter() - start)
            note("  processor of it, s", thread.taken_s())
            tab.close()
        chromium.close()
    for what, values in figures.items():
        print(f"{what:<32} {_told(values)}")


class _Thread:
    """The main thread of a tab, and the processor time that it took since it was asked last."""

    def __init__(self, tab: Any) -> None:  # noqa: ANN401 - a page of playwright
        self._session = tab.context.new_cdp_session(tab)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = 0.0

    def taken_s(self) -> float:
        told = self._session.send("Performance.getMetrics")["metrics"]
        now = next(metric["value"] for metric in told if metric["name"] == "TaskDuration")
        taken, self._before = now - self._before, now
        return float(taken)


def _told(values: Sequence[float]) -> str:
    return f"median {statistics.median(values):6.3g}, most {max(values):6.3g}, of {len(values)}"


if __name__ == "__main__":
    main()
