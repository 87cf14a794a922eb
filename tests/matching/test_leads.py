"""Leads: what a search is worth, one per scene, the same again."""

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from stand_in import StandIn, flipped, leaning, random_codes, random_features, reference

from framematch.hashing import structure
from framematch.hashing.panels import WHOLE
from framematch.hashing.strokes import ORIENTATIONS
from framematch.hashing.views import View
from framematch.matching.leads import (
    SCENE_S,
    Lead,
    find_leads,
    pair_leads,
    thin,
    unusual,
)
from framematch.matching.query import ViewCodes

UPRIGHT, MIRRORED = View(WHOLE, mirrored=False), View(WHOLE, mirrored=True)
EVERYWHERE = np.ones((structure.ROWS, structure.COLUMNS), dtype=np.float32)

#: Two references of forty rows, a row every half second.
ROWS = [(position, 0.5 * step) for position in range(2) for step in range(40)]


@pytest.fixture
def index() -> StandIn:
    return StandIn.of([reference("a", "Alpha", 1), reference("b", "Beta", 1)], ROWS)


def query_like(index: StandIn, wanted: list[tuple[int, int, int]]) -> ViewCodes:
    """Return one view per (row, differing bits of structure, and of appearance).

    Their vectors are as far from those of the rows as the structure codes say.
    """
    return codes_of(
        [
            (
                flipped(index.codes_["structure"][row], lines),
                flipped(index.codes_["appearance"][row], tones),
                leaning(index.features_[row], math.cos(math.pi * lines / 512)),
            )
            for row, lines, tones in wanted
        ]
    )


def codes_of(views: list[tuple[npt.NDArray[np.uint8], ...]]) -> ViewCodes:
    """Return views of given structure codes, appearance codes and vectors, known everywhere."""
    lines, tones, apart = (np.stack(column) for column in zip(*views, strict=True))
    return ViewCodes(
        views=tuple(View((0.01 * n, 0.0, 0.9, 1.0), mirrored=False) for n in range(len(views))),
        structure=lines,
        appearance=tones,
        apart=apart,
        known=np.stack([EVERYWHERE] * len(views)),
    )


def strangers_to(index: StandIn, seed: int = 77) -> tuple[npt.NDArray[np.uint8], ...]:
    """Return codes and a vector that resemble no row."""
    vector = leaning(random_features(1, seed)[0], 1.0)
    return random_codes(1, "structure", seed)[0], random_codes(1, "appearance", seed)[0], vector


def test_unusual_runs_from_the_same_code_to_an_unrelated_one() -> None:
    assert unusual("structure", 0) == unusual("appearance", 0) == 1
    assert unusual("structure", 128) == unusual("appearance", 64) == 0.5
    assert unusual("structure", 256) == unusual("structure", 400) == 0
    assert unusual("appearance", 128) == 0


def test_lead_distance_is_of_the_code_that_found_it() -> None:
    by_lines = Lead(3, UPRIGHT, "structure", 40, 90, 0.9)
    by_tones = Lead(3, UPRIGHT, "appearance", 200, 9, 0.2)
    assert (by_lines.distance, by_tones.distance) == (40, 9)
    assert by_lines.strength == unusual("structure", 40)
    assert by_tones.strength == unusual("appearance", 9)
    assert by_lines.closeness == unusual("structure", 40) + unusual("appearance", 90)


def test_pair_leads_count_the_bits_of_both_codes(index: StandIn) -> None:
    codes = query_like(index, [(5, 37, 21), (50, 250, 4)])
    first, second = pair_leads(index, codes, np.array([0, 1]), np.array([5, 50]))
    assert (first.row, first.structure_distance, first.appearance_distance) == (5, 37, 21)
    assert (first.view, first.code) == (codes.views[0], "structure")
    assert (second.row, second.code, second.distance) == (50, "appearance", 4)
    # The features are kept in steps, but the query's own vector is not: nearly the angle meant.
    assert first.likeness == pytest.approx(math.cos(math.pi * 37 / 512), abs=1e-3)
    assert second.likeness == pytest.approx(math.cos(math.pi * 250 / 512), abs=1e-3)
    assert pair_leads(index, codes, np.array([], np.int64), np.array([], np.int64)) == []


