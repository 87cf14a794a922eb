"""The API against its own description: whatever is asked, it answers as it says it does."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from desks import keep_sample
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from sample import sample

from framematch.web.app import API, create_app
from framematch.web.desk import Desk
from framematch.web.review import Review
from framematch.web.settings import DeskLimits, Door

DOOR = Door(8765, "a-token-for-tests-only")
HEADERS = {"Authorization": f"Bearer {DOOR.token}", "Host": "127.0.0.1:8765"}
UNLIMITED = DeskLimits(writes_per_minute=10**9, uploads_per_minute=10**9)


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the description of a desk with a case."""
    folder = tmp_path_factory.mktemp("described") / "case"
    keep_sample(folder, 12)
    with Desk(None, "there is none", Review(folder), "Ann") as desk:
        app = create_app(desk, DOOR, UNLIMITED)
        yield schemathesis.openapi.from_asgi(f"{API}/openapi.json", app, headers=HEADERS)


@pytest.mark.parametrize("valid", [True, False])
def test_api_answers_as_it_says(described: Any, valid: bool) -> None:  # noqa: ANN401
    operations = [found.ok() for found in described.get_all_operations()]
    assert len(operations) > 7
    answered: set[int] = set()

    for operation in operations:
        if not valid and not _takes_anything(operation):
            continue
        _ask(operation, valid, answered)

    assert {200, 201, 404, 422} <= answered if valid else {404, 422} <= answered


def _ask(operation: Any, valid: bool, answered: set[int]) -> None:  # noqa: ANN401
    """Send one operation what its description allows, or what it does not."""
    kind = schemathesis.GenerationMode.POSITIVE if valid else schemathesis.GenerationMode.NEGATIVE

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=kind), known=booleans())
    def asked(case: Any, known: bool) -> None:  # noqa: ANN401
        if valid and known:
            _of_a_finding(case)
        answer = case.call(headers=HEADERS)
        answered.add(answer.status_code)
        # Without an index some paths answer that there is none, in the one shape, as described.
        missing = answer.status_code == 503 and answer.json()["error"]["code"] == "no-index"
        left_out = [schemathesis.checks.not_a_server_error] if missing else []
        # What is well formed can still be about nothing: a finding that there is not.
        left_out.append(schemathesis.checks.positive_data_acceptance)
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
        # Few texts that come by chance are a name, and few choices agree with each other.
        said = {"who": "Ann", "keys": [key], "text": "seen", "judgement": "unsure", "show": None}
        case.body.update((name, said[name]) for name in said.keys() & case.body.keys())
    if "key" in (case.query or {}):
        case.query["key"] = key
