"""Lays a query over a reference and measures what their lines agree on.

Search finds pictures of the same layout; true pairs share where each line runs. Both pictures are
pooled to oriented strokes on a grid four times as fine as the code's, the query at five sizes
around its view, and correlated over every shift of up to a sixth of the picture. Two numbers come
out of the best place: the agreement (normalised correlation), and the sharpness of the whitened
correlation's peak over its surface (phase correlation: Kuglin and Hines, 1975; peak to deviation
as in MOSSE: Bolme et al., CVPR 2010). Layout alone, repeated texture and flat corners agree
broadly; only the same drawing agrees at one place. Pure functions on arrays.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing import structure
from framematch.hashing.field import BORDER_EDGE, StrokeField
from framematch.hashing.panels import Box, trim_borders
from framematch.hashing.preprocess import luma
from framematch.hashing.strokes import strokes
from framematch.hashing.views import View, inner_box

_ROWS, _COLUMNS = structure.FINE_ROWS, structure.FINE_COLUMNS
_SCALES = (0.85, 0.92, 1.0, 1.08, 1.17)
# Around a view that was aligned already.
_FINE_SCALES = (0.94, 0.97, 1.0, 1.03, 1.06)
_SHIFT = 0.16
_DOWN, _ALONG = int(_SHIFT * _ROWS), int(_SHIFT * _COLUMNS)
# Larger than the grid by as much as is needed for the shifts that are looked at not to wrap round.
_PLANE = (_ROWS + _DOWN + 1, _COLUMNS + _ALONG + 2)
_FREQUENCIES = _PLANE[1] // 2 + 1
# A cell of the query is drawn from this much stroke on; a neighbourhood that covers so much of the
# grid is all of it.
_DRAWN, _NEARLY_ALL = 0.05, 0.95
# Presence of a stroke: half way at this much of it in a cell.
_PRESENCE = 0.15
# Agreement over fewer strokes than this is agreement on nothing.
_LEAST_STROKES = 15.0
_WHITENING = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Pictures made ready for correlation.

    Attributes
    ----------
    strokes : complex64 (N, 8, 42, 39)
        Transforms of the oriented strokes on the padded grid.
    energy : complex64 (N, 42, 39)
        Transforms of their squares.
    power : float32 (N, 42, 39)
        Root of the strokes' power, for whitening.
    scales : tuple of float
        The sizes of a query relative to its view, one for each picture; empty for references.
    near : float32 (36, 64) or None
        Of a query: where it has strokes or may have them after a shift, 0 and 1. ``None`` where
        that is nearly everywhere, and for references.
    """

    strokes: npt.NDArray[np.complex64]
    energy: npt.NDArray[np.complex64]
    power: npt.NDArray[np.float32]
    scales: tuple[float, ...]
    near: npt.NDArray[np.float32] | None = None

    def __len__(self) -> int:
        return len(self.strokes)

    def take(self, rows: npt.NDArray[np.int64]) -> "Spectra":
        """Return some of the pictures."""
        return Spectra(
            self.strokes[rows],
            self.energy[rows],
            self.power[rows],
            self.scales,
        )


@dataclass(frozen=True, slots=True)
class Alignment:
    """The best place of a query on one reference.

    Attributes
    ----------
    agreement : float
        Normalised correlation of the strokes where both pictures lie, -1 to 1.
    sharpness : float
        Height of the whitened correlation's peak there, in deviations of its surface.
    contrast : float
        The same without whitening.
    explained : float
        Share of the query's strokes that the reference answers, 0 to 1.
    substance : float
        Strokes that there are to agree on: the smaller of both pictures' at that place, in cells.
    view : View
        The part of the query that covers the reference.
    """

    agreement: float
    sharpness: float
    contrast: float
    explained: float
    substance: float
    view: View


@lru_cache(maxsize=1)
def _whole_picture() -> npt.NDArray[np.complex64]:
    """Return the transform of the padded grid's own area, complex64 (42, 39)."""
    return _transform(np.ones((_ROWS, _COLUMNS), dtype=np.float32))


def _transform(planes: npt.NDArray[np.float32]) -> npt.NDArray[np.complex64]:
    """Return the halved transform, complex64 (..., 42, 39), of float32 (..., 36, 64).

    By products with the padded grid's few frequencies: for planes as small as these faster than
    the fast transform.
    """
    upright, level = _forth()
    rows = (planes @ level).reshape(*planes.shape[:-1], 2, _FREQUENCIES)
    return np.asarray(upright @ (rows[..., 0, :] + 1j * rows[..., 1, :]), dtype=np.complex64)


