"""Leads: what a search is worth, one per scene, the same again."""

import numpy as np
import pytest
from stand_in import StandIn, flipped, random_codes, reference

from framematch.hashing.panels import WHOLE
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

#: Two references of forty rows, a row every half second.
ROWS = [(position, 0.5 * step) for position in range(2) for step in range(40)]


@pytest.fixture
def index() -> StandIn:
    return StandIn.of([reference("a", "Alpha", 1), reference("b", "Beta", 1)], ROWS)


def query_like(index: StandIn, wanted: list[tuple[int, int, int]]) -> ViewCodes:
    """Return one view per (row, differing bits of structure, and of appearance)."""
    structure = [flipped(index.codes_["structure"][row], bits) for row, bits, _ in wanted]
    appearance = [flipped(index.codes_["appearance"][row], bits) for row, _, bits in wanted]
    views = tuple(View((0.01 * n, 0.0, 0.9, 1.0), mirrored=False) for n in range(len(wanted)))
    return ViewCodes(views, np.stack(structure), np.stack(appearance))


def lead(row: int, structure: int = 100, appearance: int = 100) -> Lead:
    return Lead(row, UPRIGHT, "structure", structure, appearance)


def test_unusual_runs_from_the_same_code_to_an_unrelated_one() -> None:
    assert unusual("structure", 0) == unusual("appearance", 0) == 1
    assert unusual("structure", 128) == unusual("appearance", 64) == 0.5
    assert unusual("structure", 256) == unusual("structure", 400) == 0
    assert unusual("appearance", 128) == 0


def test_lead_distance_is_of_the_code_that_found_it() -> None:
    by_lines = Lead(3, UPRIGHT, "structure", 40, 90)
    by_tones = Lead(3, UPRIGHT, "appearance", 200, 9)
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
    codes = ViewCodes((UPRIGHT,), query_lines[None], query_tones[None])
    found = find_leads(index, codes, 6)
    assert len(found) == 6
    assert 10 in {each.row for each in found}
    assert sum(each.code == "appearance" for each in found) >= 3


def test_find_leads_are_of_different_scenes(index: StandIn) -> None:
    found = find_leads(index, query_like(index, [(10, 60, 60), (11, 61, 60), (12, 62, 60)]), 8)
    assert {10, 11, 12} & {each.row for each in found} == {10}


def test_find_leads_twice_are_equal(index: StandIn) -> None:
    codes = query_like(index, [(10, 200, 100), (50, 210, 100)])
    assert find_leads(index, codes, 8) == find_leads(index, codes, 8)


def test_find_leads_in_an_empty_index_are_none() -> None:
    empty = StandIn.of([], [])
    codes = ViewCodes((UPRIGHT,), random_codes(1, "structure"), random_codes(1, "appearance"))
    assert find_leads(empty, codes, 8) == []


def test_thin_keeps_the_first_of_each_scene_and_counts_references_apart(index: StandIn) -> None:
    # Rows 0, 2 and 3 start within 1.6 s of row 0; row 4 is 2 s away; row 40 is another reference.
    kept = thin(index, [lead(0), lead(2), lead(3), lead(4), lead(40)], 10)
    assert [each.row for each in kept] == [0, 4, 40]
    assert index.rows.timestamp_s[3] < SCENE_S < index.rows.timestamp_s[4]


def test_thin_stops_at_the_number_asked_for(index: StandIn) -> None:
    assert [each.row for each in thin(index, [lead(0), lead(10), lead(20)], 2)] == [0, 10]
