"""Blobs to what may be lines of writing: neighbours of like size in one ink. Judges nothing.

Every height of letters is tried on its own; a blob may be in a proposal for several. Pure functions
on arrays.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.notes.strokes import Strokes

Ints = npt.NDArray[np.int32]

#: Heights of letters that are looked for, in pixels; larger ones are looked for in a smaller copy.
HEIGHTS = (9.0, 13.0, 18.0)

# A part of a letter is no higher and no wider than so many heights; joined letters are wider.
_TALLEST, _WIDEST = 1.35, 5.0
# Gaps within a line and within a letter, in heights.
_ALONG, _ACROSS = 0.75, 0.12
# A line is between so many heights high, and at least so wide.
_LINE_LEAST, _LINE_MOST, _LEAST_WIDE = 0.7, 1.6, 1.05
# A line has at least so many parts, fills at least so much of its box, and no more.
_FEWEST_PARTS, _THINNEST, _FULLEST = 2, 0.04, 0.75
# Blobs beyond so many are a texture: only the first are looked at.
_MOST_BLOBS = 6000


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """What may be a line of writing.

    Attributes
    ----------
    box : tuple of int
        Left, top, right and lower edge in pixels, the last two exclusive.
    ink : int
        Position in `strokes.INKS`.
    blobs : int64 (N,)
        Positions in `Strokes.box` of its parts.
    """

    box: tuple[int, int, int, int]
    ink: int
    blobs: npt.NDArray[np.int64]


def proposals(strokes: Strokes) -> list[Proposal]:
    """Return what may be lines, by height of letters, then from top to bottom."""
    found: list[Proposal] = []
    seen: set[tuple[int, int, int, int, int]] = set()
    for height in HEIGHTS:
        for proposal in _of_height(strokes, height):
            key = (*proposal.box, proposal.ink)
            if key not in seen:
                seen.add(key)
                found.append(proposal)
    return found


def _of_height(strokes: Strokes, height: float) -> list[Proposal]:
    box = strokes.box
    tall, wide = box[:, 3] - box[:, 1], box[:, 2] - box[:, 0]
    fits = np.flatnonzero((tall <= _TALLEST * height) & (wide <= _WIDEST * height))[:_MOST_BLOBS]
    if len(fits) < _FEWEST_PARTS:
        return []
    group = _grouped(box[fits], strokes.ink[fits], height)
    order = np.argsort(group, kind="stable")
    starts = np.flatnonzero(np.diff(group[order], prepend=-1))
    parts = box[fits][order]
    outer = np.stack(
        [
            np.minimum.reduceat(parts[:, 0], starts),
            np.minimum.reduceat(parts[:, 1], starts),
            np.maximum.reduceat(parts[:, 2], starts),
            np.maximum.reduceat(parts[:, 3], starts),
        ],
        axis=1,
    )
    counts = np.diff(np.append(starts, len(order)))
    high, broad = outer[:, 3] - outer[:, 1], outer[:, 2] - outer[:, 0]
    may = (counts >= _FEWEST_PARTS) & (broad >= _LEAST_WIDE * height)
    may &= (high >= _LINE_LEAST * height) & (high <= _LINE_MOST * height)
    found = []
    for number in np.flatnonzero(may):
        members = fits[order[starts[number] : starts[number] + counts[number]]]
        left, top, right, lower = outer[number].tolist()
        found.append(Proposal((left, top, right, lower), int(strokes.ink[members[0]]), members))
    return found


def _grouped(box: Ints, ink: npt.NDArray[np.int8], height: float) -> Ints:
    """Return the group of each blob, int32 (N,): chains of neighbours of one ink."""
    # Imported late, for half a second.
    from scipy import sparse
    from scipy.sparse import csgraph

    order = np.lexsort((box[:, 0], ink))
    # Far apart for each ink, so that one search along x serves all of them.
    shift = ink[order].astype(np.int64) * 1_000_000
    left, right = box[order, 0] + shift, box[order, 2] + shift
    last = np.searchsorted(left, right + _ALONG * height, side="right")
    counts = np.maximum(last - np.arange(len(order)) - 1, 0)
    first = np.repeat(np.arange(len(order)), counts)
    offset = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    second = first + 1 + offset
    top, lower = box[order, 1], box[order, 3]
    gap = np.maximum(top[first], top[second]) - np.minimum(lower[first], lower[second])
    touching = gap <= _ACROSS * height
    pair = (first[touching], second[touching])
    graph = sparse.coo_matrix((np.ones(len(pair[0]), np.int8), pair), (len(order), len(order)))
    group = np.empty(len(order), np.int32)
    group[order] = csgraph.connected_components(graph, directed=False)[1]
    return group