@lru_cache(maxsize=1)
def _forth() -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.float32]]:
    """Return the transform of rows, complex64 (42, 36), and of columns, float32 (64, 2 * 39).

    The latter has the real parts of all frequencies first, then the imaginary ones.
    """
    rows = np.arange(_PLANE[0])[:, None] * np.arange(_ROWS)[None, :]
    columns = np.arange(_COLUMNS)[:, None] * np.arange(_FREQUENCIES)[None, :]
    upright = np.exp(-2j * np.pi * rows / _PLANE[0])
    level = np.exp(-2j * np.pi * columns / _PLANE[1])
    return (
        upright.astype(np.complex64),
        np.concatenate([level.real, level.imag], axis=1).astype(np.float32),
    )


@lru_cache(maxsize=1)
def _back() -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.complex64]]:
    """Return the inverse transform at the allowed shifts only, complex64 (11, 42) and (39, 21).

    Of a surface of 42 by 76 places 231 are looked at. Frequencies that the halved transform leaves
    out are counted in.
    """
    rows = np.arange(-_DOWN, _DOWN + 1)[:, None] * np.arange(_PLANE[0])[None, :]
    columns = np.arange(_FREQUENCIES)[:, None] * np.arange(-_ALONG, _ALONG + 1)[None, :]
    upright = np.exp(2j * np.pi * rows / _PLANE[0]) / _PLANE[0]
    level = np.exp(2j * np.pi * columns / _PLANE[1]) / _PLANE[1] * _twice()[:, None]
    return upright.astype(np.complex64), level.astype(np.complex64)


@lru_cache(maxsize=1)
def _twice() -> npt.NDArray[np.float32]:
    """Return how often each column of the halved transform stands in the whole, float32 (39,)."""
    counts = np.full(_FREQUENCIES, 2.0, dtype=np.float32)
    counts[[0, -1]] = 1.0
    return counts


def _shifts(spectrum: npt.NDArray[np.complex64]) -> npt.NDArray[np.float32]:
    """Return a surface at the allowed shifts, float32 (..., 11, 21), no shift in the middle.

    Parameters
    ----------
    spectrum : complex64 (..., 42, 39)
        Transform of the surface.
    """
    upright, level = _back()
    return np.asarray((upright @ spectrum @ level).real, dtype=np.float32)


def _mean_and_spread(spectrum: npt.NDArray[np.complex64]) -> tuple[float, float]:
    """Return mean and deviation of a surface by its transform, complex64 (42, 39) (Parseval)."""
    n = _PLANE[0] * _PLANE[1]
    mean = float(spectrum[0, 0].real) / n
    power = spectrum.real**2 + spectrum.imag**2
    square = float((power.sum(axis=0) @ _twice()).item()) / n**2
    return mean, float(np.sqrt(max(square - mean * mean, 0.0)))


def _spectra(cells: npt.NDArray[np.float32], scales: tuple[float, ...]) -> Spectra:
    """Return the spectra of pooled strokes, float32 (N, 8, 36, 64)."""
    total = cells.sum(axis=1, keepdims=True)
    directed = np.sqrt(cells / (total + np.float32(1e-4)))
    directed -= directed.mean(axis=1, keepdims=True)
    directed *= total / (total + np.float32(_PRESENCE))
    squares = (directed * directed).sum(axis=1)
    transformed = _transform(directed)
    square = transformed.real**2 + transformed.imag**2
    power = np.sqrt(square.sum(axis=1) + np.float32(_WHITENING))
    return Spectra(transformed, _transform(squares), power, scales)


