"""One unknown file to its attribution: media, hashing, index and matching in a row.

Owns the order of the steps and how much of each a still and a clip get. The steps are elsewhere.
"""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.config import MediaLimits, SamplingSettings
from framematch.errors import IndexCorruptError, InputError
from framematch.hashing.information import MINIMUM, information
from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.index import Index
from framematch.matching import stage as stages
from framematch.matching.attribution import Conclusion, conclude, nothing, owner_of
from framematch.matching.confidence import Model, shipped_model
from framematch.matching.leads import Lead, find_leads, pair_leads, thin
from framematch.matching.query import Picture, ViewCodes, code_given, code_views
from framematch.matching.temporal import LEAST_FRAMES, Segment, Vote, find_segments
from framematch.matching.verify import Sighting, in_order, verify, weigh
from framematch.media import decode_thumbnail, open_media, sha256_of
from framematch.records import Attribution, Frame, MediaInfo, Stage

# How many leads of a still are verified, of a drawing, and of one frame of a clip.
_STILL_LEADS, _DRAWN_LEADS, _CLIP_LEADS = 24, 48, 6
# The strongest are verified first; beyond these log odds the others are not looked at.
_FIRST_LEADS, _SURE = 8, 6.0
# A still's best sightings are looked at again with their neighbours and the other owners of the
# picture.
_CLOSER = 8
_CLOSER_FROM = -4.0
_NEIGHBOURS_S = 2.1
_MOST_OWNERS, _OWNER_DISTANCE, _OWNER_CLOSENESS, _NEAREST_OF_SCENE = 12, 90, 1.3, 3
# Frames of a clip that are searched for, and that are verified.
_MOST_CLIP_FRAMES, _VERIFIED_FRAMES, _VERIFIED_SEGMENTS = 120, 5, 3
# Frames of a clip that are looked at as stills where the clip as such gives no answer.
_CLIP_STILLS = 2
# Thumbnails kept decoded: about 110 kB each.
_KEPT_THUMBNAILS = 512


