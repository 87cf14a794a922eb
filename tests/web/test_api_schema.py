"""The API against its own description: whatever is asked, it answers as it says it does."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from desks import TOKEN, keep_sample
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from known import Known
from listening import listening
from sample import sample

from framematch.matcher import Matcher
from framematch.web.app import API
from framematch.web.desk import Desk
from framematch.web.review import Review
from framematch.web.settings import DeskLimits

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
UNLIMITED = DeskLimits(writes_per_minute=10**9, uploads_per_minute=10**9)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, known: Known) -> Iterator[Any]:
    """Return the description of a desk with a case and an index."""
    folder = tmp_path_factory.mktemp("described") / "case"
    keep_sample(folder, 12)
    with (
        Desk(Matcher.open(known.index), None, Review(folder), "Ann") as desk,
        listening(desk, UNLIMITED) as address,
    ):
        yield schemathesis.openapi.from_url(f"{address}{API}/openapi.json", headers=HEADERS)


@pytest.mark.parametrize("asks", ["of anything", "of a finding", "wrongly"])
def test_api_answers_as_it_says(described: Any, asks: str) -> None:  # noqa: ANN401
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 7
    answered: set[int] = set()

    for operation in operations:
        if asks == "wrongly" and not _takes_anything(operation):
            continue
        _ask(operation, asks, answered)

    wanted = {"of anything": {200, 404}, "of a finding": {200, 201}, "wrongly": {422}}
    assert wanted[asks] <= answered


def _ask(operation: Any, asks: str, answered: set[int]) -> None:  # noqa: ANN401
    """Send one operation what its description allows, or what it does not."""
    valid = asks != "wrongly"
    kind = schemathesis.GenerationMode.POSITIVE if valid else schemathesis.GenerationMode.NEGATIVE

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=kind))
    def asked(case: Any) -> None:  # noqa: ANN401
        if asks == "of a finding":
            _of_a_finding(case)
        answer = case.call(headers=HEADERS)
        answered.add(answer.status_code)
        # What is well formed can still be about nothing: a finding that there is not.
        left_out = [schemathesis.checks.positive_data_acceptance]
        case.validate_response(answer, excluded_checks=left_out)

    # Of one text parameter no text is a wrong one.
    with contextlib.nullcontext() if valid else contextlib.suppress(Unsatisfiable):
        asked()


def _takes_anything(operation: Any) -> bool:  # noqa: ANN401
    """Return whether there is anything that could be wrong in a request."""
    raw = operation.definition.raw
    return bool(raw.get("parameters") or raw.get("requestBody"))


def _of_a_finding(case: Any) -> None:  # noqa: ANN401
    """Ask about a finding that there is."""
    key = sample(12).case.findings[0].key
    if isinstance(case.body, dict) and "keys" in case.body:
        case.body |= {"keys": [key], "who": "Ann"}
    if "key" in (case.query or {}):
        case.query["key"] = key
