"""Geometry of the report's plots; the templates draw them as SVG.

Every plot is 1,000 units wide whatever its width on a screen; heights are pixels.
"""

from dataclasses import dataclass

from framematch.report.places import Place, Timeline
from framematch.report.tallies import Tally
from framematch.report.words import STAGES

WIDTH = 1000.0
LANE = 18
# Seconds between the ticks of a timeline, the first that gives no more than eight.
_TICKS_S = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600)
_MOST_TICKS = 8


@dataclass(frozen=True, slots=True)
class Mark:
    """A place on a lane: where it starts and how wide it is, and the place itself."""

    x: float
    width: float
    place: Place


@dataclass(frozen=True, slots=True)
class Lane:
    """The marks of one stage, the uppermost lane first."""

    stage: str
    y: int
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A time on the axis."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimelinePlot:
    """A timeline as it is drawn."""

    line: Timeline
    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    height: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stage's share of a bar."""

    stage: str
    n: int
    x: float
    width: float


def timeline_plot(line: Timeline) -> TimelinePlot:
    """Lay out a timeline, one lane for each stage that is on it."""
    length = line.reference.duration_s
    present = [stage for stage in STAGES if any(place.stage == stage for place in line.places)]
    lanes = tuple(
        Lane(
            stage,
            row * LANE,
            tuple(_mark(place, length) for place in line.places if place.stage == stage),
        )
        for row, stage in enumerate(present)
    )
    step = next((s for s in _TICKS_S if length / s <= _MOST_TICKS), _TICKS_S[-1])
    ticks = tuple(
        Tick(round(WIDTH * second / length, 2), clock(second))
        for second in range(0, int(length) + 1, step)
    )
    return TimelinePlot(line, lanes, ticks, max(1, len(lanes)) * LANE)


def _mark(place: Place, length: float) -> Mark:
    start = min(max(place.start_s / length, 0.0), 1.0)
    end = min(max(place.end_s / length, start), 1.0)
    return Mark(round(WIDTH * start, 2), round(WIDTH * (end - start), 2), place)


def stage_bar(tally: Tally, largest: int) -> tuple[Segment, ...]:
    """Lay out the stages of a tally as one stacked bar, as wide as its share of the largest."""
    segments: list[Segment] = []
    x = 0.0
    for stage, n in tally.stages:
        width = WIDTH * n / max(1, largest)
        segments.append(Segment(stage, n, round(x, 2), round(width, 2)))
        x += width
    return tuple(segments)


def clock(seconds: float) -> str:
    """Return a time as it is read: ``4:05``, ``1:04:05``."""
    whole = int(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours}:{minutes:02d}:{whole % 60:02d}"
    return f"{minutes}:{whole % 60:02d}"
