"""Proposals to windows of one size that the model looks at. Pure functions on arrays."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.notes.lines import Proposal
from framematch.notes.strokes import Strokes

#: Height and width of a window; a line fills the middle `LINE` rows of it.
HEIGHT, WIDTH, LINE = 40, 72, 24
#: What a window holds: the strokes of the line, and all strokes around it in any ink.
PLANES = 2
#: A line is looked at in so many places at most.
MOST = 4

# Neighbouring windows of a long line lie so many line heights apart, at least.
_STEP = 2.25


def windows(
    strokes: Strokes, lines: Sequence[Proposal]
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Return windows of lines and which line each is of.

    Returns
    -------
    windows : uint8 (N, 2, 40, 72)
        Strokes, as strong as the line's own are dark.
    line : int64 (N,)
        Positions in `lines`, ascending; every line has one to `MOST`.
    """
    cut: list[npt.NDArray[np.uint8]] = []
    numbers: list[int] = []
    member = np.zeros(len(strokes.box) + 1, np.bool_)
    for number, line in enumerate(lines):
        member[line.blobs + 1] = True
        planes = _cut(strokes, line, member)
        member[line.blobs + 1] = False
        cut += planes
        numbers += [number] * len(planes)
    if not cut:
        return np.zeros((0, PLANES, HEIGHT, WIDTH), np.uint8), np.zeros(0, np.int64)
    return np.stack(cut), np.array(numbers, np.int64)


def _cut(
    strokes: Strokes, line: Proposal, member: npt.NDArray[np.bool_]
) -> list[npt.NDArray[np.uint8]]:
    left, top, right, lower = line.box
    high, wide = lower - top, right - left
    above = high * (HEIGHT - LINE) / 2 / LINE
    broad = high * WIDTH / LINE
    count = int(min(max(1 + np.ceil((wide - broad) / (_STEP * high)), 1), MOST))
    middles = (
        [(left + right) / 2]
        if count == 1
        else np.linspace(left + broad / 2, right - broad / 2, count).tolist()
    )
    # One cut for all windows of the line, with room on all sides.
    x0, y0 = int(min(middles) - broad / 2) - 1, int(top - above) - 1
    x1, y1 = int(max(middles) + broad / 2) + 2, int(lower + above) + 2
    height, width = strokes.strength.shape
    inner = (slice(max(y0, 0), min(y1, height)), slice(max(x0, 0), min(x1, width)))
    around = np.zeros((y1 - y0, x1 - x0), np.uint8)
    place = (
        slice(inner[0].start - y0, inner[0].stop - y0),
        slice(inner[1].start - x0, inner[1].stop - x0),
    )
    strength = strokes.strength[inner]
    own = np.where(member[strokes.labels[inner]], strength, 0).astype(np.uint8)
    full = max(_bright(own[own > 0]), 1)
    gain = np.minimum(np.arange(256) * (255 / full), 255).astype(np.uint8)
    around[place] = gain[strength]
    alone = np.zeros_like(around)
    alone[place] = gain[own]
    # One picture of the whole line at the size of windows, which are cut from it.
    size = LINE / high
    box = (
        min(middles) - broad / 2 - x0,
        top - above - y0,
        max(middles) + broad / 2 - x0,
        lower + above - y0,
    )
    long = max(round((box[2] - box[0]) * size), WIDTH)
    planes = np.stack(
        [
            np.asarray(
                Image.fromarray(plane).resize((long, HEIGHT), Image.Resampling.BILINEAR, box=box)
            )
            for plane in (alone, around)
        ]
    )
    starts = [round((middle - min(middles)) * size) for middle in middles]
    return [planes[:, :, min(start, long - WIDTH) :][:, :, :WIDTH] for start in starts]


def _bright(levels: npt.NDArray[np.uint8]) -> int:
    """Return the level that four fifths of all stay below."""
    counts = np.cumsum(np.bincount(levels, minlength=256))
    return int(np.searchsorted(counts, 0.8 * counts[-1]))
