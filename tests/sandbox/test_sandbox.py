import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from framematch.errors import (
    DecodeTimeoutError,
    InputError,
    MediaTooLargeError,
    UnreadableMediaError,
)
from framematch.sandbox import Broker, DecoderLimits
from tests.sandbox import attacks

MODULES = ("tests.sandbox.attacks",)
LIMITS = DecoderLimits(memory_bytes=1 << 30, processor_s=1, clock_s=30.0)


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    with Broker(LIMITS) as broker:
        yield broker


@pytest.fixture(scope="module")
def open_broker() -> Iterator[Broker]:
    with Broker(LIMITS, walls=()) as broker:
        yield broker


@pytest.fixture
def file(tmp_path: Path) -> Iterator[int]:
    (tmp_path / "given.txt").write_text("the file itself")
    descriptor = os.open(tmp_path / "given.txt", os.O_RDONLY)
    yield descriptor
    os.close(descriptor)


@pytest.fixture
def places(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "open to all"
    folder.mkdir()
    (folder / "secret.txt").write_text("a secret")
    # Not the rights of the file shall be what refuses it.
    for place in (*tmp_path.parents, tmp_path, folder):
        if place.owner() == tmp_path.owner() and str(place).startswith("/tmp/pytest"):  # noqa: S108
            place.chmod(0o777)
    (folder / "secret.txt").chmod(0o666)
    return {"secret": str(folder / "secret.txt"), "target": str(folder / "target")}


def said(broker: Broker, operation: str, told: dict[str, object], *files: int) -> dict[str, object]:
    with broker.ask(MODULES, operation, told, name="a.png", files=files) as decoder:
        (message,) = decoder.rest()
    return message.body


needs_walls = pytest.mark.skipif(
    sys.platform != "linux", reason="seccomp and Landlock are walls of Linux"
)


def require_walls(broker: Broker) -> None:
    lacks = broker.confinement(MODULES).lacks
    if lacks:
        pytest.skip(f"this system lacks {'; '.join(lacks)}")


@needs_walls
@pytest.mark.parametrize("attack", attacks.ATTACKS, ids=lambda attack: attack.__name__)
def test_attack_from_inside_a_decoder_is_refused_and_succeeds_without_the_walls(
    broker: Broker,
    open_broker: Broker,
    places: dict[str, str],
    file: int,
    attack: object,
) -> None:
    require_walls(broker)
    name = attack.__name__  # type: ignore[attr-defined]
    assert "refused" in said(broker, name, places, file)
    assert Path(places["secret"]).read_text() == "a secret"
    assert not Path(places["target"]).exists()
    if name == "become_a_program":
        # Nobody is there any more who could say that it was done.
        with pytest.raises(
            UnreadableMediaError, match=r"its decoder (ended|was killed by SIGKILL)"
        ):
            said(open_broker, name, places, file)
    else:
        assert "done" in said(open_broker, name, places, file)


@needs_walls
@pytest.mark.parametrize("wall", ["landlock", "seccomp"])
def test_each_wall_alone_refuses_other_files(
    places: dict[str, str], file: int, broker: Broker, wall: str
) -> None:
    require_walls(broker)
    with Broker(LIMITS, walls=(wall,)) as other:
        for attack in ("read_another_file", "write_a_file", "list_a_folder", "remove_a_file"):
            assert "refused" in said(other, attack, places, file)


def test_decoder_reads_the_file_that_it_was_given_and_cannot_write_to_it(
    broker: Broker, file: int
) -> None:
    assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}
    assert "refused" in said(broker, "write_into_its_file", {}, file)
    assert os.pread(file, 100, 0) == b"the file itself"


def test_decoder_knows_nothing_of_where_it_runs(
    broker: Broker, file: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "a secret")
    with Broker(LIMITS) as other:
        told = said(other, "environment", {}, file)
        opened = said(other, "descriptors", {}, file)["open"]
    assert "SECRET_TOKEN" not in str(told["names"])
    assert told["user"] != 0
    # Standard streams, the connection, and the file.
    assert isinstance(opened, list)
    assert len(opened) == 5


