"""One picture looked up in an index: its leads verified, the best of them looked at more closely.

Owns how much of the work a picture gets. What is a lead, how it is verified and what follows from
it are elsewhere.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matching.align import Alignment
from framematch.matching.chance import level_of
from framematch.matching.confidence import Level, Model
from framematch.matching.leads import Lead, bits_apart, find_leads, pair_leads, thin, unusual
from framematch.matching.query import Picture, ViewCodes, code_given, code_views
from framematch.matching.verify import Sighting, Thumbnails, align_leads, in_order, weigh

# How many leads of a picture are verified, and of a drawing.
_LEADS, _DRAWN_LEADS = 24, 32
# The strongest are verified first; beyond these log odds the others are not looked at.
_FIRST_LEADS, _SURE = 8, 6.0
# The best sightings are looked at again with their neighbours and the other owners of the picture.
_CLOSER = 8
_CLOSER_FROM, _CLOSER_WITHIN = -4.0, 7.0
_NEIGHBOURS_S = 2.1
_MOST_OWNERS, _OWNER_DISTANCE, _OWNER_CLOSENESS, _NEAREST_OF_SCENE = 12, 170, 0.95, 3
# Owners beyond those that are verified have to be so close.
_SURE_CLOSENESS = 1.15


class StillSearch:
    """Looks pictures up in an index.

    Parameters
    ----------
    index : Index
        What is known.
    thumbnails : callable
        Source of the references' pictures.
    model : Model
        Turns evidence into confidence.
    """

    def __init__(self, index: Index, thumbnails: Thumbnails, model: Model) -> None:
        self.index = index
        self._thumbnails = thumbnails
        self._model = model.for_rows(index.info.frames)

    def sight(
        self, picture: Picture, query_s: float = 0.0, *, thorough: bool = False
    ) -> tuple[list[Sighting], int]:
        """Return a picture's verified leads, the best first, and how many codes were asked.

        Parameters
        ----------
        picture : Picture
            The query.
        query_s : float
            Its time in a clip, in seconds.
        thorough : bool
            Whether to verify every lead even where the first ones leave no doubt.
        """
        codes = code_views(picture, "still")
        leads = find_leads(self.index, codes, _DRAWN_LEADS if picture.drawn else _LEADS)
        first = len(leads) if thorough else _FIRST_LEADS
        aligned = self._aligned(picture, leads[:first])
        level, sightings = self._weighed(aligned, query_s)
        if not sightings or sightings[0].log_odds < _SURE:
            aligned += self._aligned(picture, leads[first:])
            level, sightings = self._weighed(aligned, query_s)
        return self.look_closer(picture, sightings, level, query_s), len(codes.views)

    def verify(self, asked: Sequence[tuple[Picture, Sequence[Lead], float]]) -> list[Sighting]:
        """Return leads of some frames of a clip verified and looked at more closely.

        Each frame has few leads, so what chance gives is judged by the strangers of all of them.

        Parameters
        ----------
        asked : sequence of (Picture, sequence of Lead, float)
            Each frame, what to verify of it, and its time in the clip, in seconds.

        Returns
        -------
        list of Sighting
            By frame, of each the most probable first.
        """
        aligned = [self._aligned(picture, leads) for picture, leads, _ in asked]
        level = self._level(aligned)
        sightings: list[Sighting] = []
        for (picture, _, query_s), found in zip(asked, aligned, strict=True):
            weighed = in_order(self._weigh(found, level, query_s))
            sightings += self.look_closer(picture, weighed, level, query_s)
        return sightings

    def _aligned(
        self, picture: Picture, leads: Sequence[Lead], *, fine: bool = False
    ) -> list[tuple[Lead, Alignment]]:
        return align_leads(picture, leads, self._thumbnails, fine=fine)

    def _weighed(
        self, aligned: Sequence[tuple[Lead, Alignment]], query_s: float
    ) -> tuple[Level, list[Sighting]]:
        """Return what chance gives the query, and its sightings, the most probable first."""
        level = self._level([aligned])
        return level, in_order(self._weigh(aligned, level, query_s))

    def _level(self, frames: Sequence[Sequence[tuple[Lead, Alignment]]]) -> Level:
        return level_of(self.index, [[(lead.row, found) for lead, found in one] for one in frames])

    def _weigh(
        self, aligned: Sequence[tuple[Lead, Alignment]], level: Level, query_s: float
    ) -> list[Sighting]:
        return [weigh(*pair, level, self._model, query_s) for pair in aligned]

    def look_closer(
        self, picture: Picture, sightings: list[Sighting], level: Level, query_s: float
    ) -> list[Sighting]:
        """Return the sightings and, around the best, those of their neighbours and other owners.

        Search keeps one row per scene. Which of its neighbours it is, and which of the episodes
        that share the shot, is decided here, by codes of the aligned view first and by aligning
        the few best.
        """
        least = max(_CLOSER_FROM, sightings[0].log_odds - _CLOSER_WITHIN) if sightings else 0.0
        promising = [sighting for sighting in sightings if sighting.log_odds >= least]
        if not promising:
            return sightings
        first = promising[0]
        codes = code_given(picture, (first.alignment.view,))
        owners = self._owners(first.lead.row)
        near = [self._scene_of(sighting.lead.row) for sighting in promising[:_CLOSER]]
        near += [self._scene_of(row) for row in owners[:_MOST_OWNERS]]
        leads = [lead for rows in near for lead in self._nearest(codes, rows)]
        # Of a picture that very many references share, the others are taken at their codes' word.
        alike = [self._nearest(codes, np.array([row]))[0] for row in owners[_MOST_OWNERS:]]
        alike = [lead for lead in alike if lead.closeness >= _SURE_CLOSENESS]
        aligned = self._aligned(picture, leads, fine=True)
        aligned += [(lead, first.alignment) for lead in alike]
        best: dict[int, Sighting] = {}
        for sighting in sightings + self._weigh(aligned, level, query_s):
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
        reference = table.reference[row]
        # Rows of a reference lie together: of a million, only these are looked at.
        first, stop = np.searchsorted(table.reference, [reference, reference + 1])
        start_s, lasts_s = table.timestamp_s[first:stop], table.duration_s[first:stop]
        begin_s = table.timestamp_s[row] - _NEIGHBOURS_S
        end_s = table.timestamp_s[row] + table.duration_s[row] + _NEIGHBOURS_S
        near = (start_s <= end_s) & (start_s + lasts_s >= begin_s)
        near &= table.information[first:stop] >= MINIMUM
        return np.asarray(np.flatnonzero(near) + first, dtype=np.int64)

    def _owners(self, row: int) -> list[int]:
        """Return rows of other references that show the same picture as a row, one per scene."""
        own = np.array([row])
        hits = self.index.search_within(
            "structure", self.index.codes("structure", own), _OWNER_DISTANCE, exact=False
        )
        references = self.index.rows.reference
        elsewhere = references[hits.row] != references[row]
        others, lines = hits.row[elsewhere], hits.distance[elsewhere]
        codes = self.index.codes("appearance", np.append(others, own))
        tones = bits_apart(codes[:-1], codes[-1:])
        alike = [
            other
            for other, line, tone in zip(
                *map(np.ndarray.tolist, (others, lines, tones)), strict=True
            )
            if unusual("structure", line) + unusual("appearance", tone) >= _OWNER_CLOSENESS
        ]
        owners: list[int] = thin(self.index, np.array(alike, dtype=np.int64), len(alike)).tolist()
        return owners
