"""Files sent to the desk: answered as by the command line, bounded, and gone afterwards."""

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from fastapi.testclient import TestClient
from known import DOOR, FILM, Known, desk_of
from PIL import Image
from typer.testing import CliRunner

from framematch.cli import app as command_line
from framematch.locking import lock_alone
from framematch.matcher import Examined, Matcher
from framematch.records import Attribution, IndexInfo
from framematch.web import attributing as module
from framematch.web.app import create_app
from framematch.web.attributing import Attributing
from framematch.web.desk import Desk
from framematch.web.problems import Refusal
from framematch.web.scratch import Scratch
from framematch.web.settings import DeskLimits

PATH, BEARER = "/api/v1/attributions", f"Bearer {DOOR.token}".encode()


@pytest.fixture(scope="module")
def client(known: Known) -> Iterator[TestClient]:
    with desk_of(known) as opened:
        yield opened


@pytest.fixture(autouse=True)
def scratch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Have the folder of the desks that a test opens where it can be looked at."""
    folder = tmp_path_factory.mktemp("scratch")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("framematch-desk-*/*") if path.name != "lock")


def send(client: TestClient, content: bytes, name: str = "unknown.png") -> Any:  # noqa: ANN401
    return client.post(PATH, params={"name": name}, content=content)


def code_of(answer: Any) -> tuple[int, str]:  # noqa: ANN401
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize("what", ["drawing", "cut short", "text", "archive"])
def test_answer_is_that_of_the_command_line(
    client: TestClient, known: Known, tmp_path: Path, what: str
) -> None:
    content = {
        "drawing": known.unknown.read_bytes(),
        "cut short": known.unknown.read_bytes()[:700],
        "text": b"What is this?\n",
        "archive": b"PK\x03\x04" + bytes(60),
    }[what]
    file = tmp_path / "a file.png"
    file.write_bytes(content)
    asked = ["--index", str(known.index), "query", "--json", str(file)]
    wanted = json.loads(CliRunner().invoke(command_line, asked).stdout)

    said = send(client, content, str(file)).json()

    assert said["attribution"] == wanted
    assert list(said["attribution"]) == list(wanted)
    assert (wanted["verdict"] == "match") == (what in ("drawing", "cut short"))


def test_answer_of_a_match_has_its_release_and_pictures(client: TestClient, known: Known) -> None:
    said = send(client, known.unknown.read_bytes()).json()

    assert said["attribution"]["show"] == "Alpha"
    assert said["attribution"]["matches"][0]["reference_s"] == pytest.approx(2.0 * FILM.index(2))
    assert said["release"]["relation"] == "work-in-progress"
    assert said["stage_reasons"]
    for which in ("whole", "query", "reference"):
        picture = client.get(said["pictures"][which])
        assert picture.headers["Content-Type"] == "image/webp"
        assert picture.content[8:12] == b"WEBP"
    outline = client.get(said["pictures"]["outline"])
    assert outline.headers["Content-Type"] == "image/png"
    with Image.open(io.BytesIO(outline.content)) as lines:
        covered = np.asarray(lines.convert("RGBA"))[..., 3] > 0
    assert 0.005 < covered.mean() < 0.3  # lines, not a filled picture
    assert client.get(f"{PATH}/{said['id']}/pictures/other").status_code == 422
    assert client.get(f"{PATH}/other/pictures/whole").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "<script>alert(1)</script>.png",
        "a\0b\r\nSet-Cookie: c\u202egnp.exe",
        "n" * 300,
        "名前.zip",
    ],
)
def test_name_is_a_label_and_nothing_else(client: TestClient, known: Known, name: str) -> None:
    answer = send(client, b"no picture", name)

    said = answer.json()["attribution"]
    assert (answer.status_code, said["file"], said["verdict"]) == (200, name, "unreadable")
    assert said["error"].startswith(f"{name}: ")
    assert "framematch-desk" not in said["error"]
    assert answer.text.isascii()


@pytest.mark.parametrize("name", ["", "n" * 1025])
def test_name_of_no_use_is_refused(client: TestClient, name: str) -> None:
    assert code_of(send(client, b"content", name)) == (422, "invalid")


def test_nothing_is_no_file(client: TestClient) -> None:
    assert code_of(send(client, b"")) == (400, "empty")


def test_files_sent_together_get_the_answers_they_get_alone(
    client: TestClient, known: Known
) -> None:
    contents = [known.unknown.read_bytes(), b"no picture", b"nor this"] * 2
    alone = [send(client, each).json()["attribution"] for each in contents[:3]]

    with ThreadPoolExecutor(6) as together:
        answers = list(together.map(lambda each: send(client, each).json(), contents))

    assert [one["attribution"] for one in answers] == alone * 2
    assert len({one["id"] for one in answers}) == len(answers)


def test_too_many_in_a_minute_are_told_when_to_come_again(known: Known, scratch: Path) -> None:
    with desk_of(known, DeskLimits(uploads_per_minute=2)) as client:
        answers = [send(client, b"no picture") for _ in range(3)]

        assert [one.status_code for one in answers] == [200, 200, 429]
        assert 0 < int(answers[2].headers["Retry-After"]) <= 60
        assert files_in(scratch) == []
    assert list(scratch.iterdir()) == []


def test_file_that_is_too_large_leaves_nothing(known: Known, scratch: Path) -> None:
    def without_a_length() -> Iterator[bytes]:
        yield from [bytes(1000)] * 20

    with desk_of(known, DeskLimits(max_upload_bytes=9000)) as client:
        told = send(client, bytes(9001))
        untold = client.post(PATH, params={"name": "a"}, content=without_a_length())

        assert (code_of(told), code_of(untold)) == ((413, "too-large"), (413, "too-large"))
        assert files_in(scratch) == []


def test_pictures_of_the_latest_answers_are_kept(
    known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_PICTURES", 1)
    with desk_of(known) as client:
        first, second = (send(client, known.still.read_bytes()).json() for _ in range(2))

        gone = client.get(first["pictures"]["whole"])
        assert code_of(gone) == (404, "no-picture")
        assert client.get(second["pictures"]["whole"]).status_code == 200


class SlowMatcher:
    """Says nothing of any file, and that only once it is let go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = threading.Semaphore(0), threading.Event()
        self.files: list[bytes] = []
        self.index = None

    def examine(self, path: Path) -> Examined:
        """Wait, then answer."""
        self.files.append(path.read_bytes())
        self.begun.release()
        assert self.go_on.wait(20)
        nothing = Attribution(
            str(path), None, None, "unreadable", None, 0.0, None, None, (), (), None,
            IndexInfo("", 0, ""), None,
        )  # fmt: skip
        return Examined(nothing, None, None, None)


