import bz2
import errno
import gzip
import io
import lzma
import os
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import py7zr
import pytest

from framematch.config import ArchiveLimits
from framematch.errors import ConfigError, UnreadableMediaError, UnsupportedFormatError
from framematch.media import Member, sort_of, unpack
from framematch.media.archives.member import CannotWriteError, Folder

Files = dict[str, bytes]
PICTURE = np.random.default_rng(1).integers(0, 256, 5000, np.uint8).tobytes()
FILES: Files = {"cut/045.png": PICTURE, "cut/第046.tga": b"second", "empty.txt": b""}


def to_zip(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def to_tar(path: Path, files: Files, mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(data), 1_700_000_000
            archive.addfile(info, io.BytesIO(data))
    return path


def to_7z(path: Path, files: Files) -> Path:
    with py7zr.SevenZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(data, name)
    return path


WRITERS: dict[str, Callable[[Path, Files], Path]] = {
    "a.zip": to_zip,
    "a.tar": to_tar,
    "a.tar.gz": lambda path, files: to_tar(path, files, "w:gz"),
    "a.tar.bz2": lambda path, files: to_tar(path, files, "w:bz2"),
    "a.tar.xz": lambda path, files: to_tar(path, files, "w:xz"),
    "a.7z": to_7z,
}


@pytest.fixture
def into(tmp_path: Path) -> Path:
    folder = tmp_path / "into"
    folder.mkdir()
    return folder


def unpacked(path: Path, into: Path, **limits: int) -> list[Member]:
    members = list(unpack(path, into, ArchiveLimits(**limits)))
    kept = {member.path for member in members if member.path is not None}
    assert kept == set(into.iterdir()), "nothing lies about that no member names"
    for member in members:
        assert (member.path is None) != (member.reason is None)
        if member.path is not None:
            mode = member.path.lstat()
            assert stat.S_ISREG(mode.st_mode)
            assert stat.S_IMODE(mode.st_mode) == 0o600
            assert member.size == mode.st_size
    assert len({member.name for member in members}) == len(members)
    return members


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_members_come_out_as_they_went_in(tmp_path: Path, into: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, FILES)
    assert sort_of(path) == "archive"
    members = unpacked(path, into)
    assert {m.name: m.path.read_bytes() for m in members if m.path} == FILES
    for member in members:
        assert member.path is not None
        assert member.path.suffix == Path(member.name).suffix
        assert member.path.parent == into
        assert "045" not in member.path.name


@pytest.mark.parametrize("name", ["a.zip", "a.7z"])
def test_archive_without_members_has_none(tmp_path: Path, into: Path, name: str) -> None:
    assert unpacked(WRITERS[name](tmp_path / name, {}), into) == []


TRAVERSAL = ("../out.png", "a/../../out.png", "/etc/out.png", "C:\\out.png", "..\\out.png", "C:out")


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz"])
def test_names_that_lead_out_are_refused(tmp_path: Path, into: Path, name: str) -> None:
    files = {**dict.fromkeys(TRAVERSAL, b"out"), "in.png": b"in"}
    members = unpacked(WRITERS[name](tmp_path / name, files), into)
    *refused, kept = members
    assert [member.name for member in refused] == list(TRAVERSAL)
    assert all("leads out" in str(member.reason) for member in refused)
    assert kept.path is not None
    assert not list(tmp_path.rglob("out*"))


def test_names_that_lead_out_of_a_7z_are_refused(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "a.7z"
    with py7zr.SevenZipFile(path, "w") as archive:
        archive.set_encoded_header_mode(False)
        archive.writestr(b"out", "xx/out.png")
        archive.writestr(b"in", "in.png")
    data = path.read_bytes()
    head = data.replace("xx/out".encode("utf-16-le"), "../out".encode("utf-16-le"))
    path.write_bytes(with_7z_checksums(head))
    refused, kept = unpacked(path, into)
    assert refused.name == "../out.png"
    assert "leads out" in str(refused.reason)
    assert kept.path is not None
    assert kept.path.read_bytes() == b"in"


def with_7z_checksums(data: bytes) -> bytes:
    """Correct the checksums of a 7z file's header (7zFormat.txt, Archive structure)."""
    place, size = int.from_bytes(data[12:20], "little"), int.from_bytes(data[20:28], "little")
    crc = zlib.crc32(data[32 + place : 32 + place + size]).to_bytes(4, "little")
    start = data[12:28] + crc
    return data[:8] + zlib.crc32(start).to_bytes(4, "little") + start + data[32:]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.7z", "a.tar.gz"])
def test_bomb_is_stopped_by_what_comes_out_of_it(tmp_path: Path, into: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, {"small": b"a", "bomb": bytes(3 << 20), "after": b"b"})
    first, bomb, last = unpacked(path, into, max_bytes=2 << 20)
    assert first.path is not None
    assert (bomb.name, last.name) == ("bomb", "")
    assert "more than 2097152 bytes" in str(bomb.reason)
    assert bomb.reason == last.reason


@pytest.mark.parametrize("name", ["a.zip", "a.7z", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_bomb_is_stopped_by_its_ratio(tmp_path: Path, into: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, {"bomb": bytes(8 << 20)})
    last = unpacked(path, into, ratio_from_bytes=1 << 20, max_ratio=100)[-1]
    assert "bombs" in str(last.reason)


def test_blank_drawing_that_packs_well_is_no_bomb(tmp_path: Path, into: Path) -> None:
    (member,) = unpacked(to_zip(tmp_path / "a.zip", {"blank.tga": bytes(8 << 20)}), into)
    assert member.size == 8 << 20


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_member_over_the_limit_costs_only_itself(tmp_path: Path, into: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, {"a": b"a", "large": PICTURE, "b": b"b"})
    first, large, last = unpacked(path, into, max_member_bytes=len(PICTURE) - 1)
    assert "larger than 4999 bytes" in str(large.reason)
    assert first.path is not None
    assert last.path is not None
    assert last.path.read_bytes() == b"b"


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_members_beyond_the_limit_are_told(tmp_path: Path, into: Path, name: str) -> None:
    path = WRITERS[name](tmp_path / name, {f"{k}": b"x" for k in range(5)})
    members = unpacked(path, into, max_members=3)
    assert [member.name for member in members] == ["0", "1", "2", ""]
    assert "more than 3 members" in str(members[-1].reason)


def test_name_that_is_too_long_is_refused(tmp_path: Path, into: Path) -> None:
    path = to_zip(tmp_path / "a.zip", {"x" * 2000: b"a", "y" * 1024: b"b"})
    first, second = unpacked(path, into)
    assert "longer than 1024 bytes" in str(first.reason)
    assert second.path is not None


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_name_that_comes_twice_keeps_both_contents(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for data in (b"one", b"two", b"three"):
            archive.writestr("cut/045.png", data)
    found = {member.name: member.path for member in unpacked(path, into)}
    assert list(found) == ["cut/045.png", "cut/045~2.png", "cut/045~3.png"]
    assert [each.read_bytes() for each in found.values() if each] == [b"one", b"two", b"three"]


def test_links_and_devices_of_a_tar_are_refused(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "a.tar"
    kinds = {
        "symlink": tarfile.SYMTYPE, "hardlink": tarfile.LNKTYPE, "fifo": tarfile.FIFOTYPE,
        "device": tarfile.CHRTYPE, "folder": tarfile.DIRTYPE, "file": tarfile.REGTYPE,
    }  # fmt: skip
    with tarfile.open(path, "w") as archive:
        for name, kind in kinds.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info, io.BytesIO())
    found = {member.name: member for member in unpacked(path, into)}
    assert list(found) == ["symlink", "hardlink", "fifo", "device", "file"]
    assert "link to '/etc/passwd'" in str(found["symlink"].reason)
    assert "link" in str(found["hardlink"].reason)
    assert "device or pipe" in str(found["fifo"].reason)
    assert "device or pipe" in str(found["device"].reason)
    assert found["file"].path is not None


def test_link_in_a_zip_is_refused(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
        program = zipfile.ZipInfo("run.sh")
        program.external_attr = (stat.S_IFREG | 0o7777) << 16
        archive.writestr(program, "#!/bin/sh")
    link, program_member = unpacked(path, into)
    assert "link" in str(link.reason)
    assert program_member.path is not None


def test_link_in_a_7z_is_refused(tmp_path: Path, into: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    (tmp_path / "link").symlink_to("secret")
    with py7zr.SevenZipFile(tmp_path / "a.7z", "w") as archive:
        archive.write(tmp_path / "link", "link")
        archive.writestr(b"in", "in.png")
    link, kept = unpacked(tmp_path / "a.7z", into)
    assert "link" in str(link.reason)
    assert kept.path is not None


def test_encrypted_member_of_a_zip_is_refused(tmp_path: Path, into: Path) -> None:
    path = to_zip(tmp_path / "a.zip", {"a.png": PICTURE})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    (member,) = unpacked(path, into)
    assert "password" in str(member.reason)


@pytest.mark.parametrize("hidden", [False, True])
def test_encrypted_7z_is_refused(tmp_path: Path, into: Path, hidden: bool) -> None:
    path = tmp_path / "a.7z"
    with py7zr.SevenZipFile(path, "w", password="x", header_encryption=hidden) as archive:
        archive.writestr(PICTURE, "a.png")
    if hidden:
        with pytest.raises(UnreadableMediaError, match="password"):
            unpacked(path, into)
    else:
        (member,) = unpacked(path, into)
        assert "password" in str(member.reason)


def test_member_with_a_broken_checksum_is_refused_and_others_kept(
    tmp_path: Path, into: Path
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"content of a")
        archive.writestr("b.png", b"content of b")
    path.write_bytes(path.read_bytes().replace(b"content of a", b"kontent of a"))
    broken, kept = unpacked(path, into)
    assert "damaged" in str(broken.reason)
    assert kept.path is not None


def test_7z_member_with_a_broken_checksum_is_refused(tmp_path: Path, into: Path) -> None:
    path = tmp_path / "a.7z"
    filters = [{"id": py7zr.FILTER_COPY}]
    with py7zr.SevenZipFile(path, "w", filters=filters) as archive:
        archive.writestr(b"content of a", "a.png")
        archive.writestr(b"content of b", "b.png")
    path.write_bytes(path.read_bytes().replace(b"content of a", b"kontent of a"))
    broken, kept = unpacked(path, into)
    assert "checksum" in str(broken.reason)
    assert kept.path is not None


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tar.bz2", "a.tar.xz"])
def test_archive_that_is_cut_gives_what_came_before(tmp_path: Path, into: Path, name: str) -> None:
    noise = np.random.default_rng(2).integers(0, 256, 3_000_000, np.uint8).tobytes()
    path = WRITERS[name](tmp_path / name, {"a": PICTURE, "b": noise})
    path.write_bytes(path.read_bytes()[: len(noise) // 2])
    first, *_, last = unpacked(path, into)
    assert first.path is not None
    assert first.path.read_bytes() == PICTURE
    assert "damaged" in str(last.reason)


@pytest.mark.parametrize("name", ["a.zip", "a.7z"])
def test_archive_that_lost_its_directory_is_unreadable(
    tmp_path: Path, into: Path, name: str
) -> None:
    path = WRITERS[name](tmp_path / name, FILES)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(UnreadableMediaError, match=rf"{name}: damaged"):
        unpacked(path, into)


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_archive_with_flipped_bytes_gives_members_or_a_named_error(
    tmp_path: Path, into: Path, name: str
) -> None:
    whole = WRITERS[name](tmp_path / name, FILES).read_bytes()
    values = np.random.default_rng(9)
    for _ in range(40):
        data = bytearray(whole)
        for place in values.integers(0, len(data), 3):
            data[place] = values.integers(0, 256)
        (tmp_path / name).write_bytes(data)
        messages = []
        try:
            members = list(unpack(tmp_path / name, into))
            assert all((each.path is None) != (each.reason is None) for each in members)
        except (UnreadableMediaError, UnsupportedFormatError) as error:
            messages.append(str(error))
        assert all(name in message for message in messages)
        for left in into.iterdir():
            left.unlink()


def test_names_in_no_known_encoding_survive(tmp_path: Path, into: Path) -> None:
    path = to_zip(tmp_path / "a.zip", {"aaaa.png": b"a"})
    gbk = "原画".encode("gbk")
    path.write_bytes(path.read_bytes().replace(b"aaaa", gbk))
    (member,) = unpacked(path, into)
    assert os.fsencode(member.name) == gbk + b".png"
    (into / "000001.png").unlink()

    name = os.fsdecode(gbk)
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(name))
    (other,) = unpacked(tmp_path / "a.tar", into)
    assert other.name == name


def test_times_are_told_as_far_as_the_archive_knows_them(tmp_path: Path, into: Path) -> None:
    (first, *_) = unpack(to_tar(tmp_path / "a.tar", FILES), into)
    assert first.modified == "2023-11-14T22:13:20Z"
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a", (2024, 5, 6, 7, 8, 10)), b"")
    (member,) = unpack(path, into)
    assert member.modified == "2024-05-06T07:08:10"


@pytest.mark.parametrize(
    ("name", "packed"),
    [
        ("shot.png.gz", gzip.compress(PICTURE)),
        ("shot.png.bz2", bz2.compress(PICTURE)),
        ("shot.png.xz", lzma.compress(PICTURE)),
    ],
)
def test_single_file_that_is_compressed_is_a_member(
    tmp_path: Path, into: Path, name: str, packed: bytes
) -> None:
    (tmp_path / name).write_bytes(packed)
    (member,) = unpacked(tmp_path / name, into)
    assert member.name == "shot.png"
    assert member.path is not None
    assert member.path.read_bytes() == PICTURE


def test_streams_one_behind_the_other_are_one_file(tmp_path: Path, into: Path) -> None:
    for name, pack in (("a.gz", gzip.compress), ("b.bz2", bz2.compress), ("c.xz", lzma.compress)):
        (tmp_path / name).write_bytes(pack(b"one ") + pack(b"two"))
        (member,) = unpack(tmp_path / name, into)
        assert member.path is not None
        assert member.path.read_bytes() == b"one two"
        member.path.unlink()


def test_xz_that_wants_gigabytes_of_memory_is_refused(tmp_path: Path, into: Path) -> None:
    packer = lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 16}])
    packed = bytearray(packer.compress(PICTURE) + packer.flush())
    # The size of the dictionary, in the header of the block, and the header's checksum.
    n_bytes = (packed[12] + 1) * 4
    place = packed.index(b"\x21\x01", 12) + 2
    packed[place] = 36
    crc = zlib.crc32(packed[12 : 12 + n_bytes - 4]).to_bytes(4, "little")
    packed[12 + n_bytes - 4 : 12 + n_bytes] = crc
    (tmp_path / "a.xz").write_bytes(packed)
    with pytest.raises(UnreadableMediaError, match=r"a\.xz"):
        unpacked(tmp_path / "a.xz", into)


def test_zip_that_claims_a_huge_directory_is_refused(tmp_path: Path, into: Path) -> None:
    path = to_zip(tmp_path / "a.zip", {"a": b"a"})
    (member,) = unpacked_after_claim(path, into)
    assert "directory of 3000000000 bytes" in str(member.reason)


def unpacked_after_claim(path: Path, into: Path) -> list[Member]:
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x05\x06") + 12
    data[place : place + 4] = (3_000_000_000).to_bytes(4, "little")
    path.write_bytes(data)
    return unpacked(path, into)


def test_tar_whose_long_name_would_fill_the_memory_is_refused(tmp_path: Path, into: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 3 << 20
    (tmp_path / "a.tar").write_bytes(info.tobuf() + b"x" * (3 << 20) + bytes(1024))
    with pytest.raises(UnreadableMediaError, match="a name or attribute of"):
        unpacked(tmp_path / "a.tar", into)


def test_tar_whose_first_member_is_called_like_a_picture_is_a_tar(
    tmp_path: Path, into: Path
) -> None:
    path = to_tar(tmp_path / "a.tar", {"P6 BM GIF89a.ppm": b"x"})
    assert sort_of(path) == "archive"
    assert len(unpacked(path, into)) == 1


def test_what_is_no_archive_is_refused(tmp_path: Path, into: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"Rar!\x1a\x07\x00 rest")
    with pytest.raises(UnsupportedFormatError, match="RAR"):
        unpacked(tmp_path / "a.zip", into)


def test_file_may_be_removed_once_the_next_is_asked_for(tmp_path: Path, into: Path) -> None:
    for member in unpack(to_zip(tmp_path / "a.zip", FILES), into):
        assert member.path is not None
        assert len(list(into.iterdir())) == 1
        member.path.unlink()


def test_file_of_ours_that_is_there_is_left_alone_and_told(tmp_path: Path, into: Path) -> None:
    path = to_zip(tmp_path / "a.zip", FILES)
    (into / "000001.png").write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        list(unpack(path, into))
    assert (into / "000001.png").read_bytes() == b"mine"


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_full_disk_is_told_as_such_and_not_as_damage(
    tmp_path: Path, into: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = WRITERS[name](tmp_path / name, FILES)

    def full(*_: object, **__: object) -> None:
        raise CannotWriteError from OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Folder, "write", full)
    with pytest.raises(OSError, match="No space left"):
        list(unpack(path, into))
    assert list(into.iterdir()) == []


def test_limits_that_are_not_positive_are_refused() -> None:
    with pytest.raises(ConfigError):
        ArchiveLimits(max_ratio=0)


def test_name_that_lies_about_being_utf_8_costs_only_itself(tmp_path: Path, into: Path) -> None:
    path = to_zip(tmp_path / "a.zip", {"第aa.png": b"a", "b.png": b"b"})
    path.write_bytes(path.read_bytes().replace("第".encode(), b"\xff\xfe\xfd"))
    lying, kept = unpacked(path, into)
    assert os.fsencode(lying.name) == b"\xff\xfe\xfdaa.png"
    assert kept.path is not None
    assert kept.path.read_bytes() == b"b"
