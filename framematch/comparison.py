"""Two files side by side: how far apart their codes are, where they agree, what differs.

B is taken as what A may be a copy of, or an earlier state: see `Comparison.release`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.case_records import Release
from framematch.config import THUMBNAIL_SIZE, MediaLimits, SamplingSettings
from framematch.errors import UnreadableMediaError
from framematch.hashing import SPECS, Codes, crop, encode, reference_boxes, structure
from framematch.hashing.information import MINIMUM
from framematch.hashing.panels import Box
from framematch.hashing.preprocess import shrink
from framematch.hashing.views import View, cut
from framematch.matching.align import Alignment
from framematch.matching.confidence import probability, shipped_model
from framematch.matching.difference import Matched
from framematch.matching.film import hold_against_film
from framematch.matching.laying import refined, seen_at
from framematch.matching.leads import Lead
from framematch.matching.query import Picture, ViewCodes, code_views
from framematch.matching.release import hold
from framematch.matching.stage import judge
from framematch.matching.verify import align_leads, evidence_of
from framematch.media import decode_thumbnail, encode_thumbnail, open_media, sha256_of
from framematch.records import JSON_SCHEMA, Frame, Stage
from framematch.released import release_of

# Pairs of a view of A and a part of B that are aligned, the nearest by their codes.
_TRIED_VIEWS = 24
_MOST_FRAMES = 240
# From this probability on both show the same picture.
_SAME = 0.5
# Seconds around a frame of a video in which the one that fits best is looked for, and further.
_AROUND_S = (0.55, 2.5)
# Pixels of the aligned difference that stand out, in levels of 256.
_STANDS_OUT = 40


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two files.

    Attributes
    ----------
    file : str
        The path as it was given.
    sha256 : str
        Digest of its bytes.
    media : str
        What sort of file it is.
    timestamp_s : float
        Time of the frame that was compared; of two videos the pair that is most alike.
    stage : Stage
        Its production stage, judged from the file alone.
    """

    file: str
    sha256: str
    media: str
    timestamp_s: float
    stage: Stage

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``a`` or ``b``."""
        return {
            "file": self.file,
            "sha256": self.sha256,
            "media": self.media,
            "timestamp_s": round(self.timestamp_s, 3),
            "stage": self.stage.to_dict(),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What `compare` found.

    Attributes
    ----------
    a, b : Side
        The files.
    distance : mapping of str to int
        Differing bits of the whole pictures' codes, by code.
    same_picture : float
        Probability that both show the same picture, 0 to 1.
    agreement, sharpness : float
        Of the best alignment of A on B: see `framematch.matching.align.Alignment`.
    colour : float
        Correlation of the colour planes where they lie on each other, 0 to 1.
    mirrored : bool
        Whether A is mirrored left to right.
    box : tuple of 4 floats
        Part of A that lies on B, as shares of A.
    differs : tuple of str
        What differs, in words.
    differing_share : float
        Share of the aligned pictures that differs visibly, 0 to 1.
    picture : uint8 (H, W, 3)
        A as aligned, B, and their difference, side by side.
    release : Release
        How A stands to B, as if B were the released frame.
    pair : tuple of uint8 (H, W, 3)
        A as it lies on B, and B, as large as both have something to show.
    """

    a: Side
    b: Side
    distance: dict[str, int]
    same_picture: float
    agreement: float
    sharpness: float
    colour: float
    mirrored: bool
    box: Box
    differs: tuple[str, ...]
    differing_share: float
    picture: npt.NDArray[np.uint8]
    release: Release
    pair: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]

    @property
    def apart(self) -> npt.NDArray[np.uint8]:
        """The difference of the pair, uint8 (H, W, 3): black where both are equal."""
        one, other = self.pair
        return np.asarray(np.abs(one.astype(np.int16) - other), dtype=np.uint8)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of `compare --json`."""
        return {
            "schema": JSON_SCHEMA,
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "distance": dict(self.distance),
            "same_picture": round(self.same_picture, 4),
            "agreement": round(self.agreement, 4),
            "sharpness": round(self.sharpness, 2),
            "colour": round(self.colour, 4),
            "mirrored": self.mirrored,
            "box": [round(share, 4) for share in self.box],
            "differs": list(self.differs),
            "differing_share": round(self.differing_share, 4),
            "release": self.release.to_dict(),
        }


def compare(a: Path | str, b: Path | str, limits: MediaLimits | None = None) -> Comparison:
    """Lay one file over another and say what differs; needs no index.

    Parameters
    ----------
    a, b : Path or str
        Images or videos. Of videos the pair of sampled frames that is most alike is compared, out
        of the first 240 (two minutes).
    limits : MediaLimits, optional
        What a single file may cost.

    Raises
    ------
    InputError
        One of the files cannot be read.
    """
    one, other = _read(Path(a), limits), _read(Path(b), limits)
    first, second = _most_alike(one.codes, other.codes)
    frame_a, frame_b = one.frames[first], other.frames[second]
    picture = Picture.of(frame_a.pixels)
    parts = _parts(frame_b) if other.media == "image" else [frame_b]
    lead, alignment, known = _best_alignment(picture, parts)
    same_picture = probability(shipped_model().log_odds(evidence_of(lead, alignment)))
    seen = _as_seen(frame_a.pixels, alignment.view)
    difference = np.abs(seen.astype(np.int16) - known).astype(np.uint8)
    stage_a, stage_b = judge(frame_a.pixels), judge(frame_b.pixels)
    share = float((difference.max(axis=2) > _STANDS_OUT).mean())
    matched, part = Matched(alignment.view, known), parts[lead.row]
    release, view, frame = _held(one, other, frame_a, part, matched, same_picture)
    return Comparison(
        a=Side(str(a), one.sha256, one.media, frame_a.timestamp_s, stage_a),
        b=Side(str(b), other.sha256, other.media, frame_b.timestamp_s, stage_b),
        distance={
            "appearance": _bits(one.codes.appearance[first], other.codes.appearance[second]),
            "structure": _bits(one.codes.structure[first], other.codes.structure[second]),
        },
        same_picture=same_picture,
        agreement=alignment.agreement,
        sharpness=alignment.sharpness,
        colour=_colour_agreement(seen, known),
        mirrored=alignment.view.mirrored,
        box=alignment.view.box_on_picture(),
        differs=tuple(_in_words(seen, known, stage_a, stage_b, alignment)),
        differing_share=share,
        picture=np.concatenate([seen, known, difference], axis=1),
        release=release,
        pair=_pair(frame_a.pixels, view, frame),
    )


def _held(
    one: "_Read", other: "_Read", frame: Frame, part: Frame, matched: Matched, same_picture: float
) -> tuple[Release, View, npt.NDArray[np.uint8]]:
    """Return how A's frame stands to B, how it lies on B's, and B's frame that it was held against.

    Of a video it is the frame that fits best around the one that was compared.
    """
    time_s, pixels = part.timestamp_s, frame.pixels
    if one.sha256 == other.sha256:
        release = Release("same-file", "sha256", time_s, None, None, (), ())
        return release, refined(pixels, matched.view, part.pixels), part.pixels
    if same_picture < _SAME:
        said = ("both show different pictures, as far as can be told",)
        release = Release("undetermined", "reference-file", time_s, None, None, said, ())
        return release, matched.view, part.pixels
    found = None
    if other.media != "image":
        near, further = ((time_s - by, time_s + by) for by in _AROUND_S)
        found = hold_against_film(other.path, pixels, matched, near, further)
    if found is None:
        found = time_s, hold(pixels, matched.view, part.pixels, exact=True)
    time_s, held = found
    stage = judge(pixels, matched)
    release = release_of(held, stage, pixels, matched, "reference-file", time_s)
    return release, held.pair.view, np.asarray(held.pair.frame, dtype=np.uint8)


def _pair(
    pixels: npt.NDArray[np.uint8], view: View, frame: npt.NDArray[np.uint8]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    rows, columns = frame.shape[:2]
    return seen_at(pixels, view, rows, columns), frame


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    path: Path
    sha256: str
    media: str
    frames: list[Frame]
    codes: Codes


def _read(path: Path, limits: MediaLimits | None) -> _Read:
    with open_media(path, limits) as media:
        still = media.info.kind == "image"
        frames: list[Frame] = []
        codes: list[Codes] = []
        for frame in media.frames(None if still else SamplingSettings().fps):
            frames.append(frame)
            codes.append(encode(frame.pixels[np.newaxis]))
            if len(frames) == _MOST_FRAMES:
                break
        kind = media.info.kind
    if not frames:
        raise UnreadableMediaError(f"{path}: no picture could be decoded; check that it plays")
    together = Codes(
        *(np.concatenate([getattr(c, name) for c in codes]) for name in Codes.__slots__)
    )
    return _Read(path, sha256_of(path), kind, frames, together)


def _bits(one: npt.NDArray[np.uint8], other: npt.NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(one ^ other).sum())


def _most_alike(one: Codes, other: Codes) -> tuple[int, int]:
    """Return the pair of frames whose codes are nearest, telling pictures before flat ones."""
    lines = np.bitwise_count(one.structure[:, None] ^ other.structure[None]).sum(axis=2)
    tones = np.bitwise_count(one.appearance[:, None] ^ other.appearance[None]).sum(axis=2)
    apart = lines / SPECS["structure"].bits + tones / SPECS["appearance"].bits
    # Black equals black: pictures that show something go first, however far apart they are.
    flat = np.minimum(one.information[:, None], other.information[None]) < MINIMUM
    first, second = np.unravel_index(int((apart + 2.0 * flat).argmin()), apart.shape)
    return int(first), int(second)


def _parts(frame: Frame) -> list[Frame]:
    """Return a still and the parts of it that an index would code, if it is a sheet."""
    return [
        Frame(crop(frame.pixels, box), frame.timestamp_s, frame.duration_s)
        for box in reference_boxes(frame.pixels)
    ]


def _best_alignment(
    picture: Picture, frames: list[Frame]
) -> tuple[Lead, Alignment, npt.NDArray[np.uint8]]:
    """Return the best alignment of a picture on any of some frames, and that frame's thumbnail."""
    codes = code_views(picture, "still")
    thumbnails = [decode_thumbnail(encode_thumbnail(frame.pixels)) for frame in frames]
    known = [encode(frame.pixels[np.newaxis]) for frame in frames]
    leads = [
        _lead(codes, number, known[row], row)
        for row in range(len(frames))
        for number in range(len(codes.views))
    ]
    leads.sort(key=lambda lead: (-lead.closeness, lead.row))
    stack = np.stack(thumbnails)
    aligned = align_leads(picture, leads[:_TRIED_VIEWS], lambda rows: stack[rows])
    model = shipped_model()
    lead, alignment = max(aligned, key=lambda pair: model.log_odds(evidence_of(*pair)))
    return lead, alignment, thumbnails[lead.row]


