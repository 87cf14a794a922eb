"""Settings and their defaults, validated on construction. No I/O happens on import.

Owns every number that a user may want to change and that more than one package reads. The
parameters of the codes are not settings: they are the hash specification
(`framematch.hashing.spec`).
"""

import os
from dataclasses import astuple, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from framematch.errors import ConfigError

#: Decoding with all walls that the system has, only where it has all of them, or without any.
SandboxMode = Literal["on", "require", "off"]
_SANDBOX_MODES: tuple[SandboxMode, ...] = ("on", "require", "off")

#: Working pictures fit into a square of this many pixels a side, references and queries alike.
WORKING_SIDE = 1024

#: Width and height in pixels of thumbnails in the index; aspect is squashed as in the codes.
THUMBNAIL_SIZE = (256, 144)


@dataclass(frozen=True, slots=True)
class MediaLimits:
    """What a single input file may cost before it is refused.

    Attributes
    ----------
    max_pixels : int
        Largest accepted width times height of one picture, inclusive.
    max_duration_s : float
        Longest accepted video, in seconds, inclusive.
    max_frames : int
        Most frames of an animated image, inclusive.
    max_moving_pixels : int
        Most pixels of all its frames together, inclusive: a frame may be one changed pixel in the
        file, and is a whole picture to decode.
    max_scans : int
        Most scans of a JPEG picture, inclusive: each goes over all of it.
    """

    max_pixels: int = 200_000_000
    max_duration_s: float = 6 * 3600.0
    max_frames: int = 20_000
    max_moving_pixels: int = 8_000_000_000
    max_scans: int = 200

    def __post_init__(self) -> None:
        if min(astuple(self)) <= 0:
            raise ConfigError("media limits must be positive; leave them out to use the defaults")


@dataclass(frozen=True, slots=True)
class PartLimits:
    """How much is taken out of one file that holds several pictures.

    Attributes
    ----------
    max_bytes : int
        Largest accepted file, inclusive: layers are read from memory.
    max_parts : int
        Most layers, pages and pages' pictures of one file, inclusive.
    max_pictures_per_page : int
        Most pictures that are taken out of one page of a document, inclusive.
    min_picture_side : int
        Pictures inside a page of which a side is shorter, in pixels, are ornaments.
    page_side : int
        Longest side in pixels at which a page is drawn.
    max_depth : int
        Deepest nesting of layer groups, inclusive.
    max_pixels : int
        Most pixels of all pages of a TIFF file, or of all layers of a document, together: they may
        share their data, or have hardly any. Where 64 for each byte of the file are more, so many.
    """

    max_bytes: int = 2 << 30
    max_parts: int = 400
    max_pixels: int = 10_000_000_000
    max_pictures_per_page: int = 40
    min_picture_side: int = 64
    page_side: int = 2000
    max_depth: int = 10

    def __post_init__(self) -> None:
        if min(astuple(self)) <= 0:
            raise ConfigError(
                "limits of parts must be positive; leave them out to use the defaults"
            )


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """How much is unpacked of one archive; what is declared is not believed, bytes are counted.

    Attributes
    ----------
    max_members : int
        Most members, inclusive.
    max_member_bytes : int
        Largest member, unpacked, inclusive.
    max_bytes : int
        Most bytes in all, unpacked, inclusive.
    max_ratio : int
        How many times as large as the archive that which is unpacked may become; counts from
        `ratio_from_bytes` on, since a blank drawing is small when packed.
    ratio_from_bytes : int
        See `max_ratio`.
    max_name_bytes : int
        Longest name of a member with its folders, inclusive.
    max_depth : int
        How many archives may lie inside one another, inclusive; whoever unpacks counts them.
    """

    max_members: int = 20_000
    max_member_bytes: int = 4 << 30
    max_bytes: int = 16 << 30
    max_ratio: int = 100
    ratio_from_bytes: int = 64 << 20
    max_name_bytes: int = 1024
    max_depth: int = 4

    def __post_init__(self) -> None:
        if min(astuple(self)) <= 0:
            raise ConfigError(
                "limits of archives must be positive; leave them out to use the defaults"
            )

    def bytes_by_ratio(self, packed: int) -> int:
        """Return how many bytes an archive of `packed` bytes may become by its ratio."""
        return max(self.ratio_from_bytes, self.max_ratio * packed)


@dataclass(frozen=True, slots=True)
class DecoderSettings:
    """How a video is decoded.

    Attributes
    ----------
    spare : bool
        Decode in one thread, and only what the wanted frames need: the least processor time, for
        whole libraries. Else all of it in several threads: the soonest answer, for one file.
    skip_loop_filter : bool
        As in `SamplingSettings`.
    """

    spare: bool = False
    skip_loop_filter: bool = False


@dataclass(frozen=True, slots=True)
class SamplingSettings:
    """How closely a video is looked at: a profile.

    Attributes
    ----------
    fps : Fraction
        Sampled frames per second of presentation time.
    burst : int
        How many times as often a reference is looked at where its picture moves fast.
    lively : Fraction
        What counts as moving fast before it is decoded: packets of at least this share of the
        stream's average.
    name : str
        What the profile is called.
    skip_loop_filter : bool
        Whether the decoder leaves out the filter that smooths block edges: faster, and what is
        predicted from such frames drifts a little, up to the next key frame.
    """

    fps: Fraction = Fraction(2)
    burst: int = 2
    lively: Fraction = Fraction(4, 5)
    name: str = "thorough"
    skip_loop_filter: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.burst <= 8:
            raise ConfigError(f"burst {self.burst} is not within 1 to 8")
        if self.lively < 0:
            raise ConfigError(f"a share of {self.lively} of the average is negative")
        if not 0 < self.fps <= 60:
            raise ConfigError(
                f"sampling rate {self.fps} per second is not within 0 (exclusive) to 60"
            )


#: The profiles that a library can be indexed with, by name; the first is the default.
PROFILES: dict[str, SamplingSettings] = {
    each.name: each
    for each in (
        SamplingSettings(),
        SamplingSettings(
            fps=Fraction(1), burst=2, name="fast", lively=Fraction(3, 2), skip_loop_filter=True
        ),
    )
}


def index_path(given: Path | None) -> Path:
    """Return the folder of the index: `given`, else ``$FRAMEMATCH_INDEX``, else ``./index``."""
    if given is not None:
        return given
    from_environment = os.environ.get("FRAMEMATCH_INDEX")
    return Path(from_environment) if from_environment else Path("index")


def sandbox_mode() -> SandboxMode:
    """Return how media are decoded: what ``$FRAMEMATCH_SANDBOX`` says, else ``on``.

    Raises
    ------
    ConfigError
        It says something else.
    """
    mode = os.environ.get("FRAMEMATCH_SANDBOX") or "on"
    for known in _SANDBOX_MODES:
        if mode == known:
            return known
    raise ConfigError(
        f"FRAMEMATCH_SANDBOX={mode!r} is none of {', '.join(_SANDBOX_MODES)}; leave it out"
        " to decode with all the walls that this system has"
    )
