"""What chance gives a query: how well it agrees with references that show something else.

Some pictures agree a little with everything: texture, crowds, a few strokes in the middle. Evidence
counts by how far it stands above what the same query gets from strangers, as scores of speakers are
normalised by a cohort (Auckenthaler, Carey and Lloyd-Thomas, Digital Signal Processing 2000). The
leads that were verified beside the best one are that cohort, those left out that show nearly the
same picture. Pure functions on arrays; decodes nothing.
"""

from collections.abc import Sequence

import numpy as np

from framematch.hashing import structure
from framematch.index import Index
from framematch.matching.align import Alignment
from framematch.matching.confidence import TYPICAL, Level

# References whose features agree as much as this show the same picture, or nearly.
_ALIKE = 0.5
# Fewer strangers than this say nothing.
_LEAST = 4
# The level is what so many of the strangers stay below: near their best, and no single one's.
_QUANTILE = 0.75


def level_of(index: Index, frames: Sequence[Sequence[tuple[int, Alignment]]]) -> Level:
    """Return how well a query agrees with the verified leads that show something else.

    Parameters
    ----------
    index : Index
        What was searched.
    frames : sequence of sequence of (int, Alignment)
        Of each frame of the query, one for a still: row of the index and alignment of every lead.

    Returns
    -------
    Level
        The upper quartile over those leads that do not look like their own frame's sharpest one;
        `TYPICAL` where they are fewer than four.
    """
    strangers = [alignment for leads in frames if leads for alignment in _strangers(index, leads)]
    if len(strangers) < _LEAST:
        return TYPICAL
    return Level(
        sharpness=float(np.quantile([one.sharpness for one in strangers], _QUANTILE)),
        agreement=float(np.quantile([one.agreement for one in strangers], _QUANTILE)),
    )


def _strangers(index: Index, leads: Sequence[tuple[int, Alignment]]) -> list[Alignment]:
    """Return the alignments of those leads of a frame that do not look like the sharpest."""
    features = structure.unpack_features(index.features([row for row, _ in leads]))
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), np.float32(1e-6))
    sharpest = max(range(len(leads)), key=lambda number: leads[number][1].sharpness)
    other = features @ features[sharpest] < _ALIKE
    return [alignment for (_, alignment), kept in zip(leads, other, strict=True) if kept]