def _lead(codes: ViewCodes, number: int, known: Codes, row: int) -> Lead:
    return Lead.of(
        row,
        codes.views[number],
        _bits(codes.structure[number], known.structure[0]),
        _bits(codes.appearance[number], known.appearance[0]),
        float(
            structure.likeness(
                codes.apart[number : number + 1],
                codes.known[number : number + 1],
                structure.unpack_features(known.features),
            )[0, 0]
        ),
    )


def _as_seen(pixels: npt.NDArray[np.uint8], view: View) -> npt.NDArray[np.uint8]:
    """Return what a view shows, in colour, at the size of a thumbnail: uint8 (144, 256, 3)."""
    width, height = THUMBNAIL_SIZE
    planes = [
        cut(pixels[..., channel].astype(np.float32), view, height, width) for channel in range(3)
    ]
    return np.clip(np.rint(np.stack(planes, axis=-1)), 0, 255).astype(np.uint8)


def _colour_agreement(seen: npt.NDArray[np.uint8], known: npt.NDArray[np.uint8]) -> float:
    """Return the correlation of the colours of two thumbnails, 0 to 1; 0 where one is flat."""
    one, other = (
        shrink(picture[np.newaxis], 36, 64)[0].astype(np.float64) for picture in (seen, known)
    )
    one -= one.mean(axis=(0, 1))
    other -= other.mean(axis=(0, 1))
    return max(0.0, float((one * other).sum() / (np.linalg.norm(one) * np.linalg.norm(other) + 1)))


