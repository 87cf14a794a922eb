"""Sightings to questions: who is asked about, of which index, and what the answer is."""

import numpy as np
import numpy.typing as npt
import pytest
from evidence import FEATURES, sightings

from framematch.calibration.cases import ROWS, Cases, cases_of
from framematch.calibration.sightings import Sightings

#: Rows of each show; the index of 1,000 rows holds 580 more, of shows that no query resembles.
SHOWS = {"Alpha": 150, "Beta": 100, "Delta": 90, "Gamma": 50, "Omega": 30}
INDEX, CROWDED = 1000, 21_000
WEIGHTS = np.ones(FEATURES)


def _seen(query: int, own: str, *shows: str) -> list[tuple[int, str, bool, npt.ArrayLike]]:
    return [(query, show, show == own, np.full(FEATURES, 0.5)) for show in shows]


def _everything_seen(*queries: str) -> Sightings:
    """Return queries of which each resembles something in every show."""
    seen = [one for number, own in enumerate(queries) for one in _seen(number, own, *SHOWS)]
    return sightings(SHOWS, [(own, INDEX) for own in queries], seen)


def _rows(cases: Cases) -> list[int]:
    return [round(float(size)) for size in np.exp(cases.size) * ROWS]


def test_cases_of_the_whole_index_count_all_its_rows_but_those_of_a_show_taken_out() -> None:
    cases = cases_of(_everything_seen("Alpha", "Gamma", ""), WEIGHTS)
    rows = _rows(cases)
    assert rows[:3] == [INDEX, INDEX, INDEX]
    assert rows[3:5] == [INDEX - SHOWS["Alpha"], INDEX - SHOWS["Gamma"]]


def test_cases_of_a_few_shows_count_the_rows_of_those_only() -> None:
    cases = cases_of(_everything_seen("Alpha", "Gamma", ""), WEIGHTS)
    # Every show is sighted by every query here, so the shows sighted are the shows in the index.
    in_index = cases.sighted @ np.array([SHOWS[name] for name in sorted(SHOWS)])
    assert _rows(cases)[5:] == in_index[5:].tolist()
    assert (cases.sighted[5:].sum(axis=1) < len(SHOWS)).all()


def test_cases_of_a_few_shows_know_nothing_of_what_stands_in_larger_indexes_only() -> None:
    crowd = {f"Distractor {number}": 8000 for number in range(20)}
    seen = [*_seen(0, "Alpha", *SHOWS), *_seen(1, "Alpha", *SHOWS, *crowd)]
    both = sightings({**SHOWS, **crowd}, [("Alpha", INDEX), ("Alpha", CROWDED)], seen)
    cases = cases_of(both, WEIGHTS)
    whole, taken_out, few = _rows(cases)[:2], _rows(cases)[2:4], _rows(cases)[4:]
    assert whole == [INDEX, CROWDED]
    assert taken_out == [INDEX - SHOWS["Alpha"], CROWDED - SHOWS["Alpha"]]
    # Only the query of the small index is asked again, of some of the shows that are in it.
    names = np.array(sorted({**SHOWS, **crowd}))
    for case, rows in zip(cases.sighted[4:], few, strict=True):
        assert set(names[case]) <= set(SHOWS)
        assert rows == sum(SHOWS[name] for name in names[case])


def test_cases_ask_every_query_of_a_known_show_again_without_it() -> None:
    cases = cases_of(_everything_seen("Beta"), WEIGHTS)
    own = sorted(SHOWS).index("Beta")
    assert cases.answer.tolist() == [own, -1, own, -1]
    assert cases.sighted[:, own].tolist() == [True, False, True, False]


def test_cases_of_a_show_seen_at_a_wrong_place_only_are_not_fitted_on_but_asked() -> None:
    misplaced = sightings(SHOWS, [("Beta", INDEX)], [(0, "Beta", False, np.ones(FEATURES))])
    cases = cases_of(misplaced, WEIGHTS)
    assert cases.fits.tolist() == [False, True, False, True]
    assert cases.answer[0] >= 0


def test_cases_of_a_show_that_was_never_sighted_are_not_strangers() -> None:
    missed = sightings(SHOWS, [("Beta", INDEX)], _seen(0, "Beta", "Alpha"))
    cases = cases_of(missed, WEIGHTS)
    assert cases.answer[0] == sorted(SHOWS).index("Beta")
    assert not cases.fits[0]


@pytest.mark.parametrize("strangers", [(), ("", "")])
def test_cases_weigh_half_on_known_shows_with_and_without_pictures_of_no_show(
    strangers: tuple[str, ...],
) -> None:
    cases = cases_of(_everything_seen("Alpha", "Alpha", "Beta", *strangers), WEIGHTS)
    assert cases.weight.sum() == pytest.approx(1)
    assert cases.weight[cases.answer >= 0].sum() == pytest.approx(0.5)
    # Titles count alike, however often they are asked about.
    known = cases.answer >= 0
    assert cases.weight[known & (cases.title == "Alpha")].sum() == pytest.approx(0.25)
