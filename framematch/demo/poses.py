"""Poses, expressions and how they change over a shot; owns no outlines.

Angles are in degrees from straight down, positive away from the body.
"""

import math
from dataclasses import dataclass, fields
from typing import Literal

Action = Literal["still", "talk", "gesture", "walk"]


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles of a jointed figure: torso and head lean clockwise, limbs as upper and lower part."""

    lean: float = 0.0
    head: float = 0.0
    near_arm: float = 10.0
    near_fore: float = 4.0
    far_arm: float = 10.0
    far_fore: float = 4.0
    near_leg: float = 4.0
    near_shin: float = 2.0
    far_leg: float = 4.0
    far_shin: float = 2.0
    drop: float = 0.0

    def towards(self, other: "Pose", share: float) -> "Pose":
        """Return the pose at `share` (0 to 1) of the way to `other`."""
        return Pose(
            *(
                getattr(self, f.name) + (getattr(other, f.name) - getattr(self, f.name)) * share
                for f in fields(Pose)
            )
        )


POSES: dict[str, Pose] = {
    "stand": Pose(),
    "wave": Pose(-3, 5, 150, 200, 14, 18, 5, 3, 6, 3),
    "point": Pose(4, -3, 86, 94, 16, 24, 10, 6, 12, 4),
    "akimbo": Pose(0, 3, 52, -48, 52, -48, 10, 8, 10, 8),
    "shrug": Pose(0, 8, 36, 112, 36, 112, 5, 3, 5, 3),
    "think": Pose(4, 9, 26, 156, 44, -58, 4, 2, 9, 4),
    "cheer": Pose(-2, -5, 150, 172, 156, 170, 14, 10, 14, 10),
    "reach": Pose(14, -8, 112, 104, 28, 40, 20, 8, 14, 18),
    "sneak": Pose(20, -14, 40, 120, 30, 100, 34, -14, 16, 38, 7),
    "crouch": Pose(16, -10, 46, 78, 40, 20, 62, -42, 44, -40, 18),
    "slump": Pose(8, 16, 6, 10, 6, 12, 3, 3, 5, 3),
    "guard": Pose(-6, 4, 70, 140, 60, 132, 22, 6, 16, 12, 3),
}

Mouth = Literal["smile", "flat", "frown", "open", "wide", "round", "teeth"]
Brow = Literal["calm", "up", "angry", "worried"]


@dataclass(frozen=True, slots=True)
class Expression:
    """A face: mouth, brows, how far the eyes are open (0 to 1), where they look (-1 to 1)."""

    mouth: Mouth = "smile"
    brow: Brow = "calm"
    eyes: float = 1.0
    look_x: float = 0.0
    look_y: float = 0.0


MOODS: dict[str, Expression] = {
    "calm": Expression("flat", "calm"),
    "happy": Expression("smile", "up"),
    "glad": Expression("wide", "up", 0.85),
    "cross": Expression("teeth", "angry", 0.8),
    "sulky": Expression("frown", "angry", 0.7),
    "worried": Expression("frown", "worried", 1.0),
    "amazed": Expression("round", "up", 1.0),
    "dreamy": Expression("smile", "calm", 0.35),
}

_SPOKEN: tuple[Mouth, ...] = ("open", "flat", "wide", "round", "teeth", "open", "smile", "round")


def at(
    pose: Pose, other: Pose, mood: Expression, action: Action, seconds: float, phase: int
) -> tuple[Pose, Expression, float]:
    """Return pose, expression and rise in shares of the height, `seconds` into a shot.

    A ``still`` never changes; ``talk`` moves the mouth and blinks; ``gesture`` goes from one pose
    to the other and holds it; ``walk`` is a cycle of eight drawings.
    """
    if action == "still":
        return pose, mood, 0.0
    step = round(seconds * 6)
    blink = (step + phase) % 17 == 0
    face = Expression(
        _SPOKEN[(step * 5 + phase + step // 3) % len(_SPOKEN)] if action == "talk" else mood.mouth,
        mood.brow,
        0.05 if blink else mood.eyes,
        mood.look_x,
        mood.look_y,
    )
    if action == "talk":
        return pose, face, 0.0
    if action == "gesture":
        share = min(max((seconds - 0.5) / 0.7, 0.0), 1.0)
        return pose.towards(other, share * share * (3 - 2 * share)), face, 0.0
    turn = 2 * math.pi * (step + phase) / 8
    swing = math.sin(turn)
    stride = Pose(
        6.0,
        -2.0,
        -30 * swing,
        -30 * swing + 22,
        -32 * swing,
        -32 * swing - 22,
        30 * swing,
        30 * swing - 14 - 22 * max(math.cos(turn), 0),
        30 * swing,
        30 * swing + 14 + 22 * max(-math.cos(turn), 0),
    )
    return stride, face, 0.018 * abs(math.cos(turn))
