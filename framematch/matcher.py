"""One unknown file to its attribution: media, hashing, index and matching in a row.

Tells stills from clips and keeps the references' pictures at hand; what is done with either is in
`framematch.matching.stills` and `framematch.matching.clips`.
"""

from collections import OrderedDict
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.config import MediaLimits, SamplingSettings
from framematch.errors import IndexCorruptError, InputError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.matching import stage as stages
from framematch.matching.attribution import Conclusion, conclude, nothing
from framematch.matching.clips import ClipSearch, telling
from framematch.matching.confidence import Model, shipped_model
from framematch.matching.query import Picture
from framematch.matching.stills import StillSearch
from framematch.matching.verify import Sighting
from framematch.media import decode_thumbnail, open_media, sha256_of
from framematch.records import Attribution, Frame, MediaInfo, Stage

# Frames of a clip that are searched for.
_MOST_CLIP_FRAMES = 120
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
        self._stills = StillSearch(index, self._thumbnails, model or shipped_model())
        self._clips = ClipSearch(self._stills)
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
            conclusion, frame = self._clips.attribute(frames)
            stage = Stage("unknown", 0.0) if frame is None else _stage(frame, conclusion)
        return self._answer(path, digest, info, conclusion, stage, warning)

    def attribute_still(self, frame: Frame) -> tuple[Conclusion, Stage | None]:
        """Return the answer for one picture, and its stage."""
        if not telling(frame):
            return nothing("inconclusive"), Stage("unknown", 0.0)
        sightings, n_views = self._stills.sight(Picture.of(frame.pixels))
        conclusion = conclude(self.index, sightings, (), n_views)
        return conclusion, _stage(frame, conclusion)

    def sight(self, picture: Picture, *, thorough: bool = False) -> tuple[list[Sighting], int]:
        """Return what `StillSearch.sight` finds: sightings, the best first, and codes asked."""
        return self._stills.sight(picture, thorough=thorough)

    def _rate(self, info: MediaInfo) -> Fraction | None:
        """Return how often to look at a file: less often at one too long to be looked at whole."""
        if info.kind == "image":
            return None
        length_s = Fraction(info.duration_s or 0.0).limit_denominator(1000)
        if length_s == 0:
            return self._sampling.fps
        return min(self._sampling.fps, _MOST_CLIP_FRAMES / length_s)

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


def _stage(frame: Frame, conclusion: Conclusion) -> Stage:
    if conclusion.verdict != "match" or not conclusion.matches:
        return stages.judge(frame.pixels)
    best = conclusion.matches[0]
    return stages.judge(frame.pixels, mirrored=best.mirrored)
