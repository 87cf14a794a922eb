"""Votes of a clip's frames on where in a reference it lies.

Frames of a clip that come from one place agree on reference time minus query time; chance hits do
not. (Offset histograms as in Shazam: Wang, ISMIR 2003.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from framematch.matching.leads import Lead

# Offsets within this of each other agree: both timelines are sampled every half second.
_TOLERANCE_S = 0.75
# Time between samples of a reference.
_SAMPLE_S = 0.5
# A vote counts from this share of the strength of its frame's strongest one.
_NEAR_STRONGEST = 0.6
#: Fewer frames than this agree by chance.
LEAST_FRAMES = 3


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

    def misses(self, offset_s: float) -> float:
        """Return by how many seconds the vote misses an offset; 0.0 while the picture stands."""
        expected = self.query_s + offset_s
        return max(0.0, self.start_s - expected, expected - self.end_s)


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a clip that runs along a stretch of one reference.

    Attributes
    ----------
    reference : int
        Position of the reference in the index.
    offset_s : float
        Reference time minus query time.
    votes : tuple of Vote
        The agreeing votes, one per frame, in order of time.
    weight : float
        Sum of their strengths.
    """

    reference: int
    offset_s: float
    votes: tuple[Vote, ...]
    weight: float


def find_segments(votes: Sequence[Vote], least_frames: int = LEAST_FRAMES) -> list[Segment]:
    """Return the best segment of each reference, the heaviest first, ties by reference.

    Only segments on which at least `least_frames` frames agree. Of each frame only votes near its
    strongest count: a frame that another reference shows much better does not lengthen this one's
    segment.
    """
    strongest: dict[float, float] = {}
    for vote in votes:
        strongest[vote.query_s] = max(strongest.get(vote.query_s, 0.0), vote.lead.strength)
    by_reference: dict[int, list[Vote]] = {}
    for vote in votes:
        if vote.lead.strength < _NEAR_STRONGEST * strongest[vote.query_s]:
            continue
        by_reference.setdefault(vote.reference, []).append(vote)
    segments = [
        _best_segment(reference, group) for reference, group in sorted(by_reference.items())
    ]
    kept = [segment for segment in segments if len(segment.votes) >= least_frames]
    return sorted(kept, key=lambda segment: (-segment.weight, segment.reference))


def _best_segment(reference: int, votes: Sequence[Vote]) -> Segment:
    """Return the offset on which the strongest votes agree."""
    offsets = sorted({vote.start_s - vote.query_s for vote in votes})
    best = max(
        (_agreeing(reference, votes, offset) for offset in offsets),
        key=lambda segment: (segment.weight, -segment.offset_s),
    )
    middle = _centre(best.votes)
    return max(
        (best, _agreeing(reference, votes, middle)),
        key=lambda segment: (segment.weight, segment.offset_s == middle),
    )


def _agreeing(reference: int, votes: Sequence[Vote], offset_s: float) -> Segment:
    """Return the segment of the votes that agree with an offset, the best of each frame."""
    best: dict[float, Vote] = {}
    for vote in votes:
        if vote.misses(offset_s) > _TOLERANCE_S:
            continue
        known = best.get(vote.query_s)
        if known is None or (vote.lead.strength, -vote.misses(offset_s)) > (
            known.lead.strength,
            -known.misses(offset_s),
        ):
            best[vote.query_s] = vote
    chosen = tuple(best[time] for time in sorted(best))
    return Segment(reference, offset_s, chosen, sum(vote.lead.strength for vote in chosen))


def _centre(votes: Sequence[Vote]) -> float:
    """Return the offset in the middle of what the votes allow, held pictures counting less."""
    if not votes:
        return 0.0
    total = weighted = 0.0
    for vote in votes:
        # A picture that stands long says little of when it was seen; a sampled one stands for the
        # time until the next sample, and so does the query's frame.
        held_s = max(vote.end_s - vote.start_s, _SAMPLE_S)
        weight = vote.lead.strength / held_s
        total += weight
        weighted += weight * (vote.start_s + (held_s - _SAMPLE_S) / 2 - vote.query_s)
    return weighted / total if total else votes[0].start_s - votes[0].query_s
