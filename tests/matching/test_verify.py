"""Verification: leads come back with their alignment and the evidence weighed."""

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing

from framematch.hashing.panels import WHOLE
from framematch.hashing.views import View
from framematch.matching.confidence import EVIDENCE, TYPICAL, Level, Model
from framematch.matching.leads import Lead
from framematch.matching.query import Picture
from framematch.matching.verify import Sighting, align_leads, evidence_of, in_order, weigh
from framematch.media import decode_thumbnail, encode_thumbnail

Pixels = npt.NDArray[np.uint8]

UPRIGHT, MIRRORED = View(WHOLE, mirrored=False), View(WHOLE, mirrored=True)
MODEL = Model((2.3,) + (0.0,) * (len(EVIDENCE) - 1), -8.0, 943, 0.0, "sharpness alone")


class Thumbnails:
    """Thumbnails of drawings numbered as rows; notes what was asked for."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, rows: npt.NDArray[np.int64]) -> Pixels:
        assert rows.dtype == np.int64
        self.asked += rows.tolist()
        return np.stack([decode_thumbnail(encode_thumbnail(drawing(row))) for row in rows.tolist()])


def lead(row: int, view: View = UPRIGHT) -> Lead:
    return Lead(row, view, "structure", 64, 96, 0.6)


@pytest.fixture
def picture() -> Picture:
    return Picture.of(drawing(3, "lines"))


def test_align_leads_come_back_in_the_order_given(picture: Picture) -> None:
    leads = [lead(5), lead(3, MIRRORED), lead(3), lead(1)]
    thumbnails = Thumbnails()
    aligned = align_leads(picture, leads, thumbnails)
    assert [each for each, _ in aligned] == leads
    # Each thumbnail once, although one row has two leads.
    assert sorted(thumbnails.asked) == [1, 3, 5]
    agreements = [alignment.agreement for _, alignment in aligned]
    assert int(np.argmax(agreements)) == 2
    assert [alignment.view.mirrored for _, alignment in aligned] == [False, True, False, False]


def test_weigh_puts_the_true_row_first(picture: Picture) -> None:
    aligned = align_leads(picture, [lead(row) for row in range(6)], Thumbnails())
    sightings = in_order(weigh(*pair, TYPICAL, MODEL, 2.5) for pair in aligned)
    assert sightings[0].lead.row == 3
    assert sightings[0].log_odds > 0 > sightings[1].log_odds
    assert {sighting.query_s for sighting in sightings} == {2.5}
    odds = [sighting.log_odds for sighting in sightings]
    assert odds == sorted(odds, reverse=True)


def test_align_nothing_asks_for_nothing(picture: Picture) -> None:
    thumbnails = Thumbnails()
    assert align_leads(picture, [], thumbnails) == []
    assert thumbnails.asked == []


def test_sighting_keeps_the_level_of_strangers_in_its_evidence(picture: Picture) -> None:
    (pair,) = align_leads(picture, [lead(3)], Thumbnails())
    level = Level(sharpness=4.0, agreement=0.1)
    sighting = weigh(*pair, level, MODEL, 0.0)
    assert sighting.evidence == evidence_of(*pair, level)
    assert sighting.log_odds == MODEL.log_odds(sighting.evidence)


def test_evidence_of_a_lead_takes_its_likeness_its_tones_and_the_alignment(
    picture: Picture,
) -> None:
    ((given, alignment),) = align_leads(picture, [lead(3)], Thumbnails())
    evidence = evidence_of(given, alignment)
    assert (evidence.likeness, evidence.appearance) == (0.6, 0.25)
    for name in ("sharpness", "agreement", "contrast", "explained"):
        assert getattr(evidence, name) == getattr(alignment, name)


def test_in_order_ties_go_by_query_time_then_row(picture: Picture) -> None:
    ((_, alignment),) = align_leads(picture, [lead(3)], Thumbnails())

    def sighting(query_s: float, row: int, log_odds: float) -> Sighting:
        return Sighting(query_s, lead(row), alignment, log_odds)

    ordered = [
        sighting(9.0, 9, 2.0),
        sighting(0.5, 4, 1.0),
        sighting(0.5, 7, 1.0),
        sighting(1.0, 2, 1.0),
    ]
    assert in_order(reversed(ordered)) == ordered