@pytest.mark.parametrize(
    ("operation", "error", "reason"),
    [
        ("crash", UnreadableMediaError, "a.png: its decoder was killed by SIGSEGV"),
        ("abort", UnreadableMediaError, "a.png: its decoder was killed by SIGABRT"),
        ("loop", DecodeTimeoutError, "a.png: its decoder worked for 1 s without a result"),
        ("take_memory", MediaTooLargeError, "a.png: takes more than the 1024 MiB of memory"),
        ("talk_nonsense", UnreadableMediaError, "a.png: its decoder said what makes no sense"),
        ("claim_too_much", UnreadableMediaError, "a.png: its decoder said what makes no sense"),
        ("claim_an_odd_shape", UnreadableMediaError, "a.png: its decoder said what makes no sense"),
        ("nest", UnreadableMediaError, "a.png: its decoder said what makes no sense"),
        ("claim_another_error", UnreadableMediaError, "^a.png: x{4000}"),
        ("raise_an_error", InputError, "^a.png: is broken$"),
        ("raise_another_error", InputError, "^a.png: RuntimeError: a library's own$"),
    ],
)
def test_what_goes_wrong_in_a_decoder_costs_the_file_and_no_other(
    broker: Broker, file: int, operation: str, error: type[InputError], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        said(broker, operation, {}, file)
    assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}


def test_decoder_that_says_nothing_is_stopped(file: int) -> None:
    with (
        Broker(DecoderLimits(clock_s=0.2)) as broker,
        broker.ask(MODULES, "sleep", {}, name="a.png", files=[file]) as decoder,
    ):
        assert decoder.hear() is not None
        with pytest.raises(DecodeTimeoutError, match="said nothing for 0 s"):
            decoder.hear()


def test_decoder_that_is_killed_from_outside_is_replaced(broker: Broker, file: int) -> None:
    with broker.ask(MODULES, "sleep", {}, name="a.png", files=[file]) as decoder:
        assert decoder.hear() is not None
        assert decoder._decoder is not None
        os.kill(decoder._decoder.pid, signal.SIGKILL)
        with pytest.raises(UnreadableMediaError, match="was killed by SIGKILL"):
            decoder.hear()
    assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}


def test_what_decoders_are_forked_from_is_replaced_when_it_dies(file: int) -> None:
    with Broker(LIMITS) as broker:
        assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}
        assert broker._zygote is not None
        broker._zygote.kill()
        broker._zygote.wait()
        for _ in range(3):
            assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}


def test_decoders_are_not_shared_with_a_forked_process(file: int) -> None:
    with Broker(LIMITS) as broker:
        assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads
            child = os.fork()
        if child == 0:
            good = False
            try:
                broker.forget()
                good = said(broker, "read_the_file", {}, file) == {"text": "the file itself"}
                broker.close()
            finally:
                # Whatever happens: this is no second run of the tests.
                os._exit(0 if good else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert said(broker, "read_the_file", {}, file) == {"text": "the file itself"}


def test_conversation_that_is_left_early_ends_and_the_decoder_stays(
    broker: Broker, file: int
) -> None:
    with broker.ask(MODULES, "count", {"to": 1_000_000}, name="a.png", files=[file]) as decoder:
        first = decoder.hear()
        assert first is not None
        assert first.body == {"number": 0}
        assert decoder._decoder is not None
        pid = decoder._decoder.pid
    with broker.ask(MODULES, "count", {"to": 3}, name="a.png", files=[file]) as decoder:
        assert decoder._decoder is not None
        assert decoder._decoder.pid == pid
        numbers = [
            (message.body["number"], int(message.arrays[0].max())) for message in decoder.rest()
        ]
    assert numbers == [(0, 0), (1, 1), (2, 2)]


def test_decoder_can_ask_back(broker: Broker, file: int) -> None:
    with broker.ask(MODULES, "answer", {}, name="a.png", files=[file]) as decoder:
        for _ in range(3):
            message = decoder.hear()
            assert message is not None
            decoder.tell({"number": message.body["asked"] + 1})
        message = decoder.hear()
        assert message is not None
        assert message.body == {"sum": 6}
        assert decoder.hear() is None


def test_many_threads_get_each_their_own_answer(broker: Broker, file: int) -> None:
    found: dict[int, list[int]] = {}

    def ask(number: int) -> None:
        for _ in range(5):
            with broker.ask(MODULES, "count", {"to": number}, name="a", files=[file]) as decoder:
                found[number] = [message.body["number"] for message in decoder.rest()]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: list(range(number)) for number in range(1, 9)}


def test_decoders_end_with_the_process_that_had_them_started(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parents[2])!r})\n"
        "from framematch.sandbox import Broker\n"
        f"decoder = Broker().ask({MODULES!r}, 'sleep', {{}}, name='a')\n"
        "decoder.hear()\n"
        "print(decoder._decoder.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    decoder = Path(f"/proc/{int(done.stdout)}")
    for _ in range(100):
        if not decoder.exists():
            break
        threading.Event().wait(0.05)
    assert not decoder.exists()
