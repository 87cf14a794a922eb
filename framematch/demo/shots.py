"""What a shot is: who stands where, what the camera does, when. Owns records only.

Times are whole frames. A `Plan` says what is drawn and is shared by every place where the same
drawing is used (openings, recaps, stock shots); a `Shot` says when.
"""

from dataclasses import dataclass
from typing import Literal

from framematch.demo.poses import Action

#: Places per show.
N_PLACES = 10
N_CAST = 5

#: Middle of the view in the world, and zoom.
View = tuple[float, float, float]

Framing = Literal[
    "close", "medium", "wide", "two", "group", "establish", "over", "burst", "card", "credits"
]
Tag = Literal[
    "opening", "recap", "title", "credits", "held", "pan", "zoom", "stock", "reused-background"
]


@dataclass(frozen=True, slots=True)
class Actor:
    """One figure of a shot.

    Attributes
    ----------
    design : int
        Number in the cast.
    x, top, height : float
        Middle, crown and height of the standing figure on the frame, in units.
    turn : float
        Way it faces, -1 to 1.
    pose, other : str
        First and last pose.
    mood : str
        Expression.
    action : {"still", "talk", "gesture", "walk"}
        How it moves.
    phase : int
        Start of its cycles, in drawings.
    look : tuple of 2 floats
        Where the eyes look, -1 to 1 each.
    """

    design: int
    x: float
    top: float
    height: float
    turn: float
    pose: str
    other: str
    mood: str
    action: Action
    phase: int
    look: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Camera:
    """Centre of the view in the world and zoom, at the start and at the end of a shot."""

    start: View = (320.0, 180.0, 1.0)
    end: View = (320.0, 180.0, 1.0)
    follow: bool = False

    @property
    def moves(self) -> bool:
        """Whether start and end differ."""
        return self.start != self.end


@dataclass(frozen=True, slots=True)
class Plan:
    """What a shot shows.

    Attributes
    ----------
    key : str
        Names the drawing; equal keys of one show are equal pictures.
    framing : str
        Kind of composition.
    place : int
        Number of the background, -1 for none.
    actors : tuple of Actor
        From back to front.
    camera : Camera
        Its move.
    n_frames : int
        Length of the whole plan.
    hold : int
        Frames per drawing.
    text : tuple of str
        Lettering of title cards, logos and credits.
    """

    key: str
    framing: Framing
    place: int
    actors: tuple[Actor, ...]
    camera: Camera
    n_frames: int
    hold: int
    text: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        """Whether every frame is the same drawing."""
        still = all(actor.action == "still" for actor in self.actors)
        return still and not self.camera.moves and self.framing not in ("credits", "burst")


@dataclass(frozen=True, slots=True)
class Shot:
    """A plan, or part of it, on the timeline of an episode.

    Attributes
    ----------
    start_s, duration_s : float
        Place on the timeline, in seconds.
    tags : tuple of str
        What is special about it: opening, recap, title, credits, held, pan, zoom, stock,
        reused-background.
    plan : Plan
        What it shows.
    first, n_frames : int
        Place on the timeline, in frames.
    fade_in, fade_out : int
        Frames of fade from and to black.
    """

    start_s: float
    duration_s: float
    tags: tuple[Tag, ...]
    plan: Plan
    first: int
    n_frames: int
    fade_in: int = 0
    fade_out: int = 0
