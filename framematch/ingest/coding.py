"""A media file to the rows that the index keeps of it.

Owns sampling, the collapse of held drawings and the further rows of model sheets. Must not import
the index.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.config import SamplingSettings
from framematch.errors import UnreadableMediaError
from framematch.hashing import Codes, crop, encode, reference_boxes
from framematch.hashing.information import MINIMUM
from framematch.media import encode_thumbnail, open_media
from framematch.records import Frame, FrameBatch, MediaInfo

#: Frames coded at a time: enough for the vector operations, under 80 MB at the working size.
_CODED_AT_ONCE = 32

#: A drawing counts as held while both codes stay this close to the first frame of the run, in bits.
#: Video coding alone moves the codes of a still picture by up to 8 and 12 bits (drawn scenes,
#: MPEG-4); samples of moving footage seldom are this close, and then a search sees no difference.
_HELD_APPEARANCE = 10
_HELD_STRUCTURE = 50

#: A sample less than one sampling period after its row becomes a row of its own only where the
#: picture has changed by more than so many bits of the structure code: fast motion, cuts, flashes.
_MOVED_STRUCTURE = 130

_WHOLE = (0.0, 0.0, 1.0, 1.0)

Box = tuple[float, float, float, float]
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
    """Rows being collected, a list per column, `period_s` apart unless things move fast."""

    period_s: float
    start_s: list[float] = field(default_factory=list)
    end_s: list[float] = field(default_factory=list)
    appearance: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    quality: list[int] = field(default_factory=list)
    structure: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    features: list[npt.NDArray[np.uint8]] = field(default_factory=list)
    information: list[int] = field(default_factory=list)
    box: list[Box] = field(default_factory=list)
    thumbnails: list[bytes] = field(default_factory=list)

    def add(self, frame: Frame, codes: Codes, position: int, box: Box) -> None:
        """Add the picture `position` of `codes`, or lengthen the last row where it is held."""
        appearance, structure = codes.appearance[position], codes.structure[position]
        end_s = frame.timestamp_s + frame.duration_s
        if box == _WHOLE and self._holds(frame.timestamp_s, appearance, structure):
            self.end_s[-1] = end_s
            return
        self.start_s.append(frame.timestamp_s)
        self.end_s.append(end_s)
        self.appearance.append(appearance)
        self.quality.append(int(codes.quality[position]))
        self.structure.append(structure)
        self.features.append(codes.features[position])
        self.information.append(int(codes.information[position]))
        self.box.append(box)
        self.thumbnails.append(encode_thumbnail(frame.pixels))

    def _holds(
        self, start_s: float, appearance: npt.NDArray[np.uint8], structure: npt.NDArray[np.uint8]
    ) -> bool:
        """Say whether the last row stands for a picture too: held, or much like it and soon."""
        if not self.box:
            return False
        moved = _distance(self.structure[-1], structure)
        if start_s < self.start_s[-1] + 0.99 * self.period_s and moved <= _MOVED_STRUCTURE:
            return True
        held = _distance(self.appearance[-1], appearance) <= _HELD_APPEARANCE
        return held and moved <= _HELD_STRUCTURE

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
        How often a video is looked at. Animated images are looked at as often.
    on_share : callable
        Told the share of the file that is done, 0 to 1.

    Raises
    ------
    InputError
        The file cannot be read, or not one picture of it.
    """
    rows = _Rows(float(1 / sampling.fps))
    with open_media(path) as media:
        info = media.info
        still = info.kind == "image"
        frames = media.frames(None if still else sampling.fps * sampling.burst)
        for batch in _batches(frames):
            codes = encode(np.stack([frame.pixels for frame in batch]))
            for position, frame in enumerate(batch):
                rows.add(frame, codes, position, _WHOLE)
                if still:
                    _add_boxes(rows, frame)
            if info.duration_s:
                on_share(min(1.0, batch[-1].timestamp_s / info.duration_s))
        warning = media.warning
    if not rows.box:
        raise UnreadableMediaError(
            f"{path}: no picture could be decoded; check that the file plays"
            + (f" ({warning})" if warning else "")
        )
    on_share(1.0)
    return CodedFile(info=info, batch=rows.batch(), warning=warning)


def _batches(frames: Iterator[Frame]) -> Iterator[list[Frame]]:
    """Yield runs of frames of one size, at most `_CODED_AT_ONCE` long."""
    batch: list[Frame] = []
    for frame in frames:
        other_size = bool(batch) and frame.pixels.shape != batch[0].pixels.shape
        if other_size or len(batch) == _CODED_AT_ONCE:
            yield batch
            batch = []
        batch.append(frame)
    if batch:
        yield batch


def _add_boxes(rows: _Rows, frame: Frame) -> None:
    """Add a row for every single drawing on a still that holds several."""
    for box in reference_boxes(frame.pixels):
        if box == _WHOLE:
            continue
        part = Frame(crop(frame.pixels, box), frame.timestamp_s, frame.duration_s)
        codes = encode(part.pixels[np.newaxis])
        if codes.information[0] >= MINIMUM:  # less is never searched for
            rows.add(part, codes, 0, box)


def _distance(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(one ^ other).sum())