@pytest.fixture
def slow() -> Iterator[SlowMatcher]:
    matcher = SlowMatcher()
    yield matcher
    matcher.go_on.set()


@pytest.fixture
def answers_of_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "held_against_release", lambda *_: None)


def attributing_of(slow: SlowMatcher, **limits: int) -> Attributing:
    return Attributing(cast("Matcher", slow), DeskLimits(**limits))


@pytest.mark.usefixtures("answers_of_nothing")
def test_more_than_may_wait_are_asked_to_come_again(slow: SlowMatcher, scratch: Path) -> None:
    attributing = attributing_of(slow, workers=1, max_waiting=1)
    first, second = attributing.admit("a"), attributing.admit("b")

    with pytest.raises(Refusal) as refused:
        attributing.admit("c")

    assert (refused.value.status_code, refused.value.code) == (503, "busy")
    assert int(dict(refused.value.headers or {})["Retry-After"]) > 0
    with first:
        pass
    with second, attributing.admit("c"):
        pass
    attributing.close()
    assert list(scratch.iterdir()) == []


def asked(app: Any, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:  # noqa: ANN401
    """Send one file to an app as these messages, and return what it answers."""
    scope = {
        "type": "http", "method": "POST", "path": PATH, "raw_path": PATH.encode(),
        "query_string": b"name=a.png", "scheme": "http", "http_version": "1.1", "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8765"), (b"authorization", BEARER)],
    }  # fmt: skip
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        message = messages.pop(0)
        if "when" in message:
            await asyncio.to_thread(message["when"])
        return message

    async def send(message: Any) -> None:  # noqa: ANN401
        sent.append(message)

    # In a thread of its own: a browser that other tests have opened runs a loop in this one.
    with ThreadPoolExecutor(1) as alone:
        alone.submit(lambda: asyncio.run(app(scope, receive, send))).result()
    return sent


