"""What changes between two looks at a video, told from block means, without coding them.

A code costs several times as much as the picture that it is made of. So a look is held against the
last row before it is coded: one in which nothing has changed lengthens the row, and one that comes
early is let through only where things move fast. Knows no codes.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.media import Look

# A picture in which no block's mean is further than this off the last row's, in grey levels, is
# the same picture: both codes say so too.
_STILL = 1.0
# Of the steps between neighbouring blocks, the share that has changed where things move fast. It
# goes with the distance of the structure codes (r = .86 to .89, quarter seconds of three films);
# at this share as many rows come out as at 130 bits of it.
_FAST = 0.35
# Steps that count as none, in grey levels: dark and flat pictures do not move.
_FAINT = 0.5

_BLOCK = 8


@dataclass(frozen=True, slots=True, eq=False)
class _Glance:
    """Block means of a look's luma, float32 (18, 32), and the steps between them, in one row."""

    means: npt.NDArray[np.float32]
    steps: npt.NDArray[np.float32]
    total: float


class Changes:
    """Remembers what the last row shows.

    Parameters
    ----------
    period_s : float
        Seconds from a row to the next, unless things move fast.
    """

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._start_s = 0.0
        self._last: _Glance | None = None

    def is_new(self, look: Look) -> bool:
        """Tell whether a look may be a row of its own; if so, the next are held against it."""
        glance = _glance(look)
        if self._last is not None:
            if look.timestamp_s < self._start_s + 0.99 * self._period_s:
                if _moved(self._last, glance) <= _FAST:
                    return False
            elif float(np.abs(glance.means - self._last.means).max()) <= _STILL:
                return False
        self._start_s, self._last = look.timestamp_s, glance
        return True


def _glance(look: Look) -> _Glance:
    # Pillow's block means: whole levels, three times as fast as numpy's.
    image = Image.frombuffer("L", look.luma.shape[::-1], np.ascontiguousarray(look.luma))
    means = np.asarray(image.reduce(_BLOCK)).astype(np.float32)
    steps = np.abs(np.concatenate([np.diff(means).ravel(), np.diff(means, axis=0).ravel()]))
    return _Glance(means, steps, float(steps.sum()))


def _moved(one: _Glance, other: _Glance) -> float:
    """Return the share of the steps between neighbouring blocks that has changed, 0 to 1."""
    changed = float(np.abs(one.steps - other.steps).sum())
    return changed / (one.total + other.total + _FAINT * one.steps.size)
