"""Lays a query over a reference and measures what their lines agree on.

Search finds pictures of the same layout; true pairs share where each line runs. Both pictures are
pooled to oriented strokes on a grid four times as fine as the code's, the query at five sizes
around its view, and correlated over every shift of up to a sixth of the picture. Two numbers come
out of the best place: the agreement (normalised correlation), and the sharpness of the whitened
correlation's peak over its surface (phase correlation: Kuglin and Hines, 1975; peak to deviation
as in MOSSE: Bolme et al., CVPR 2010). Layout alone, repeated texture and flat corners agree
broadly; only the same drawing agrees at one place. Pure functions on arrays.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from framematch.hashing import structure
from framematch.hashing.panels import Box, trim_borders
from framematch.hashing.preprocess import luma, shrink
from framematch.hashing.views import View, cut, inner_box, window_matrix
from framematch.matching.query import Picture

_ROWS, _COLUMNS = structure.FINE_ROWS, structure.FINE_COLUMNS
# Twice the grid, so that shifts do not wrap round.
_PLANE = (2 * _ROWS, 2 * _COLUMNS)
_SCALES = (0.85, 0.92, 1.0, 1.08, 1.17)
# Around a view that was aligned already.
_FINE_SCALES = (0.94, 0.97, 1.0, 1.03, 1.06)
_SHIFT = 0.16
_DOWN, _ALONG = int(_SHIFT * _ROWS), int(_SHIFT * _COLUMNS)
# Presence of a stroke: half way at this much of it in a cell.
_PRESENCE = 0.15
# Agreement over fewer strokes than this is agreement on nothing.
_LEAST_STROKES = 15.0
_WHITENING = 1.0
# Pixels next to a flat border that belong to its edge.
_BORDER_EDGE = 4
# The largest size of a query, in pixels, as dense as a reference's.
_MOST_ROWS = round(structure.HEIGHT * _SCALES[-1])
_MOST_COLUMNS = round(structure.WIDTH * _SCALES[-1])


@dataclass(frozen=True, slots=True, eq=False)
class Spectra:
    """Pictures made ready for correlation.

    Attributes
    ----------
    strokes : complex64 (N, 8, 72, 65)
        Transforms of the oriented strokes on the padded grid.
    energy : complex64 (N, 72, 65)
        Transforms of their squares.
    power : float32 (N, 72, 65)
        Root of the strokes' power, for whitening.
    colour : float32 (N, 36, 64, 3)
        Colour planes without their mean. Empty for queries, which are coloured once they are
        aligned.
    scales : tuple of float
        The sizes of a query relative to its view, one for each picture; empty for references.
    """

    strokes: npt.NDArray[np.complex64]
    energy: npt.NDArray[np.complex64]
    power: npt.NDArray[np.float32]
    colour: npt.NDArray[np.float32]
    scales: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.strokes)

    def take(self, rows: npt.NDArray[np.int64]) -> "Spectra":
        """Return some of the pictures."""
        return Spectra(
            self.strokes[rows],
            self.energy[rows],
            self.power[rows],
            self.colour[rows],
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
        Share of the query's strokes that the reference answers, about 0 to 1.
    colour : float
        Correlation of the colour planes where they lie on each other, 0 to 1.
    view : View
        The part of the query that covers the reference.
    """

    agreement: float
    sharpness: float
    contrast: float
    explained: float
    colour: float
    view: View


def _colour_agreement(picture: Picture, view: View, reference: npt.NDArray[np.float32]) -> float:
    """Return the correlation of colours, 0 to 1, with a reference's float32 (36, 64, 3)."""
    seen = np.stack([cut(plane, view, _ROWS, _COLUMNS) for plane in picture.planes], axis=-1)
    seen -= seen.mean(axis=(0, 1))
    size = float(np.sqrt((seen * seen).sum() * (reference * reference).sum()))
    return max(0.0, float((seen * reference).sum()) / (size + 1.0))


@lru_cache(maxsize=1)
def _whole_picture() -> npt.NDArray[np.complex64]:
    """Return the transform of the padded grid's own area, complex64 (72, 65)."""
    return _transform(np.ones((_ROWS, _COLUMNS), dtype=np.float32))


def _transform(planes: npt.NDArray[np.float32]) -> npt.NDArray[np.complex64]:
    """Return complex64 (..., 72, 65) of float32 (..., 36, 64)."""
    return np.fft.rfft2(planes, _PLANE).astype(np.complex64, copy=False)


def _surface(spectrum: npt.NDArray[np.complex64]) -> npt.NDArray[np.float32]:
    """Return the correlation surface, float32 (..., 72, 128), of complex64 (..., 72, 65)."""
    return np.fft.irfft2(spectrum, _PLANE).astype(np.float32, copy=False)


def _spectra(
    cells: npt.NDArray[np.float32], colour: npt.NDArray[np.float32], scales: tuple[float, ...]
) -> Spectra:
    """Return the spectra of pooled strokes, float32 (N, 8, 36, 64)."""
    total = cells.sum(axis=1, keepdims=True)
    directed = np.sqrt(cells / (total + np.float32(1e-4)))
    directed -= directed.mean(axis=1, keepdims=True)
    directed *= total / (total + np.float32(_PRESENCE))
    squares = (directed * directed).sum(axis=1)
    strokes = _transform(directed)
    power = np.sqrt((strokes.real**2 + strokes.imag**2).sum(axis=1) + np.float32(_WHITENING))
    return Spectra(strokes, _transform(squares), power, colour, scales)