def body(content: bytes, *, more: bool) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


@pytest.fixture
def slow_app(slow: SlowMatcher, answers_of_nothing: None) -> Iterator[Any]:
    del answers_of_nothing
    app = create_app(Desk(cast("Matcher", slow), None, None, ""), DOOR, DeskLimits(workers=1))
    yield app
    slow.go_on.set()
    app.state.attributing.close()


def test_file_cut_short_is_no_file(slow_app: Any, slow: SlowMatcher, scratch: Path) -> None:  # noqa: ANN401
    cut = [body(bytes(300_000), more=True), {"type": "http.disconnect"}]

    answer = asked(slow_app, cut)

    assert answer[0]["status"] == 400
    assert json.loads(answer[1]["body"])["error"]["code"] == "cut-short"
    assert (slow.files, files_in(scratch), slow_app.state.attributing.n_inside) == ([], [], 0)


def test_file_of_somebody_who_went_away_is_not_begun(
    slow_app: Any,  # noqa: ANN401
    slow: SlowMatcher,
    scratch: Path,
) -> None:
    attributing = slow_app.state.attributing
    with attributing.admit("first") as first:
        first.file.write(b"first")
        attributing.begin(first)
        slow.begun.acquire(timeout=20)

        asked(slow_app, [body(b"second", more=False), {"type": "http.disconnect"}])

        assert files_in(scratch) == [first.file.path.name]
        slow.go_on.set()
        assert first.answered.result(20).attribution["file"] == "first"
    with attributing.admit("third") as third:
        third.file.write(b"third")
        attributing.begin(third)
        third.answered.result(20)
    assert slow.files == [b"first", b"third"]


@pytest.mark.usefixtures("answers_of_nothing")
def test_desk_that_ends_tells_those_who_wait(slow: SlowMatcher, scratch: Path) -> None:
    attributing = attributing_of(slow, workers=1)
    waiting = [attributing.admit(name) for name in ("a", "b")]
    for each in waiting:
        each.file.write(b"content")
        attributing.begin(each)
    slow.begun.acquire(timeout=20)
    threading.Timer(0.05, slow.go_on.set).start()

    attributing.close()

    for each in waiting:
        error = each.answered.exception(timeout=0)
        assert isinstance(error, Refusal)
        assert (error.status_code, error.code) == (503, "stopped")
        with each:
            pass
    with pytest.raises(Refusal):
        attributing.admit("c")
    assert list(scratch.iterdir()) == []
    assert len(slow.files) == 1


def test_scratch_takes_away_what_a_killed_desk_left(tmp_path: Path) -> None:
    left, running = tmp_path / "framematch-desk-left", tmp_path / "framematch-desk-runs"
    others, fresh = tmp_path / "framematch-other", tmp_path / "framematch-desk-made-just-now"
    for folder in (left, running, others, fresh):
        folder.mkdir()
        (folder / "00000001").write_bytes(b"content")
    (left / "lock").touch()
    (tmp_path / "framematch-desk-link").symlink_to(others)
    held = lock_alone(running / "lock")

    scratch = Scratch(100, tmp_path)

    assert not left.exists()
    assert all((folder / "00000001").exists() for folder in (running, others, fresh))
    scratch.close()
    assert not scratch.folder.exists()
    assert held > 0


def test_scratch_holds_no_more_than_it_may(tmp_path: Path) -> None:
    scratch = Scratch(10, tmp_path)
    one, other = scratch.file(), scratch.file()
    one.write(bytes(6))

    with pytest.raises(Refusal) as refused:
        other.write(bytes(5))

    assert (refused.value.status_code, refused.value.code) == (503, "busy")
    one.remove()
    other.write(bytes(5))
    assert (scratch.held, other.path.stat().st_size) == (10, 5)
    other.remove()
    assert scratch.held == 0
    scratch.close()
