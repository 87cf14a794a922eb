"""A clip looked up in an index: its frames vote on where it lies, the telling ones are verified.

Owns the order of the steps and how much of them a clip gets. Votes and segments are in
`framematch.matching.temporal`.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np

from framematch.hashing.information import MINIMUM, information
from framematch.matching.attribution import Conclusion, conclude, nothing, owner_of
from framematch.matching.leads import Lead, find_leads
from framematch.matching.query import Picture, code_views
from framematch.matching.stills import StillSearch
from framematch.matching.temporal import CLIP_RATES, LEAST_FRAMES, Segment, Vote, find_segments
from framematch.matching.verify import Sighting, in_order
from framematch.records import Frame

# How many leads of one frame may be verified.
_LEADS = 6
# Frames of a segment that are verified, and segments along which they are: many of a few, two of
# each of many.
_VERIFIED_FRAMES, _VERIFIED_SEGMENTS = 5, 10
# A vote for another segment says something new from this share of the strength of the best.
_AS_STRONG = 0.9
# Frames that are looked at as stills where the clip as such gives no answer.
_STILLS = 2


class ClipSearch:
    """Looks clips up in an index.

    Parameters
    ----------
    stills : StillSearch
        Looks at single frames.
    """

    def __init__(self, stills: StillSearch) -> None:
        self._stills = stills
        self._index = stills.index

    def attribute(
        self, frames: Sequence[Frame], rates: Sequence[float] = CLIP_RATES
    ) -> tuple[Conclusion, Frame | None, list[Sighting]]:
        """Return the answer for frames, the most telling one, and its sightings.

        There is none where next to nothing is to be seen on any. Sightings are those of the show
        that was named, the most probable first.

        Parameters
        ----------
        frames : sequence of Frame
            In order of time.
        rates : sequence of float
            Seconds of a reference per second of the clip that are tried, the most usual first.
        """
        seen = [frame for frame in frames if telling(frame)]
        if not seen:
            return nothing("inconclusive"), None, []
        leads: dict[float, list[Lead]] = {}
        n_views = 0
        for frame in seen:
            codes = code_views(Picture.of(frame.pixels), "clip")
            n_views += len(codes.views)
            leads[frame.timestamp_s] = find_leads(self._index, codes, _LEADS)
        votes = [vote for time in leads for vote in self._votes(time, leads[time])]
        # Of a very short clip two frames have to do.
        segments = find_segments(votes, min(LEAST_FRAMES, max(2, len(seen) // 2)), rates)
        wanted = _worth_verifying(leads, segments)
        sightings = self._stills.verify(
            [
                (Picture.of(frame.pixels), wanted[frame.timestamp_s], frame.timestamp_s)
                for frame in seen
                if wanted.get(frame.timestamp_s)
            ]
        )
        conclusion = conclude(self._index, in_order(sightings), segments, n_views)
        if conclusion.verdict != "match":
            # A clip of few drawings has no offsets to agree on: look at some frames as at stills.
            for frame in seen[:: max(1, -(-len(seen) // _STILLS))]:
                found, asked = self._stills.sight(Picture.of(frame.pixels), frame.timestamp_s)
                sightings += found
                n_views += asked
            conclusion = conclude(self._index, in_order(sightings), segments, n_views)
        return conclusion, *self._most_telling(seen, sightings, conclusion)

    def _most_telling(
        self, frames: Sequence[Frame], sightings: Sequence[Sighting], conclusion: Conclusion
    ) -> tuple[Frame, list[Sighting]]:
        """Return the frame of the best sighting of the show that was named, else of any.

        Beside it all sightings of that show on it, the most probable first.
        """
        references = self._index.references()
        own = [
            sighting
            for sighting in in_order(sightings)
            if conclusion.show in (None, owner_of(self._index, references, sighting).show)
        ]
        best_s = own[0].query_s if own else frames[0].timestamp_s
        frame = next(frame for frame in frames if frame.timestamp_s == best_s)
        return frame, [sighting for sighting in own if sighting.query_s == best_s]

    def _votes(self, query_s: float, leads: Iterable[Lead]) -> list[Vote]:
        table = self._index.rows
        return [
            Vote(
                query_s=query_s,
                lead=lead,
                reference=int(table.reference[lead.row]),
                start_s=float(table.timestamp_s[lead.row]),
                end_s=float(table.timestamp_s[lead.row] + table.duration_s[lead.row]),
            )
            for lead in leads
        ]


def telling(frame: Frame) -> bool:
    """Say whether there is enough to see for a search."""
    return int(information(frame.pixels[np.newaxis])[0]) >= MINIMUM


def _worth_verifying(
    leads: dict[float, list[Lead]], segments: Sequence[Segment]
) -> dict[float, list[Lead]]:
    """Return the leads of a clip to verify: along the best segments, and each best frame's own."""
    wanted: dict[float, list[Lead]] = {}
    chosen = _telling_segments(segments)
    each = max(2, _VERIFIED_FRAMES * 3 // max(3, len(chosen)))
    for segment in chosen:
        missing = each - sum(1 for vote in segment.votes if vote.query_s in wanted)
        wanted.update({vote.query_s: [] for vote in _spread(segment.votes, missing)})
    # Where several references show the same, the same frames are compared with all of them.
    for segment in chosen:
        for vote in segment.votes:
            known = wanted.get(vote.query_s)
            if known is not None and vote.lead not in known:
                known.append(vote.lead)
    strongest = sorted(leads, key=lambda time: -max((x.strength for x in leads[time]), default=0.0))
    for time in strongest[:_VERIFIED_FRAMES]:
        known = wanted.setdefault(time, [])
        known += [lead for lead in leads[time] if lead not in known]
    return wanted


def _telling_segments(segments: Sequence[Segment]) -> list[Segment]:
    """Return the heaviest segments that say something new: of other frames, or as near by."""
    chosen: list[Segment] = []
    best: dict[float, float] = {}
    for segment in segments:
        new = [
            vote
            for vote in segment.votes
            if vote.lead.strength >= _AS_STRONG * best.get(vote.query_s, 0.0)
        ]
        if 2 * len(new) < len(segment.votes):
            continue
        chosen.append(segment)
        for vote in segment.votes:
            best[vote.query_s] = max(best.get(vote.query_s, 0.0), vote.lead.strength)
        if len(chosen) == _VERIFIED_SEGMENTS:
            break
    return chosen


def _spread(votes: Sequence[Vote], n: int) -> list[Vote]:
    """Return the strongest vote of each of `n` parts of a segment."""
    n = min(max(n, 0), len(votes))
    ends = [round(part * len(votes) / max(n, 1)) for part in range(n + 1)]
    return [
        max(votes[first:end], key=lambda vote: vote.lead.strength) for first, end in pairwise(ends)
    ]
