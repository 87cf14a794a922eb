"""Desks over made-up cases, and clients that bear their token."""

import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "report"))

from sample import Sample, sample

from framematch.report import layout
from framematch.report.bag import DECLARATION_TEXT
from framematch.report.writing import pictures_of
from framematch.triage.journal import NAME, Journal
from framematch.triage.kept import keep_case
from framematch.triage.outcome import Outcome
from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.review import Review
from framematch.web.settings import DeskLimits, Door

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # starlette would have a fork of httpx
    from fastapi.testclient import TestClient

PORT = 8765
TOKEN = "a-token-of-the-tests-0123456789"


@dataclass
class Served:
    """A desk, and a client that bears its token."""

    folder: Path
    made: Sample
    review: Review
    client: TestClient

    def get(self, path: str, **asked: Any) -> Any:  # noqa: ANN401 - JSON
        """Return what the API answers, which must be 200."""
        answer = self.client.get(f"/api/v1{path}", params=asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, content: dict[str, Any], status: int = 201) -> Any:  # noqa: ANN401
        """Return what the API answers to JSON."""
        answer = self.client.post(f"/api/v1{path}", json=content)
        assert answer.status_code == status, answer.text
        return answer.json()


def keep_sample(folder: Path, n: int = 60) -> Sample:
    """Write a case as a finished run leaves it, but for its exports."""
    made = sample(n)
    (folder / "run").mkdir(parents=True)
    (folder / layout.DECLARATION).write_bytes(DECLARATION_TEXT)
    names = pictures_of(made.case.findings)
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(made.picture(name))
    keep_case(folder, made.case)
    with Journal(folder / "run" / NAME) as journal:
        number, _ = journal.begin_run("made up")
        journal.keep("made up", "made up", Outcome("media"), {n: made.picture(n) for n in names})
        journal.finish_run(number, (), made.case.findings)
    return made


def serve_sample(folder: Path, n: int = 60, limits: DeskLimits | None = None) -> Iterator[Served]:
    """Yield a desk over a case of `n` made-up findings."""
    made = keep_sample(folder, n)
    with Desk(None, "no index here", Review(folder), "Kim") as desk:
        assert desk.review is not None
        app = create_app(desk, Door(PORT, TOKEN), limits)
        with TestClient(
            app,
            base_url=f"http://127.0.0.1:{PORT}",
            headers={"Authorization": f"Bearer {TOKEN}"},
            raise_server_exceptions=False,
        ) as client:
            yield Served(folder, made, desk.review, client)