class Matcher:
    """Attributes unknown files to the shows of an index.

    Parameters
    ----------
    index : Index
        What is known. The matcher reads it; the caller closes it.
    limits : MediaLimits, optional
        What a single file may cost.
    sampling : SamplingSettings, optional
        How often a clip is looked at.
    model : Model, optional
        Turns evidence into confidence; the shipped one by default.
    """

    def __init__(
        self,
        index: Index,
        limits: MediaLimits | None = None,
        sampling: SamplingSettings | None = None,
        model: Model | None = None,
    ) -> None:
        self.index = index
        self._limits = limits or MediaLimits()
        self._sampling = sampling or SamplingSettings()
        self._model = model or shipped_model()
        self._kept: OrderedDict[int, npt.NDArray[np.uint8]] = OrderedDict()

    @classmethod
    def open(cls, path: Path | str) -> "Matcher":
        """Return a matcher for the index in the folder `path`.

        Raises
        ------
        IndexStoreError
            There is no index, or it cannot be read.
        """
        return cls(Index.open(Path(path), min_information=MINIMUM))

    def attribute(self, path: Path | str) -> Attribution:
        """Return the answer for one file; one that cannot be read has the verdict ``unreadable``.

        Parameters
        ----------
        path : Path or str
            An image, an animated image or a video.
        """
        file = Path(path)
        digest: str | None = None
        info: MediaInfo | None = None
        try:
            # A pipe or device would never end; opening refuses those, and says so.
            digest = sha256_of(file) if file.is_file() else None
            with open_media(file, self._limits) as media:
                info = media.info
                frames = list(media.frames(self._rate(info)))
                warning = media.warning
        except (InputError, OSError) as error:
            return self._answer(path, digest, info, nothing("unreadable"), None, str(error))
        if len(frames) == 1:
            conclusion, stage = self.attribute_still(frames[0])
        else:
            conclusion, stage = self._attribute_clip(frames)
        return self._answer(path, digest, info, conclusion, stage, warning)

    def attribute_still(self, frame: Frame) -> tuple[Conclusion, Stage | None]:
        """Return the answer for one picture, and its stage."""
        if int(information(frame.pixels[np.newaxis])[0]) < MINIMUM:
            return nothing("inconclusive"), Stage("unknown", 0.0)
        sightings, n_views = self.sight(Picture.of(frame.pixels))
        conclusion = conclude(self.index, sightings, (), n_views)
        return conclusion, _stage(frame, conclusion)

    def sight(self, picture: Picture, query_s: float = 0.0) -> tuple[list[Sighting], int]:
        """Return a still's verified leads, the best first, and how many codes were asked."""
        codes = code_views(picture, "still")
        n_leads = _DRAWN_LEADS if picture.drawn else _STILL_LEADS
        leads = find_leads(self.index, codes, n_leads)
        sightings = self._verify(picture, leads[:_FIRST_LEADS], query_s)
        if not sightings or sightings[0].log_odds < _SURE:
            sightings = in_order(sightings + self._verify(picture, leads[_FIRST_LEADS:], query_s))
        return self._look_closer(picture, sightings, query_s), len(codes.views)

    def _attribute_clip(self, frames: Sequence[Frame]) -> tuple[Conclusion, Stage | None]:
        """Return the answer for frames in order of time, and the stage of the most telling one."""
        seen = [frame for frame in frames if _telling(frame)]
        if not seen:
            return nothing("inconclusive"), Stage("unknown", 0.0)
        leads: dict[float, list[Lead]] = {}
        n_views = 0
        for frame in seen:
            codes = code_views(Picture.of(frame.pixels), "clip")
            n_views += len(codes.views)
            leads[frame.timestamp_s] = find_leads(self.index, codes, _CLIP_LEADS)
        votes = [vote for time in leads for vote in self._votes(time, leads[time])]
        # Of a very short clip two frames have to do.
        segments = find_segments(votes, min(LEAST_FRAMES, max(2, len(seen) // 2)))
        wanted = _worth_verifying(leads, segments)
        sightings: list[Sighting] = []
        for frame in seen:
            if wanted.get(frame.timestamp_s):
                picture = Picture.of(frame.pixels)
                found = self._verify(picture, wanted[frame.timestamp_s], frame.timestamp_s)
                sightings += self._look_closer(picture, found, frame.timestamp_s)
        conclusion = conclude(self.index, in_order(sightings), segments, n_views)
        if conclusion.verdict != "match":
            # A clip of few drawings has no offsets to agree on: look at some frames as at stills.
            for frame in seen[:: max(1, -(-len(seen) // _CLIP_STILLS))]:
                found, asked = self.sight(Picture.of(frame.pixels), frame.timestamp_s)
                sightings += found
                n_views += asked
            conclusion = conclude(self.index, in_order(sightings), segments, n_views)
        telling = self._most_telling(seen, sightings, conclusion)
        return conclusion, _stage(telling, conclusion)

    def _most_telling(
        self, frames: Sequence[Frame], sightings: Sequence[Sighting], conclusion: Conclusion
    ) -> Frame:
        """Return the frame of the best sighting of the show that was named, else of any."""
        references = self.index.references()
        own = [
            sighting
            for sighting in in_order(sightings)
            if conclusion.show in (None, owner_of(self.index, references, sighting).show)
        ]
        best_s = own[0].query_s if own else frames[0].timestamp_s
        return next(frame for frame in frames if frame.timestamp_s == best_s)

    def _rate(self, info: MediaInfo) -> Fraction | None:
        """Return how often to look at a file: less often at one too long to be looked at whole."""
        if info.kind == "image":
            return None
        length_s = Fraction(info.duration_s or 0.0).limit_denominator(1000)
        if length_s == 0:
            return self._sampling.fps
        return min(self._sampling.fps, _MOST_CLIP_FRAMES / length_s)

    def _verify(
        self, picture: Picture, leads: Sequence[Lead], query_s: float, *, fine: bool = False
    ) -> list[Sighting]:
        return verify(picture, leads, self._thumbnails, self._model, query_s, fine=fine)

    def _look_closer(
        self, picture: Picture, sightings: list[Sighting], query_s: float
    ) -> list[Sighting]:
        """Return the sightings and, around the best, those of their neighbours and other owners.

        Search keeps one row per scene. Which of its neighbours it is, and which of the episodes
        that share the shot, is decided here, by codes of the aligned view first and by aligning
        the few best.
        """
        promising = [sighting for sighting in sightings if sighting.log_odds >= _CLOSER_FROM]
        if not promising:
            return sightings
        first = promising[0]
        codes = code_given(picture.grey, (first.alignment.view,), partial=picture.drawn)
        owners = self._owners(first.lead.row)
        near = [self._scene_of(sighting.lead.row) for sighting in promising[:_CLOSER]]
        near += [self._scene_of(row) for row in owners[:_MOST_OWNERS]]
        leads = [lead for rows in near for lead in self._nearest(codes, rows)]
        # Of a picture that very many references share, the others are taken at their codes' word.
        alike = [self._nearest(codes, np.array([row]))[0] for row in owners[_MOST_OWNERS:]]
        inherited = [weigh(lead, first.alignment, self._model, query_s) for lead in alike]
        verified = self._verify(picture, leads, query_s, fine=True)
        best: dict[int, Sighting] = {}
        for sighting in sightings + verified + inherited:
            known = best.get(sighting.lead.row)
            if known is None or sighting.log_odds > known.log_odds:
                best[sighting.lead.row] = sighting
        return in_order(best.values())

    def _nearest(self, codes: ViewCodes, rows: npt.NDArray[np.int64]) -> list[Lead]:
        """Return the rows whose codes are nearest to those of one view."""
        queries = np.repeat(np.arange(len(codes.views), dtype=np.int64), len(rows))
        leads = pair_leads(self.index, codes, queries, np.tile(rows, len(codes.views)))
        return sorted(leads, key=lambda lead: (-lead.closeness, lead.row))[:_NEAREST_OF_SCENE]

    def _scene_of(self, row: int) -> npt.NDArray[np.int64]:
        """Return the rows around a row, itself included."""
        table = self.index.rows
        start_s = table.timestamp_s[row]
        end_s = start_s + table.duration_s[row]
        return np.flatnonzero(
            (table.reference == table.reference[row])
            & (table.timestamp_s <= end_s + _NEIGHBOURS_S)
            & (table.timestamp_s + table.duration_s >= start_s - _NEIGHBOURS_S)
            & (table.information >= MINIMUM)
        )

    def _owners(self, row: int) -> list[int]:
        """Return rows of other references that show the same picture as a row, one per scene."""
        own = np.array([row])
        hits = self.index.search_within(
            "structure", self.index.codes("structure", own), _OWNER_DISTANCE
        )
        whole = ViewCodes(
            (View(WHOLE, mirrored=False),),
            self.index.codes("structure", own),
            self.index.codes("appearance", own),
        )
        references = self.index.rows.reference
        others = hits.row[references[hits.row] != references[row]]
        leads = pair_leads(self.index, whole, np.zeros(len(others), dtype=np.int64), others)
        alike = [lead for lead in leads if lead.closeness >= _OWNER_CLOSENESS]
        return [lead.row for lead in thin(self.index, alike, len(alike))]

    def _votes(self, query_s: float, leads: Iterable[Lead]) -> list[Vote]:
        table = self.index.rows
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

    def _thumbnails(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        """Return the pictures of rows, uint8 (n, 144, 256, 3), the latest ones kept."""
        pictures: list[npt.NDArray[np.uint8]] = []
        for row in rows.tolist():
            picture = self._kept.pop(row, None)
            if picture is None:
                picture = self._decoded(row)
            self._kept[row] = picture
            pictures.append(picture)
        while len(self._kept) > _KEPT_THUMBNAILS:
            self._kept.popitem(last=False)
        return np.stack(pictures)

    def _decoded(self, row: int) -> npt.NDArray[np.uint8]:
        try:
            return decode_thumbnail(self.index.thumbnail(row))
        except InputError as error:
            raise IndexCorruptError(
                f"{self.index.path}: the thumbnail of row {row} is damaged;"
                " run framematch index verify, then add the file again"
            ) from error

    def _answer(
        self,
        path: Path | str,
        digest: str | None,
        info: MediaInfo | None,
        conclusion: Conclusion,
        stage: Stage | None,
        error: str | None,
    ) -> Attribution:
        return Attribution(
            file=str(path),
            sha256=digest,
            media=None if info is None else info.kind,
            verdict=conclusion.verdict,
            show=conclusion.show,
            confidence=conclusion.confidence,
            episodes=conclusion.episodes,
            stage=stage,
            candidates=conclusion.candidates,
            matches=conclusion.matches,
            expected_false_matches=conclusion.expected_false_matches,
            index=self.index.info,
            error=error,
        )


def _telling(frame: Frame) -> bool:
    return int(information(frame.pixels[np.newaxis])[0]) >= MINIMUM


def _worth_verifying(
    leads: dict[float, list[Lead]], segments: Sequence[Segment]
) -> dict[float, list[Lead]]:
    """Return the leads of a clip to verify: along the best segments, and each best frame's own."""
    wanted: dict[float, list[Lead]] = {}
    for segment in segments[:_VERIFIED_SEGMENTS]:
        step = max(1, len(segment.votes) // _VERIFIED_FRAMES)
        for vote in segment.votes[::step][:_VERIFIED_FRAMES]:
            wanted.setdefault(vote.query_s, []).append(vote.lead)
    strongest = sorted(leads, key=lambda time: -max((x.strength for x in leads[time]), default=0.0))
    for time in strongest[:_VERIFIED_FRAMES]:
        known = wanted.setdefault(time, [])
        known += [lead for lead in leads[time] if lead not in known]
    return wanted


def _stage(frame: Frame, conclusion: Conclusion) -> Stage:
    if conclusion.verdict != "match" or not conclusion.matches:
        return stages.judge(frame.pixels)
    best = conclusion.matches[0]
    return stages.judge(frame.pixels, mirrored=best.mirrored)