def _strokes_inside_borders(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the strokes, float32 (N, 8, H / 2, W / 2), without flat borders and their edges."""
    shared = strokes(grey)
    height, width = shared.shape[-2:]
    for picture, drawn in zip(grey, shared, strict=True):
        left, top, across, down = trim_borders(picture)
        if left > 0:
            drawn[:, :, : round(left * width) + BORDER_EDGE] = 0
        if left + across < 1:
            drawn[:, :, round((left + across) * width) - BORDER_EDGE :] = 0
        if top > 0:
            drawn[:, : round(top * height) + BORDER_EDGE] = 0
        if top + down < 1:
            drawn[:, round((top + down) * height) - BORDER_EDGE :] = 0
    return shared


class References:
    """Reference pictures made ready for correlation with any view.

    Parameters
    ----------
    thumbnails : uint8 (N, 144, 256, 3)
        sRGB.
    """

    def __init__(self, thumbnails: npt.NDArray[np.uint8]) -> None:
        drawn = _strokes_inside_borders(luma(thumbnails))
        self._cells = structure.pool(drawn, _ROWS, _COLUMNS)
        self._whole: Spectra | None = None

    def spectra(self, rows: npt.NDArray[np.int64], near: npt.NDArray[np.float32] | None) -> Spectra:
        """Return the spectra of some of the pictures.

        Parameters
        ----------
        rows : int64 (M,)
            Which.
        near : float32 (36, 64), optional
            What of them counts, as `Spectra.near` of a query says; all by default.
        """
        if near is not None:
            return _spectra(self._cells[rows] * near, ())
        if self._whole is None:
            self._whole = _spectra(self._cells, ())
        return self._whole.take(rows)


def _neighbourhood(cells: npt.NDArray[np.float32]) -> npt.NDArray[np.float32] | None:
    """Return where strokes, float32 (8, 36, 64), are or may be after a shift: see `Spectra.near`.

    What a reference shows elsewhere, beside a figure without its background or around a crop, says
    nothing: the frame must explain the drawing, not the drawing the frame.
    """
    drawn = cells.sum(axis=0) > _DRAWN
    near = _grown(_grown(drawn, _DOWN).T, _ALONG).T
    if near.mean() >= _NEARLY_ALL:
        return None
    return near.astype(np.float32)


def _grown(mask: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    """Return a mask grown by some cells to both sides of its first axis."""
    total = np.pad(np.cumsum(mask, axis=0), ((by + 1, by), (0, 0)), mode="edge")
    total[: by + 1] = 0
    grown: npt.NDArray[np.bool_] = total[2 * by + 1 :] > total[: -2 * by - 1]
    return grown


def query_spectra(field: StrokeField, view: View, *, fine: bool = False) -> Spectra:
    """Return the spectra of a view of a picture, at five sizes.

    Parameters
    ----------
    field : StrokeField
        Strokes of the picture.
    view : View
        The part of it.
    fine : bool
        For a view that was aligned already: sizes within 6 % of it in place of 17 %.
    """
    scales = _FINE_SCALES if fine else _SCALES
    cells = [
        field.cells(view.with_box(_resized(view.box, scale)), _ROWS, _COLUMNS, inside_borders=True)
        for scale in scales
    ]
    spectra = _spectra(np.stack(cells), scales)
    return replace(spectra, near=_neighbourhood(cells[scales.index(1.0)]))


def _resized(box: Box, scale: float) -> Box:
    room = (1.0 - scale) / 2
    return inner_box(box, (room, room, scale, scale))


def align(query: Spectra, view: View, references: Spectra) -> list[Alignment]:
    """Return the best place of a query on each of C references.

    Parameters
    ----------
    query : Spectra
        One view of it at five sizes, from `query_spectra`.
    view : View
        The view that they were made from.
    references : Spectra
        C references, from `References`.
    """
    # The same for every reference: how much of the query lies on it at each shift.
    query_energy = _shifts(query.energy.conj() * _whole_picture())
    return [
        _align_one(query, query_energy, view, references, position)
        for position in range(len(references))
    ]


def _align_one(
    query: Spectra,
    query_energy: npt.NDArray[np.float32],
    view: View,
    references: Spectra,
    position: int,
) -> Alignment:
    """Return the best place on one reference."""
    cross = np.einsum("skrc,krc->src", query.strokes.conj(), references.strokes[position])
    shared = _shifts(cross)
    reference_energy = _shifts(_whole_picture().conj() * references.energy[position])
    agreement = shared / np.sqrt(
        np.maximum(reference_energy, _LEAST_STROKES) * np.maximum(query_energy, _LEAST_STROKES)
    )
    size, down, along = np.unravel_index(int(agreement.argmax()), agreement.shape)
    white = cross[size] / (query.power[size] * references.power[position])
    near = _shifts(white)[max(0, down - 1) : down + 2, max(0, along - 1) : along + 2]
    level, spread = _mean_and_spread(cross[size])
    at_best = float(shared[size, down, along])
    shift = (float(down - _DOWN) / _ROWS, float(along - _ALONG) / _COLUMNS)
    return Alignment(
        agreement=float(agreement[size, down, along]),
        sharpness=float(near.max() / (_mean_and_spread(white)[1] + 1e-6)),
        contrast=(at_best - level) / (spread + 1e-3),
        explained=min(1.0, at_best / max(float(query_energy[size, down, along]), _LEAST_STROKES)),
        substance=float(
            max(0.0, min(query_energy[size, down, along], reference_energy[down, along]))
        ),
        view=_moved(view, query.scales[size], *shift),
    )


def _moved(view: View, scale: float, down: float, along: float) -> View:
    """Return the part of the query that covers the reference, after a shift in shares of it."""
    # The query's content has to move by the shift, so the window on it moves the other way.
    aside = along if view.mirrored else -along
    return view.with_box(inner_box(_resized(view.box, scale), (aside, -down, 1.0, 1.0)))
