"""Strokes found once and pooled for every view: as each view's own picture would have them."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized

from framematch.hashing import structure
from framematch.hashing.field import StrokeField
from framematch.hashing.panels import WHOLE, Box, trim_borders
from framematch.hashing.preprocess import luma
from framematch.hashing.strokes import strokes
from framematch.hashing.views import View, cut, inner_box

Grey = npt.NDArray[np.float32]
Cells = npt.NDArray[np.float32]

ROWS, COLUMNS = structure.ROWS, structure.COLUMNS
UPRIGHT = View(WHOLE, mirrored=False)


def own_cells(grey: Grey, view: View, rows: int = ROWS, columns: int = COLUMNS) -> Cells:
    """Return what a view's own picture, made as large as a reference, is coded from."""
    seen = cut(grey, view, structure.HEIGHT, structure.WIDTH)
    return structure.pool(strokes(seen[None]), rows, columns)[0]


def bits_apart(one: Cells, other: Cells) -> int:
    codes = structure.encode_cells(np.stack([one, other]))
    return int(np.bitwise_count(codes[0] ^ codes[1]).sum())


@pytest.fixture(scope="module", params=["final", "lines"])
def grey(request: pytest.FixtureRequest) -> Grey:
    return luma(drawing(3, request.param))


def test_cells_of_the_whole_picture_are_its_own(grey: Grey) -> None:
    cells = StrokeField(grey).cells(UPRIGHT, ROWS, COLUMNS)
    assert (cells.dtype, cells.shape) == (np.float32, (8, ROWS, COLUMNS))
    expected = own_cells(grey, UPRIGHT)
    np.testing.assert_allclose(cells, expected, atol=5e-4)
    assert expected.max() > 0.1
    assert bits_apart(cells, expected) <= 2


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(
    "box",
    [
        (0.1, 0.1, 0.8, 0.8),
        (0.0, 0.0, 0.85, 0.85),
        (0.3, 0.2, 0.7, 0.8),
        (0.25, 0.1, 0.5, 0.8),
        (0.05, 0.3, 0.9, 0.5),
        (0.3, 0.25, 0.5, 0.5),
        (0.3, 0.3, 0.4, 0.4),
    ],
)
def test_cells_of_a_view_inside_give_nearly_the_code_of_its_own_picture(
    grey: Grey, box: Box, mirrored: bool
) -> None:
    view = View(box, mirrored)
    cells = StrokeField(grey).cells(view, ROWS, COLUMNS)
    assert bits_apart(cells, own_cells(grey, view)) <= 60
    # The field's size is not the view's own, but the strokes stand where they should.
    np.testing.assert_allclose(cells.sum(axis=0), own_cells(grey, view).sum(axis=0), atol=0.18)


@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize(("box", "most"), [(WHOLE, 2), ((0.1, 0.2, 0.7, 0.6), 30)])
def test_cells_of_a_turned_view_give_nearly_the_code_of_its_own_picture(
    grey: Grey, box: Box, most: int, turns: int
) -> None:
    for mirrored in (False, True):
        view = View(box, mirrored, turns)
        cells = StrokeField(grey).cells(view, ROWS, COLUMNS)
        assert bits_apart(cells, own_cells(grey, view)) <= most


def test_cells_of_a_mirrored_view_are_mirrored_with_their_orientations(grey: Grey) -> None:
    field, box = StrokeField(grey), (0.1, 0.05, 0.7, 0.8)
    plain, mirrored = (field.cells(View(box, flag), ROWS, COLUMNS) for flag in (False, True))
    np.testing.assert_array_equal(mirrored, structure.mirror_cells(plain[None])[0])


