"""What a generated studio holds, and ``truth.json``: the answer sheet beside the files.

Owns the records and their JSON. Writes nothing but that file; must not import the drawing library.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.demo.settings import StudioSettings
from framematch.demo.writing import Written
from framematch.errors import ConfigError
from framematch.records import MediaKind

#: Name of the answer sheet inside a studio.
TRUTH_NAME = "truth.json"
_FORMAT = "framematch-studio"
# 2 added the notes.
_VERSION = 2


@dataclass(frozen=True, slots=True)
class ShotRecord:
    """One shot of an episode: `key` is equal wherever the same drawings are used."""

    key: str
    start_s: float
    duration_s: float
    tags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``shots``."""
        return {
            "key": self.key,
            "start_s": self.start_s,
            "duration_s": self.duration_s,
            "tags": list(self.tags),
        }


@dataclass(frozen=True, slots=True)
class EpisodeFile:
    """One video of the library.

    Attributes
    ----------
    path : str
        Relative to the studio, with forward slashes.
    show, episode, title : str
        Name, ``S01E02``, title.
    duration_s : float
        Length in seconds.
    shots : tuple of ShotRecord
        In order of time.
    """

    path: str
    show: str
    episode: str
    title: str
    duration_s: float
    shots: tuple[ShotRecord, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``library``."""
        return {
            "path": self.path,
            "show": self.show,
            "episode": self.episode,
            "title": self.title,
            "duration_s": self.duration_s,
            "shots": [shot.to_dict() for shot in self.shots],
        }


@dataclass(frozen=True, slots=True)
class LeakFile:
    """One file of the leak and where it truly comes from.

    Attributes
    ----------
    path : str
        Relative to the studio, with forward slashes.
    show : str or None
        Show of the library, ``None`` for a stranger.
    episodes : tuple of str
        Every episode that shows this drawing, in broadcast order; empty where no episode is right
        (strangers, model sheets).
    times_s : tuple of float
        Where each of `episodes` shows it first, in seconds.
    duration_s : float
        Length of a clip or animation in seconds, 0.0 for a still.
    stage : str
        Production stage as FrameMatch names it.
    edits : tuple of str
        What was done to it, in alphabetical order.
    kind : {"image", "animation", "video"}
        Sort of file.
    drawing : str
        What it is in the studio's own words, such as ``layout-sheet`` or ``text page``.
    notes : tuple of Written or None
        Every line that is written on it; ``None`` where that is not kept (clips, credits, pages of
        text).
    """

    path: str
    show: str | None
    episodes: tuple[str, ...]
    times_s: tuple[float, ...]
    duration_s: float
    stage: str
    edits: tuple[str, ...]
    kind: MediaKind
    drawing: str
    notes: tuple[Written, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``leak``."""
        return {
            "path": self.path,
            "show": self.show,
            "episodes": list(self.episodes),
            "times_s": list(self.times_s),
            "duration_s": self.duration_s,
            "stage": self.stage,
            "edits": list(self.edits),
            "kind": self.kind,
            "drawing": self.drawing,
            "notes": None if self.notes is None else [line.to_dict() for line in self.notes],
        }


@dataclass(frozen=True, slots=True)
class Truth:
    """Everything that a studio holds."""

    settings: StudioSettings
    library: tuple[EpisodeFile, ...]
    leak: tuple[LeakFile, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the content of truth.json."""
        return {
            "format": _FORMAT,
            "version": _VERSION,
            "settings": self.settings.to_dict(),
            "library": [episode.to_dict() for episode in self.library],
            "leak": [file.to_dict() for file in self.leak],
        }

    def write(self, folder: Path) -> None:
        """Write truth.json into `folder`."""
        text = json.dumps(self.to_dict(), ensure_ascii=False, indent=1)
        (folder / TRUTH_NAME).write_text(text + "\n", encoding="utf-8")


def read_truth(folder: Path) -> Truth:
    """Read the truth.json of the studio in `folder`.

    Raises
    ------
    ConfigError
        There is none, or it is not one that this release wrote.
    """
    path = folder / TRUTH_NAME
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if (data["format"], data["version"]) != (_FORMAT, _VERSION):
            raise ConfigError(f"{path} is of another format; generate the studio anew elsewhere")
        return Truth(
            settings=StudioSettings(**data["settings"]),
            library=tuple(_episode(row) for row in data["library"]),
            leak=tuple(_leak(row) for row in data["leak"]),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, ConfigError):
            raise
        raise ConfigError(f"{path} is not the answer sheet of a studio: {error}") from error


def _episode(row: dict[str, Any]) -> EpisodeFile:
    shots = tuple(ShotRecord(**{**shot, "tags": tuple(shot["tags"])}) for shot in row["shots"])
    return EpisodeFile(**{**row, "shots": shots})


def _leak(row: dict[str, Any]) -> LeakFile:
    lists = {key: tuple(row[key]) for key in ("episodes", "times_s", "edits")}
    written = row["notes"]
    notes = None if written is None else tuple(map(Written.from_dict, written))
    return LeakFile(**{**row, **lists, "notes": notes})
