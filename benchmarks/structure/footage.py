"""The titles of the development footage, and frames of them. Knows nothing of codes."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from framematch.calibration import frames
from framematch.config import MediaLimits
from framematch.media import open_media
from framematch.records import Frame

VIDEO = (".mp4", ".mkv", ".flv", ".mpg", ".webm")

# Where the films of each title lie, the main encode first; patterns under the media folder.
TITLES: dict[str, tuple[str, ...]] = {
    "big-buck-bunny": ("big-buck-bunny/bbb_360p_full.mp4",),
    "sintel-trailer": ("sintel-trailer/sintel_trailer_480x204_3.2MB.mp4",),
    "sintel-clip": ("sintel-trailer/sintel_film-clip_848x480_26s.mp4",),
    "steamboat-willie": ("steamboat-willie/*",),
    "turbine": ("synfig-shorts/clouded-moon*",),
    "dragon": ("synfig-shorts/dragon*",),
    "ecmg": ("synfig-shorts/ecmg*",),
    "flag": ("synfig-shorts/flag*",),
    "forest": ("synfig-shorts/forest*",),
    "glyphs": ("synfig-shorts/glyphs*",),
    "penny-and-chip": ("penny-and-chip/*",),
    "chair": ("vpdq/chair-orig-22-sd-bar.mp4",),
    "doorknob": ("vpdq/doorknob*",),
    "pattern": ("vpdq/pattern-hd-no-bar.mp4",),
}


def videos(media: Path, title: str) -> list[Path]:
    """Return the video files of a title, in order of name.

    Raises
    ------
    SystemExit
        The folder does not hold them.
    """
    found = [path for pattern in TITLES[title] for path in sorted(media.glob(pattern))]
    found = [path for path in found if path.suffix in VIDEO]
    if not found:
        raise SystemExit(f"{media} holds no video of {title}; give the development footage")
    return found


def frames_at(path: Path, times_s: Iterable[float]) -> Iterator[Frame]:
    """Return the frames of a video on screen at given times, in rising order, each once."""
    return frames.frames_at(path, None, sorted(times_s))


def duration_s(path: Path) -> float:
    """Return the length of a video in seconds, 0.0 where the file does not say."""
    with open_media(path, MediaLimits()) as media:
        return media.info.duration_s or 0.0
