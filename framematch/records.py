"""Frozen records that the packages exchange; `to_dict` of a record is its JSON contract.

Records hold data and say how it is written down, nothing else: no I/O, no decoding, no search. The
dtype and shape of an array stand at its attribute (letters as in docs/glossary.md). JSON keys keep
the order in which they stand here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt

from framematch.errors import ConfigError

CodeName = Literal["appearance", "structure"]
MediaKind = Literal["image", "animation", "video"]
#: What an answer is about: a file, or the numbered pictures of one shot.
QueryKind = Literal["image", "animation", "video", "sequence"]
Verdict = Literal["match", "inconclusive", "no-match", "unreadable"]
ReferenceKind = Literal["episode", "film", "trailer", "opening", "still", "model-sheet", "other"]

#: Version of the JSON that `query` writes.
JSON_SCHEMA = 1

#: Of seasons and episodes; years and dates are the largest that anybody writes.
_LAST_NUMBER = 99_999

_EPISODE_ID = re.compile(r"S(\d{1,4})E(\d{1,5})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class EpisodeId:
    """Season and episode number; ordered as broadcast, written ``S03E02``."""

    season: int
    episode: int

    def __post_init__(self) -> None:
        if not (0 <= self.season <= _LAST_NUMBER and 0 <= self.episode <= _LAST_NUMBER):
            raise ConfigError(
                f"season {_short(self.season)} episode {_short(self.episode)}:"
                f" numbers go from 0 to {_LAST_NUMBER}; check what names them"
            )

    def __str__(self) -> str:
        return f"S{self.season:02d}E{self.episode:02d}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the episode written as ``S03E02``.

        Raises
        ------
        ConfigError
            `text` is not of that form.
        """
        found = _EPISODE_ID.fullmatch(text.strip())
        if found is None:
            raise ConfigError(f"{text!r} is not an episode; write it as S03E02")
        return cls(int(found.group(1)), int(found.group(2)))


def _short(number: int) -> str:
    """Return a number in words that fit a message: Python does not write one of 5000 digits."""
    return str(number) if abs(number) < 10**12 else "of many digits"


