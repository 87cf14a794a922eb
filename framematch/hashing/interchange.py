"""Codes as the rest of the field writes them: hexadecimal text, vPDQ files, imagehash's pHash.

Owns the text formats. No files: callers read and write. Must not import media.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from framematch.errors import ConfigError
from framematch.hashing.appearance import SPEC
from framematch.hashing.preprocess import check_pixels
from framematch.records import HashSpec

_VPDQ_LINE = re.compile(
    r"([0-9]{1,18}),([0-9]{1,3}),([0-9a-fA-F]{64}),([0-9]{1,12}(?:\.[0-9]{1,9})?)"
)


@dataclass(frozen=True, slots=True)
class VpdqRow:
    """One frame of a vPDQ file.

    Attributes
    ----------
    frame_number : int
        Position of the frame in its video, from 0.
    quality : int
        PDQ quality, 0 to 100.
    code_hex : str
        The appearance code, 64 lower-case hexadecimal digits.
    timestamp_s : float
        Presentation time in seconds; the text has three decimals.
    """

    frame_number: int
    quality: int
    code_hex: str
    timestamp_s: float

    def __post_init__(self) -> None:
        if self.frame_number < 0 or not 0 <= self.quality <= 100 or not self.timestamp_s >= 0:
            raise ConfigError(
                f"vPDQ frame {self.frame_number}, quality {self.quality}, {self.timestamp_s} s:"
                " numbers must not be negative, and quality is at most 100"
            )
        from_hex(self.code_hex)


def to_hex(code: npt.NDArray[np.uint8]) -> str:
    """Return a code, uint8 (B,), as 2 * B lower-case hexadecimal digits in ThreatExchange's order.

    Raises
    ------
    ConfigError
        `code` is not one code.
    """
    if code.dtype != np.uint8 or code.ndim != 1:
        raise ConfigError(f"a code must be uint8 (B,), got {code.dtype} {code.shape}")
    return code.tobytes().hex()


def from_hex(text: str, spec: HashSpec = SPEC) -> npt.NDArray[np.uint8]:
    """Return the code, uint8 (B,), that hexadecimal digits say.

    Parameters
    ----------
    text : str
        Digits in either case; blanks around them are ignored.
    spec : HashSpec
        What the code must be; PDQ by default.

    Raises
    ------
    ConfigError
        There are too few or too many digits, or other characters.
    """
    digits = text.strip()
    if re.fullmatch(r"[0-9a-fA-F]+", digits) is None or len(digits) != 2 * spec.n_bytes:
        shown = digits if len(digits) <= 80 else f"{digits[:77]}..."
        raise ConfigError(
            f"{shown!r} is not a {spec.algorithm} code: that is {2 * spec.n_bytes} hexadecimal"
            f" digits, these are {len(digits)} characters"
        )
    return np.frombuffer(bytes.fromhex(digits), dtype=np.uint8)


def phash(pixels: npt.NDArray[np.uint8]) -> str:
    """Return imagehash's pHash of a picture, 16 hexadecimal digits.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.

    Raises
    ------
    ConfigError
        `pixels` has another dtype or shape.
    """
    # Here, because imagehash brings scipy and PyWavelets, and other codes need neither.
    import imagehash
    from PIL import Image

    check_pixels(pixels[None])
    return str(imagehash.phash(Image.fromarray(pixels)))


def write_vpdq(rows: Iterable[VpdqRow]) -> str:
    """Return a vPDQ file's text: a line ``frame,quality,hex,seconds`` per row, in their order."""
    return "".join(
        f"{row.frame_number},{row.quality},{row.code_hex.lower()},{row.timestamp_s:.3f}\n"
        for row in rows
    )


def parse_vpdq(text: str) -> tuple[VpdqRow, ...]:
    """Return the rows of a vPDQ file, in their order; blank lines are skipped, empty text has none.

    Raises
    ------
    ConfigError
        A line is not ``frame,quality,hex,seconds``.
    """
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        found = _VPDQ_LINE.fullmatch(line.strip())
        if found is None:
            raise ConfigError(
                f"line {number} of the vPDQ text is {line[:100]!r};"
                " write it as frame,quality,64 hexadecimal digits,seconds"
            )
        frame_number, quality, code_hex, timestamp_s = found.groups()
        try:
            row = VpdqRow(int(frame_number), int(quality), code_hex.lower(), float(timestamp_s))
        except ConfigError as error:
            raise ConfigError(f"line {number} of the vPDQ text: {error}") from None
        rows.append(row)
    return tuple(rows)
