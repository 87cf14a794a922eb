"""A picture at half its size, a quarter, and so on: what small views of it are made from.

Each size is made when it is first asked for. One picture's cache: not for several threads.
"""

import numpy as np
import numpy.typing as npt

from framematch.hashing.preprocess import area_resize


class Sizes:
    """A picture and its halves.

    Parameters
    ----------
    grey : float32 (H, W)
        Luma, 0 to 255.
    """

    def __init__(self, grey: npt.NDArray[np.float32]) -> None:
        self._sizes = [grey]

    @property
    def whole(self) -> npt.NDArray[np.float32]:
        """The picture as it was given, float32 (H, W)."""
        return self._sizes[0]

    def at_least(self, height: float, width: float) -> npt.NDArray[np.float32]:
        """Return the smallest size of at least so many pixels a side; the whole if none has.

        Parameters
        ----------
        height, width : float
            In pixels.
        """
        number = 0
        while True:
            rows, columns = self._sizes[number].shape
            if rows < 2 * height or columns < 2 * width or min(rows, columns) < 2:
                return self._sizes[number]
            number += 1
            if number == len(self._sizes):
                self._sizes.append(_halved(self._sizes[-1]))


def _halved(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return means over two by two pixels; of an odd side, over a little more than two."""
    height, width = grey.shape
    if height % 2 or width % 2:
        return area_resize(grey, height // 2, width // 2)
    upper = grey[::2] + grey[1::2]
    halved: npt.NDArray[np.float32] = (upper[:, ::2] + upper[:, 1::2]) * np.float32(0.25)
    return halved
