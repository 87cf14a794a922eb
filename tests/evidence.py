"""Evidence that nobody looked for: drawn from numbers, so that a test knows what is true of it."""

import numpy as np
import numpy.typing as npt

from framematch.calibration.sightings import Sightings
from framematch.matching.confidence import EVIDENCE

FEATURES = len(EVIDENCE)


def sightings(
    shows: dict[str, int],
    queries: list[tuple[str, int]],
    seen: list[tuple[int, str, bool, npt.ArrayLike]],
) -> Sightings:
    """Return sightings.

    Parameters
    ----------
    shows : dict
        Rows of each show.
    queries : list of (str, int)
        Show of each query, empty for a stranger, and rows of the index that it was asked of.
    seen : list of (int, str, bool, array)
        Query, show, whether the place is right, and evidence, float (11,), of each sighting.
    """
    names = tuple(sorted(shows))
    return Sightings(
        title=tuple(show or "stranger" for show, _ in queries),
        show=tuple(show for show, _ in queries),
        family=("finished",) * len(queries),
        operator=("plain",) * len(queries),
        query=np.array([one[0] for one in seen], dtype=np.int64),
        sighted=np.array([names.index(one[1]) for one in seen], dtype=np.int64),
        right=np.array([one[2] for one in seen], dtype=np.bool_),
        evidence=np.array([one[3] for one in seen], dtype=np.float64),
        shows=names,
        rows=np.array([rows for _, rows in queries], dtype=np.int64),
        show_rows=np.array([shows[name] for name in names], dtype=np.int64),
    )


#: How much likelier evidence of 1 is than of 0 where both show the same picture, as a logarithm.
TRUE_WEIGHTS = np.array([4.0, 6.0, 3.0, 0.0, 0.0, 5.0, 2.0, 0.0, 0.0, 0.0, 0.0])


def drawn(*, queries: int, strangers: int, seed: int, n_shows: int = 6) -> Sightings:
    """Return sightings of which the best possible model is known: it has `TRUE_WEIGHTS`.

    Every query sights every show. Evidence of another show is uniform, 0 to 1; of the right one
    its density rises by `TRUE_WEIGHTS`, so that these are the log likelihood ratio.
    """
    generator = np.random.default_rng(seed)
    shows = {f"Show {number}": 100 for number in range(n_shows)}
    names = sorted(shows)
    asked = [(names[number % n_shows], 100 * n_shows) for number in range(queries)]
    asked += [("", 100 * n_shows)] * strangers
    rise = np.maximum(TRUE_WEIGHTS, 1e-9)
    seen: list[tuple[int, str, bool, npt.ArrayLike]] = []
    for number, (own, _) in enumerate(asked):
        for name in names:
            vector = generator.uniform(0, 1, FEATURES)
            if name == own:
                vector = np.log1p(vector * np.expm1(rise)) / rise
            seen.append((number, name, name == own, vector))
    return sightings(shows, asked, seen)
