"""What a search for the closest frames of a file deals in. Must not import a decoder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.records import Frame

#: Width and height at which every frame of a stretch is looked at.
SKETCH_SIZE = (128, 72)

Sketch = npt.NDArray[np.uint8]
#: How far a sketch, uint8 (72, 128) luma, is from each of the things that are looked for.
Distances = Callable[[Sketch], Sequence[float]]


@dataclass(slots=True, eq=False)
class Shown:
    """A frame that may turn out to be wanted; it is converted when it is asked for.

    Attributes
    ----------
    sketch : uint8 (72, 128)
        Its luma.
    timestamp_s : float
        Seconds from the start of the file.
    """

    sketch: Sketch
    timestamp_s: float
    _converted: Callable[[], Frame]
    _kept: Frame | None = None

    def frame(self) -> Frame:
        """Return the frame itself."""
        if self._kept is None:
            self._kept = self._converted()
        return self._kept


@dataclass(slots=True, eq=False)
class Closest:
    """The frame that comes closest to one of the things looked for.

    Attributes
    ----------
    distance : float
        Its distance.
    shown : Shown
        The frame.
    around : tuple of Shown
        The frames right before and after it, as far as there are such.
    """

    distance: float
    shown: Shown
    around: tuple[Shown, ...]
