"""`framematch serve` as it is started, stopped, killed, and started twice."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from interrupted import PATIENCE_S, command
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "web"))

from desks import keep_sample

from framematch.cli import app
from framematch.triage import kept_case
from framematch.verdicts import VerdictLog, read_log

CONFIRMED = {"who": "Ann", "judgement": "confirmed"}


@dataclass
class Running:
    """A desk in a process of its own."""

    process: "subprocess.Popen[str]"
    address: str
    token: str

    def ask(self, path: str, content: object = None, token: str | None = None) -> Any:  # noqa: ANN401
        """Return what the API answers."""
        request = urllib.request.Request(  # noqa: S310 - its own address
            f"{self.address}/api/v1{path}",
            None if content is None else json.dumps(content).encode(),
            {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            return json.load(answer)


@contextlib.contextmanager
def running(case: Path, *options: str) -> Iterator[Running]:
    with command("--index", "nowhere", "serve", case, "--port", "0", *options) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        address, _, token = line.partition("/?token=")
        assert token, process.communicate(timeout=PATIENCE_S)
        yield Running(process, address, token)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    keep_sample(tmp_path / "case", 6)
    return tmp_path / "case"


def test_desk_prints_an_address_of_this_machine_and_its_token_opens_it(case: Path) -> None:
    with running(case, "--as", "Ann") as desk:
        health = desk.ask("/health")

        assert desk.address.startswith("http://127.0.0.1:")
        assert len(desk.token) >= 32
        assert (health["case"]["findings"], health["reviewer"]) == (6, "Ann")
        assert health["index"] is None
        assert "nowhere" in health["index_missing"]
        with urllib.request.urlopen(f"{desk.address}/?token={desk.token}") as page:  # noqa: S310
            assert '"reviewer":"Ann","reviewer_given":true' in page.read().decode()
        with pytest.raises(urllib.error.HTTPError, match="401"):
            desk.ask("/health", token="another")


def test_desk_that_is_interrupted_or_killed_keeps_what_was_decided(case: Path) -> None:
    keys = [one.key for one in kept_case(case).findings if one.attribution.show]
    with running(case) as desk:
        desk.ask("/verdicts", {**CONFIRMED, "keys": keys[:1]})
        desk.process.send_signal(signal.SIGINT)
        _, said = desk.process.communicate(timeout=PATIENCE_S)
        assert desk.process.returncode == 130
        assert said.splitlines()[-1] == "framematch: stopped; what was decided is kept"
    with running(case) as desk:
        desk.ask("/verdicts", {**CONFIRMED, "keys": keys[1:2]})
        desk.process.kill()
        desk.process.wait(PATIENCE_S)

    assert [entry.act.findings[0].key for entry in read_log(case)] == keys[:2]
    with VerdictLog(case) as log:  # nobody holds it any more
        assert len(log.entries) == 2


def test_second_desk_on_a_case_says_who_has_it_open(case: Path) -> None:
    with VerdictLog(case):
        answer = CliRunner().invoke(app, ["--index", "nowhere", "serve", str(case)])

    assert answer.exit_code == 5
    assert "has the verdicts of this case open; stop it first" in answer.stderr


def test_desk_on_a_port_that_is_taken_says_so_and_lets_go_of_the_case(case: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        answer = CliRunner().invoke(app, ["--index", "nowhere", "serve", str(case), "--port", port])

    assert answer.exit_code == 2
    assert f"port {port} is taken" in answer.stderr
    VerdictLog(case).close()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["serve"], 5, "nowhere"),
        (["serve", "absent"], 5, "absent: there is no such folder"),
        (["serve", "--token", "short"], 2, "at least 16"),
        (["serve", "--recall", "other"], 2, "no case here to recall it in"),
        (["serve", "--port", "70000"], 2, "65535"),
    ],
)
def test_desk_without_what_it_needs_says_what_is_missing(
    arguments: list[str], code: int, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    answer = CliRunner().invoke(app, ["--index", "nowhere", *arguments])

    assert (answer.exit_code, said in answer.stderr) == (code, True), answer.stderr
