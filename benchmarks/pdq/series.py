"""Distances to published codes, and whether they keep the rule."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

#: The rule: at most so many of 256 bits away from the published hash ...
MAX_DISTANCE = 10

#: ... wherever the published, or else the measured, quality is at least this.
MIN_QUALITY = 80


@dataclass(slots=True)
class Series:
    """Distances of one file's pictures to the published hashes.

    Attributes
    ----------
    name : str
        What was measured.
    distances : list of int
        Differing bits, of pictures of good quality.
    n_poor : int
        Pictures below `MIN_QUALITY`, left out.
    n_other_quality : int
        Pictures whose quality figure is not the published one.
    """

    name: str
    distances: list[int] = field(default_factory=list)
    n_poor: int = 0
    n_other_quality: int = 0

    def add(
        self,
        code: npt.NDArray[np.uint8],
        quality: int,
        published: npt.NDArray[np.uint8],
        published_quality: int | None = None,
    ) -> int:
        """Take in one picture's code and return its distance to the published one."""
        distance = int(np.bitwise_count(code ^ published).sum())
        if published_quality is not None and published_quality != quality:
            self.n_other_quality += 1
        if (quality if published_quality is None else published_quality) < MIN_QUALITY:
            self.n_poor += 1
        else:
            self.distances.append(distance)
        return distance

    @property
    def kept(self) -> bool:
        """Whether no distance is above `MAX_DISTANCE`; a series without distances shows nothing."""
        return bool(self.distances) and max(self.distances) <= MAX_DISTANCE

    def line(self) -> str:
        """Return the row of the table."""
        if not self.distances:
            return f"{self.name:<64} no picture of quality {MIN_QUALITY} or more"
        values = np.array(self.distances)
        share = float(np.mean(values <= MAX_DISTANCE))
        return (
            f"{self.name:<64} {len(values):>5} {values.min():>4} {np.median(values):>6.1f}"
            f" {np.percentile(values, 95):>5.1f} {values.max():>4} {share:>7.2%}"
            f" {self.n_poor:>5} {self.n_other_quality:>5}"
        )


def heading() -> str:
    """Return the head of the table."""
    return (
        f"{'':<64} {'n':>5} {'min':>4} {'median':>6} {'p95':>5} {'max':>4} {'<= 10':>7}"
        f" {'poor':>5} {'q !=':>5}"
    )