def test_cells_of_small_panels_give_nearly_the_code_of_their_own_picture() -> None:
    # A sheet with a drawing in each corner, a fifth of its width and more.
    sheet = np.full((864, 1536, 3), 255, dtype=np.uint8)
    places = {(60, 50): 300, (1000, 60): 420, (80, 600): 360, (1180, 660): 310}
    for seed, ((left, top), width) in enumerate(places.items()):
        sheet = inside(resized(drawing(seed), width, width * 9 // 16), sheet, left, top)
    grey = luma(sheet)
    field = StrokeField(grey)
    known = structure.cells_of(np.stack([drawing(number) for number in range(8)]))
    for seed, ((left, top), width) in enumerate(places.items()):
        height = width * 9 // 16
        place = (left / 1536, top / 864, width / 1536, height / 864)
        # Just inside its edges, as panels are looked at too: the field knows the sheet around it.
        view = View(inner_box(place, (0.015, 0.015, 0.97, 0.97)), mirrored=False)
        cells = field.cells(view, ROWS, COLUMNS)
        assert bits_apart(cells, own_cells(grey, view)) <= 60
        # What counts: it is found as the drawing that was laid there.
        apart = [bits_apart(cells, other) for other in known]
        assert int(np.argmin(apart)) == seed
        assert apart[seed] < 70 < 140 < min(np.delete(apart, seed))


def test_cells_on_the_fine_grid_are_those_of_the_view_too(grey: Grey) -> None:
    view = View((0.1, 0.1, 0.8, 0.8), mirrored=False)
    fine = structure.FINE_ROWS, structure.FINE_COLUMNS
    cells = StrokeField(grey).cells(view, *fine)
    expected = own_cells(grey, view, *fine)
    assert np.corrcoef(cells.ravel(), expected.ravel())[0, 1] > 0.97


@pytest.mark.parametrize("mirrored", [False, True])
def test_cells_outside_the_picture_hold_nothing(grey: Grey, mirrored: bool) -> None:
    # The picture is the right half of the view.
    field, view = StrokeField(grey), View((-1.0, 0.0, 2.0, 1.0), mirrored)
    cells = field.cells(view, ROWS, COLUMNS)
    cells = cells[..., ::-1] if mirrored else cells
    # A blur of half a cell lets a little of the edge out.
    assert cells[..., :6].max() < 1e-6
    assert cells[..., 8:].sum() > 20 * cells[..., :8].sum()
    assert cells[..., 8:].max() > 0.1
    covered = field.coverage(view, ROWS, COLUMNS)
    covered = covered[:, ::-1] if mirrored else covered
    np.testing.assert_allclose(covered[:, :8], 0, atol=1e-6)
    np.testing.assert_allclose(covered[:, 8:], 1, atol=1e-6)


def test_cells_wholly_outside_the_picture_are_empty(grey: Grey) -> None:
    field = StrokeField(grey)
    for box in ((1.5, 0.2, 0.6, 0.6), (0.1, -0.5, 0.3, 0.3), (2.0, 2.0, 0.2, 0.2)):
        view = View(box, mirrored=False)
        assert field.cells(view, ROWS, COLUMNS).max() == 0
        assert field.coverage(view, ROWS, COLUMNS).max() == 0


def test_coverage_is_the_share_of_each_cell_inside_the_picture(grey: Grey) -> None:
    field = StrokeField(grey)
    # Of four columns the first lies outside, the second to a half; of two rows the last to a half.
    view = View((-0.3, 0.4, 0.8, 0.8), mirrored=False)
    np.testing.assert_allclose(
        field.coverage(view, 2, 4), [[0, 0.5, 1, 1], [0, 0.25, 0.5, 0.5]], atol=1e-5
    )
    turned = field.coverage(View(view.box, mirrored=True), 2, 4)
    np.testing.assert_allclose(turned[:, ::-1], field.coverage(view, 2, 4))
    assert field.coverage(UPRIGHT, ROWS, COLUMNS).min() == pytest.approx(1)


def barred(left: int, right: int, top: int = 0, bottom: int = 0, *, colour: int = 0) -> Grey:
    """Return a drawing between flat bars, so many pixels wide."""
    size = (288 + top + bottom, 512 + left + right, 3)
    canvas = np.full(size, colour, dtype=np.uint8)
    return luma(inside(drawing(3), canvas, left, top))


@pytest.mark.parametrize("bars", [(0, 0, 50, 50), (84, 84, 0, 0), (30, 30, 20, 20)])
@pytest.mark.parametrize("colour", [0, 255])
def test_cells_of_what_lies_inside_flat_borders_know_nothing_of_them(
    bars: tuple[int, int, int, int], colour: int
) -> None:
    grey = barred(*bars, colour=colour)
    box = trim_borders(grey)
    # Some drawings are flat along their own edge, which is then trimmed too.
    for view in (
        View(box, False),
        View(box, True),
        View(inner_box(box, (0, 0, 0.85, 0.85)), False),
    ):
        cells = StrokeField(grey).cells(view, ROWS, COLUMNS)
        assert bits_apart(cells, own_cells(grey, view)) <= 60


def test_cells_inside_borders_leave_out_bars_and_their_edges() -> None:
    grey = barred(64, 64)
    assert trim_borders(grey) == pytest.approx((0.1, 0.0, 0.8, 1.0), abs=0.01)
    field = StrokeField(grey)
    plain = field.cells(UPRIGHT, 9, 40)
    trimmed = field.cells(UPRIGHT, 9, 40, inside_borders=True)
    # The bars' edges stand in the fifth column from each side, and outshine what is near them.
    for edge in (3, 4), (-4, -5):
        assert plain[0][:, edge].sum() > 10 * trimmed[0][:, edge].sum()
    np.testing.assert_allclose(trimmed[..., 7:-7], plain[..., 7:-7], atol=1e-6)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_cells_inside_borders_of_a_turned_picture_are_turned(turns: int) -> None:
    grey = np.ascontiguousarray(np.rot90(barred(40, 60, 0, 36), -turns))
    view = View(WHOLE, mirrored=False, quarter_turns=turns)
    found = StrokeField(grey).cells(view, ROWS, COLUMNS, inside_borders=True)
    upright = StrokeField(barred(40, 60, 0, 36)).cells(UPRIGHT, ROWS, COLUMNS, inside_borders=True)
    np.testing.assert_allclose(found, upright, atol=1e-5)


def test_cells_inside_borders_of_a_picture_without_any_are_all_of_them(grey: Grey) -> None:
    # Without the edge pixels that are of one grey in the line drawing.
    grey = np.ascontiguousarray(grey[40:250, 60:450])
    assert trim_borders(grey) == WHOLE
    field = StrokeField(grey)
    # Small views at the picture's end are pooled from a field of their own, whose end is the
    # picture's but for rounding.
    starts = [0.6, *np.linspace(0.62, 0.78, 9).tolist()]
    for view in [UPRIGHT, *(View((x, x, 1 - x, 1 - x), mirrored=False) for x in starts)]:
        np.testing.assert_allclose(
            field.cells(view, ROWS, COLUMNS, inside_borders=True),
            field.cells(view, ROWS, COLUMNS),
            atol=1e-6,
        )


def test_cells_do_not_depend_on_what_was_asked_before(grey: Grey) -> None:
    boxes = [WHOLE, (0.1, 0.1, 0.8, 0.8), (0.12, 0.1, 0.76, 0.8), (0.6, 0.6, 0.2, 0.25)]
    views = [View(box, flag) for box in boxes for flag in (False, True)]
    field = StrokeField(grey)
    together = [field.cells(view, ROWS, COLUMNS) for view in views]
    for view, cells in zip(reversed(views), reversed(together), strict=True):
        np.testing.assert_array_equal(StrokeField(grey).cells(view, ROWS, COLUMNS), cells)


@pytest.mark.parametrize("shape", [(1, 1), (2, 300), (300, 2)])
def test_cells_of_a_tiny_or_flat_picture_are_finite(shape: tuple[int, int]) -> None:
    field = StrokeField(np.full(shape, 90, dtype=np.float32))
    for view in (UPRIGHT, View((0.4, 0.4, 0.05, 0.05), mirrored=True), View(WHOLE, False, 1)):
        cells = field.cells(view, ROWS, COLUMNS, inside_borders=True)
        assert cells.max() == pytest.approx(0, abs=1e-6)
