"""What an answer about a clip is worth: show, range, start, and how much of it is laid right."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.time.clips import Clip
from benchmarks.time.library import Library, Owner
from framematch.records import Attribution, EpisodeId, Match

#: A timestamp is right within this many seconds.
RIGHT_S = 1.5
# Instants at which the laid segments are compared with the truth are so far apart.
_STEP_S = 0.5


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer, judged.

    Attributes
    ----------
    name, group : str
        The clip.
    verdict : str
        As it was given.
    confidence : float
        Of the first candidate.
    show : bool
        Whether the verdict is right: the show, or none for a stranger.
    inside : bool
        Whether every episode that is needed to explain the clip is in the range.
    width, allowed : int
        Episodes in the range, and in the narrowest right one.
    start_error_s : float or None
        How far the first match's start lies from the truth; ``None`` without a right match.
    covered, wrong : float
        Share of the clip's time on which some match lies within `RIGHT_S` of the truth, and of the
        matches' time that lies elsewhere.
    seconds : float
        Time that the answer took.
    """

    name: str
    group: str
    verdict: str
    confidence: float
    show: bool
    inside: bool
    width: int
    allowed: int
    start_error_s: float | None
    covered: float
    wrong: float
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Return the row of the JSON file."""
        return asdict(self)


def measure(library: Library, clip: Clip, answer: Attribution, seconds: float) -> Measured:
    """Judge one answer."""
    owners = [_owners_at(library, clip, time_s) for time_s in _instants(clip)]
    show = owners[0][0].show if owners[0] else None
    needed, allowed = _wanted(library, answer, owners)
    span = answer.episodes
    inside = span is not None and all(span.first <= one <= span.last for one in needed)
    matches = answer.matches if answer.verdict == "match" else ()
    covered, wrong = _laid(library, clip, matches)
    return Measured(
        name=clip.name,
        group=clip.group,
        verdict=answer.verdict,
        confidence=answer.confidence,
        show=answer.show == show and (show is None or answer.verdict == "match"),
        inside=inside or show is None,
        width=_width(library, answer),
        allowed=allowed,
        start_error_s=_start_error_s(library, clip, matches),
        covered=covered,
        wrong=wrong,
        seconds=seconds,
    )


def _instants(clip: Clip) -> list[float]:
    return [0.25 + _STEP_S * k for k in range(int(clip.length_s / _STEP_S))]


def _owners_at(library: Library, clip: Clip, query_s: float) -> list[Owner]:
    return library.owners(*clip.source_at(query_s))


def _wanted(
    library: Library, answer: Attribution, owners: Sequence[Sequence[Owner]]
) -> tuple[set[EpisodeId], int]:
    """Return the episodes that the range must hold, and the width of the narrowest right one.

    Where one episode explains the whole clip, it is the range; where several do (an opening), all
    of them; where none does (a montage), every one that is needed.
    """
    sets = [{owner.episode for owner in instant} for instant in owners]
    if not all(sets):
        return set(), 0
    whole = set.intersection(*sets)
    needed = whole or set.union(*(one for one in sets if len(one) == 1))
    order = _order(library, owners[0][0].show)
    places = [order.index(episode) for episode in needed]
    return needed, max(places) - min(places) + 1


def _order(library: Library, show: str) -> list[EpisodeId]:
    numbers = {"Big Buck Bunny": len(library.parts), "Penny and Chip": 11}
    drawn = [EpisodeId.parse(file.episode) for file in library.drawn.values() if file.show == show]
    return sorted(drawn) or [EpisodeId(1, n + 1) for n in range(numbers[show])]


def _width(library: Library, answer: Attribution) -> int:
    if answer.episodes is None or answer.show is None:
        return 0
    order = _order(library, answer.show)
    return order.index(answer.episodes.last) - order.index(answer.episodes.first) + 1


def _error_s(library: Library, clip: Clip, match: Match, query_s: float, laid_s: float) -> float:
    """Return how far `laid_s` lies from where the match's episode shows that instant."""
    away = [
        abs(owner.reference_s - laid_s)
        for owner in _owners_at(library, clip, query_s)
        if (owner.show, owner.episode) == (match.show, match.episode)
    ]
    return min(away, default=float("inf"))


def _start_error_s(library: Library, clip: Clip, matches: Sequence[Match]) -> float | None:
    """Return by how much the first match's start would have to be moved on either timeline.

    Of a reversed clip the reference's start may also be where the match ends.
    """
    if not matches:
        return None
    best = matches[0]
    starts = [best.query_s]
    if any(piece.rate < 0 for piece in clip.pieces):
        starts.append(best.query_s + best.duration_s)
    moves = [0.25 * step for step in range(-8, 9)]
    away = [
        abs(move)
        + _error_s(
            library, clip, best, min(max(start + move, 0.0), clip.length_s), best.reference_s + move
        )
        for start in starts
        for move in moves
    ]
    error_s = min(away)
    return None if error_s == float("inf") else error_s


def _laid(library: Library, clip: Clip, matches: Sequence[Match]) -> tuple[float, float]:
    """Return the share of the clip that is laid right, and of the matches that is laid wrong."""
    right: set[float] = set()
    total = wrong = 0
    backwards = any(piece.rate < 0 for piece in clip.pieces)
    for match in matches:
        for query_s in _instants(clip):
            inside_s = query_s - match.query_s
            if not 0 <= inside_s <= match.duration_s:
                continue
            total += 1
            forth = match.reference_s + inside_s
            back = match.reference_s + match.duration_s - inside_s
            laid = (forth, back) if backwards else (forth,)
            # A match keeps no rate: at 5 % an end lies off by that share of the length.
            slack_s = RIGHT_S + 0.06 * inside_s
            if min(_error_s(library, clip, match, query_s, at) for at in laid) <= slack_s:
                right.add(query_s)
            else:
                wrong += 1
    return len(right) / max(1, len(_instants(clip))), wrong / total if total else 0.0
