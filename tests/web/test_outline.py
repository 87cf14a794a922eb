"""The lines of a drawing over the finished frame: one thin line for each, where it was drawn."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from desks import Served
from PIL import Image, ImageDraw
from scipy import ndimage

from framematch.web.outline import FINER, lines_of

Pixels = npt.NDArray[np.uint8]


def drawn(width: float, *, ink: str = "#303030", paper: str = "white") -> Pixels:
    """Return a curve and a slanted line of some width, drawn large and made small as scans are."""
    large = Image.new("RGB", (256 * 8, 144 * 8), paper)
    pen = ImageDraw.Draw(large)
    pen.arc((320, 160, 1120, 960), 0, 359, ink, round(8 * width))
    pen.line((1300, 100, 1800, 1050), ink, round(8 * width))
    return np.asarray(large.resize((256, 144), Image.Resampling.BOX))


@pytest.mark.parametrize("width", [1, 3])
def test_drawn_line_is_one_thin_line_where_it_was_drawn(width: int) -> None:
    lines = lines_of(drawn(width))

    across = lines[72 * FINER] > 100  # a row through the circle's middle, and the slanted line
    labels, n = ndimage.label(across)
    centres = ndimage.center_of_mass(across, labels, range(1, n + 1))
    columns = sorted(float(at) / FINER for (at,) in centres)
    slanted = (1300 + 500 * (72 * 8 - 100) / 950) / 8
    inset = width / 2
    assert n == 3
    assert columns == pytest.approx([40 + inset, 140 - inset, slanted], abs=0.8)
    assert np.bincount(labels)[1:].max() <= 4  # of three to a pixel of the picture


def test_ink_on_a_dark_colour_is_seen_and_a_colour_alone_is_not() -> None:
    lines = lines_of(drawn(1.5, ink="#141014", paper="#5a1ec8"))
    plain = lines_of(np.full((144, 256, 3), (90, 30, 200), np.uint8))

    assert (lines > 100).sum() > 1000
    assert not plain.any()


def test_grain_of_paper_is_no_line() -> None:
    grain = 10
    dice = np.random.default_rng(3)
    paper = np.clip(235 + dice.normal(0, grain, (144, 256, 1)).repeat(3, 2), 0, 255)
    with_lines = np.clip(drawn(1.5) + dice.normal(0, grain, (144, 256, 1)), 0, 255)

    empty = lines_of(paper.astype(np.uint8)) > 0
    drawing = lines_of(with_lines.astype(np.uint8)) > 0
    clean = lines_of(drawn(1.5)) > 0
    there = ndimage.binary_dilation(clean, iterations=4)

    assert empty.mean() < 0.002
    assert (drawing & there).sum() > 0.7 * clean.sum()
    assert (drawing & ~there).mean() < 0.002


def test_outline_lies_on_the_reference(looked_at: Served) -> None:
    finding = next(
        one
        for one in looked_at.made.case.findings
        if one.evidence is not None and one.evidence.query and "/ink-" in one.evidence.query
    )
    assert finding.evidence is not None
    assert finding.evidence.query is not None
    assert finding.evidence.reference is not None

    answer = looked_at.client.get(
        "/api/v1/finding/outline", params={"key": finding.key, "colour": "00Ff80"}
    )

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    outline = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA"))
    reference = looked_at.made.picture(finding.evidence.reference)
    width, height = Image.open(io.BytesIO(reference)).size
    assert outline.shape == (FINER * height, FINER * width, 4)
    covered = outline[..., 3] > 0
    assert 0.005 < covered.mean() < 0.2
    assert (outline[covered][:, :3] == (0, 255, 128)).all()
    drawing = Image.open(io.BytesIO(looked_at.made.picture(finding.evidence.query)))
    grey = np.asarray(drawing.convert("L").resize(covered.shape[::-1]))
    assert grey[outline[..., 3] > 200].mean() < 0.5 * grey.mean()


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"colour": "red"}, 422), ({"colour": "12345g"}, 422), ({"key": "0" * 64}, 404)],
)
def test_outline_of_nothing_is_refused(
    looked_at: Served, asked: dict[str, str], status: int
) -> None:
    key = next(one.key for one in looked_at.made.case.findings if one.evidence is not None)

    answer = looked_at.client.get("/api/v1/finding/outline", params={"key": key, **asked})

    assert answer.status_code == status


def test_outline_of_a_damaged_picture_is_told(served: Served) -> None:
    finding = next(
        one
        for one in served.made.case.findings
        if one.evidence is not None and one.evidence.query is not None
    )
    assert finding.evidence is not None
    assert finding.evidence.query is not None
    (served.folder / finding.evidence.query).write_bytes(b"\xff\xd8\xff but no picture")

    answer = served.client.get("/api/v1/finding/outline", params={"key": finding.key})

    assert answer.status_code == 503
    assert "framematch case verify" in answer.json()["error"]["message"]
