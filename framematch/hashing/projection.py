"""The fixed numbers of the structure code: its mean vector and its projections.

Both are part of the hash specification and ship beside this file.
"""

from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

N_FEATURES = 1152
BITS = 512

#: Names the shipped mean vector in the specification; benchmarks/structure/mean.py makes it.
MEAN_VERSION = "1"
#: Names the shipped projections in the specification; benchmarks/structure makes them.
PROJECTIONS_VERSION = "1"


@lru_cache(maxsize=1)
def projections() -> npt.NDArray[np.float32]:
    """Return 512 projections of 1152 features, float32 (512, 1152), rows of unit length.

    Linear discriminant analysis with a frame and everything made of it (edits, drawings, parts of
    them) as one class, turned at random so that all bits count alike (Strecha, Bronstein, Bronstein
    and Fua, "LDAHash", IEEE TPAMI 2012). Kept as int8: codes are signs, so a row's scale is none of
    their business.
    """
    data = resources.files("framematch.hashing").joinpath("structure_projections.i8").read_bytes()
    matrix = np.frombuffer(data, dtype=np.int8).reshape(BITS, N_FEATURES).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    matrix.setflags(write=False)
    return matrix


@lru_cache(maxsize=1)
def mean_features() -> npt.NDArray[np.float32]:
    """Return the mean feature vector that is subtracted before the projections, float32 (1152,)."""
    data = resources.files("framematch.hashing").joinpath("structure_mean.f32").read_bytes()
    return np.frombuffer(data, dtype="<f4").astype(np.float32)
