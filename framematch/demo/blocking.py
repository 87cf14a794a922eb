"""Where people stand in a composition, drawn by lot; owns no story."""

from dataclasses import replace

from framematch.demo.dice import Dice
from framematch.demo.poses import MOODS, POSES
from framematch.demo.shots import Actor, Framing


def actor_by_lot(dice: Dice, design: int, x: float, top: float, height: float) -> Actor:
    """Return a figure in a pose, a mood and an action by lot."""
    poses = tuple(POSES)
    return Actor(
        design=design,
        x=x,
        top=top,
        height=height,
        turn=dice.pick((-0.9, -0.5, 0.0, 0.5, 0.9)),
        pose=dice.pick(poses),
        other=dice.pick(poses),
        mood=dice.pick(tuple(MOODS)),
        action=dice.pick(("still", "talk", "talk", "gesture")),
        phase=dice.whole(0, 40),
        look=(dice.between(-0.8, 0.8), dice.between(-0.5, 0.5)),
    )


def blocking(dice: Dice, framing: Framing, cast: list[int]) -> tuple[Actor, ...]:
    """Return the figures of a composition; `height` is that of a figure of the usual height."""
    if framing == "close":
        return (
            replace(
                actor_by_lot(
                    dice,
                    cast[0],
                    dice.between(200, 440),
                    dice.between(20, 60),
                    -dice.between(200, 270),
                ),
                action=dice.pick(("talk", "still", "talk")),
            ),
        )
    if framing == "medium":
        return (
            actor_by_lot(
                dice, cast[0], dice.between(170, 470), dice.between(30, 80), dice.between(440, 560)
            ),
        )
    if framing == "two":
        first = replace(
            actor_by_lot(
                dice, cast[0], dice.between(150, 230), dice.between(40, 90), dice.between(380, 500)
            ),
            turn=0.8,
        )
        second = replace(
            actor_by_lot(
                dice, cast[1], dice.between(410, 500), dice.between(40, 90), dice.between(380, 500)
            ),
            turn=-0.8,
        )
        return (replace(first, action="talk"), replace(second, action="still"))
    if framing == "over":
        speaker = replace(
            actor_by_lot(
                dice, cast[0], dice.between(350, 470), dice.between(40, 80), dice.between(420, 500)
            ),
            turn=-0.7,
            action="talk",
        )
        back = replace(
            actor_by_lot(
                dice, cast[1], dice.between(60, 130), dice.between(10, 60), dice.between(680, 800)
            ),
            turn=0.9,
            action="still",
            pose="stand",
            mood="calm",
        )
        return (speaker, back)
    if framing == "wide":
        one = actor_by_lot(
            dice, cast[0], dice.between(150, 490), dice.between(90, 140), dice.between(200, 240)
        )
        if dice.chance(0.4):
            return (replace(one, action="walk", turn=dice.pick((-0.9, 0.9))),)
        return (one,)
    if framing == "group":
        n = dice.whole(3, 4)
        step = dice.between(110, 150)
        left = 320 - step * (n - 1) / 2 + dice.between(-40, 40)
        return tuple(
            actor_by_lot(
                dice, cast[i], left + i * step, dice.between(100, 150), dice.between(180, 240)
            )
            for i in range(n)
        )
    return ()