@dataclass(frozen=True, slots=True)
class HashSpec:
    """Everything that decides the bits of a code; codes of unequal specifications never meet.

    Attributes
    ----------
    algorithm : str
        Name of the algorithm, such as ``pdq``.
    bits : int
        Bits per code, a multiple of 8.
    version : int
        Raised whenever the same picture would get other bits.
    parameters : tuple of (str, str)
        Further parameters in a fixed order, as text.
    """

    algorithm: str
    bits: int
    version: int
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def n_bytes(self) -> int:
        """Bytes per code."""
        return self.bits // 8

    def __str__(self) -> str:
        return f"{self.algorithm}-{self.bits}-v{self.version}"

    def to_dict(self) -> dict[str, Any]:
        """Return the specification as it stands in the index header."""
        return {
            "algorithm": self.algorithm,
            "bits": self.bits,
            "version": self.version,
            "parameters": dict(self.parameters),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the specification that `to_dict` wrote."""
        return cls(
            algorithm=str(data["algorithm"]),
            bits=int(data["bits"]),
            version=int(data["version"]),
            parameters=tuple((str(k), str(v)) for k, v in data["parameters"].items()),
        )


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """What is known of a file before its frames are decoded.

    Attributes
    ----------
    kind : {"image", "animation", "video"}
        A still, an animated image (GIF, WebP, APNG) or a video container.
    container, codec : str
        Names as the decoding library gives them, lower case.
    width, height : int
        Display size in pixels, after rotation and sample aspect ratio.
    duration_s : float or None
        Length in seconds of presentation time; 0.0 for a still, ``None`` where the file does not
        say.
    fps : Fraction or None
        Nominal frame rate, ``None`` where there is none.
    """

    kind: MediaKind
    container: str
    codec: str
    width: int
    height: int
    duration_s: float | None
    fps: Fraction | None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One decoded picture on its file's timeline.

    Attributes
    ----------
    pixels : uint8 (H, W, 3)
        sRGB, upright, square pixels, no larger than the working size.
    timestamp_s : float
        Presentation time in seconds from the start of the file; 0.0 for a still.
    duration_s : float
        How long the frame stands, in seconds; 0.0 for a still.
    """

    pixels: npt.NDArray[np.uint8]
    timestamp_s: float
    duration_s: float


@dataclass(frozen=True, slots=True)
class Reference:
    """One indexed file.

    Attributes
    ----------
    sha256 : str
        Digest of the file's bytes, 64 hexadecimal digits: its identity in the index.
    path : str
        The path as it was given when the file was indexed.
    show : str
        Name of the show.
    episode : EpisodeId or None
        ``None`` for references that belong to no single episode, such as model sheets.
    kind : str
        What the reference is: an episode, a film, a trailer, a still.
    media : {"image", "animation", "video"}
        What sort of file it is.
    width, height : int
        Display size in pixels.
    duration_s : float
        Length in seconds; 0.0 for a still.
    warning : str or None
        What went wrong while it was decoded, where part of it could not be read.
    """

    sha256: str
    path: str
    show: str
    episode: EpisodeId | None
    kind: ReferenceKind
    media: MediaKind
    width: int
    height: int
    duration_s: float
    warning: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the reference as `index list --json` writes it."""
        return {
            "sha256": self.sha256,
            "path": self.path,
            "show": self.show,
            "episode": None if self.episode is None else str(self.episode),
            "kind": self.kind,
            "media": self.media,
            "width": self.width,
            "height": self.height,
            "duration_s": round(self.duration_s, 3),
            "warning": self.warning,
        }


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """The codes of N frames of one reference, in order of time.

    Attributes
    ----------
    timestamp_s, duration_s : float64 (N,)
        Seconds from the start of the reference, and how long the picture stands.
    appearance : uint8 (N, 32)
        Appearance codes.
    quality : uint8 (N,)
        PDQ quality, 0 to 100.
    structure : uint8 (N, 64)
        Structure codes.
    features : uint8 (N, 576)
        What the structure codes were made of, for re-ranking.
    information : uint8 (N,)
        How much there is to see, 0 (flat) to 100; low-information frames are kept but never
        searched for.
    box : float32 (N, 4)
        Part of the file's picture that was coded: x, y, width, height as shares of 1. The whole
        picture is (0, 0, 1, 1); a reference still may have further rows for the drawings on it.
    thumbnails : tuple of bytes
        N JPEG files of `config.THUMBNAIL_SIZE`.
    """

    timestamp_s: npt.NDArray[np.float64]
    duration_s: npt.NDArray[np.float64]
    appearance: npt.NDArray[np.uint8]
    quality: npt.NDArray[np.uint8]
    structure: npt.NDArray[np.uint8]
    features: npt.NDArray[np.uint8]
    information: npt.NDArray[np.uint8]
    box: npt.NDArray[np.float32]
    thumbnails: tuple[bytes, ...]

    def __len__(self) -> int:
        return len(self.timestamp_s)


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Answers of a search, unverified: M pairs of a query code and an indexed row.

    Ordered by query, then distance, then row.

    Attributes
    ----------
    query : int64 (M,)
        Position of the query code in the batch that was searched for.
    row : int64 (M,)
        Row of the index.
    distance : int32 (M,)
        Differing bits.
    """

    query: npt.NDArray[np.int64]
    row: npt.NDArray[np.int64]
    distance: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, slots=True)
class IndexInfo:
    """Identity of an index.

    Attributes
    ----------
    id : str
        Digest of the content: equal for two indexes with the same references and codes.
    frames : int
        Rows in the index.
    spec : str
        Both hash specifications in short.
    """

    id: str
    frames: int
    spec: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``index`` in the JSON of `query`."""
        return {"id": self.id, "frames": self.frames, "spec": self.spec}


@dataclass(frozen=True, slots=True)
class EpisodeRange:
    """The smallest contiguous run of broadcast order that holds the probability `mass`.

    Attributes
    ----------
    first, last : EpisodeId
        Both ends, inclusive.
    mass : float
        Posterior probability inside the range, 0 to 1.
    best : EpisodeId or None
        The single most probable episode where it stands out, else ``None``.
    """

    first: EpisodeId
    last: EpisodeId
    mass: float
    best: EpisodeId | None

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``episodes``."""
        return {
            "first": str(self.first),
            "last": str(self.last),
            "mass": round(self.mass, 4),
            "best": None if self.best is None else str(self.best),
        }


