"""Files that mean harm, break, or are no media at all."""

from __future__ import annotations

import gzip
import io
import os
import struct
import tarfile
import wave
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.dump.formats import MOMENT, archived
from benchmarks.dump.material import Pixels
from benchmarks.dump.truth import Row


def hostile(dump: Path, picture: Pixels) -> list[Row]:
    """Write every hostile thing once into the folder ``hostile``."""
    folder = dump / "hostile"
    folder.mkdir(parents=True)
    rows = [*_names(dump, folder, picture), *_archives(folder), *_special(folder)]
    for name, content, note in _disguised():
        (folder / name).write_bytes(content)
        rows.append(Row(f"hostile/{name}", "hostile", note=note))
    return rows


def _png(picture: Pixels, number: int) -> bytes:
    data = io.BytesIO()
    values = picture.copy()
    values[0, 0] = (number, 0, 0)  # No two files have the same bytes.
    Image.fromarray(values).save(data, "PNG")
    return data.getvalue()


def _names(dump: Path, folder: Path, picture: Pixels) -> list[Row]:
    names = (
        b"new\nline.png", b"tab\there.png", b"bell\x07\x1b[31mred.png", b"\xff\xfe\x80.png",
        "原画".encode("gbk") + b".png", b"<script>alert(1)<!--.png",
        b'"><img src=x onerror=alert(1)>.png', b"50%25 done.png", b"'; DROP TABLE files; --.png",
        b"=cmd|calc.png", b" leading space.png", b"trailing dot..png", b"x" * 250 + b".png",
        "\u202egnp.exe.png".encode(), b"-rf.png", b"a!b!.png",
    )  # fmt: skip
    rows = []
    for number, name in enumerate(names):
        path = folder / os.fsdecode(name)
        path.write_bytes(_png(picture, number))
        rows.append(Row(str(path.relative_to(dump)), "picture", note="odd name"))
    deep = folder
    for number in range(30):
        deep = deep / f"deeper-{number:02d}-{'x' * 60}"
    deep.mkdir(parents=True)
    (deep / "deep.png").write_bytes(_png(picture, 99))
    return [*rows, Row(str((deep / "deep.png").relative_to(dump)), "picture", note="deep folder")]


def _archives(folder: Path) -> list[Row]:
    zeros = bytes(256 << 20)
    bomb = archived("a.zip", {"readme.txt": b"harmless", "bomb.tga": zeros})
    (folder / "bomb.zip").write_bytes(bomb)
    (folder / "bomb.tar.gz").write_bytes(gzip.compress(zeros, mtime=MOMENT))
    outside = {"../../outside.png": b"out", "/etc/outside.png": b"out", "C:\\out.png": b"out"}
    (folder / "traversal.zip").write_bytes(archived("a.zip", outside))
    (folder / "traversal.tar").write_bytes(archived("a.tar", outside))
    nested = b"the end"
    for depth in range(9):
        nested = archived("a.zip", {f"inner-{depth}.zip": nested})
    (folder / "russian-doll.zip").write_bytes(nested)
    links = io.BytesIO()
    with tarfile.open(fileobj=links, mode="w") as writer:
        for name, kind in (
            ("passwd", tarfile.SYMTYPE),
            ("hard", tarfile.LNKTYPE),
            ("null", tarfile.CHRTYPE),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            writer.addfile(info)
    (folder / "links.tar").write_bytes(links.getvalue())
    locked = bytearray(archived("a.zip", {"secret.png": b"secret"}))
    locked[6] |= 1
    locked[locked.rindex(b"PK\x01\x02") + 8] |= 1
    (folder / "locked.zip").write_bytes(locked)
    notes = (
        ("bomb.zip", "bomb"), ("bomb.tar.gz", "bomb"), ("traversal.zip", "traversal"),
        ("traversal.tar", "traversal"), ("russian-doll.zip", "nested nine deep"),
        ("links.tar", "links and devices"), ("locked.zip", "encrypted"),
    )  # fmt: skip
    return [Row(f"hostile/{name}", "archive", note=note) for name, note in notes]


def _special(folder: Path) -> list[Row]:
    (folder / "link-out.png").symlink_to("/etc/passwd")
    (folder / "link-up").symlink_to("..")
    (folder / "link-to-itself").symlink_to("link-to-itself")
    os.mkfifo(folder / "pipe.mp4")
    return [
        Row("hostile/link-out.png", "link"),
        Row("hostile/link-up", "link"),
        Row("hostile/link-to-itself", "link"),
        Row("hostile/pipe.mp4", "special"),
    ]


def _disguised() -> list[tuple[str, bytes, str]]:
    huge = b"\x89PNG\r\n\x1a\n" + struct.pack(
        ">I4sIIBBBBB", 13, b"IHDR", 60_000, 60_000, 8, 2, 0, 0, 0
    )
    return [
        ("playlist.mp4", b"#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n", "playlist"),
        ("concat.mkv", b"ffconcat version 1.0\nfile /etc/passwd\n", "playlist"),
        ("huge.png", huge + bytes(60), "claims 60,000 pixels a side"),
        ("entities.svg", b'<!DOCTYPE x [<!ENTITY a "ha">]><svg>&a;</svg>', "text"),
        ("polyglot.jpg", b"\xff\xd8\xff\xe0" + b"PK\x03\x04" + bytes(200), "half a picture"),
    ]


def other(path: Path, number: int, values: np.random.Generator) -> str:
    """Write something that is no media, and return what."""
    kind = ("text", "sound", "font", "program", "table", "database")[number % 6]
    words = " ".join(f"scene {int(k):03d}" for k in values.integers(0, 900, 60))
    if kind == "text":
        path.write_text(f"修正 notes {number}\n{words}\n", encoding="utf-8")
    elif kind == "sound":
        with wave.open(str(path), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(values.integers(0, 255, 4000, np.uint8).tobytes())
    elif kind == "table":
        path.write_text(f"id,{number}\n" + words.replace(" ", ","), encoding="utf-8")
    else:
        start = {"font": b"OTTO\0", "program": b"\x7fELF", "database": b"SQLite format 3\0"}[kind]
        path.write_bytes(start + values.integers(0, 255, 2000, np.uint8).tobytes())
    return kind


def broken(path: Path, picture: Pixels, number: int, values: np.random.Generator) -> str:
    """Write a picture that is cut, empty or damaged, and return how."""
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "PNG" if path.suffix == ".png" else "JPEG")
    whole = data.getvalue()
    kind = ("empty", "cut in its header", "cut in the middle", "damaged", "another's content")[
        number % 5
    ]
    if kind == "empty":
        whole = b""
    elif kind == "cut in its header":
        whole = whole[: 10 + number % 30]
    elif kind == "cut in the middle":
        whole = whole[: len(whole) // 2]
    elif kind == "damaged":
        spoilt = bytearray(whole)
        for place in values.integers(200, len(spoilt), 60):
            spoilt[place] = int(values.integers(256))
        whole = bytes(spoilt)
    else:
        whole = zipfile_of(whole)
    path.write_bytes(whole)
    return kind


def zipfile_of(content: bytes) -> bytes:
    """Return a zip archive, whatever its file will be called."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as writer:
        writer.writestr(zipfile.ZipInfo("inside.bin"), content[:100])
    return out.getvalue()