def _in_words(
    seen: npt.NDArray[np.uint8],
    known: npt.NDArray[np.uint8],
    stage_a: Stage,
    stage_b: Stage,
    alignment: Alignment,
) -> list[str]:
    """Return what differs, for a person."""
    words: list[str] = []
    if stage_a.label != stage_b.label:
        words.append(f"stage: {stage_a.label} and {stage_b.label}")
    colour_a, colour_b = _colourfulness(seen), _colourfulness(known)
    if min(colour_a, colour_b) < 0.25 * max(colour_a, colour_b) and max(colour_a, colour_b) > 8:
        words.append("colour missing in " + ("A" if colour_a < colour_b else "B"))
    if alignment.view.mirrored:
        words.append("A is mirrored")
    if alignment.view.quarter_turns:
        words.append(f"A is turned by {90 * alignment.view.quarter_turns} degrees")
    x, y, width, height = alignment.view.box_on_picture()
    if width * height < 0.9:
        words.append(f"only {width * height:.0%} of A lies on B, from {x:.0%} across, {y:.0%} down")
    return words


def _colourfulness(pixels: npt.NDArray[np.uint8]) -> float:
    """Return the mean spread between the channels, in levels."""
    return float((pixels.max(axis=2).astype(np.int16) - pixels.min(axis=2)).mean())
