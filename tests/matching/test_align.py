"""Alignment: the same drawing agrees at one place, strangers nowhere."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized

from framematch.hashing.panels import WHOLE, Box, overlap
from framematch.hashing.views import View
from framematch.matching.align import (
    Alignment,
    References,
    Spectra,
    align,
    query_spectra,
)
from framematch.matching.query import Picture
from framematch.media import decode_thumbnail, encode_thumbnail

Pixels = npt.NDArray[np.uint8]

#: The first is the frame that every query was made from, the others are strangers.
N_REFERENCES = 21
UPRIGHT, MIRRORED = View(WHOLE, mirrored=False), View(WHOLE, mirrored=True)


def spectra_of(pictures: list[Pixels]) -> Spectra:
    return References(thumbnails(pictures)).spectra(np.arange(len(pictures)), None)


def thumbnails(pictures: list[Pixels]) -> Pixels:
    return np.stack([decode_thumbnail(encode_thumbnail(picture)) for picture in pictures])


@pytest.fixture(scope="module")
def references() -> Spectra:
    return spectra_of([drawing(seed) for seed in range(N_REFERENCES)])


def aligned(picture: Pixels, references: Spectra, view: View = UPRIGHT) -> list[Alignment]:
    query = Picture.of(picture)
    return align(query_spectra(query.field, view), view, references)


def on_paper(stage: str) -> tuple[Pixels, Box]:
    """Return a drawing on a larger sheet, off its middle, and where it lies."""
    sheet = np.full((320, 576, 3), 255, dtype=np.uint8)
    return inside(drawing(0, stage), sheet, 50, 10), (50 / 576, 10 / 320, 512 / 576, 288 / 320)


def stands_out(found: list[Alignment]) -> None:
    """Assert that the first reference is told from the strangers by any margin worth having."""
    own, *strangers = found
    assert own.sharpness > 3 * max(other.sharpness for other in strangers)
    assert own.agreement > 2 * max(other.agreement for other in strangers)
    assert max(other.sharpness for other in strangers) < 20


@pytest.mark.parametrize("stage", ["final", "lines"])
def test_align_whole_frame_lies_on_itself(references: Spectra, stage: str) -> None:
    found = aligned(drawing(0, stage), references)
    stands_out(found)
    assert found[0].view.box == pytest.approx(WHOLE, abs=0.02)
    assert found[0].agreement > 0.9
    assert found[0].explained > 0.85


def test_align_shifted_and_scaled_line_drawing_gives_the_part_of_the_query(
    references: Spectra,
) -> None:
    sheet, place = on_paper("lines")
    found = aligned(sheet, references)
    stands_out(found)
    assert overlap(found[0].view.box_on_picture(), place) > 0.85
    assert not found[0].view.mirrored


def test_align_mirrored_line_drawing_gives_the_part_of_the_query_as_given(
    references: Spectra,
) -> None:
    sheet, place = on_paper("lines")
    x, y, width, height = place
    found = aligned(np.ascontiguousarray(sheet[:, ::-1]), references, MIRRORED)
    stands_out(found)
    assert found[0].view.mirrored
    assert overlap(found[0].view.box_on_picture(), (1 - x - width, y, width, height)) > 0.85


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_align_turned_line_drawing_gives_the_part_of_the_query_as_given(
    references: Spectra, turns: int
) -> None:
    sheet, place = on_paper("lines")
    where = View(place, mirrored=False, quarter_turns=turns).box_on_picture()
    lying = np.ascontiguousarray(np.rot90(sheet, -turns))
    found = aligned(lying, references, View(WHOLE, mirrored=False, quarter_turns=turns))
    stands_out(found)
    assert overlap(found[0].view.box_on_picture(), where) > 0.85


def test_align_crop_is_laid_over_the_frame_that_it_was_cut_from(references: Spectra) -> None:
    found = aligned(np.ascontiguousarray(drawing(0)[20:270, 40:470]), references)
    stands_out(found)
    x, y, width, height = found[0].view.box
    assert (x, y) == pytest.approx((-40 / 430, -20 / 250), abs=0.04)
    assert (width, height) == pytest.approx((512 / 430, 288 / 250), abs=0.05)
    assert found[0].view.box_on_picture() == pytest.approx(WHOLE, abs=0.02)


def test_align_figure_alone_is_explained_by_its_frame(references: Spectra) -> None:
    found = aligned(drawing(0, "figure"), references)
    stands_out(found)
    # The frame answers for nearly all of the figure, the figure only for a part of the frame.
    assert found[0].explained > 0.8 > found[0].agreement


def test_align_inverted_frame_agrees_as_the_frame_does(references: Spectra) -> None:
    plain, inverted = (aligned(p, references)[0] for p in (drawing(0), 255 - drawing(0)))
    assert inverted.agreement > 0.95
    assert inverted.agreement == pytest.approx(plain.agreement, abs=0.01)
    assert inverted.view == plain.view


def test_align_figures_do_not_depend_on_the_other_references(references: Spectra) -> None:
    found = aligned(drawing(3, "lines"), references)
    for position in (0, 3, 20):
        alone = references.take(np.array([position]))
        assert aligned(drawing(3, "lines"), alone) == [found[position]]


def test_align_letterbox_bars_do_not_make_strangers_agree() -> None:
    def barred(seed: int) -> Pixels:
        bars = np.zeros((288, 512, 3), dtype=np.uint8)
        return inside(resized(drawing(seed), 512, 216), bars, 0, 36)

    found = aligned(barred(0), spectra_of([barred(s) for s in range(12)]))
    stands_out(found)


@pytest.mark.parametrize("grey", [0, 255])
def test_align_flat_picture_agrees_with_nothing(references: Spectra, grey: int) -> None:
    flat = np.full((90, 160, 3), grey, dtype=np.uint8)
    for alignment in aligned(flat, references):
        assert alignment.agreement == pytest.approx(0, abs=1e-3)
        assert alignment.sharpness < 5
        assert np.isfinite([alignment.contrast, alignment.explained]).all()


def test_align_flat_reference_is_agreed_with_by_nobody() -> None:
    flats = References(np.full((1, 144, 256, 3), 90, dtype=np.uint8)).spectra(np.arange(1), None)
    (alignment,) = aligned(drawing(0), flats)
    assert alignment.agreement == pytest.approx(0, abs=1e-3)
    assert alignment.explained == pytest.approx(0, abs=1e-3)


def test_align_with_no_reference_is_empty(references: Spectra) -> None:
    assert aligned(drawing(0), references.take(np.array([], dtype=np.int64))) == []


def test_align_twice_gives_equal_figures(references: Spectra) -> None:
    assert aligned(drawing(5), references) == aligned(drawing(5), references)


def test_neighbourhood_of_a_picture_with_strokes_everywhere_is_all_of_it() -> None:
    checks = np.indices((288, 512)).sum(axis=0) // 16 % 2 * 255
    pixels = np.repeat(checks[..., None], 3, axis=2).astype(np.uint8)
    assert query_spectra(Picture.of(pixels).field, UPRIGHT).near is None


def test_neighbourhood_of_a_figure_holds_its_strokes_and_little_else() -> None:
    sheet = np.full((288, 512, 3), 255, dtype=np.uint8)
    sheet[120:160, 240:280] = 0
    near = query_spectra(Picture.of(sheet).field, UPRIGHT).near
    assert near is not None
    assert (near.dtype, near.shape) == (np.float32, (36, 64))
    assert near[15:20, 30:35].all()
    # A sixth of the picture around it, where a shift may take it.
    assert near[11, 32] == near[17, 22] == 1
    assert not near[:, :15].any()
    assert not near[:4].any()


def test_align_figure_agrees_more_where_only_its_surroundings_count() -> None:
    # A figure beside which the frame shows much else.
    pictures = References(thumbnails([drawing(seed) for seed in range(9)]))
    field = Picture.of(drawing(0, "figure")).field
    query = query_spectra(field, UPRIGHT)
    near = query.near
    assert near is not None
    plain = align(query, UPRIGHT, pictures.spectra(np.arange(9), None))
    masked = align(query, UPRIGHT, pictures.spectra(np.arange(9), near))
    assert masked[0].agreement > plain[0].agreement
    assert masked[0].sharpness > plain[0].sharpness
    stands_out(masked)
