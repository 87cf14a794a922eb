"""hashdeep.txt against the program that reads such lists."""

import hashlib
import itertools
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from framematch.case_records import Entry
from framematch.report.hashdeep import hashdeep_lines

#: Names that the list can hold, in bytes; none is friendly.
NAMES = (
    b"plain.png",
    b'comma, and "quotes".png',
    b" lead and trail ",
    b"#no comment",
    b"%%%% no head",
    b"## neither",
    b"back\\slash",
    b"100%",
    b"carriage\rreturn",
    b"not utf-8 \xff\xfe",
    "한글/背景.png".encode(),
    b"deep/a/b/c.png",
    b"x!/no archive",
    b"copy of plain.png",
    b"empty",
    b"also empty",
)


def path_of(name: bytes) -> str:
    """Return a name as a case writes it."""
    # A case marks a name that ends like an archive before its members.
    closed = name.replace(b"%", b"%25").replace(b"!/", b"%21/")
    escaped = closed.replace(b"\xff\xfe", b"%FF%FE").replace(b"\r", b"%0D").replace(b"\n", b"%0A")
    return escaped.decode("utf-8")


def dump(folder: Path, names: tuple[bytes, ...] = NAMES) -> list[Entry]:
    """Write files of these names and return their entries."""
    entries = []
    for name in names:
        content = b"" if b"empty" in name else name.removeprefix(b"copy of ")
        path = os.path.join(os.fsencode(folder), name)  # noqa: PTH118 - names of any bytes
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120
        with open(path, "wb") as stream:  # noqa: PTH123
            stream.write(content)
        entries.append(entry(path_of(name), content))
    return entries


def entry(path: str, content: bytes) -> Entry:
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    sha256 = hashlib.sha256(content).hexdigest()
    return Entry(path, len(content), sha256, md5, None, "other", None, ())


def audit(folder: Path, entries: list[Entry]) -> subprocess.CompletedProcess[bytes]:
    """Return what the program says of the folder, with the options that the list names."""
    if shutil.which("hashdeep") is None:
        pytest.skip("hashdeep is not installed; see scripts/system")
    known = folder.parent / "hashdeep.txt"
    known.write_bytes(b"".join(hashdeep_lines(entries)))
    command = ["hashdeep", "-r", "-l", "-o", "f", "-a", "-vv", "-k", str(known), "."]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "dump"
    found.mkdir()
    return found


def test_hashdeep_of_an_untouched_dump_passes_whatever_the_names(folder: Path) -> None:
    said = audit(folder, dump(folder))

    assert said.returncode == 0, said.stdout
    assert b"Audit passed" in said.stdout
    assert f"Files matched: {len(NAMES)}".encode() in said.stdout


def test_hashdeep_of_links_and_pipes_beside_the_files_passes(folder: Path) -> None:
    entries = dump(folder)
    (folder / "link").symlink_to("plain.png")
    (folder / "broken").symlink_to("nowhere")
    (folder / "loop").symlink_to(".")
    os.mkfifo(folder / "pipe")
    entries.append(Entry("link", None, None, None, None, "link", "not followed", ()))
    entries.append(Entry("pipe", None, None, None, None, "special", "not opened", ()))

    assert b"Audit passed" in audit(folder, entries).stdout


def test_hashdeep_of_an_altered_a_moved_a_new_and_a_lost_file_names_each(folder: Path) -> None:
    entries = dump(folder)
    (folder / "plain.png").write_bytes(b"altered")
    (folder / "back\\slash").rename(folder / "moved")
    (folder / "new").write_bytes(b"new")
    (folder / "100%").unlink()

    said = audit(folder, entries)

    assert said.returncode == 1
    assert b"Audit failed" in said.stdout
    assert b"plain.png: No match" in said.stdout
    assert b"moved: Moved from ./back\\slash" in said.stdout
    assert b"new: No match" in said.stdout
    assert b"100%: Known file not used" in said.stdout


def test_hashdeep_of_a_name_with_a_line_break_says_moved_and_names_it(folder: Path) -> None:
    said = audit(folder, dump(folder, (b"line\nbreak", b"plain.png")))

    assert b"line\nbreak: Moved from ./line%0Abreak" in said.stdout
    assert remarks(folder) == [b"./line%0Abreak"]


def remarks(folder: Path) -> list[bytes]:
    """Return the names of which the list says that the audit fails on them."""
    lines = (folder.parent / "hashdeep.txt").read_bytes().splitlines()
    return [
        after.split(b",", 3)[3]
        for line, after in itertools.pairwise(lines)
        if line.startswith(b"## hashdeep cannot read")
    ]


def test_hashdeep_of_a_path_too_long_for_the_program_is_remarked_and_no_other(
    folder: Path,
) -> None:
    # Size, digests and "./" take up 102 bytes of the 2,046 that a line may have.
    names = [_long(length) for length in (1944, 1990)]
    entries = []
    for name in names:
        content = b"%06d" % len(name)
        _write(folder, name, content)
        entries.append(entry(path_of(name), content))

    said = audit(folder, entries)

    assert b"Files matched: 1" in said.stdout
    assert b"Files moved: 1" in said.stdout
    assert remarks(folder) == [b"./" + names[1]]


def _long(length: int) -> bytes:
    """Return a path of so many bytes."""
    steps, rest = divmod(length - 1, 61)
    return b"x" * rest + b"y" + b"".join(b"/" + b"z" * 60 for _ in range(steps))


def _write(folder: Path, name: bytes, content: bytes) -> None:
    path = Path(os.fsdecode(os.path.join(os.fsencode(folder), name)))  # noqa: PTH118 - bytes
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_hashdeep_lines_leave_out_members_and_what_was_not_read() -> None:
    entries = [
        entry("a.zip", b"zip"),
        entry("a.zip!/b.png", b"member"),
        Entry("locked", None, None, None, None, "unreadable", "permission denied", ()),
    ]

    lines = b"".join(hashdeep_lines(entries)).splitlines()

    assert [line for line in lines if not line.startswith((b"%%%%", b"##"))] == [
        b",".join(
            (
                b"3",
                hashlib.md5(b"zip", usedforsecurity=False).hexdigest().encode(),
                hashlib.sha256(b"zip").hexdigest().encode(),
                b"./a.zip",
            )
        )
    ]
