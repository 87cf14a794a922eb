"""One unknown file to its attribution: media, hashing, index and matching in a row.

Tells stills from clips and keeps the references' pictures at hand; what is done with either is in
`framematch.matching.stills` and `framematch.matching.clips`.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.config import MediaLimits, SamplingSettings
from framematch.errors import IndexCorruptError, InputError
from framematch.hashing.information import MINIMUM
from framematch.index import Backend, Index
from framematch.matching import stage as stages
from framematch.matching.attribution import Conclusion, conclude, nothing, owner_of
from framematch.matching.clips import ClipSearch, telling
from framematch.matching.confidence import Model, shipped_model
from framematch.matching.difference import Matched
from framematch.matching.query import Picture
from framematch.matching.stills import StillSearch
from framematch.matching.temporal import CLIP_RATES, SEQUENCE_RATES
from framematch.matching.verify import Sighting
from framematch.media import NumberedSequence, decode_thumbnail, open_media, sha256_of
from framematch.media.downscale import fit
from framematch.records import Attribution, Frame, MediaInfo, QueryKind, Stage

# Frames of a clip that are searched for, and the longest side at which they are held, in pixels:
# together they take at most 150 MB.
_MOST_CLIP_FRAMES, _CLIP_SIDE = 120, 640
# Thumbnails kept decoded: about 110 kB each.
_KEPT_THUMBNAILS = 512


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """An answer, with the pictures that show why.

    Attributes
    ----------
    attribution : Attribution
        The answer.
    frame : Frame or None
        The picture that decided: the file's own, of a clip the most telling one; ``None`` where
        nothing could be read.
    matched : Matched or None
        The reference frame that it was laid over, and how it lies on it; ``None`` where no show is
        asserted.
    row : int or None
        Row of the index that this frame is.
    """

    attribution: Attribution
    frame: Frame | None
    matched: Matched | None
    row: int | None


class Matcher:
    """Attributes unknown files to the shows of an index.

    Threads may share a matcher: each gets the answers that it would get alone. Processes open their
    own; a matcher does not survive a fork or a pickle.

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
        self._keeping = threading.Lock()

    @classmethod
    def open(
        cls,
        path: Path | str,
        *,
        calibration: Path | str | None = None,
        model: Model | None = None,
        search_structure: Backend | None = None,
    ) -> "Matcher":
        """Return a matcher for the index in the folder `path`.

        Parameters
        ----------
        path : Path or str
            Folder of the index.
        calibration : Path or str, optional
            A file that ``framematch calibrate`` has written, to be used for the confidence.
        model : Model, optional
            What such a file holds, where it is read already.
        search_structure : {"linear", "flat", "sieve"}, optional
            How the index is searched; by default what suits its size.

        Raises
        ------
        IndexStoreError
            There is no index, or it cannot be read.
        ConfigError
            `calibration` is no calibration file of this release.
        """
        if calibration is not None:
            model = Model.load(Path(calibration))
        index = Index.open(Path(path), min_information=MINIMUM, backend=search_structure)
        return cls(index, model=model)

    def attribute(self, path: Path | str) -> Attribution:
        """Return the answer for one file; one that cannot be read has the verdict ``unreadable``.

        Parameters
        ----------
        path : Path or str
            An image, an animated image or a video.
        """
        return self.examine(path).attribution

    def examine(self, path: Path | str) -> Examined:
        """Return the answer for one file, as `attribute` gives it, with its pictures."""
        file = Path(path)
        digest: str | None = None
        info: MediaInfo | None = None
        try:
            # A pipe or device would never end; opening refuses those, and says so.
            digest = sha256_of(file) if file.is_file() else None
            with open_media(file, self._limits) as media:
                info = media.info
                frames = _held(media.frames(self._rate(info)))
                warning = media.warning
        except (InputError, OSError) as error:
            kind = None if info is None else info.kind
            return self._answer(path, digest, kind, _UNREADABLE, str(error))
        seen = self._still(frames[0]) if len(frames) == 1 else self._clip(frames, CLIP_RATES)
        return self._answer(path, digest, info.kind, seen, warning)

    def examine_picture(self, frame: Frame, name: str, digest: str | None) -> Examined:
        """Return the answer for a picture that is in memory: a layer, a page.

        Parameters
        ----------
        frame : Frame
            The picture.
        name : str
            What the attribution calls it.
        digest : str or None
            The digest that the attribution names.
        """
        return self._answer(name, digest, "image", self._still(frame), None)

    def attribute_sequence(self, sequence: NumberedSequence) -> Attribution:
        """Return one answer for the numbered pictures of one shot, as for a clip.

        Pictures that cannot be read are left out and counted in `error`; where none can be read,
        the verdict is ``unreadable``.

        Parameters
        ----------
        sequence : NumberedSequence
            As `framematch.media.group_sequences` finds them; times in the answer are counted from
            its first file, at 24 numbers per second.
        """
        return self.examine_sequence(sequence).attribution

    def examine_sequence(self, sequence: NumberedSequence) -> Examined:
        """Return the answer for a sequence, as `attribute_sequence` gives it, with its pictures."""
        frames: list[Frame] = []
        failures: list[str] = []
        positions = sequence.sample(_MOST_CLIP_FRAMES)
        for position in positions:
            try:
                with open_media(sequence.paths[position], self._limits) as media:
                    pixels = next(iter(media.frames())).pixels
            except (InputError, OSError) as error:
                failures.append(str(error))
            else:
                frames.append(_smaller(Frame(pixels, sequence.timestamp_s(position), 0.0)))
        warning = None
        if failures:
            warning = f"{len(failures)} of {len(positions)} pictures cannot be read; {failures[0]}"
        digest = _digest_of(sequence)
        if not frames:
            return self._answer(sequence.name, digest, "sequence", _UNREADABLE, warning)
        seen = self._clip(frames, SEQUENCE_RATES)
        return self._answer(sequence.name, digest, "sequence", seen, warning)

    def _clip(self, frames: Sequence[Frame], rates: Sequence[float]) -> "_Seen":
        conclusion, frame, sightings = self._clips.attribute(frames, rates)
        if frame is None:
            return _Seen(conclusion, Stage("unknown", 0.0), frames[0])
        return self._beside_its_frame(frame, conclusion, sightings)

    def attribute_still(self, frame: Frame) -> tuple[Conclusion, Stage | None]:
        """Return the answer for one picture, and its stage."""
        seen = self._still(frame)
        return seen.conclusion, seen.stage

    def _still(self, frame: Frame) -> "_Seen":
        if not telling(frame):
            return _Seen(nothing("inconclusive"), Stage("unknown", 0.0), frame)
        sightings, n_views = self._stills.sight(Picture.of(frame.pixels))
        conclusion = conclude(self.index, sightings, (), n_views)
        return self._beside_its_frame(frame, conclusion, sightings)

    def _beside_its_frame(
        self, frame: Frame, conclusion: Conclusion, sightings: Sequence[Sighting]
    ) -> "_Seen":
        """Return a picture with the frame of the named show that it was matched to, if any."""
        references = self.index.references()
        own = [
            sighting
            for sighting in sightings
            if conclusion.show is not None
            and owner_of(self.index, references, sighting).show == conclusion.show
        ]
        if not own:
            return _Seen(conclusion, _stage(frame, conclusion), frame)
        # A model sheet is no frame: what a drawing lacks beside it tells nothing.
        of_frames = [
            sighting
            for sighting in own
            if owner_of(self.index, references, sighting).kind != "model-sheet"
        ]
        best = (of_frames or own)[0]
        row = best.lead.row
        matched = Matched(best.alignment.view, self._thumbnails(np.array([row]))[0])
        if of_frames:
            return _Seen(conclusion, stages.judge(frame.pixels, matched), frame, matched, row)
        return _Seen(conclusion, _stage(frame, conclusion), frame, matched, row)

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
        wanted = rows.tolist()
        with self._keeping:
            held = {row: self._kept[row] for row in wanted if row in self._kept}
        # Decoded without the lock, so that threads do so side by side; some picture perhaps twice.
        held |= {row: self._decoded(row) for row in wanted if row not in held}
        with self._keeping:
            for row in wanted:
                self._kept[row] = held[row]
                self._kept.move_to_end(row)
            while len(self._kept) > _KEPT_THUMBNAILS:
                self._kept.popitem(last=False)
        return np.stack([held[row] for row in wanted])

    def _decoded(self, row: int) -> npt.NDArray[np.uint8]:
        try:
            return decode_thumbnail(self.index.thumbnail(row))
        except InputError as error:
            raise IndexCorruptError(
                f"{self.index.path}: the thumbnail of row {row} is damaged;"
                " run `framematch index repair`"
            ) from error

    def _answer(
        self,
        path: Path | str,
        digest: str | None,
        kind: QueryKind | None,
        seen: "_Seen",
        error: str | None,
    ) -> Examined:
        conclusion = seen.conclusion
        attribution = Attribution(
            file=str(path),
            sha256=digest,
            media=kind,
            verdict=conclusion.verdict,
            show=conclusion.show,
            confidence=conclusion.confidence,
            episodes=conclusion.episodes,
            stage=seen.stage,
            candidates=conclusion.candidates,
            matches=conclusion.matches,
            expected_false_matches=conclusion.expected_false_matches,
            index=self.index.info,
            error=error,
        )
        return Examined(attribution, seen.frame, seen.matched, seen.row)


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """What was concluded, and from which picture."""

    conclusion: Conclusion
    stage: Stage | None
    frame: Frame | None
    matched: Matched | None = None
    row: int | None = None


_UNREADABLE = _Seen(nothing("unreadable"), None, None)


def _stage(frame: Frame, conclusion: Conclusion) -> Stage:
    if conclusion.verdict != "match" or not conclusion.matches:
        return stages.judge(frame.pixels)
    best = conclusion.matches[0]
    return stages.judge(frame.pixels, mirrored=best.mirrored)


def _held(frames: Iterable[Frame]) -> list[Frame]:
    """Return all frames: a single one as it is, those of a clip at the size that clips need."""
    held: list[Frame] = []
    for frame in frames:
        if len(held) == 1:
            held[0] = _smaller(held[0])
        held.append(_smaller(frame) if held else frame)
    return held


def _smaller(frame: Frame) -> Frame:
    return replace(frame, pixels=fit(frame.pixels, _CLIP_SIDE))


def _digest_of(sequence: NumberedSequence) -> str | None:
    """Return the digest of the digests of a sequence's files; none where one cannot be read."""
    try:
        lines = [f"{sha256_of(path)}\n" for path in sequence.paths]
    except InputError:
        return None
    return hashlib.sha256("".join(lines).encode()).hexdigest()
