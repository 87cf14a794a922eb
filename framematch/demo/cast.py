"""Who plays in a show: designs of characters, drawn by lot; owns no outlines."""

from dataclasses import dataclass

from framematch.demo.colours import darker, hsv, lighter
from framematch.demo.dice import Dice
from framematch.demo.styles import Style

_SKINS = (0xF6D3B8, 0xE8B48C, 0xC68A5E, 0x8D5A3B, 0x5C3A28, 0xF3C6A8)
_HAIR = ("bob", "spiky", "bun", "tails", "curly", "swept", "long", "bald", "mop")
_FIRST = (
    "Bram",
    "Odile",
    "Pim",
    "Kesta",
    "Juno",
    "Wick",
    "Tarro",
    "Mabby",
    "Sorrel",
    "Dov",
    "Ines",
    "Rook",
)


@dataclass(frozen=True, slots=True)
class Design:
    """Model sheet of one character in words.

    Attributes
    ----------
    name : str
        Given name.
    kind : str
        ``person``, ``cat``, ``bear``, ``rabbit`` or ``robot``.
    height : float
        Height relative to the rest of the cast, about 0.7 to 1.1.
    heads : float
        Height in heads.
    girth : float
        Width of the body relative to the usual.
    head_width, jaw : float
        Width of the head and of the jaw, in half head heights.
    skin, hair, eye, top, trim, bottom, shoes : int
        Colours 0xRRGGBB.
    hair_cut, clothes, legs, extra : str
        Names of forms in `figure` and `heads`.
    """

    name: str
    kind: str
    height: float
    heads: float
    girth: float
    head_width: float
    jaw: float
    skin: int
    hair: int
    eye: int
    top: int
    trim: int
    bottom: int
    shoes: int
    hair_cut: str
    clothes: str
    legs: str
    extra: str


def cast_of(seed: int, number: int, style: Style) -> tuple[Design, ...]:
    """Return the five characters of show `number`."""
    dice = Dice(seed, "cast", number)
    names = dice.shuffled(_FIRST)
    cuts = dice.shuffled(_HAIR)
    clothes = dice.shuffled(("shirt", "stripes", "jacket", "overall", "robe", "sash"))
    extras = dice.shuffled(("glasses", "scarf", "hat", "none", "cape", "satchel"))
    kinds = ["person"] * 5
    if style.family != "cel":
        kinds = dice.shuffled(["person", "person", "cat", "bear", dice.pick(("robot", "rabbit"))])
    hue = dice.unit()
    return tuple(
        _design(dice, style, names[i], kinds[i], cuts[i], clothes[i], extras[i], hue + i * 0.31)
        for i in range(5)
    )


def _design(
    dice: Dice,
    style: Style,
    name: str,
    kind: str,
    cut: str,
    clothes: str,
    extra: str,
    hue: float,
) -> Design:
    skin = dice.pick(_SKINS)
    hair = hsv(dice.unit(), dice.between(0.3, 0.8), dice.between(0.2, 0.9))
    if kind in ("cat", "bear", "rabbit"):
        skin = hsv(dice.between(0.0, 0.16), dice.between(0.15, 0.6), dice.between(0.5, 0.95))
        hair = darker(skin, 0.35)
        cut = dice.pick(("bald", "mop", "bald"))
    elif kind == "robot":
        skin = hsv(dice.unit(), 0.12, 0.85)
        hair = hsv(hue + 0.5, 0.7, 0.8)
        cut = "antenna"
    top = hsv(hue, dice.between(0.5, 0.85), dice.between(0.6, 0.95))
    bottom = hsv(
        hue + dice.pick((0.08, 0.5, 0.6)), dice.between(0.2, 0.6), dice.between(0.25, 0.65)
    )
    return Design(
        name=name,
        kind=kind,
        height=dice.between(0.74, 1.1),
        heads=dice.between(*style.heads),
        girth=dice.between(0.75, 1.35),
        head_width=dice.between(0.8, 1.08) if style.family == "cel" else dice.between(0.85, 1.25),
        jaw=dice.between(0.35, 0.6) if style.family == "cel" else dice.between(0.5, 0.95),
        skin=skin,
        hair=hair,
        eye=hsv(dice.unit(), 0.75, 0.55),
        top=top,
        trim=lighter(hsv(hue + 0.45, 0.6, 0.9), 0.3),
        bottom=bottom,
        shoes=darker(hsv(hue + 0.2, 0.5, 0.5), 0.3),
        hair_cut=cut,
        clothes=clothes,
        legs=dice.pick(("trousers", "shorts", "skirt", "trousers")),
        extra=extra,
    )
