"""The studio in memory: its shows, their shots, and any instant drawn at any stage.

Owns the way from a show, an episode and a time to a drawing. Writes no files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from framematch.demo.script import Script
from framematch.demo.settings import MAX_SHOWS, Drawing, StudioSettings
from framematch.demo.shots import Shot
from framematch.demo.styles import SHOWS, UNKNOWN_SHOWS, episode_title
from framematch.errors import ConfigError, MissingExtraError
from framematch.records import EpisodeId

if TYPE_CHECKING:
    import skia

    from framematch.demo.artist import Artist


class Studio:
    """A generated animation studio.

    Parameters
    ----------
    settings : StudioSettings, optional
        Size and seed.

    Attributes
    ----------
    shows : tuple of str
        Shows of the library.
    unknown_shows : tuple of str
        Further shows that `draw` knows and no library holds.
    episodes : tuple of EpisodeId
        Episodes that every show has.

    Raises
    ------
    MissingExtraError
        The drawing library is not installed.
    """

    def __init__(self, settings: StudioSettings | None = None) -> None:
        try:
            from framematch.demo.artist import Artist
        except ImportError as error:
            raise MissingExtraError(
                "drawing the demo studio needs skia-python; "
                "install it with: pip install 'framematch[demo]'"
            ) from error
        self.settings = settings or StudioSettings()
        self.shows = tuple(name for name, _ in SHOWS[: self.settings.n_shows])
        self.unknown_shows = tuple(name for name, _ in UNKNOWN_SHOWS)
        self.episodes = tuple(EpisodeId(1, n + 1) for n in range(self.settings.n_episodes))
        self._artist_class = Artist
        self._artists: dict[str, Artist] = {}
        self._scripts: dict[str, Script] = {}

    def code(self, show: str) -> str:
        """Return the three letters that the production files of `show` carry."""
        return dict(SHOWS + UNKNOWN_SHOWS)[show]

    def title(self, show: str, episode: EpisodeId) -> str:
        """Return the title of an episode."""
        return episode_title(self.settings.seed, self._number(show), episode.episode)

    def shots(self, show: str, episode: EpisodeId) -> tuple[Shot, ...]:
        """Return the shots of an episode in order of time, without gaps."""
        if episode not in self.episodes:
            raise ConfigError(f"{show} has no episode {episode}; it has {len(self.episodes)}")
        return self._script(show).episodes[episode.episode - 1]

    def shot_at(self, show: str, episode: EpisodeId, time_s: float) -> tuple[Shot, int]:
        """Return the shot on screen at `time_s` and the frame since its start.

        Times before the start and after the end give the first and the last frame.
        """
        # Times come back from truth.json rounded: half a microsecond early is still this frame.
        frame = int(time_s * self.settings.fps + 1e-3)
        shots = self.shots(show, episode)
        frame = min(max(frame, 0), shots[-1].first + shots[-1].n_frames - 1)
        shot = next(s for s in reversed(shots) if s.first <= frame)
        return shot, frame - shot.first

    def occurrences(
        self, show: str, episode: EpisodeId, time_s: float
    ) -> tuple[tuple[EpisodeId, float], ...]:
        """Return every episode that shows the drawing of this instant, and its first time there."""
        shot, frame = self.shot_at(show, episode, time_s)
        artist = self.artist(show)
        drawing = artist.step(shot.plan, frame)
        found = []
        for other in self.episodes:
            for candidate in self.shots(show, other):
                if candidate.plan.key != shot.plan.key:
                    continue
                frames = range(candidate.n_frames)
                first = next((f for f in frames if artist.step(candidate.plan, f) == drawing), None)
                if first is not None:
                    found.append((other, (candidate.first + first) / self.settings.fps))
                    break
        return tuple(found)

    def step(self, show: str, episode: EpisodeId, frame: int) -> tuple[object, ...]:
        """Return what tells the picture of `frame` from others: equal steps are equal pictures."""
        shot, inside = self.shot_at(show, episode, frame / self.settings.fps)
        return (shot.plan.key, *self.artist(show).step(shot.plan, inside), _fade(shot, inside))

    def draw(
        self,
        show: str,
        episode: EpisodeId,
        time_s: float,
        stage: Drawing = "final",
        scale: float = 1.0,
    ) -> npt.NDArray[np.uint8]:
        """Draw an instant of an episode at any production stage.

        Parameters
        ----------
        show : str
            One of `shows` or `unknown_shows`.
        episode : EpisodeId
            One of `episodes`.
        time_s : float
            Time from the start of the episode, in seconds.
        stage : str
            See `framematch.demo.settings.Drawing`.
        scale : float
            Size relative to the episodes'.

        Returns
        -------
        uint8 (H, W, 3)
            sRGB; the size of the episodes times `scale`, other for the sheets (``storyboard``,
            ``layout-sheet``, ``model-sheet``). ``final`` is what is encoded.
        """
        from framematch.demo import ink, sheets

        shot, frame = self.shot_at(show, episode, time_s)
        artist = self.artist(show)
        if stage in sheets.STAGES:
            return sheets.draw(self, show, episode, time_s, stage, scale).pixels
        surface, canvas = self.canvas(scale)
        if stage == "final":
            artist.paint(canvas, shot.plan, frame, _fade(shot, frame))
        elif stage == "flat-colour":
            artist.paint_flat(canvas, shot.plan, frame)
        elif stage in ("line-art", "line-art-background"):
            artist.paint_lines(canvas, shot.plan, frame, background=stage == "line-art-background")
        elif stage == "rough":
            artist.paint_rough(canvas, shot.plan, frame)
        elif stage == "background-only":
            artist.scenery(canvas, shot.plan, frame, "final")
            artist.scenery(canvas, shot.plan, frame, "final", front=True)
        else:
            raise ConfigError(f"{stage!r} is not a stage of the studio")
        return ink.pixels(surface)

    def canvas(self, scale: float = 1.0) -> tuple[skia.Surface, skia.Canvas]:
        """Return an empty frame whose canvas takes units: 360 high, the middle at x 320."""
        from framematch.demo import ink

        width = round(self.settings.width * scale)
        height = round(self.settings.height * scale)
        surface = ink.blank(width, height)
        canvas = surface.getCanvas()
        unit = height / 360
        canvas.translate((width - 640 * unit) / 2, 0)
        canvas.scale(unit, unit)
        return surface, canvas

    def artist(self, show: str) -> Artist:
        """Return who draws `show`."""
        if show not in self._artists:
            number = self._number(show)
            self._artists[show] = self._artist_class(self.settings.seed, number, self.settings.fps)
        return self._artists[show]

    def _script(self, show: str) -> Script:
        if show not in self._scripts:
            titles = tuple(self.title(show, episode) for episode in self.episodes)
            self._scripts[show] = Script(self.settings, self._number(show), show, titles)
        return self._scripts[show]

    def _number(self, show: str) -> int:
        if show in self.shows:
            return self.shows.index(show)
        if show in self.unknown_shows:
            return MAX_SHOWS + self.unknown_shows.index(show)
        raise ConfigError(f"the studio has no show {show!r}; it has {', '.join(self.shows)}")


def _fade(shot: Shot, frame: int) -> float:
    """Return the brightness of a frame of `shot`, 0 to 1."""
    level = 1.0
    if frame < shot.fade_in:
        level = frame / shot.fade_in
    left = shot.n_frames - 1 - frame
    if left < shot.fade_out:
        level = min(level, left / shot.fade_out)
    return level
