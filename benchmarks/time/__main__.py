"""Lay clips back on their timelines: ``python -m benchmarks.time --media ../shared/media``.

Prints a line per clip and a table per group; makes what it needs in a scratch folder.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.time.cases import clips
from benchmarks.time.clips import Clip, make
from benchmarks.time.library import build, open_index
from benchmarks.time.measure import RIGHT_S, Measured, measure
from framematch.matcher import Matcher
from framematch.media import group_sequences
from framematch.records import Attribution


def _line(one: Measured) -> str:
    error = "  none" if one.start_error_s is None else f"{one.start_error_s:6.2f}"
    return (
        f"{one.name:18} {one.verdict:13} {one.confidence:5.2f} {'ok' if one.show else '--'}"
        f" {'in ' if one.inside else 'OUT'} {one.width}/{one.allowed}"
        f" start off {error} s, covered {one.covered:.2f}, wrong {one.wrong:.2f},"
        f" {one.seconds:.1f} s"
    )


def _row(group: str, found: Sequence[Measured]) -> str:
    n = len(found)
    right = sum(
        1 for one in found if one.start_error_s is not None and one.start_error_s <= RIGHT_S
    )
    return (
        f"{group:20} {n:3} {sum(one.show for one in found) / n:6.2f}"
        f" {sum(one.inside for one in found) / n:7.2f}"
        f" {sum(one.width <= max(1, one.allowed) for one in found) / n:7.2f}"
        f" {right / n:7.2f} {sum(one.covered for one in found) / n:8.2f}"
        f" {sum(one.wrong for one in found) / n:6.2f} {sum(one.seconds for one in found) / n:6.1f}"
    )


def table(found: Sequence[Measured]) -> str:
    """Return the figures by group."""
    lines = [f"{'group':20}   n   show  inside  narrow  {RIGHT_S} s  covered  wrong      s"]
    groups: dict[str, list[Measured]] = {}
    for one in found:
        groups.setdefault(one.group, []).append(one)
    lines += [_row(group, members) for group, members in groups.items()]
    known = [one for one in found if not one.group.startswith("stranger")]
    if known:
        lines.append(_row("all but strangers", known))
    return "\n".join(lines)


def _is_meant(clip: Clip, name: str) -> bool:
    return clip.name.startswith(name) or clip.group.startswith(name)


def _ask(matcher: Matcher, made: Path) -> Attribution:
    """Return the answer for a file, or for the sequence that a folder holds."""
    if made.is_file():
        return matcher.attribute(made)
    (sequence,) = group_sequences(sorted(made.iterdir()))
    if isinstance(sequence, Path):
        raise SystemExit(f"{made} is no sequence; delete it and start again")
    return matcher.attribute_sequence(sequence)


def main() -> int:
    """Ask for every clip and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.time")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--scratch", type=Path, help="keep files here; default: a temporary folder")
    parser.add_argument("--only", action="append", help="clips or groups whose name begins so")
    parser.add_argument("--json", type=Path, help="also write the result here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.scratch or Path(temporary)
        library = build(given.media, scratch)
        found = []
        with open_index(library) as index:
            matcher = Matcher(index)
            for clip in clips(library):
                if not any(_is_meant(clip, name) for name in given.only or [""]):
                    continue
                made = make(clip, scratch / "clips")
                began = time.perf_counter()
                answer = _ask(matcher, made)
                found.append(measure(library, clip, answer, time.perf_counter() - began))
                print(_line(found[-1]), flush=True)
    print(table(found))
    if given.json:
        given.json.write_text(json.dumps([one.to_dict() for one in found], indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
