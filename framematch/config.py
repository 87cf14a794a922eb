"""Settings and their defaults, validated on construction. No I/O happens on import.

Owns every number that a user may want to change and that more than one package reads. The
parameters of the codes are not settings: they are the hash specification
(`framematch.hashing.spec`).
"""

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from framematch.errors import ConfigError

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
    """

    max_pixels: int = 200_000_000
    max_duration_s: float = 6 * 3600.0
    max_frames: int = 20_000

    def __post_init__(self) -> None:
        if self.max_pixels <= 0 or self.max_duration_s <= 0 or self.max_frames <= 0:
            raise ConfigError("media limits must be positive; leave them out to use the defaults")


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