def _strokes_inside_borders(grey: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return the strokes, float32 (N, 8, H, W), without those of flat borders and their edges."""
    shared = structure.strokes(grey)
    height, width = grey.shape[-2:]
    for picture, drawn in zip(grey, shared, strict=True):
        left, top, across, down = trim_borders(picture)
        if left > 0:
            drawn[:, :, : round(left * width) + _BORDER_EDGE] = 0
        if left + across < 1:
            drawn[:, :, round((left + across) * width) - _BORDER_EDGE :] = 0
        if top > 0:
            drawn[:, : round(top * height) + _BORDER_EDGE] = 0
        if top + down < 1:
            drawn[:, round((top + down) * height) - _BORDER_EDGE :] = 0
    return shared


def reference_spectra(thumbnails: npt.NDArray[np.uint8]) -> Spectra:
    """Return the spectra of reference thumbnails, uint8 (N, 144, 256, 3)."""
    cells = structure.pool(_strokes_inside_borders(luma(thumbnails)), _ROWS, _COLUMNS)
    colour = shrink(thumbnails, _ROWS, _COLUMNS).astype(np.float32)
    return _spectra(cells, colour - colour.mean(axis=(1, 2), keepdims=True), ())


def query_spectra(grey: npt.NDArray[np.float32], view: View, *, fine: bool = False) -> Spectra:
    """Return the spectra of a view of a picture's luma, float32 (H, W), at five sizes.

    The strokes are found once, on the largest size, and pooled over five windows of it. `fine` is
    for a view that was aligned already: sizes within 6 % of it in place of 17 %.
    """
    scales = _FINE_SCALES if fine else _SCALES
    most = _SCALES[-1]
    seen = cut(grey, view.with_box(_resized(view.box, most)), _MOST_ROWS, _MOST_COLUMNS)
    drawn = _strokes_inside_borders(seen[np.newaxis])[0]
    cells = [
        _window_pool(_MOST_ROWS, scale / most, _ROWS)
        @ drawn
        @ _window_pool(_MOST_COLUMNS, scale / most, _COLUMNS).T
        for scale in scales
    ]
    none = np.zeros((len(scales), 0, 0, 3), dtype=np.float32)
    return _spectra(np.stack(cells), none, scales)


@lru_cache(maxsize=32)
def _window_pool(size: int, share: float, cells: int) -> npt.NDArray[np.float32]:
    """Return the pooling, float32 (cells, size), of the middle `share` of an axis."""
    window = window_matrix(size, size * (1 - share) / 2, size * share, cells)
    blur = structure.blur_matrix(size, structure.CELL_BLUR * size * share / cells)
    return np.asarray(window @ blur, dtype=np.float32)


def _resized(box: Box, scale: float) -> Box:
    room = (1.0 - scale) / 2
    return inner_box(box, (room, room, scale, scale))


def align(picture: Picture, query: Spectra, view: View, references: Spectra) -> list[Alignment]:
    """Return the best place of a query on each of C references.

    Parameters
    ----------
    picture : Picture
        The query.
    query : Spectra
        One view of it at five sizes, from `query_spectra`.
    view : View
        The view that they were made from.
    references : Spectra
        C references, from `reference_spectra`.
    """
    # The same for every reference: how much of the query lies on it at each shift.
    query_energy = _shifts(_surface(query.energy.conj() * _whole_picture()))
    return [
        _align_one(picture, query, query_energy, view, references, position)
        for position in range(len(references))
    ]


def _align_one(
    picture: Picture,
    query: Spectra,
    query_energy: npt.NDArray[np.float32],
    view: View,
    references: Spectra,
    position: int,
) -> Alignment:
    """Return the best place on one reference."""
    cross = (query.strokes.conj() * references.strokes[position]).sum(axis=1)
    surface = _surface(cross)
    shared = _shifts(surface)
    reference_energy = _shifts(_surface(_whole_picture().conj() * references.energy[position]))
    agreement = shared / np.sqrt(
        np.maximum(reference_energy, _LEAST_STROKES) * np.maximum(query_energy, _LEAST_STROKES)
    )
    size, down, along = np.unravel_index(int(agreement.argmax()), agreement.shape)
    white = _surface(cross[size] / (query.power[size] * references.power[position]))
    peak = _shifts(white)[max(0, down - 1) : down + 2, max(0, along - 1) : along + 2].max()
    plane = surface[size]
    shift = (float(down - _DOWN) / _ROWS, float(along - _ALONG) / _COLUMNS)
    moved = _moved(view, query.scales[size], *shift)
    return Alignment(
        agreement=float(agreement[size, down, along]),
        sharpness=float(peak / (white.std() + 1e-6)),
        contrast=float((shared[size, down, along] - plane.mean()) / (plane.std() + 1e-3)),
        explained=float(
            shared[size, down, along] / max(query_energy[size, down, along], _LEAST_STROKES)
        ),
        colour=_colour_agreement(picture, moved, references.colour[position]),
        view=moved,
    )


def _shifts(surface: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return a surface at the allowed shifts, float32 (..., 11, 21), no shift in the middle."""
    rows = np.arange(-_DOWN, _DOWN + 1)
    columns = np.arange(-_ALONG, _ALONG + 1)
    return surface[..., rows[:, None], columns]


def _moved(view: View, scale: float, down: float, along: float) -> View:
    """Return the part of the query that covers the reference, after a shift in shares of it."""
    # The query's content has to move by the shift, so the window on it moves the other way.
    aside = along if view.mirrored else -along
    return view.with_box(inner_box(_resized(view.box, scale), (aside, -down, 1.0, 1.0)))
