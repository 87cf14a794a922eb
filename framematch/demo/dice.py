"""Reproducible random numbers from words; owns no state beyond one draw sequence, imports no numpy.

The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
generators", 2014), seeded from a BLAKE2 digest, so that a studio comes out the same under every
Python and numpy.
"""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_MASK = (1 << 64) - 1


class Dice:
    """A sequence of random draws that depends on its key words only.

    Parameters
    ----------
    *key : object
        Words and numbers that name the sequence, such as ``(seed, "cast", 3)``.
    """

    __slots__ = ("_key", "_state")

    def __init__(self, *key: object) -> None:
        self._key = key
        text = "\x1f".join(map(str, key)).encode()
        self._state = int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big")

    def child(self, *key: object) -> "Dice":
        """Return an independent sequence that does not disturb this one."""
        return Dice(*self._key, *key)

    def bits(self) -> int:
        """Return 64 random bits."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def unit(self) -> float:
        """Return a number from 0 (inclusive) to 1 (exclusive)."""
        return (self.bits() >> 11) / (1 << 53)

    def between(self, low: float, high: float) -> float:
        """Return a number from `low` to `high`."""
        return low + (high - low) * self.unit()

    def whole(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both inclusive."""
        return low + int(self.unit() * (high - low + 1))

    def chance(self, share: float) -> bool:
        """Return true in `share` of all cases."""
        return self.unit() < share

    def pick(self, items: Sequence[T]) -> T:
        """Return one of `items`, which must not be empty."""
        return items[int(self.unit() * len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return `items` in random order."""
        rest = list(items)
        for last in range(len(rest) - 1, 0, -1):
            other = self.whole(0, last)
            rest[last], rest[other] = rest[other], rest[last]
        return rest
