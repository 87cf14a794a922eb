"""Tell received copies from earlier composites: ``python -m benchmarks.release``.

Films and two drawn studios are indexed under ``--studio``. Every picture is looked up there as any
unknown file is, then held against the reference file and against the index's small picture.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

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


def _examined(matcher: Matcher, case: Case, kept: dict[str, dict[str, object]]) -> Examined:
    """Return what the matcher says of a case; where it lies is kept from an earlier run."""
    known = kept.get(case.name)
    frame = Frame(case.pixels, 0.0, 0.0)
    if known is None:
        found = matcher.examine_picture(frame, case.name, None)
        kept[case.name] = {
            "row": found.row,
            "view": None if found.matched is None else asdict(found.matched.view),
            "stage": "unknown"
            if found.attribution.stage is None
            else found.attribution.stage.label,
        }
        return found
    blank = matcher.examine_picture(Frame(np.zeros((90, 160, 3), np.uint8), 0, 0), case.name, None)
    attribution = replace(blank.attribution, stage=Stage(str(known["stage"]), 1.0))
    if known["row"] is None:
        return Examined(attribution, frame, None, None)
    row, view = known["row"], known["view"]
    assert isinstance(row, int)
    assert isinstance(view, dict)
    lies = View(tuple(view["box"]), view["mirrored"], view["quarter_turns"])
    matched = Matched(lies, decode_thumbnail(matcher.index.thumbnail(row)))
    return Examined(attribution, frame, matched, row)


def _told(index: Index, matcher: Matcher, case: Case, kept: dict[str, dict[str, object]]) -> Told:
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
    kept: dict[str, dict[str, object]] = {}
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