@dataclass(frozen=True, slots=True)
class Stage:
    """Production stage of a file.

    Attributes
    ----------
    label : str
        One of the stages of docs/glossary.md.
    confidence : float
        0 to 1.
    flags : tuple of str
        What else was seen, in alphabetical order.
    reasons : tuple of str
        What decided the label, strongest first, as sentences; no part of the JSON contract.
    """

    label: str
    confidence: float
    flags: tuple[str, ...] = ()
    reasons: tuple[str, ...] = field(default=(), compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``stage``."""
        return {
            "label": self.label,
            "confidence": round(self.confidence, 4),
            "flags": list(self.flags),
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """A show that the file may belong to, with the calibrated probability that it does."""

    show: str
    confidence: float

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``candidates``."""
        return {"show": self.show, "confidence": round(self.confidence, 4)}


@dataclass(frozen=True, slots=True)
class Match:
    """A place in a reference that the query shows, verified.

    Attributes
    ----------
    show : str
        Name of the show.
    episode : EpisodeId or None
        Episode of the reference.
    reference : str
        SHA-256 of the reference file.
    reference_s, query_s : float
        Start of the match on both timelines, in seconds.
    duration_s : float
        Length of the match in seconds; 0.0 for a still.
    code : {"appearance", "structure"}
        The code that found it.
    distance : int
        Differing bits of that code.
    similarity : float
        ``1 - distance / bits``, to look at.
    score : float
        Verification score, 0 to 1: how much of the query's drawing the aligned reference explains.
    mirrored : bool
        Whether the query is mirrored left to right.
    box : tuple of 4 floats
        Part of the query that was matched: x, y, width, height as shares of 1.
    """

    show: str
    episode: EpisodeId | None
    reference: str
    reference_s: float
    query_s: float
    duration_s: float
    code: CodeName
    distance: int
    similarity: float
    score: float
    mirrored: bool
    box: tuple[float, float, float, float]

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``matches``."""
        return {
            "show": self.show,
            "episode": None if self.episode is None else str(self.episode),
            "reference": self.reference,
            "reference_s": round(self.reference_s, 3),
            "query_s": round(self.query_s, 3),
            "duration_s": round(self.duration_s, 3),
            "code": self.code,
            "distance": self.distance,
            "similarity": round(self.similarity, 4),
            "score": round(self.score, 4),
            "mirrored": self.mirrored,
            "box": [round(share, 4) for share in self.box],
        }


@dataclass(frozen=True, slots=True)
class Attribution:
    """The answer for one unknown file: the line that `query --json` writes.

    Attributes
    ----------
    file : str
        The path as it was given; of a sequence ``folder/shot_[0001-0072].png``.
    sha256 : str or None
        Digest of the file's bytes, ``None`` where they could not be read; of a sequence the digest
        of its files' digests, a line each.
    media : {"image", "animation", "video", "sequence"} or None
        What sort of file it is, ``None`` where that is not known; a sequence are the numbered
        pictures of one shot.
    verdict : {"match", "inconclusive", "no-match", "unreadable"}
        Whether `show` is asserted.
    show : str or None
        The show, for the verdict ``match`` only.
    confidence : float
        Calibrated probability that the first candidate is right, 0 to 1.
    episodes : EpisodeRange or None
        ``None`` where no show is asserted or its references have no episodes.
    stage : Stage or None
        Production stage.
    candidates : tuple of Candidate
        Most probable first.
    matches : tuple of Match
        Evidence, best first.
    expected_false_matches : float or None
        How many rows of an index of this size would match so well by chance.
    index : IndexInfo
        The index that was asked.
    error : str or None
        Why the file could not be read, in full or in part.
    """

    file: str
    sha256: str | None
    media: QueryKind | None
    verdict: Verdict
    show: str | None
    confidence: float
    episodes: EpisodeRange | None
    stage: Stage | None
    candidates: tuple[Candidate, ...]
    matches: tuple[Match, ...]
    expected_false_matches: float | None
    index: IndexInfo
    error: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of the contract, every key present."""
        expected = self.expected_false_matches
        return {
            "schema": JSON_SCHEMA,
            "file": self.file,
            "sha256": self.sha256,
            "media": self.media,
            "verdict": self.verdict,
            "show": self.show,
            "confidence": round(self.confidence, 4),
            "episodes": None if self.episodes is None else self.episodes.to_dict(),
            "stage": None if self.stage is None else self.stage.to_dict(),
            "candidates": [candidate.to_dict() for candidate in self.candidates],
            "matches": [match.to_dict() for match in self.matches],
            "expected_false_matches": None if expected is None else float(f"{expected:.3g}"),
            "index": self.index.to_dict(),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class ItemFailure:
    """One file of a bulk job that could not be used.

    Attributes
    ----------
    path : str
        The file, as it was given.
    error : str
        Class name of the error.
    reason : str
        Its message.
    """

    path: str
    error: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the row of the report."""
        return {"path": self.path, "error": self.error, "reason": self.reason}
