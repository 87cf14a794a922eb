"""High dynamic range and wide gamut to sRGB, on pictures of working size.

PQ is SMPTE ST 2084, HLG is ITU-R BT.2100 with a 1000 cd/m2 display; the tone curve is the EETF of
ITU-R BT.2390-8, with reference white at 203 cd/m2 as in ITU-R BT.2408. The peak is taken as 1000
cd/m2 for every file, so that equal frames come out equal whatever their metadata say. Every curve
is a table and the rest is elementwise arithmetic, which gives the same bytes on every machine. Must
not import a decoder.
"""

from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

Transfer = Literal["pq", "hlg", "sdr"]
Primaries = Literal["bt2020", "p3", "bt709"]

_WHITE_NITS = 203.0
_PEAK_NITS = 1000.0
_TOP = 65535

#: Linear light of the given primaries to linear BT.709, white D65 (ITU-R BT.2087; SMPTE EG 432-1).
_TO_BT709: dict[Primaries, tuple[tuple[float, float, float], ...]] = {
    "bt709": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "bt2020": (
        (1.660491, -0.587641, -0.072850),
        (-0.124550, 1.132900, -0.008349),
        (-0.018151, -0.100579, 1.118730),
    ),
    "p3": (
        (1.224940, -0.224940, 0.0),
        (-0.042057, 1.042057, 0.0),
        (-0.019638, -0.078636, 1.098274),
    ),
}


def to_srgb(
    codes: npt.NDArray[np.uint16], transfer: Transfer, primaries: Primaries
) -> npt.NDArray[np.uint8]:
    """Return the sRGB picture of non-linear R'G'B' values.

    Parameters
    ----------
    codes : uint16 (H, W, 3)
        Full range, 65535 for a signal of 1.
    transfer : {"pq", "hlg", "sdr"}
        Transfer function. ``sdr`` keeps greys as they are and moves only the primaries.
    primaries : {"bt2020", "p3", "bt709"}
        Primaries of R'G'B'.

    Returns
    -------
    uint8 (H, W, 3)
        Reference white of HDR keeps headroom for highlights above it; colours outside of sRGB are
        clipped.
    """
    light = _linear(transfer)[codes]
    if transfer == "hlg":
        luma = 0.2627 * light[..., 0] + 0.6780 * light[..., 1] + 0.0593 * light[..., 2]
        light *= _hlg_gain()[_index(luma)][..., None]
    if transfer != "sdr":
        light *= _tone_gain()[_index(light.max(axis=2))][..., None]
    rows = _TO_BT709[primaries]
    red, green, blue = (light[..., channel] for channel in range(3))
    mixed = [
        np.float32(row[0]) * red + np.float32(row[1]) * green + np.float32(row[2]) * blue
        for row in rows
    ]
    encoded: npt.NDArray[np.uint8] = _encode()[_index(np.stack(mixed, axis=2))]
    return encoded


def _index(values: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    """Return table positions of values from 0 to 1; the root gives darks their share."""
    return np.rint(np.sqrt(np.clip(values, 0.0, 1.0)) * np.float32(_TOP)).astype(np.uint16)


def _indexed() -> npt.NDArray[np.float64]:
    """Return the value that stands at each table position of `_index`."""
    return (np.arange(_TOP + 1) / _TOP) ** 2


@lru_cache(maxsize=3)
def _linear(transfer: Transfer) -> npt.NDArray[np.float32]:
    """Return light by code: scene light for HLG, relative to peak for PQ, to white for SDR."""
    signal = np.arange(_TOP + 1) / _TOP
    if transfer == "pq":
        return np.minimum(_pq_to_nits(signal) / _PEAK_NITS, 1.0).astype(np.float32)
    if transfer == "hlg":
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        upper = (np.exp((signal - c) / a) + b) / 12
        return np.where(signal <= 0.5, signal**2 / 3, upper).clip(0.0, 1.0).astype(np.float32)
    slope = signal / 12.92
    return np.where(signal <= 0.04045, slope, ((signal + 0.055) / 1.055) ** 2.4).astype(np.float32)


@lru_cache(maxsize=1)
def _hlg_gain() -> npt.NDArray[np.float32]:
    """Return the gain of BT.2100's opto-optical transfer (gamma 1.2) by scene luminance."""
    return (_indexed() ** 0.2).astype(np.float32)


@lru_cache(maxsize=1)
def _tone_gain() -> npt.NDArray[np.float32]:
    """Return the factor from light over peak to light over SDR white, by brightest channel."""
    light = _indexed()
    peak = _nits_to_pq(np.array(_PEAK_NITS))
    scaled = _nits_to_pq(light * _PEAK_NITS) / peak
    white = float(_nits_to_pq(np.array(_WHITE_NITS)) / peak)
    knee = 1.5 * white - 0.5
    part = ((scaled - knee) / (1 - knee)).clip(0.0, 1.0)
    spline = (
        (2 * part**3 - 3 * part**2 + 1) * knee
        + (part**3 - 2 * part**2 + part) * (1 - knee)
        + (-2 * part**3 + 3 * part**2) * white
    )
    mapped = _pq_to_nits(np.where(scaled < knee, scaled, spline) * peak) / _WHITE_NITS
    mapped[0], light[0] = _PEAK_NITS / _WHITE_NITS, 1.0
    return (mapped / light).astype(np.float32)


@lru_cache(maxsize=1)
def _encode() -> npt.NDArray[np.uint8]:
    """Return the sRGB byte by table position of linear light."""
    light = _indexed()
    upper = 1.055 * light ** (1 / 2.4) - 0.055
    signal = np.where(light <= 0.0031308, 12.92 * light, upper)
    codes: npt.NDArray[np.uint8] = np.rint(255 * signal).astype(np.uint8)
    return codes


_M1, _M2 = 2610 / 16384, 2523 / 4096 * 128
_C1, _C2, _C3 = 3424 / 4096, 2413 / 4096 * 32, 2392 / 4096 * 32


def _pq_to_nits(signal: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    root = signal ** (1 / _M2)
    nits: npt.NDArray[np.float64] = 10000 * (np.maximum(root - _C1, 0.0) / (_C2 - _C3 * root)) ** (
        1 / _M1
    )
    return nits


def _nits_to_pq(nits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    power = (nits / 10000) ** _M1
    signal: npt.NDArray[np.float64] = ((_C1 + _C2 * power) / (1 + _C3 * power)) ** _M2
    return signal
