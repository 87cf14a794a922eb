"""Colour arithmetic on 0xRRGGBB integers; owns no palettes, imports no drawing library."""

import colorsys

WHITE = 0xFFFFFF
BLACK = 0x000000


def hsv(hue: float, saturation: float, value: float) -> int:
    """Return 0xRRGGBB of `hue` in turns (any number), `saturation` and `value` 0 to 1."""
    parts = colorsys.hsv_to_rgb(hue % 1.0, min(max(saturation, 0), 1), min(max(value, 0), 1))
    red, green, blue = (round(255 * part) for part in parts)
    return red << 16 | green << 8 | blue


def mix(first: int, second: int, share: float) -> int:
    """Return the colour at `share` (0 to 1) of the way from `first` to `second`."""
    out = 0
    for shift in (16, 8, 0):
        a, b = first >> shift & 255, second >> shift & 255
        out |= min(max(round(a + (b - a) * share), 0), 255) << shift
    return out


def darker(colour: int, share: float) -> int:
    """Return `colour` with `share` of it replaced by a deep violet, as painters shade."""
    return mix(colour, 0x1A1030, share)


def lighter(colour: int, share: float) -> int:
    """Return `colour` with `share` of it replaced by a warm white."""
    return mix(colour, 0xFFFBEA, share)


def opaque(colour: int, alpha: float = 1.0) -> int:
    """Return 0xAARRGGBB for the drawing library; `alpha` from 0 to 1."""
    return round(255 * alpha) << 24 | colour


def luminance(colour: int) -> float:
    """Return the brightness of `colour`, 0 to 255, weighted as in BT.709."""
    return 0.2126 * (colour >> 16) + 0.7152 * (colour >> 8 & 255) + 0.0722 * (colour & 255)
