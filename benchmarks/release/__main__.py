"""Tell received copies from earlier composites: ``python -m benchmarks.release``.

Films and two drawn studios are indexed under ``--studio``. Every picture is looked up there as any
unknown file is, then held against the reference file and against the index's small picture.
"""

import argparse
import json
import sys
import time
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.release.cases import Case, cases
from benchmarks.release.library import indexed, titles
from benchmarks.release.report import Told, table
from framematch.hashing.views import View
from framematch.index import Index
from framematch.matcher import Examined, Matcher
from framematch.matching.difference import Matched
from framematch.media import decode_thumbnail
from framematch.records import Frame, Stage
from framematch.released import held_against_release


@dataclass(frozen=True, slots=True)
class _Lies:
    """Where a picture lies, as an earlier run found it."""

    row: int | None
    view: View | None
    stage: str

    def to_list(self) -> list[Any]:
        return [self.row, None if self.view is None else list(astuple(self.view)), self.stage]

    @classmethod
    def of(cls, kept: list[Any]) -> "_Lies":
        row, view, stage = kept
        return cls(row, None if view is None else View(tuple(view[0]), *view[1:]), stage)


def _lies(found: Examined) -> _Lies:
    stage, matched = found.attribution.stage, found.matched
    return _Lies(
        found.row,
        None if matched is None else matched.view,
        "unknown" if stage is None else stage.label,
    )


def _examined(matcher: Matcher, case: Case, kept: dict[str, list[Any]]) -> Examined:
    """Return what the matcher says of a case; where it lies is kept for the next run."""
    frame = Frame(case.pixels, 0.0, 0.0)
    if case.name not in kept:
        found = matcher.examine_picture(frame, case.name, None)
        kept[case.name] = _lies(found).to_list()
        return found
    known = _Lies.of(kept[case.name])
    black = Frame(np.zeros((90, 160, 3), np.uint8), 0.0, 0.0)
    nothing = matcher.examine_picture(black, case.name, None)
    attribution = replace(nothing.attribution, stage=Stage(known.stage, 1.0))
    if known.row is None or known.view is None:
        return Examined(attribution, frame, None, None)
    thumbnail = decode_thumbnail(matcher.index.thumbnail(known.row))
    return Examined(attribution, frame, Matched(known.view, thumbnail), known.row)


def _told(index: Index, matcher: Matcher, case: Case, kept: dict[str, list[Any]]) -> Told:
    examined = _examined(matcher, case, kept)
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
    parser.add_argument("--kept", type=Path, help="where pictures lie, kept for another run")
    parser.add_argument("--only", help="titles whose name contains this")
    parser.add_argument("--each", action="store_true", help="print what was told wrongly")
    given = parser.parse_args()
    known = titles(given.media, given.studio)
    index = indexed(given.studio / "index", known)
    matcher = Matcher(index)
    kept: dict[str, list[Any]] = {}
    if given.kept and given.kept.exists():
        kept = json.loads(given.kept.read_text())
    told: list[Told] = []
    for title in known:
        if given.only and given.only not in title.name:
            continue
        for case in cases(title, given.media, given.moments):
            told.append(_told(index, matcher, case, kept))
            if given.each:
                last = told[-1]
                wanted = "same-picture" if case.changed == 0 else "differs"
                if last.by_file != wanted:
                    print(f"{case.name}: {case.changed:.4f} {last.by_file}", flush=True)
        if given.kept:
            given.kept.write_text(json.dumps(kept))
        print(f"{title.name}: {len(told)} cases", file=sys.stderr)
    for name, asked in (("fitted on", False), ("not fitted on", True)):
        part = [each for each in told if each.asked is asked]
        print(f"\n{name}: {len(part)} pictures\n{table(part)}")
    took = [each.took_s for each in told if each.by_file != "not matched"]
    if took:
        mean, worst = 1000 * np.mean(took), 1000 * np.percentile(took, 95)
        print(f"\nwith files: {mean:.0f} ms each on average, {worst:.0f} ms for the slowest 5 %")
    return 0


if __name__ == "__main__":
    sys.exit(main())
