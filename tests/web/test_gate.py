"""What the desk refuses before it looks at anything: strangers, foreign pages, floods."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desks import keep_sample
from fastapi.testclient import TestClient

from framematch.errors import CaseLockedError
from framematch.verdicts import VerdictLog
from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.gate import pass_of
from framematch.web.review import Review
from framematch.web.settings import DeskLimits, Door

DOOR = Door(8765, "a-token-for-tests-only")
OWN = "http://127.0.0.1:8765"
BEARER = {"Authorization": f"Bearer {DOOR.token}"}
COOKIE = {DOOR.cookie: pass_of(DOOR)}
LIMITS = DeskLimits(max_upload_bytes=3000, max_body_bytes=2000, writes_per_minute=3)


@pytest.fixture
def sample_case(tmp_path: Path) -> Path:
    keep_sample(tmp_path / "case", 12)
    return tmp_path / "case"


@pytest.fixture
def desk(sample_case: Path) -> Iterator[Desk]:
    with Desk(None, "there is none", Review(sample_case), "Ann") as opened:
        yield opened


@pytest.fixture
def client(desk: Desk) -> TestClient:
    app = create_app(desk, DOOR, LIMITS)
    return TestClient(app, base_url=OWN, follow_redirects=False)


def refused(answer: Any) -> str:  # noqa: ANN401
    """Return the code of an answer that is an error in the one shape."""
    said = answer.json()
    assert list(said) == ["error"]
    assert sorted(said["error"]) == ["code", "message", "status"]
    assert said["error"]["status"] == answer.status_code
    return str(said["error"]["code"])


def verdict(client: TestClient, desk: Desk) -> dict[str, Any]:
    assert desk.review is not None
    return {"who": "Ann", "keys": [desk.review.case.findings[0].key], "judgement": "unsure"}


@pytest.mark.parametrize("path", ["/", "/desk.js", "/api/v1/health", "/api/v1/openapi.json", "/x"])
@pytest.mark.parametrize("token", [None, "", "a-token-for-tests-onlY", "\xff"])
def test_request_without_the_token_is_refused(
    client: TestClient, path: str, token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}".encode("latin-1")}

    answer = client.get(path, headers=headers)

    assert (answer.status_code, refused(answer)) == (401, "no-token")
    assert DOOR.token not in answer.text


def test_address_with_the_token_becomes_a_cookie_that_opens_the_page(client: TestClient) -> None:
    entered = client.get(f"/?token={DOOR.token}")

    assert entered.status_code == 200
    assert DOOR.token not in entered.text
    cookie = entered.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()
    assert DOOR.token not in cookie
    page = client.get("/")  # the client has kept the cookie
    assert page.status_code == 200
    assert DOOR.token not in page.text
    assert client.get("/?token=another-token").status_code == 200  # the cookie still counts


def test_browser_without_the_token_is_told_so_in_words(client: TestClient) -> None:
    answer = client.get("/?token=of-yesterday-123", headers={"Accept": "text/html,*/*"})

    assert answer.status_code == 401
    assert "Open the address that <code>framematch serve</code> has printed" in answer.text
    assert "set-cookie" not in answer.headers


def test_address_with_a_wrong_token_is_refused_and_sets_nothing(client: TestClient) -> None:
    answer = client.get("/?token=a-token-for-tests-onlY")

    assert (answer.status_code, refused(answer)) == (401, "no-token")
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1", "127.0.0.1:1"])
@pytest.mark.parametrize("path", ["/", f"/?token={DOOR.token}", "/api/v1/health"])
def test_request_by_a_foreign_host_name_is_refused(
    client: TestClient, host: str, path: str
) -> None:
    answer = client.get(path, headers={**BEARER, "Host": host})

    assert (answer.status_code, refused(answer)) == (403, "foreign-host")


@pytest.mark.parametrize("host", ["localhost:8765", "[::1]:8765", "LOCALHOST:8765"])
def test_request_by_another_name_of_this_machine_is_served(client: TestClient, host: str) -> None:
    assert client.get("/api/v1/health", headers={**BEARER, "Host": host}).status_code == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9", "https://127.0.0.1:8765"]
)
@pytest.mark.parametrize("headers", [BEARER, {}])
def test_request_of_a_foreign_origin_is_refused(
    client: TestClient, desk: Desk, origin: str, headers: dict[str, str]
) -> None:
    client.cookies.update(COOKIE)
    said = {**headers, "Origin": origin}

    answer = client.post("/api/v1/verdicts", json=verdict(client, desk), headers=said)

    assert (answer.status_code, refused(answer)) == (403, "foreign-origin")
    assert refused(client.get("/", headers=said)) == "foreign-origin"
    assert "access-control-allow-origin" not in answer.headers
    assert desk.review is not None
    assert desk.review.log == ()


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_request_that_a_browser_sends_for_another_site_is_refused(
    client: TestClient, site: str
) -> None:
    client.cookies.update(COOKIE)

    answer = client.get("/api/v1/health", headers={"Sec-Fetch-Site": site})

    assert (answer.status_code, refused(answer)) == (403, "foreign-origin")


def test_change_with_the_cookie_alone_is_refused(client: TestClient, desk: Desk) -> None:
    client.cookies.update(COOKIE)

    unsaid = client.post("/api/v1/verdicts", json=verdict(client, desk))
    own = client.post("/api/v1/verdicts", json=verdict(client, desk), headers={"Origin": OWN})

    assert (unsaid.status_code, refused(unsaid)) == (403, "foreign-origin")
    assert own.status_code == 201


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/pictures/../../../review/verdicts.jsonl",
        "/api/v1/pictures/..%2F..%2Ffindings.jsonl",
        "/api/v1/pictures/%2e%2e%2f%2e%2e%2ffindings.jsonl",
        "/api/v1/pictures/..%5C..%5Cfindings.jsonl",
        "/api/v1/pictures/findings.jsonl",
        "/api/v1/pictures/%2Fetc%2Fpasswd",
        "/api/v1/pictures/x%00.webp",
        "/../etc/passwd",
        "/desk.js/../../app.py",
        "//etc/passwd",
    ],
)
def test_path_that_leads_out_finds_nothing(client: TestClient, path: str) -> None:
    client.cookies.update(COOKIE)

    answer = client.get(OWN + path)

    assert answer.status_code == 404
    refused(answer)


def test_picture_that_was_replaced_by_a_link_is_not_served(
    client: TestClient, desk: Desk, sample_case: Path, tmp_path: Path
) -> None:
    assert desk.review is not None
    shown = next(one.evidence for one in desk.review.case.findings if one.evidence is not None)
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (sample_case / shown.whole).unlink()
    (sample_case / shown.whole).symlink_to(secret)

    answer = client.get(f"/api/v1/pictures/{Path(shown.whole).name}", headers=BEARER)

    assert (answer.status_code, refused(answer)) == (503, "case")
    assert "secret" not in answer.text.replace(str(secret), "")


@pytest.mark.parametrize("chunked", [False, True])
def test_body_that_is_too_long_is_refused(client: TestClient, desk: Desk, chunked: bool) -> None:
    body = b'{"why": "' + b"x" * 2000 + b'"}'
    content = iter([body[:1000], body[1000:]]) if chunked else body

    answer = client.post(
        "/api/v1/verdicts",
        content=content,
        headers={**BEARER, "Content-Type": "application/json"},
    )

    assert (answer.status_code, refused(answer)) == (413, "too-large")


@pytest.mark.parametrize("length", ["-1", "1e3", "²"])
def test_length_that_is_no_number_is_refused(client: TestClient, length: str) -> None:
    headers = {**BEARER, "Content-Length": length.encode("utf-8")}

    answer = client.post("/api/v1/export", content=b"", headers=headers)

    assert (answer.status_code, refused(answer)) == (400, "invalid")


def test_flood_of_changes_is_held_back_and_told_when_to_come_again(
    client: TestClient, desk: Desk
) -> None:
    answers = [
        client.post("/api/v1/verdicts", json=verdict(client, desk), headers=BEARER)
        for _ in range(5)
    ]

    assert [one.status_code for one in answers] == [201, 201, 201, 429, 429]
    assert refused(answers[-1]) == "too-many"
    assert int(answers[-1].headers["retry-after"]) in range(1, 61)


def test_second_desk_on_the_case_is_refused(desk: Desk, sample_case: Path) -> None:
    with pytest.raises(CaseLockedError, match="has the verdicts of this case open; stop it first"):
        Review(sample_case)
    with pytest.raises(CaseLockedError):
        VerdictLog(sample_case)


def test_every_answer_forbids_what_a_page_must_not_do(client: TestClient) -> None:
    for path, headers in (("/api/v1/health", BEARER), ("/", {}), ("/nothing", BEARER)):
        said = client.get(path, headers=headers).headers
        assert "script-src 'self'" in said["content-security-policy"]
        assert "unsafe" not in said["content-security-policy"]
        assert said["x-content-type-options"] == "nosniff"
        assert said["x-frame-options"] == "DENY"
        assert said["cache-control"] == "no-store"


def test_mistake_of_the_desk_is_told_without_its_inside(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Review) -> str:
        raise RuntimeError("inside")

    monkeypatch.setattr(Review, "head", property(fails))
    client = TestClient(create_app(desk, DOOR), base_url=OWN, raise_server_exceptions=False)

    answer = client.get("/api/v1/health", headers=BEARER)

    assert (answer.status_code, refused(answer)) == (500, "failed")
    assert "inside" not in answer.text
