"""What the profiles find: frames of other encodes, edited frames and drawings, asked of each.

The film is indexed with each profile. A query is named where the answer names the film, which is
what recall means, and placed where its first match is at the right second as well. The queries are
the same for all, and so is chance.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from benchmarks.footage.__main__ import CREDITS_S, EXCERPTS
from benchmarks.speed.figures import Figure
from benchmarks.structure.footage import frames_at
from framematch.calibration.operators.drawings import LINE_ART
from framematch.calibration.operators.edits import FINISHED
from framematch.config import PROFILES
from framematch.ingest import IngestItem, add
from framematch.matcher import Matcher
from framematch.matching.clips import telling
from framematch.media import open_media
from framematch.records import Frame

_FILM = "big-buck-bunny/bbb_360p_full.mp4"
_SMALL = "big-buck-bunny/bbb_252p_full.mp4"
_OTHERS = "big-buck-bunny/other-encodes"
_SHOW = "Big Buck Bunny"
#: Queries of each kind, for each of the paired runs asked for.
_EACH = 20
_WITHIN_S = 1.0
_MOST_LOST = 0.01

Query = tuple[str, Frame, float]


@dataclass(frozen=True, slots=True)
class _Found:
    """How an answer does: whether it names the film, and whether at the right second."""

    named: bool
    placed: bool


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Return the share found with each profile, by kind of query and over all."""
    queries = list(_queries(media, runs * _EACH))
    found: dict[str, dict[str, list[_Found]]] = {}
    for name in PROFILES:
        matcher = _indexed(media / _FILM, scratch / f"profile-{name}", name)
        by_kind = found.setdefault(name, {})
        for kind, frame, time_s in queries:
            by_kind.setdefault(kind, []).append(_answer(matcher, frame, time_s))
    exact, *others = PROFILES
    figures = []
    for name, by_kind in found.items():
        for kind, answers in by_kind.items():
            placed = f"named, {_placed(answers):.3f} placed, of {len(answers)}"
            figures.append(Figure(f"{kind}, {name}", f"{_named(answers):.3f}", placed))
    whole = {
        name: [one for each in kinds.values() for one in each] for name, kinds in found.items()
    }
    for name in others:
        lost = _named(whole[exact]) - _named(whole[name])
        figures.append(
            Figure(
                f"all kinds, {name}",
                f"{_named(whole[name]):.3f}",
                f"named, {_placed(whole[name]):.3f} placed",
                lost,
                f"lost of {_named(whole[exact]):.3f} named with {exact},"
                f" {_placed(whole[exact]):.3f} placed",
                f"<= {_MOST_LOST}",
                lost <= _MOST_LOST,
            )
        )
    return figures


def _named(answers: Sequence[_Found]) -> float:
    return float(np.mean([one.named for one in answers]))


def _placed(answers: Sequence[_Found]) -> float:
    return float(np.mean([one.placed for one in answers]))


def _indexed(film: Path, folder: Path, profile: str) -> Matcher:
    if not folder.exists():
        add(folder, [IngestItem(film, _SHOW, None, "film")], PROFILES[profile])
    return Matcher.open(folder)


def _answer(matcher: Matcher, frame: Frame, time_s: float) -> _Found:
    """Ask about a picture that the film shows at a time."""
    conclusion, _ = matcher.attribute_still(frame)
    if conclusion.show != _SHOW or not conclusion.matches:
        return _Found(named=False, placed=False)
    table, at_s = matcher.index.rows, conclusion.matches[0].reference_s
    row = int(np.abs(table.timestamp_s - at_s).argmin())
    end_s = at_s + float(table.duration_s[row])
    away_s = max(0.0, at_s - time_s, time_s - end_s)
    return _Found(named=True, placed=away_s <= _WITHIN_S)


def _queries(media: Path, count: int) -> Iterator[Query]:
    """Yield kind, picture and the film's second that it shows."""
    dice = np.random.default_rng(11)
    for name, start_s in EXCERPTS.items():
        if "reversed" in name:
            continue
        with open_media(media / _OTHERS / name) as excerpt:
            frames = [frame for frame in excerpt.frames(Fraction(3, 2)) if telling(frame)]
        for place in dice.permutation(len(frames))[: max(1, count // 12)].tolist():
            yield "encodes by others", frames[place], start_s + frames[place].timestamp_s
    times = sorted(dice.uniform(5.0, CREDITS_S, 3 * count).tolist())
    frames = [frame for frame in frames_at(media / _SMALL, times) if telling(frame)]
    for number, frame in enumerate(frames):
        kind, operators = (("252p", None), ("edited", FINISHED), ("line art", LINE_ART))[number % 3]
        pixels = frame.pixels
        if operators is not None:
            name = sorted(operators)[number // 3 % len(operators)]
            pixels = operators[name](pixels, np.random.default_rng(number))
        yield kind, Frame(pixels, frame.timestamp_s, 0.0), frame.timestamp_s
