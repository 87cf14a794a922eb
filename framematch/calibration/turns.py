"""Which operators a frame goes through: all of both families, used about equally."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np

from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.operators.pixels import Pixels, as_jpeg


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing to do to a frame.

    Attributes
    ----------
    family : {"finished", "line-art"}
        Kind of operator.
    operator : str
        A name of one of the registries, or ``plain``.
    seed : int
        Of the operator's generator.
    """

    family: str
    operator: str
    seed: int


def edited(pixels: Pixels, operator: str, seed: int) -> Pixels:
    """Return a frame after an operator; one of no registry means saved as JPEG, no more."""
    generator = np.random.default_rng(seed)
    for registry in (FINISHED, LINE_ART):
        if operator in registry:
            return registry[operator](pixels, generator)
    return as_jpeg(pixels, int(generator.integers(50, 95)))


def turns(finished: int, line_art: int, generator: np.random.Generator) -> Iterator[list[Edit]]:
    """Yield without end what is done to the next frame: so many edits of each family."""
    families = {
        family: (cycle(generator.permutation(list(names)).tolist()), count)
        for family, names, count in (
            ("finished", ["plain", *FINISHED], finished),
            ("line-art", list(LINE_ART), line_art),
        )
    }
    while True:
        yield [
            Edit(family, operator, int(generator.integers(1 << 31)))
            for family, (operators, count) in families.items()
            for operator in islice(operators, count)
        ]
