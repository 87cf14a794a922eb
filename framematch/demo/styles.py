"""The look of each show: names, line, shading, colours; owns no drawing."""

from dataclasses import dataclass
from typing import Literal

from framematch.demo.colours import hsv
from framematch.demo.dice import Dice

Family = Literal["flat", "soft", "cel", "cutout"]
Eyes = Literal["oval", "round", "big", "bead"]

#: Show names with the code that their production files carry; invented.
SHOWS = (
    ("Tumbledock", "TDK"),
    ("Captain Quillfoot", "CQF"),
    ("Brasswing Academy", "BWA"),
    ("The Moonpocket Parade", "MPP"),
    ("Saltwick Patrol", "SWP"),
    ("Orbit Kitchen", "ORK"),
    ("Nimbus and Turnip", "NAT"),
    ("Ferngate Mysteries", "FGM"),
)
#: The show whose drawings are leaked although no episode of it is in the library.
UNKNOWN_SHOWS = (("Kettle Ridge", "KTR"), ("Pebble Street Six", "PSS"))

_FAMILIES: tuple[Family, ...] = ("flat", "soft", "cel", "cutout")
_EPISODE_FIRST = (
    *("The Borrowed", "A Very Small", "The Missing", "Nobody's", "The Last", "Midnight"),
    *(
        "The Upside Down",
        "A Pocketful of",
        "The Wrong",
        "Seven Steps to the",
        "Grandmother's",
        "The Silent",
    ),
)
_EPISODE_LAST = (
    *("Lantern", "Ferry", "Orchestra", "Snowglobe", "Weathervane", "Staircase", "Umbrella"),
    *("Harvest", "Compass", "Robot", "Picnic", "Lighthouse", "Telescope", "Parade"),
)


@dataclass(frozen=True, slots=True)
class Style:
    """How one show looks.

    Attributes
    ----------
    family : {"flat", "soft", "cel", "cutout"}
        Thick outlines on flat colour; modelled forms without outlines; thin lines with two tones;
        paper cut-outs with cast shadows.
    line : float
        Outline of characters in the finished frame, in units; 0 for none.
    line_colour : int
        Its colour, 0xRRGGBB.
    scenery_line : float
        Outline of backgrounds as a share of `line`.
    shade : float
        Share of darkening in shadow.
    light : float
        Side the light comes from, -1 (left) or 1 (right).
    eyes : {"oval", "round", "big", "bead"}
        How eyes are drawn.
    heads : tuple of 2 floats
        Smallest and largest number of heads that a character is high.
    hue : float
        Ground tone of the scenery, in turns.
    saturation, value : float
        Strength and brightness of the scenery's colours, 0 to 1.
    """

    family: Family
    line: float
    line_colour: int
    scenery_line: float
    shade: float
    light: float
    eyes: Eyes
    heads: tuple[float, float]
    hue: float
    saturation: float
    value: float


def style_of(seed: int, number: int) -> Style:
    """Return the look of show `number`; the first four are of four families."""
    dice = Dice(seed, "style", number)
    family = _FAMILIES[number % len(_FAMILIES)]
    second = number >= len(_FAMILIES)
    hue = dice.unit()
    light = dice.pick((-1.0, 1.0))
    if family == "flat":
        line = 2.0 if second else 2.9
        ink = hsv(hue + 0.5, 0.6, 0.25) if second else 0x141018
        eyes: Eyes = "oval" if second else "round"
        return Style(family, line, ink, 0.55, 0.16, light, eyes, (3.0, 4.2), hue, 0.55, 0.9)
    if family == "soft":
        eyes = "bead" if second else "oval"
        return Style(family, 0.0, 0x2A2233, 0.0, 0.42, light, eyes, (2.4, 3.2), hue, 0.5, 0.85)
    if family == "cel":
        line = 1.6 if second else 1.2
        ink = hsv(hue, 0.5, 0.2)
        return Style(family, line, ink, 0.7, 0.3, light, "big", (5.0, 6.4), hue, 0.42, 0.88)
    eyes = "round" if second else "bead"
    return Style(family, 0.0, 0x33241C, 0.0, 0.3, light, eyes, (2.8, 3.8), hue, 0.48, 0.92)


def episode_title(seed: int, number: int, episode: int) -> str:
    """Return the title of `episode` (from 1) of show `number`; neighbours never share one."""
    dice = Dice(seed, "titles", number)
    first, last = dice.shuffled(_EPISODE_FIRST), dice.shuffled(_EPISODE_LAST)
    return f"{first[episode % len(first)]} {last[episode % len(last)]}"
