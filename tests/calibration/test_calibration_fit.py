"""The fit finds the truth where the truth is known, and its figures are those of a calculation."""

from dataclasses import replace

import numpy as np
import pytest
from evidence import FEATURES, TRUE_WEIGHTS, drawn

from framematch.calibration.cases import cases_of
from framematch.calibration.fit import Fit, fit
from framematch.calibration.outcome import Outcome, held_out
from framematch.matching.confidence import MOST_CONFIDENT, Model

START = np.ones(FEATURES)


def test_fit_recovers_the_weights_that_the_evidence_was_drawn_from() -> None:
    found = fit(drawn(queries=2400, strangers=600, seed=5), START)
    assert found.weights == pytest.approx(TRUE_WEIGHTS, abs=0.8)
    assert found.weights.min() >= 0


def test_fit_from_an_earlier_one_leaves_it_as_far_as_there_is_evidence() -> None:
    earlier = Fit(np.full(FEATURES, 3.0), -9.0, 0.3)
    away = []
    for queries in (12, 120, 2400):
        found = fit(drawn(queries=queries, strangers=0, seed=6), START, earlier=earlier)
        assert found.size_weight == pytest.approx(earlier.size_weight)
        away.append(float(np.abs(found.weights - TRUE_WEIGHTS).mean()))
    before = float(np.abs(earlier.weights - TRUE_WEIGHTS).mean())
    assert before > away[0] > away[1] > away[2]
    assert away[2] < 0.4


def test_fit_of_little_evidence_is_better_held_out_with_an_earlier_one_than_without() -> None:
    given = drawn(queries=18, strangers=0, seed=11)
    earlier = fit(drawn(queries=300, strangers=0, seed=12), START)
    alone, helped = held_out(given, START), held_out(given, START, earlier=earlier)
    assert helped.log_loss() < alone.log_loss()


def test_fit_looks_at_no_title_that_is_held_out() -> None:
    given = drawn(queries=120, strangers=0, seed=7)
    # Of a title held out, even evidence that says the opposite changes nothing.
    own = np.isin(given.query, np.flatnonzero(np.array(given.title) == "Show 0"))
    opposite = replace(given, evidence=np.where(own[:, None], 1 - given.evidence, given.evidence))
    one, other = (fit(each, TRUE_WEIGHTS, held_out=["Show 0"]) for each in (given, opposite))
    assert one.weights == pytest.approx(other.weights)
    assert fit(opposite, TRUE_WEIGHTS).weights != pytest.approx(one.weights, abs=0.1)


def test_fit_as_a_model_of_the_product_and_back_is_the_same() -> None:
    given = Fit(TRUE_WEIGHTS, -9.0, 0.4)
    back = Fit.of(given.model("a test").for_rows(5000))
    assert back.weights.tolist() == given.weights.tolist()
    assert (back.bias, back.size_weight) == pytest.approx((given.bias, given.size_weight))


def test_held_out_outcome_has_every_case_once_whatever_the_folds() -> None:
    given = drawn(queries=150, strangers=0, seed=8)
    by_title, in_two = held_out(given, START), held_out(given, START, folds=2)
    assert by_title.weight.sum() == pytest.approx(1)
    assert in_two.weight.sum() == pytest.approx(1)
    assert sorted(by_title.title) == sorted(in_two.title)
    # As good as what has seen all other titles, and far from chance.
    assert in_two.auc() == pytest.approx(by_title.auc(), abs=0.03)
    assert in_two.auc() > 0.85


def test_true_model_is_calibrated_and_loses_less_than_one_that_is_too_sure() -> None:
    given = drawn(queries=900, strangers=300, seed=9)
    cases = cases_of(given, TRUE_WEIGHTS)
    found = fit(given, START)
    right = Outcome.of(cases, found.confidence(cases))
    too_sure = Outcome.of(cases, Fit(found.weights, found.bias + 4, 0.0).confidence(cases))
    assert right.calibration_error() < 0.05
    assert too_sure.calibration_error() > 0.2
    assert right.log_loss() < too_sure.log_loss()


def test_outcome_figures_are_those_of_a_calculation_by_hand() -> None:
    #: Three known cases (right at .9, right at .5, wrong at .85), two strangers (.95 and .1).
    outcome = Outcome(
        confidence=np.array([0.9, 0.5, 0.85, 0.95, 0.1]),
        right=np.array([True, True, False, False, False]),
        known=np.array([True, True, True, False, False]),
        loss=np.array([1.0, 2.0, 3.0, 4.0, 5.0]),
        weight=np.full(5, 0.2),
        title=np.array(list("aabbc")),
        family=np.array(["finished"] * 5),
    )
    assert outcome.found_from(0.8) == pytest.approx(1 / 3)
    assert outcome.wrong_from(0.8) == pytest.approx(1 / 3)
    assert outcome.strangers_from(0.8) == outcome.strangers_from(0.9) == pytest.approx(1 / 2)
    # Of the right ones, each is surer than one of the two strangers.
    assert outcome.auc() == pytest.approx(1 / 2)
    assert outcome.log_loss() == pytest.approx(3)
    gaps = (0.5 - 1) + 0, (0.85 - 0), (0.9 - 1) + (0.95 - 0), 0.1
    assert outcome.calibration_error() == pytest.approx(sum(map(abs, gaps)) / 5)


def test_loss_of_an_answer_that_got_nothing_is_that_of_the_least_confidence() -> None:
    given = drawn(queries=6, strangers=0, seed=10)
    cases = cases_of(given, START)
    none = np.zeros(cases.sighted.shape)
    outcome = Outcome.of(cases, none)
    known = cases.answer >= 0
    assert outcome.loss[known] == pytest.approx(-np.log(1 - MOST_CONFIDENT))
    assert outcome.loss[~known] == pytest.approx(-np.log(MOST_CONFIDENT))


def test_fit_written_as_a_model_weighs_as_before() -> None:
    model = Fit(TRUE_WEIGHTS, -9.0, 0.4).model("a test")
    assert Model.from_dict(model.to_dict()) == model