def test_find_leads_first_is_the_row_and_view_that_resemble_most(index: StandIn) -> None:
    codes = query_like(index, [(7, 120, 128), (60, 30, 128), (20, 140, 128)])
    found = find_leads(index, codes, 6)
    assert (found[0].row, found[0].view) == (60, codes.views[1])
    assert {7, 20} <= {each.row for each in found}
    assert [each.strength for each in found] == sorted((x.strength for x in found), reverse=True)


def test_find_leads_row_hit_by_several_views_comes_once_with_its_best(index: StandIn) -> None:
    codes = query_like(index, [(9, 80, 128), (9, 20, 128), (9, 60, 128)])
    (own,) = [each for each in find_leads(index, codes, 10) if each.row == 9]
    assert (own.view, own.distance) == (codes.views[1], 20)


def test_find_leads_by_appearance_alone_is_found(index: StandIn) -> None:
    found = find_leads(index, query_like(index, [(33, 256, 10)]), 8)
    assert (found[0].row, found[0].code, found[0].distance) == (33, "appearance", 10)


def test_find_leads_neither_code_crowds_out_the_other() -> None:
    # Ten references look like the query in tones, one has its lines, less unusually so.
    names = "abcdefghijk"
    references = [reference(name, f"Show {name}", 1) for name in names]
    tones, lines = random_codes(11, "appearance"), random_codes(11, "structure")
    query_tones, query_lines = tones[0].copy(), flipped(lines[10], 130)
    for row in range(10):
        tones[row] = flipped(query_tones, 20, seed=row)
    index = StandIn.of(
        references,
        [(position, 0.0) for position in range(11)],
        {"appearance": tones, "structure": lines},
    )
    vector = leaning(index.features_[10], math.cos(math.pi * 130 / 512))
    found = find_leads(index, codes_of([(query_lines, query_tones, vector)]), 6)
    assert len(found) == 6
    assert 10 in {each.row for each in found}
    assert sum(each.code == "appearance" for each in found) >= 3


def test_find_leads_by_likeness_gets_a_place_that_its_code_would_not(index: StandIn) -> None:
    # By its code row 30 is the last of the three, by its features it is the query's own.
    lines, tones, _ = strangers_to(index)
    for row, bits in ((5, 100), (60, 110), (30, 150)):
        index.codes_["structure"][row] = flipped(lines, bits, seed=row)
    own = (lines, tones, leaning(index.features_[30], 0.9))
    found = find_leads(index, codes_of([own]), 2)
    assert [(each.row, each.structure_distance) for each in found] == [(5, 100), (30, 150)]
    assert found[1].likeness == pytest.approx(0.9, abs=0.01)
    # Where the features agree with the codes, the next place goes by code.
    agreed = (lines, tones, leaning(index.features_[5], 0.9))
    assert [each.row for each in find_leads(index, codes_of([agreed]), 2)] == [5, 60]


def test_find_leads_of_a_scene_keeps_the_row_that_is_better_by_likeness(index: StandIn) -> None:
    lines, tones, _ = strangers_to(index)
    for row, bits in ((10, 60), (11, 75)):
        index.codes_["structure"][row] = flipped(lines, bits, seed=row)
    codes = codes_of([(lines, tones, leaning(index.features_[11], 0.8))])
    assert {10, 11} & {each.row for each in find_leads(index, codes, 8)} == {11}


