"""Votes of a clip's frames on where in a reference it lies.

Frames of a clip that come from one place agree on a line, reference time over query time; chance
hits do not. (Offset histograms as in Shazam: Wang, ISMIR 2003; the line's slope is grown from its
offset, as a clip played 4 % faster drifts.)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from framematch.matching.leads import Lead
from framematch.matching.lines import Line, Points, best_line

# A vote counts from this share of the strength of its frame's strongest one.
_NEAR_STRONGEST = 0.6
# And from this share of the closeness of its frame's closest one, more the closer it is: a long
# shot has many moments much like one another, of which one is closest.
_NEAR_CLOSEST = 0.7
#: Fewer frames than this agree by chance.
LEAST_FRAMES = 3
# Segments of one reference: a trailer takes several shots of one episode.
_MOST_SEGMENTS = 12
# So many frames in a row that say something else end a segment, where they take this long.
_GAP_FRAMES, _GAP_S = 3, 1.4
#: Seconds of a reference per second of a clip that are tried: a clip runs as it was broadcast, or
#: backwards.
CLIP_RATES = (1.0, -1.0)
#: The same for numbered drawings timed as 24 per second, which may be on twos, threes or fours, or
#: as 30 per second.
SEQUENCE_RATES = (1.0, 2.0, 3.0, 4.0, 0.8, -1.0)


@dataclass(frozen=True, slots=True)
class Vote:
    """One lead of one frame of a clip.

    Attributes
    ----------
    query_s : float
        Time of the frame in the clip.
    lead : Lead
        What it resembles.
    reference : int
        Position of the reference in the index.
    start_s, end_s : float
        How long the reference shows that picture.
    """

    query_s: float
    lead: Lead
    reference: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clip that runs along a stretch of one reference.

    Attributes
    ----------
    reference : int
        Position of the reference in the index.
    offset_s : float
        Reference time at query time 0: of a clip at its own speed, reference time minus query time.
    votes : tuple of Vote
        The agreeing votes, one per frame, in order of time.
    weight : float
        Sum of their strengths.
    rate : float
        Seconds of the reference per second of the clip; negative where it runs backwards.
    """

    reference: int
    offset_s: float
    votes: tuple[Vote, ...]
    weight: float
    rate: float = 1.0

    @property
    def query_s(self) -> float:
        """Time of its first frame in the clip."""
        return self.votes[0].query_s

    @property
    def duration_s(self) -> float:
        """Seconds of the clip from its first frame to its last."""
        return self.votes[-1].query_s - self.votes[0].query_s

    def reference_s(self, query_s: float) -> float:
        """Return the reference time shown at a time of the clip, never before its start."""
        return max(0.0, self.rate * query_s + self.offset_s)

    def holds(self, query_s: float) -> bool:
        """Say whether a time of the clip lies between its first frame and its last."""
        return self.votes[0].query_s <= query_s <= self.votes[-1].query_s


def find_segments(
    votes: Sequence[Vote],
    least_frames: int = LEAST_FRAMES,
    rates: Sequence[float] = CLIP_RATES,
) -> list[Segment]:
    """Return the segments of every reference, the heaviest first, ties by reference and time.

    Of each frame only votes near its strongest count: a frame that another reference shows much
    better does not lengthen this one's segment. Segments of one reference share no frames.

    Parameters
    ----------
    votes : sequence of Vote
        In any order.
    least_frames : int
        Fewer frames than this are no segment.
    rates : sequence of float
        Speeds that are tried, the most usual first; each stands for 6 % around it.
    """
    strongest: dict[float, float] = {}
    closest: dict[float, float] = {}
    for vote in votes:
        strongest[vote.query_s] = max(strongest.get(vote.query_s, 0.0), vote.lead.strength)
        closest[vote.query_s] = max(closest.get(vote.query_s, 0.0), vote.lead.closeness)
    by_reference: dict[int, list[Vote]] = {}
    for vote in votes:
        if vote.lead.strength >= _NEAR_STRONGEST * strongest[vote.query_s]:
            by_reference.setdefault(vote.reference, []).append(vote)
    segments = [
        segment
        for reference, group in by_reference.items()
        for segment in _segments_of(reference, group, closest, least_frames, rates)
    ]
    return sorted(segments, key=lambda one: (-one.weight, one.reference, one.query_s))


def _segments_of(
    reference: int,
    votes: Sequence[Vote],
    closest: Mapping[float, float],
    least_frames: int,
    rates: Sequence[float],
) -> list[Segment]:
    """Return the segments of one reference: line after line through the votes that are left.

    Where lines cross or a long shot lies on several, each frame goes to the one on which it says
    most.
    """
    said = [_say(vote, closest[vote.query_s]) for vote in votes]
    order = sorted(
        (number for number, weight in enumerate(said) if weight > 0),
        key=lambda number: (votes[number].query_s, votes[number].start_s, votes[number].lead.row),
    )
    lines: list[tuple[Line, list[int]]] = []
    while len({votes[number].query_s for number in order}) >= least_frames:
        line = best_line(_points([votes[n] for n in order], [said[n] for n in order]), rates)
        members = [order[place] for place in line.members]
        lines.append((line, members))
        if len(members) < least_frames or len(lines) == _MOST_SEGMENTS:
            break
        gone = {votes[number].query_s: said[number] for number in members}
        order = [n for n in order if said[n] > gone.get(votes[n].query_s, 0.0)]
    best: dict[float, int] = {}
    for _, members in lines:
        for number in members:
            time = votes[number].query_s
            if time not in best or said[number] > said[best[time]]:
                best[time] = number
    times = sorted(closest)
    return [
        _segment(reference, run, line)
        for line, members in lines
        for run in _runs([votes[n] for n in members if best[votes[n].query_s] == n], times)
        if len(run) >= least_frames
    ]


def _points(votes: Sequence[Vote], said: Sequence[float]) -> Points:
    pairs = zip(votes, said, strict=True)
    return Points.of((vote.query_s, vote.start_s, vote.end_s, weight) for vote, weight in pairs)


def _say(vote: Vote, closest: float) -> float:
    """Return what a vote counts: its strength, less where its frame has a closer one."""
    share = vote.lead.closeness / closest if closest > 0 else 1.0
    return vote.lead.strength * max(0.0, (share - _NEAR_CLOSEST) / (1.0 - _NEAR_CLOSEST)) ** 2


def _runs(votes: Sequence[Vote], times: Sequence[float]) -> list[list[Vote]]:
    """Split the votes of a line where frames in between say something else for long."""
    place = {time: number for number, time in enumerate(times)}
    runs: list[list[Vote]] = [list(votes[:1])]
    for last, vote in pairwise(votes):
        others = place[vote.query_s] - place[last.query_s] - 1
        if others >= _GAP_FRAMES and vote.query_s - last.query_s > _GAP_S:
            runs.append([])
        runs[-1].append(vote)
    return runs


def _segment(reference: int, votes: Sequence[Vote], line: Line) -> Segment:
    weight = sum(vote.lead.strength for vote in votes)
    return Segment(reference, line.offset_s, tuple(votes), weight, line.rate)
