"""Tell received copies from earlier composites: ``python -m benchmarks.release``.

Films and two drawn studios are indexed under ``--studio``. Pictures of them are held against the
reference file and against the index's small picture. Where they lie is known, and put off by as
much as the product's alignment is; with ``--search`` each is looked up as any unknown file is.
"""

import argparse
import contextlib
import sys
import time
import zlib
from pathlib import Path

import numpy as np

from benchmarks.release.cases import Case, cases
from benchmarks.release.library import Title, indexed, titles
from benchmarks.release.report import Told, table
from framematch.hashing.views import inner_box
from framematch.index import Index
from framematch.matcher import Examined, Matcher
from framematch.matching.difference import Matched
from framematch.matching.stage import judge
from framematch.media import decode_thumbnail
from framematch.records import Attribution, Frame
from framematch.released import held_against_release

# How far off an alignment is: deviations of its size and of its place, as shares of the frame.
_SIZE_OFF, _PLACE_OFF = 0.015, 0.008


def _lies(index: Index, case: Case) -> Examined:
    """Return the answer for a case as the matcher might give it, from what was done to it.

    It lies as far off as the product's alignment does, and now and then on the row beside.
    """
    dice = np.random.default_rng(zlib.crc32(case.name.encode()))
    table = index.rows
    paths = [Path(reference.path) for reference in index.references()]
    rows = np.flatnonzero(table.reference == paths.index(case.path.absolute()))
    nearest = int(np.searchsorted(table.timestamp_s[rows], case.time_s + 1e-6)) - 1
    aside = int(dice.choice((-1, 0, 0, 0, 1)))
    row = int(rows[min(max(nearest + aside, 0), len(rows) - 1)])
    scale = 1 + dice.normal(0, _SIZE_OFF)
    x, y = dice.normal(0, _PLACE_OFF, 2)
    off = ((1 - scale) / 2 + x, (1 - scale) / 2 + y, scale, scale)
    view = case.view.with_box(inner_box(case.view.box, off))
    matched = Matched(view, decode_thumbnail(index.thumbnail(row)))
    stage = judge(case.pixels, matched)
    answer = Attribution(
        file=case.name,
        sha256=None,
        media="image",
        verdict="match",
        show=case.title.name,
        confidence=1.0,
        episodes=None,
        stage=stage,
        candidates=(),
        matches=(),
        expected_false_matches=None,
        index=index.info,
        error=None,
    )
    return Examined(answer, Frame(case.pixels, 0.0, 0.0), matched, row)


def _told(index: Index, case: Case, matcher: Matcher | None) -> Told:
    if matcher is None:
        examined = _lies(index, case)
    else:
        examined = matcher.examine_picture(Frame(case.pixels, 0.0, 0.0), case.name, None)
    began = time.perf_counter()
    by_file = held_against_release(index, examined)
    took_s = time.perf_counter() - began
    small = held_against_release(index, examined, read_references=False)
    stage = examined.attribution.stage
    return Told(
        name=case.name,
        title=case.title.name,
        operator=case.operator,
        asked=case.title.asked,
        drawn=case.title.studio is not None,
        changed=case.changed,
        stage="unknown" if stage is None else stage.label,
        by_file="not matched" if by_file is None else by_file.relation,
        by_thumbnail="not matched" if small is None else small.relation,
        took_s=took_s,
    )


def main() -> int:
    """Make the cases, hold them, print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.release", description=__doc__)
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--studio", type=Path, required=True, help="studios and index, made once")
    parser.add_argument("--moments", type=int, default=12, help="moments of each title")
    parser.add_argument(
        "--search", action="store_true", help="look pictures up; else it is known where they lie"
    )
    parser.add_argument("--only", help="titles whose name contains this")
    parser.add_argument("--asked", action="store_true", help="titles that nothing was fitted on")
    parser.add_argument("--drawn", action="store_true", help="the studios' shows only")
    parser.add_argument("--each", action="store_true", help="print what was told wrongly")
    given = parser.parse_args()
    known = titles(given.media, given.studio)
    index = indexed(given.studio / "index", known)
    matcher = Matcher(index) if given.search else None
    told: list[Told] = []
    # What was done before an interrupt is reported.
    with contextlib.suppress(KeyboardInterrupt):
        _tell(known, index, matcher, given, told)
    _report(told)
    return 0


def _tell(
    known: list[Title],
    index: Index,
    matcher: Matcher | None,
    given: argparse.Namespace,
    told: list[Told],
) -> None:
    """Hold every case, and add what was told."""
    for title in known:
        if given.only and given.only not in title.name:
            continue
        if given.drawn and title.studio is None:
            continue
        if given.asked and not title.asked:
            continue
        for case in cases(title, given.media, given.moments):
            told.append(_told(index, case, matcher))
            if given.each:
                last = told[-1]
                wanted = "same-picture" if case.changed == 0 else "differs"
                if last.by_file != wanted:
                    print(
                        f"{case.name}: {case.changed:.4f} {last.by_file} {last.stage}", flush=True
                    )
        print(f"{title.name}: {len(told)} cases", file=sys.stderr)


def _report(told: list[Told]) -> None:
    """Print the tables."""
    for name, asked in (("fitted on", False), ("not fitted on", True)):
        part = [each for each in told if each.asked is asked]
        print(f"\n{name}: {len(part)} pictures\n{table(part)}")
    took = [each.took_s for each in told if each.by_file != "not matched"]
    if took:
        mean, worst = 1000 * np.mean(took), 1000 * np.percentile(took, 95)
        print(f"\nwith files: {mean:.0f} ms each on average, {worst:.0f} ms for the slowest 5 %")


if __name__ == "__main__":
    sys.exit(main())
