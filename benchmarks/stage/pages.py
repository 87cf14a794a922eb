"""Storyboard pages of given panels, laid out as no drawn studio does it."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from framematch.calibration.operators.pixels import Pixels

_WORDS = ("SHE TURNS", "pan left", "cut to", "door opens", "Hello?", "beat", "SFX: rain", "hold")
_PAPERS = ((255, 255, 255), (250, 248, 240), (236, 236, 232))
_INK = (30, 30, 34)
# Height of a panel in pixels.
_TALL = 210


def storyboard(panels: list[Pixels], generator: np.random.Generator) -> Pixels:
    """Return a page of one to four panels with captions under or beside them, uint8 (H, W, 3)."""
    aspect = panels[0].shape[1] / panels[0].shape[0]
    wide = round(_TALL * aspect)
    columns = 2 if len(panels) > 2 and generator.random() < 0.7 else 1
    beside = columns == 1 and generator.random() < 0.6
    margin, caption = 30, 0 if beside else 60
    across = margin + columns * (wide + margin) + (round(0.6 * wide) if beside else 0)
    rows = -(-len(panels) // columns)
    page = Image.new(
        "RGB",
        (across, margin + 30 + rows * (_TALL + caption + margin)),
        _PAPERS[int(generator.integers(len(_PAPERS)))],
    )
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(16.0)
    pen.text(
        (margin, 10),
        f"SC {generator.integers(1, 90)}  page {generator.integers(1, 40)}",
        _INK,
        font,
    )
    for number, panel in enumerate(panels):
        left = margin + number % columns * (wide + margin)
        top = margin + 20 + number // columns * (_TALL + caption + margin)
        small = Image.fromarray(panel).resize((wide, _TALL), Image.Resampling.BOX)
        page.paste(small, (left, top))
        pen.rectangle((left, top, left + wide, top + _TALL), outline=_INK, width=2)
        words = generator.choice(_WORDS, int(generator.integers(2, 5)))
        for line, text in enumerate(words):
            x = left + wide + 16 if beside else left
            y = top + 24 * line + (6 if beside else _TALL + 4)
            if beside or line < 2:
                pen.text((x, y), str(text), _INK, font)
    return np.asarray(page)
