import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from framematch.config import ArchiveLimits
from framematch.errors import ConfigError, InputError, UnreadableMediaError
from framematch.media import confinement, guard, metadata_of, open_media, parts_of, unpack
from framematch.media.received import Received
from framematch.sandbox import Broker, Confinement, DecoderLimits, Message


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """Have files read by decoders that may take little."""
    with Broker(DecoderLimits(memory_bytes=700 << 20)) as broker:
        monkeypatch.setattr(guard, "_broker", lambda: broker)
        yield broker


@pytest.mark.usefixtures("small")
def test_picture_that_takes_more_memory_than_a_decoder_may_costs_itself_only(
    tmp_path: Path,
) -> None:
    Image.new("RGB", (12000, 12000), (9, 9, 9)).save(tmp_path / "large.png")
    Image.new("RGB", (40, 30), (9, 9, 9)).save(tmp_path / "small.png")
    with (
        pytest.raises(InputError, match=r"large\.png"),
        open_media(tmp_path / "large.png") as media,
    ):
        list(media.frames())
    with open_media(tmp_path / "small.png") as media:
        assert next(media.frames()).pixels.shape == (30, 40, 3)


def test_file_that_is_left_in_the_middle_and_read_again_begins_anew(
    write_video: Callable[..., Path],
) -> None:
    with open_media(write_video("a.mkv", 20)) as media:
        first = next(media.frames())
        again = list(media.frames())
        assert len(again) == len(list(media.frames())) == 20
    assert np.array_equal(first.pixels, again[0].pixels)


def test_several_files_are_open_at_a_time(tmp_path: Path) -> None:
    for number in range(5):
        Image.new("RGB", (40, 30), (40 * number,) * 3).save(tmp_path / f"{number}.png")
    opened = [open_media(tmp_path / f"{number}.png") for number in range(5)]
    shades = [int(next(media.frames()).pixels.max()) for media in opened]
    for media in opened:
        media.close()
    assert shades == [0, 40, 80, 120, 160]


def test_name_that_is_no_text_is_read_and_named(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff\n\x1b[31m.png")
    Image.new("RGB", (40, 30)).save(path, "PNG")
    with open_media(path) as media:
        assert media.info.width == 40
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(UnreadableMediaError) as caught, open_media(path) as media:
        list(media.frames())
    assert str(caught.value).startswith(f"{path}: ")


def test_decoding_in_this_process_is_asked_for_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    monkeypatch.setenv("FRAMEMATCH_SANDBOX", "off")
    monkeypatch.setattr(guard, "_broker", None)
    with open_media(tmp_path / "a.png") as media:
        assert next(media.frames()).pixels.shape == (30, 40, 3)
    assert len(list(parts_of(tmp_path / "a.png"))) == 1
    assert metadata_of(tmp_path / "a.png") == ()
    assert confinement() is None
    monkeypatch.setenv("FRAMEMATCH_SANDBOX", "perhaps")
    with pytest.raises(ConfigError, match="FRAMEMATCH_SANDBOX='perhaps' is none of on, require"):
        open_media(tmp_path / "a.png")


def test_wall_that_is_required_and_lacking_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    lacking = Confinement(("limits",), ("landlock: the kernel has none",))
    with Broker() as broker:
        monkeypatch.setattr(broker, "confinement", lambda _: lacking)
        monkeypatch.setattr(guard, "_broker", lambda: broker)
        with open_media(tmp_path / "a.png") as media:
            assert media.info.width == 40
        monkeypatch.setenv("FRAMEMATCH_SANDBOX", "require")
        with pytest.raises(ConfigError, match="lacks landlock: the kernel has none"):
            open_media(tmp_path / "a.png")


class _Says:
    """A decoder that a file has taken over."""

    def __init__(self, *messages: Message) -> None:
        self._messages = messages

    def rest(self) -> Iterator[Message]:
        yield from self._messages

    def makes_no_sense(self, what: str) -> InputError:
        return UnreadableMediaError(f"a.zip: {what}")


def _piece(n_bytes: int) -> Message:
    return Message({"write": n_bytes}, (np.zeros(n_bytes, np.uint8),))


def _member(**told: object) -> Message:
    given = {"name": "a", "path": None, "size": None, "modified": None, "reason": None}
    return Message({"member": {**given, **told}})


@pytest.mark.parametrize(
    "messages",
    [
        (Message({"create": "../outside.png"}),),
        (Message({"create": "/etc/cron.d/000001"}),),
        (Message({"create": "000001.png"}), Message({"create": "000001.png"})),
        (_piece(1),),
        (Message({"create": "000001"}), _piece(11)),
        (Message({"create": "000001"}), _piece(5), _member(path="000001", size=6)),
        (_member(path="000002", size=0),),
        (_member(path="../outside.png", size=0),),
        (Message({"remove": "../outside.png"}),),
        (_member(name=7),),
        (Message({"member": 3}),),
        (Message({}),),
        tuple(_member(name=str(number)) for number in range(6)),
    ],
)
def test_archive_that_has_taken_its_decoder_over_writes_nothing_but_members(
    tmp_path: Path, messages: tuple[Message, ...]
) -> None:
    (tmp_path / "into").mkdir()
    (tmp_path / "outside.png").write_bytes(b"mine")
    received = Received(tmp_path / "into", ArchiveLimits(max_bytes=10, max_members=3))
    with pytest.raises(UnreadableMediaError, match=r"a\.zip"):
        list(received.members(_Says(*messages)))  # type: ignore[arg-type]
    assert (tmp_path / "outside.png").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["into", "outside.png"]


@pytest.mark.parametrize(
    ("body", "shape"),
    [
        ({"timestamp_s": 0.0, "duration_s": 0.0}, (2000, 10, 3)),
        ({"timestamp_s": 0.0, "duration_s": 0.0}, (10, 10)),
        ({"timestamp_s": 0.0, "duration_s": 0.0}, (10, 10, 4)),
        ({"timestamp_s": 0.0, "duration_s": 0.0}, (0, 10, 3)),
        ({"timestamp_s": float("nan"), "duration_s": 0.0}, (10, 10, 3)),
        ({"timestamp_s": "0", "duration_s": 0.0}, (10, 10, 3)),
        ({"timestamp_s": True, "duration_s": 0.0}, (10, 10, 3)),
    ],
)
def test_picture_that_cannot_be_one_is_refused(body: dict[str, Any], shape: tuple[int]) -> None:
    with pytest.raises((ValueError, TypeError)):
        guard.frame_of(Message(body, (np.zeros(shape, np.uint8),)))


def test_unpacking_that_is_left_in_the_middle_leaves_no_half_file(
    tmp_path: Path,
) -> None:
    import zipfile

    (tmp_path / "into").mkdir()
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("a.bin", "b.bin"):
            archive.writestr(name, bytes(3 << 20))
    members = unpack(tmp_path / "a.zip", tmp_path / "into")
    first = next(members)
    members.close()  # type: ignore[attr-defined]
    assert first.path is not None
    assert [path.stat().st_size for path in (tmp_path / "into").iterdir()] == [3 << 20]
