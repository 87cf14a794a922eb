"""A small convolutional network that tells writing, and its script, from drawing.

Three layers of 3 x 3 filters at half the size each, and two dense ones: 39,557 weights in
``writing.npz``, fitted by benchmarks/notes. Evaluated with numpy alone.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from framematch.errors import ConfigError
from framematch.notes.windows import HEIGHT, PLANES, WIDTH

Floats = npt.NDArray[np.float32]

#: What a window may be, in the order of the network's answers.
CLASSES = ("none", "Han", "Hangul", "Kana", "Latin")
#: Filters of each layer, and width of the dense one.
FILTERS, DENSE = (8, 16, 24), 32

_KERNEL, _STRIDE = 3, 2
_BATCH = 128


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Weights of the network.

    Attributes
    ----------
    filters : tuple of float32 (9 * C, C')
        Of each layer, by row, column and plane of what they look at.
    shifts : tuple of float32 (C',)
        Added to what they give.
    dense, dense_shift, last, last_shift : float32
        (D, 32), (32,), (32, 5) and (5,).
    """

    filters: tuple[Floats, ...]
    shifts: tuple[Floats, ...]
    dense: Floats
    dense_shift: Floats
    last: Floats
    last_shift: Floats

    def odds(self, windows: npt.NDArray[np.uint8]) -> Floats:
        """Return the log odds of each class, float32 (N, 5), of uint8 (N, 2, 40, 72)."""
        parts = [
            self._odds(windows[first : first + _BATCH]) for first in range(0, len(windows), _BATCH)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(CLASSES)), np.float32)

    def _odds(self, windows: npt.NDArray[np.uint8]) -> Floats:
        planes = windows.transpose(0, 2, 3, 1).astype(np.float32) / np.float32(255)
        for weights, shift in zip(self.filters, self.shifts, strict=True):
            patches = patches_of(planes)
            n, rows, columns, size = patches.shape
            out = patches.reshape(-1, size) @ weights + shift
            planes = np.maximum(out, 0).reshape(n, rows, columns, -1)
        hidden = np.maximum(planes.reshape(len(planes), -1) @ self.dense + self.dense_shift, 0)
        return np.asarray(hidden @ self.last + self.last_shift, np.float32)


def patches_of(planes: Floats) -> Floats:
    """Return what each filter looks at, float32 (N, H/2, W/2, 9 * C), of float32 (N, H, W, C)."""
    n, height, width, depth = planes.shape
    rows, columns = (height + 1) // _STRIDE, (width + 1) // _STRIDE
    padded = np.pad(planes, ((0, 0), (1, 1), (1, 1), (0, 0)))
    out = np.empty((n, rows, columns, _KERNEL * _KERNEL, depth), np.float32)
    for place in range(_KERNEL * _KERNEL):
        y, x = divmod(place, _KERNEL)
        out[:, :, :, place] = padded[
            :, y : y + _STRIDE * rows : _STRIDE, x : x + _STRIDE * columns : _STRIDE
        ]
    return out.reshape(n, rows, columns, -1)


def shapes() -> dict[str, tuple[int, ...]]:
    """Return the shape of every array of ``writing.npz``, by name."""
    found: dict[str, tuple[int, ...]] = {}
    depth, rows, columns = PLANES, HEIGHT, WIDTH
    for number, count in enumerate(FILTERS):
        found[f"filters_{number}"] = (_KERNEL * _KERNEL * depth, count)
        found[f"shifts_{number}"] = (count,)
        depth, rows, columns = count, (rows + 1) // _STRIDE, (columns + 1) // _STRIDE
    found["dense"] = (rows * columns * depth, DENSE)
    found["dense_shift"] = (DENSE,)
    found["last"] = (DENSE, len(CLASSES))
    found["last_shift"] = (len(CLASSES),)
    return found


@lru_cache(maxsize=1)
def shipped_network() -> Network:
    """Return the network that ships with this release.

    Raises
    ------
    ConfigError
        Its file is not whole.
    """
    place = resources.files("framematch.notes").joinpath("writing.npz")
    with place.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    wanted = shapes()
    if {name: array.shape for name, array in arrays.items()} != wanted:
        raise ConfigError("writing.npz is of another network; install framematch again")
    return network_of(arrays)


def network_of(arrays: dict[str, Floats]) -> Network:
    """Return the network of arrays by the names of `shapes`."""
    numbers = range(len(FILTERS))
    return Network(
        tuple(arrays[f"filters_{number}"] for number in numbers),
        tuple(arrays[f"shifts_{number}"] for number in numbers),
        arrays["dense"],
        arrays["dense_shift"],
        arrays["last"],
        arrays["last_shift"],
    )
