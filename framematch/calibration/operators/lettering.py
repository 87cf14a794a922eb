"""Writing and marks on top of pictures: notes, time codes, the text of a web page."""

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from framematch.calibration.operators.pixels import Pixels

_NOTES = (
    "SC 045 fix eyes",
    "hair shape!",
    "pose OK",
    "cut 12 A",
    "hold 8f",
    "see model sheet",
    "x2",
)
_RED, _BLUE = (205, 40, 35), (35, 55, 205)


def _font(size_px: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8.0, size_px))


def write(
    pixels: Pixels, text: str, left: float, top: float, size_px: float, ink: tuple[int, int, int]
) -> Pixels:
    """Return the picture with a line of text on it, its upper left corner at the given pixel."""
    image = Image.fromarray(pixels)
    ImageDraw.Draw(image).text((left, top), text, fill=ink, font=_font(size_px))
    return np.asarray(image)


def boxed(pixels: Pixels, text: str) -> Pixels:
    """Return the picture with a time code in a black box at its foot."""
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    width, height = image.size
    pen.rectangle((0.33 * width, 0.88 * height, 0.67 * width, 0.97 * height), fill=(0, 0, 0))
    pen.text((0.37 * width, 0.895 * height), text, fill=(255, 255, 255), font=_font(0.06 * height))
    return np.asarray(image)


def annotated(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    """Return the picture with a corrector's notes on it: words, circles, ticks, red and blue."""
    image = Image.fromarray(pixels)
    pen = ImageDraw.Draw(image)
    width, height = image.size
    thick = max(2, height // 180)
    for _ in range(int(rng.integers(4, 8))):
        ink = _RED if rng.random() < 0.6 else _BLUE
        x, y = rng.uniform(0, 0.85 * width), rng.uniform(0, 0.92 * height)
        pen.text((x, y), str(rng.choice(_NOTES)), fill=ink, font=_font(0.055 * height))
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        wide, high = rng.uniform(0.04, 0.14, 2) * height
        if rng.random() < 0.5:
            pen.ellipse((x - wide, y - high, x + wide, y + high), outline=ink, width=thick)
        else:
            pen.line((x, y, x + 2 * wide, y + high), fill=ink, width=thick)
            pen.line((x, y, x + 0.3 * wide, y + high), fill=ink, width=thick)
    return np.asarray(image)


def layout_sheet(pixels: Pixels, rng: np.random.Generator, share: float) -> Pixels:
    """Return the picture at `share` of its size on a taller sheet, framed and annotated."""
    height, width = pixels.shape[:2]
    paper = Image.new("RGB", (width, round(1.25 * height)), (246, 245, 240))
    small = Image.fromarray(pixels).resize(
        (round(width * share), round(height * share)), Image.Resampling.BOX
    )
    left = round(rng.uniform(0.1, 0.9) * (width - small.width))
    top = round(rng.uniform(0.2, 0.8) * (paper.height - small.height))
    paper.paste(small, (left, top))
    pen = ImageDraw.Draw(paper)
    frame = (left, top, left + small.width, top + small.height)
    pen.rectangle(frame, outline=(40, 40, 40), width=max(2, height // 180))
    pen.text(
        (0.03 * width, 0.03 * height),
        "SC 045  CUT 12",
        fill=(25, 25, 25),
        font=_font(0.07 * height),
    )
    return annotated(np.asarray(paper), rng)


def web_page(pixels: Pixels) -> Pixels:
    """Return the picture as the player of a web page: a bar above, links aside, comments below."""
    height, width = pixels.shape[:2]
    page_w, page_h = round(1.7 * width), round(1.5 * height)
    page = Image.new("RGB", (page_w, page_h), (250, 250, 250))
    pen = ImageDraw.Draw(page)
    bar = round(0.1 * height)
    pen.rectangle((0, 0, page_w, bar), fill=(40, 60, 120))
    left, top = round(0.05 * page_w), bar + round(0.08 * height)
    page.paste(Image.fromarray(pixels), (left, top))
    font = _font(0.055 * height)
    for line in range(12):
        pen.text(
            (left + width + 0.06 * width, top + 0.1 * height * line),
            "Up next: lorem ipsum",
            fill=(30, 30, 30),
            font=font,
        )
    for line in range(3):
        pen.text(
            (left, top + height + (0.05 + 0.08 * line) * height),
            "A comment on the video, and a second one",
            fill=(60, 60, 60),
            font=font,
        )
    return np.asarray(page)
