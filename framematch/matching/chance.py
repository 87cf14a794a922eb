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


def level_of(index: Index, rows: Sequence[int], alignments: Sequence[Alignment]) -> Level:
    """Return how well a query agrees with the verified leads that show something else.

    Parameters
    ----------
    index : Index
        What was searched.
    rows : sequence of int
        Row of each lead.
    alignments : sequence of Alignment
        Of the query with each of them.

    Returns
    -------
    Level
        The upper quartile over those leads that do not look like the sharpest one; `TYPICAL` where
        they are fewer than four.
    """
    if len(rows) <= _LEAST:
        return TYPICAL
    sharpness = np.array([alignment.sharpness for alignment in alignments])
    agreement = np.array([alignment.agreement for alignment in alignments])
    features = structure.unpack_features(index.features(rows))
    features /= np.maximum(np.linalg.norm(features, axis=1, keepdims=True), np.float32(1e-6))
    strangers = features @ features[sharpness.argmax()] < _ALIKE
    if strangers.sum() < _LEAST:
        return TYPICAL
    return Level(
        sharpness=float(np.quantile(sharpness[strangers], _QUANTILE)),
        agreement=float(np.quantile(agreement[strangers], _QUANTILE)),
    )
