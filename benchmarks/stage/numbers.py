"""Cases to numbers: what the models weigh and which flags are set, kept so a fit takes seconds.

Arrays have one row per case.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.stage.cases import Case, lies_on
from framematch.matching.difference import DIFFERENCE, difference
from framematch.matching.looks import look_at
from framematch.matching.stage import judge

#: Flags that the cases can be asked about.
FLAGS = ("annotations", "cropped", "mirrored", "timecode")


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What was measured of N cases.

    Attributes
    ----------
    title, source, operator : str (N,)
        As in `Case`.
    stages : str (N,)
        What counts as right, joined by ``|``; the first is what is fitted.
    looks : float64 (N, 25)
        Of the picture alone.
    apart : float64 (N, 14)
        Of the aligned difference; not a number where there is no frame.
    wanted, seen : bool (N, 4)
        Flags that are right, and flags that were set by the product, in the order of `FLAGS`.
    """

    title: npt.NDArray[np.str_]
    source: npt.NDArray[np.str_]
    operator: npt.NDArray[np.str_]
    stages: npt.NDArray[np.str_]
    looks: npt.NDArray[np.float64]
    apart: npt.NDArray[np.float64]
    wanted: npt.NDArray[np.bool_]
    seen: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.title)

    def take(self, chosen: npt.NDArray[np.bool_]) -> "Numbers":
        """Return some of the cases."""
        return Numbers(*(getattr(self, name)[chosen] for name in self.__slots__))

    @property
    def matched(self) -> npt.NDArray[np.bool_]:
        """Which cases have a frame to be held against, bool (N,)."""
        return np.asarray(np.isfinite(self.apart).all(axis=1))

    def save(self, path: Path) -> None:
        """Keep the numbers in an ``.npz`` file."""
        np.savez_compressed(path, **{name: getattr(self, name) for name in self.__slots__})

    @classmethod
    def load(cls, path: Path) -> "Numbers":
        """Return what `save` wrote."""
        with np.load(path) as kept:
            return cls(*(kept[name] for name in cls.__slots__))


def measure(cases: Iterable[Case], tell: Callable[[int], None]) -> Numbers:
    """Return the numbers of cases; `tell` is called with how many are done."""
    rows = []
    for number, case in enumerate(cases, start=1):
        matched = lies_on(case)
        apart = np.full(len(DIFFERENCE), np.nan)
        if matched is not None:
            apart = difference(case.pixels, matched).vector()
        seen = judge(case.pixels, matched).flags
        rows.append(
            (
                case.title,
                case.source,
                case.operator,
                "|".join(case.stages),
                look_at(case.pixels).vector(),
                apart,
                [flag in case.flags for flag in FLAGS],
                [flag in seen for flag in FLAGS],
            )
        )
        tell(number)
    return Numbers(*(np.array(column) for column in zip(*rows, strict=True)))
