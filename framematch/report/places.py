"""Where the files of a case lie in the references, and how much of each they touch."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from framematch.case_records import Case, Finding
from framematch.records import Match, Reference


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a reference that a finding shows.

    Attributes
    ----------
    finding : int
        Position of the finding in the case.
    stage : str
        Its stage, ``unknown`` where it has none.
    start_s, end_s : float
        The stretch, in seconds of the reference; a still starts where it ends.
    sure : bool
        Whether it is in the reference that matches best; else the same picture is here too, as in
        openings and recaps, and the finding does not say which of them it was taken from.
    """

    finding: int
    stage: str
    start_s: float
    end_s: float
    sure: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A reference and what the case shows of it.

    Attributes
    ----------
    reference : Reference
        The file.
    places : tuple of Place
        In order of time.
    touched_s : int
        Whole seconds in which at least one sure place lies; a still touches one.
    touched_minutes, minutes : int
        Minutes, begun ones included, of which at least a second is touched, and all of them.
    """

    reference: Reference
    places: tuple[Place, ...]
    touched_s: int
    touched_minutes: int
    minutes: int

    @property
    def share(self) -> float:
        """Share of the reference's seconds that is touched, 0 to 1."""
        return min(1.0, self.touched_s / max(1, math.ceil(self.reference.duration_s)))

    @property
    def n_findings(self) -> int:
        """How many findings have a sure place here."""
        return len({place.finding for place in self.places if place.sure})


def timelines(case: Case) -> tuple[Timeline, ...]:
    """Return the references with a length, by show and episode.

    Counted are findings with the verdict ``match`` whose files were there in the last run.
    """
    found: dict[str, list[Place]] = {}
    for number, finding in enumerate(case.findings):
        if finding.last_run == case.run and finding.attribution.verdict == "match":
            for reference, place in _places(number, finding):
                found.setdefault(reference, []).append(place)
    lines = [
        _timeline(reference, found.get(reference.sha256, []))
        for reference in case.references
        if reference.duration_s > 0
    ]
    return tuple(sorted(lines, key=_order))


def _places(number: int, finding: Finding) -> Iterable[tuple[str, Place]]:
    matches = [m for m in finding.attribution.matches if m.show == finding.attribution.show]
    for match in matches:
        yield match.reference, _place(number, finding, match, matches[0].reference)


def _place(number: int, finding: Finding, match: Match, best: str) -> Place:
    stage = finding.attribution.stage
    return Place(
        finding=number,
        stage="unknown" if stage is None else stage.label,
        start_s=match.reference_s,
        end_s=match.reference_s + match.duration_s,
        sure=match.reference == best,
    )


def _timeline(reference: Reference, places: list[Place]) -> Timeline:
    length = max(1, math.ceil(reference.duration_s))
    seconds: set[int] = set()
    for place in places:
        if place.sure:
            first, last = math.floor(place.start_s), math.ceil(place.end_s)
            seconds.update(range(max(0, first), min(length, max(last, first + 1))))
    return Timeline(
        reference=reference,
        places=tuple(sorted(places, key=lambda p: (p.start_s, p.end_s, p.finding))),
        touched_s=len(seconds),
        touched_minutes=len({second // 60 for second in seconds}),
        minutes=math.ceil(length / 60),
    )


def _order(line: Timeline) -> tuple[str, bool, int, int, str, str]:
    episode = line.reference.episode
    season, number = (0, 0) if episode is None else (episode.season, episode.episode)
    return (
        line.reference.show,
        episode is None,
        season,
        number,
        line.reference.path,
        line.reference.sha256,
    )