def test_find_leads_of_a_partial_query_go_by_what_is_known(index: StandIn) -> None:
    # Row 30 is the query's own where it is known, and its contrary elsewhere; row 5 resembles the
    # query a little everywhere.
    lines, tones, _ = strangers_to(index)
    known = EVERYWHERE.copy()
    known[:, 4:] = 0
    here = np.tile(known.ravel(), ORIENTATIONS) > 0
    query = leaning(random_features(1, 8)[0], 1.0)
    for row, vector in ((30, np.where(here, query, -query)), (5, leaning_to(query, 0.6))):
        index.features_[row] = packed(vector)
        index.codes_["structure"][row] = flipped(lines, 120, seed=row)
    index.codes_["structure"][60] = flipped(lines, 60, seed=60)
    whole = codes_of([(lines, tones, query)])
    partial = replace(whole, apart=whole.apart * here, known=known[None])
    assert [each.row for each in find_leads(index, whole, 2)] == [60, 5]
    found = find_leads(index, partial, 2)
    assert [each.row for each in found] == [60, 30]
    assert found[1].likeness == pytest.approx(np.linalg.norm(query[here]), abs=0.02)


def leaning_to(vector: npt.NDArray[np.float32], cosine: float) -> npt.NDArray[np.float32]:
    return leaning(packed(vector), cosine)


def packed(vector: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    """Return a vector as the index keeps it, uint8 (576,)."""
    step = float(dict(structure.SPEC.parameters)["feature_step"])
    levels = np.clip(np.rint(vector / step), -8, 7).astype(np.int64) + 8
    return (levels[::2] << 4 | levels[1::2]).astype(np.uint8)


@pytest.mark.parametrize(("nearer_by", "view"), [(20, 0), (21, 1)])
def test_find_leads_view_of_a_much_nearer_appearance_code_is_preferred(
    index: StandIn, nearer_by: int, view: int
) -> None:
    # The first view is the more like by its lines, the second by its tones.
    like = (index.codes_["structure"][9], flipped(index.codes_["appearance"][9], 50))
    other = (strangers_to(index)[0], flipped(index.codes_["appearance"][9], 50 - nearer_by, 1))
    codes = codes_of(
        [
            (*like, leaning(index.features_[9], 0.8)),
            (*other, leaning(index.features_[9], 0.3)),
        ]
    )
    (own,) = [each for each in find_leads(index, codes, 8) if each.row == 9]
    assert own.view == codes.views[view]
    assert own.likeness == pytest.approx((0.8, 0.3)[view], abs=0.01)


def test_find_leads_are_of_different_scenes(index: StandIn) -> None:
    found = find_leads(index, query_like(index, [(10, 60, 60), (11, 61, 60), (12, 62, 60)]), 8)
    assert {10, 11, 12} & {each.row for each in found} == {10}


def test_find_leads_twice_are_equal(index: StandIn) -> None:
    codes = query_like(index, [(10, 200, 100), (50, 210, 100)])
    assert find_leads(index, codes, 8) == find_leads(index, codes, 8)


def test_find_leads_in_an_empty_index_are_none() -> None:
    empty = StandIn.of([], [])
    assert find_leads(empty, codes_of([strangers_to(empty)]), 8) == []


def test_thin_keeps_the_first_of_each_scene_and_counts_references_apart(index: StandIn) -> None:
    # Rows 0, 2 and 3 start within 1.6 s of row 0; row 4 is 2 s away; row 40 is another reference.
    assert thin(index, np.array([0, 2, 3, 4, 40]), 10).tolist() == [0, 4, 40]
    assert thin(index, np.array([3, 0, 4, 40, 2]), 10).tolist() == [3, 40]
    assert index.rows.timestamp_s[3] < SCENE_S < index.rows.timestamp_s[4]


def test_thin_stops_at_the_number_asked_for(index: StandIn) -> None:
    assert thin(index, np.array([0, 10, 20]), 2).tolist() == [0, 10]
    assert thin(index, np.array([0, 10, 20]), 0).tolist() == []
    assert thin(index, np.array([], dtype=np.int64), 2).tolist() == []
