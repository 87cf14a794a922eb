"""The fitted stage models: what they refuse, and how two of them are put together."""

import numpy as np
import pytest

from framematch.errors import ConfigError
from framematch.matching.stage_evidence import SAYS
from framematch.matching.stage_model import NUMBERS, StageModel, combined, shipped_stage_model


def small() -> StageModel:
    """Return a model of two stages that goes by one number."""
    return StageModel.from_dict(
        {
            "stages": ["final", "line-art"],
            "numbers": ["thick", "thin"],
            "centre": [0.5, 0.5, 0, 0],
            "scale": [0.1, 0.1, 1, 1],
            "weights": [[1, 0, 0, 0], [-1, 0, 0, 0]],
            "bias": [0, 0],
        },
        ("thick", "thin"),
    )


def test_probabilities_follow_the_weights_and_sum_to_one() -> None:
    found = small().probabilities(np.array([[0.9, 0.1], [0.1, 0.1], [0.5, 0.9]]))
    np.testing.assert_allclose(found.sum(axis=1), 1)
    assert found[0, 0] > 0.99
    assert found[1, 1] > 0.99
    assert found[2, 0] == pytest.approx(0.5)


def test_reasons_name_what_speaks_for_the_answer_only() -> None:
    assert small().reasons(np.array([0.9, 0.1])) == ("thick",)
    assert small().reasons(np.array([0.5, 0.1])) == ()


def test_a_number_beyond_all_that_was_fitted_on_is_bounded() -> None:
    one, other = small().probabilities(np.array([[5.0, 0.0], [500.0, 0.0]]))
    np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("kind", ["alone", "matched"])
def test_shipped_models_are_for_this_release_and_have_words_for_every_number(kind: str) -> None:
    model = shipped_stage_model(kind)  # type: ignore[arg-type]
    assert model.numbers == NUMBERS[kind]
    assert set(model.numbers) <= set(SAYS)
    for name in model.numbers:
        assert SAYS[name](0.5)


def test_from_dict_refuses_other_numbers_and_torn_arrays() -> None:
    data = small().to_dict()
    with pytest.raises(ConfigError, match="fit again"):
        StageModel.from_dict(data, ("thin", "thick"))
    with pytest.raises(ConfigError, match="fit again"):
        StageModel.from_dict({**data, "bias": [0.0]}, ("thick", "thin"))
    del data["centre"]
    with pytest.raises(ConfigError, match="fit again"):
        StageModel.from_dict(data, ("thick", "thin"))


def test_combined_leaves_pages_to_the_picture_and_the_rest_to_the_frame() -> None:
    alone = {
        "final": 0.5,
        "flat-colour": 0.0,
        "line-art": 0.3,
        "rough": 0.1,
        "storyboard": 0.1,
        "model-sheet": 0.0,
    }
    matched = {"final": 0.2, "flat-colour": 0.1, "background-only": 0.1, "drawing": 0.6}
    together = combined(alone, matched)
    assert sum(together.values()) == pytest.approx(1)
    assert together["storyboard"] == pytest.approx(0.1)
    assert together["line-art"] == pytest.approx(3 * together["rough"])
    assert together["background-only"] == pytest.approx(0.09)
    assert max(together, key=lambda name: together[name]) == "line-art"
