"""A media file to the rows that the index keeps of it.

Owns sampling, the collapse of held drawings and the further rows of model sheets. Must not import
the index.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.config import DecoderSettings, SamplingSettings
from framematch.errors import UnreadableMediaError
from framematch.hashing import Codes, crop, encode, encode_luma, reference_boxes
from framematch.hashing.information import MINIMUM
from framematch.ingest.changes import Changes
from framematch.media import Look, encode_thumbnail, open_media, thumbnail_of
from framematch.records import Frame, FrameBatch, MediaInfo

#: Looks coded at a time: enough to read the projections seldom, few to stay in the caches.
_CODED_AT_ONCE = 8

#: A drawing counts as held while both codes stay this close to the first frame of the run, in bits.
#: Video coding alone moves the codes of a still scene by up to 8 and 26 bits (drawn scenes, with
#: and without grain, H.264 and MPEG-4 from 150 kbit/s on); a search sees no difference in twice
#: that.
_HELD_APPEARANCE = 10
_HELD_STRUCTURE = 50

_WHOLE = (0.0, 0.0, 1.0, 1.0)

Box = tuple[float, float, float, float]
Shown = Frame | Look
ShareDone = Callable[[float], None]


@dataclass(frozen=True, slots=True, eq=False)
class CodedFile:
    """What the index keeps of one file.

    Attributes
    ----------
    info : MediaInfo
        The file.
    batch : FrameBatch
        Its rows.
    warning : str or None
        Where decoding stopped early, and why.
    """

    info: MediaInfo
    batch: FrameBatch
    warning: str | None


@dataclass(slots=True)
class _Rows:
    """Rows being collected, a list per column."""

    start_s: list[float] = field(default_factory=list)
    end_s: list[float] = field(default_factory=list)
    appearance: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    quality: list[int] = field(default_factory=list)
    structure: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    features: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    information: list[int] = field(default_factory=list)
    box: list[Box] = field(default_factory=list)
    thumbnails: list[bytes] = field(default_factory=list)

    def add(self, codes: Codes, position: int, shown: Shown, box: Box = _WHOLE) -> None:
        """Add the picture `position` of `codes`, or lengthen the last row where it is held."""
        appearance, structure = codes.appearance[position], codes.structure[position]
        if box == _WHOLE and self._holds(appearance, structure):
            self.lengthen(shown)
            return
        self.start_s.append(shown.timestamp_s)
        self.end_s.append(shown.timestamp_s + shown.duration_s)
        self.appearance.append(appearance)
        self.quality.append(int(codes.quality[position]))
        self.structure.append(structure)
        self.features.append(codes.features[position])
        self.information.append(int(codes.information[position]))
        self.box.append(box)
        thumbnail = (
            thumbnail_of(shown) if isinstance(shown, Look) else encode_thumbnail(shown.pixels)
        )
        self.thumbnails.append(thumbnail)

    def lengthen(self, shown: Shown) -> None:
        """Let the last row stand for a picture too."""
        self.end_s[-1] = shown.timestamp_s + shown.duration_s

    def _holds(self, appearance: npt.NDArray[np.uint8], structure: npt.NDArray[np.uint8]) -> bool:
        """Say whether the last row stands for a picture too."""
        return (
            bool(self.box)
            and _distance(self.appearance[-1], appearance) <= _HELD_APPEARANCE
            and _distance(self.structure[-1], structure) <= _HELD_STRUCTURE
        )

    def batch(self) -> FrameBatch:
        """Return the rows as arrays."""
        start_s = np.array(self.start_s, dtype=np.float64)
        return FrameBatch(
            timestamp_s=start_s,
            duration_s=np.array(self.end_s, dtype=np.float64) - start_s,
            appearance=np.array(self.appearance, dtype=np.uint8),
            quality=np.array(self.quality, dtype=np.uint8),
            structure=np.array(self.structure, dtype=np.uint8),
            features=np.array(self.features, dtype=np.uint8),
            information=np.array(self.information, dtype=np.uint8),
            box=np.array(self.box, dtype=np.float32),
            thumbnails=tuple(self.thumbnails),
        )


def code_file(path: Path, sampling: SamplingSettings, on_share: ShareDone) -> CodedFile:
    """Decode, sample and code one file.

    Parameters
    ----------
    path : Path
        The file.
    sampling : SamplingSettings
        How closely a video is looked at. Animated images are looked at as often.
    on_share : callable
        Told the share of the file that is done, 0 to 1.

    Raises
    ------
    InputError
        The file cannot be read, or not one picture of it.
    """
    rows = _Rows()
    decoder = DecoderSettings(spare=True, skip_loop_filter=sampling.skip_loop_filter)
    with open_media(path, decoder=decoder) as media:
        info = media.info
        if info.kind == "image":
            for frame in media.frames():
                rows.add(encode(frame.pixels[np.newaxis]), 0, frame)
                _add_boxes(rows, frame)
        else:
            looks = media.looks(sampling.fps, sampling.burst, sampling.lively)
            for reached_s in _add_looks(rows, looks, float(1 / sampling.fps)):
                if info.duration_s:
                    on_share(min(1.0, reached_s / info.duration_s))
        warning = media.warning
    if not rows.box:
        raise UnreadableMediaError(
            f"{path}: no picture could be decoded; check that the file plays"
            + (f" ({warning})" if warning else "")
        )
    on_share(1.0)
    return CodedFile(info=info, batch=rows.batch(), warning=warning)


def _add_looks(rows: _Rows, looks: Iterable[Look], period_s: float) -> Iterator[float]:
    """Add rows for the looks at a video; yield the seconds reached, batch by batch.

    Rows stand `period_s` apart, nearer where things move fast.
    """
    changes = Changes(period_s)
    # Each with the last of those after it that it stands for.
    batch: list[tuple[Look, Look]] = []
    for look in looks:
        if batch and look.size != batch[0][0].size:
            yield _add_batch(rows, batch)
            batch = []
        if changes.is_new(look):
            if len(batch) == _CODED_AT_ONCE:
                yield _add_batch(rows, batch)
                batch = []
            batch.append((look, look))
        elif batch:
            batch[-1] = (batch[-1][0], look)
        else:
            rows.lengthen(look)
    if batch:
        yield _add_batch(rows, batch)


def _add_batch(rows: _Rows, batch: Sequence[tuple[Look, Look]]) -> float:
    codes = encode_luma(np.stack([look.luma for look, _ in batch]), batch[0][0].size)
    for position, (look, last) in enumerate(batch):
        rows.add(codes, position, look)
        rows.lengthen(last)
    return batch[-1][1].timestamp_s


def _add_boxes(rows: _Rows, frame: Frame) -> None:
    """Add a row for every single drawing on a still that holds several."""
    for box in reference_boxes(frame.pixels):
        if box == _WHOLE:
            continue
        part = Frame(crop(frame.pixels, box), frame.timestamp_s, frame.duration_s)
        codes = encode(part.pixels[np.newaxis])
        if codes.information[0] >= MINIMUM:  # less is never searched for
            rows.add(codes, 0, part, box)


def _distance(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(one ^ other).sum())
