"""What a studio is asked to make; validated on construction, no drawing library needed."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from framematch.errors import ConfigError

#: What `Studio.draw` can draw of any instant.
Drawing = Literal[
    "final",
    "flat-colour",
    "line-art",
    "line-art-background",
    "rough",
    "storyboard",
    "layout-sheet",
    "model-sheet",
    "background-only",
]

#: Production stages in truth.json: the stages that FrameMatch reports.
STAGES = (
    "final",
    "flat-colour",
    "line-art",
    "rough",
    "storyboard",
    "model-sheet",
    "background-only",
    "unknown",
)

MAX_SHOWS = 8


@dataclass(frozen=True, slots=True)
class StudioSettings:
    """Size and seed of a generated studio; equal settings give equal pictures.

    Attributes
    ----------
    seed : int
        Decides every design, story and file.
    n_shows, n_episodes : int
        Shows (1 to 8, each of its own look) and episodes per show (1 to 99).
    episode_s : float
        Length of an episode in seconds, at least 8.
    width, height : int
        Size of the episodes in pixels, even, between 4:3 and 2.4:1.
    fps : int
        Frames per second, 6 to 60.
    leak_per_stage : int
        Leaked files per show for each frequent stage; model sheets, backgrounds and clips come
        once.
    n_strangers : int
        Files of no show in the library.
    """

    seed: int = 7
    n_shows: int = 3
    n_episodes: int = 3
    episode_s: float = 60.0
    width: int = 640
    height: int = 360
    fps: int = 12
    leak_per_stage: int = 3
    n_strangers: int = 16

    def __post_init__(self) -> None:
        checks = (
            (
                1 <= self.n_shows <= MAX_SHOWS,
                f"n_shows {self.n_shows} is not within 1 to {MAX_SHOWS}",
            ),
            (1 <= self.n_episodes <= 99, f"n_episodes {self.n_episodes} is not within 1 to 99"),
            (8 <= self.episode_s <= 3600, f"episode_s {self.episode_s} is not within 8 to 3600"),
            (
                self.width % 2 == 0 and self.height % 2 == 0 and 120 <= self.height <= 1080,
                f"size {self.width}x{self.height}: use even numbers, height 120 to 1080",
            ),
            (
                1.3 <= self.width / max(self.height, 1) <= 2.4,
                f"size {self.width}x{self.height} is not between 4:3 and 2.4:1",
            ),
            (6 <= self.fps <= 60, f"fps {self.fps} is not within 6 to 60"),
            (
                0 <= self.leak_per_stage <= 100,
                f"leak_per_stage {self.leak_per_stage}: use 0 to 100",
            ),
            (0 <= self.n_strangers <= 1000, f"n_strangers {self.n_strangers}: use 0 to 1000"),
        )
        for passed, message in checks:
            if not passed:
                raise ConfigError(f"studio settings: {message}")

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as they stand in truth.json."""
        return asdict(self)
