import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image
from psd_tools import PSDImage

from framematch.config import DecoderSettings
from framematch.errors import UnreadableMediaError, UnsupportedFormatError
from framematch.media import (
    metadata_of,
    noatime_works,
    open_media,
    open_unnoticed,
    parts_of,
    sha256_of,
    sort_of,
    unpack,
)

LONG_AGO_NS = 1_000_000_000 * 10**9


def aged(path: Path) -> None:
    """Make the last access older than the last change, so that any noticed read moves it."""
    os.utime(path, ns=(LONG_AGO_NS, LONG_AGO_NS + 10**12))


@pytest.fixture
def quiet(tmp_path: Path) -> Path:
    """Return a folder on whose file system a plain read is noticed and an unnoticed one is not."""
    probe = tmp_path / "probe"
    probe.write_bytes(b"x" * 10)
    aged(probe)
    probe.read_bytes()
    if probe.stat().st_atime_ns == LONG_AGO_NS:
        pytest.skip("this file system keeps no access times")
    aged(probe)
    with open_unnoticed(probe) as stream:
        stream.read()
    if probe.stat().st_atime_ns != LONG_AGO_NS:
        pytest.skip("this file system moves access times all the same")
    return tmp_path


def drawn(folder: Path, write_video: Callable[..., Path]) -> list[Path]:
    picture = Image.new("RGB", (300, 200), "red")
    names = ("a.jpg", "a.png", "a.gif", "a.webp", "a.tif", "a.bmp", "a.tga", "a.avif", "a.pdf")
    for name in names:
        picture.copy().save(folder / name)
    psd = PSDImage.new("RGB", (300, 200))
    psd.create_pixel_layer(picture.copy(), name="Lines")
    psd.save(folder / "a.psd")
    pixels = {"RGB": np.zeros((20, 30, 3), np.float16)}
    OpenEXR.File({}, pixels).write(str(folder / "a.exr"))
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("b.txt", "b")
    videos = [write_video("a.mp4", 20, codec="mpeg4"), write_video("a.mkv", 20)]
    return [*(folder / name for name in (*names, "a.psd", "a.exr", "a.zip")), *videos]


def test_access_time_stays_whatever_is_read_of_a_file(
    quiet: Path, write_video: Callable[..., Path]
) -> None:
    into = quiet / "into"
    into.mkdir()
    for path in drawn(quiet, write_video):
        aged(path)
        sha256_of(path)
        sort = sort_of(path)
        metadata_of(path)
        if sort == "archive":
            list(unpack(path, into))
        else:
            assert list(parts_of(path)), path.name
        if path.suffix not in (".pdf", ".zip"):
            for spare in (False, True):
                with open_media(path, decoder=DecoderSettings(spare=spare)) as media:
                    list(media.frames())
                    list(media.looks())
                    media.luma()
        assert path.stat().st_atime_ns == LONG_AGO_NS, path.name


def test_file_of_somebody_else_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    real = os.open

    def grudging(path: str, flags: int, *more: int) -> int:
        if flags & os.O_NOATIME:
            raise PermissionError(1, "Operation not permitted")
        return real(path, flags, *more)

    monkeypatch.setattr(os, "open", grudging)
    with open_unnoticed(path) as stream:
        assert stream.read() == b"abc"
    assert not noatime_works(path)


def test_link_is_followed_or_refused_as_asked(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"abc")
    (tmp_path / "link").symlink_to("a.txt")
    with open_unnoticed(tmp_path / "link") as stream:
        assert stream.read() == b"abc"
    with pytest.raises(UnreadableMediaError, match="link"):
        open_unnoticed(tmp_path / "link", follow=False)


def test_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    for read in (open_unnoticed, sort_of, sha256_of, metadata_of):
        with pytest.raises(UnsupportedFormatError, match="device or pipe"):
            read(tmp_path / "a.png")


def test_pipe_put_in_the_place_of_a_file_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"abc")
    real = os.open

    def swapping(path: str, flags: int, *more: int) -> int:
        Path(path).unlink()
        os.mkfifo(path)
        return real(path, flags, *more)

    monkeypatch.setattr(os, "open", swapping)
    with pytest.raises(UnsupportedFormatError, match="device or pipe"):
        open_unnoticed(path)


def test_opened_file_is_not_inherited(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    with open_unnoticed(tmp_path / "a") as stream:
        assert not os.get_inheritable(stream.fileno())


def test_folder_of_ours_can_be_read_unnoticed(tmp_path: Path) -> None:
    assert noatime_works(tmp_path) == hasattr(os, "O_NOATIME")
    assert not noatime_works(tmp_path / "gone")
