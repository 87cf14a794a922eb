import io
import sqlite3
from pathlib import Path

import pytest
from PIL import Image

from framematch.errors import UnreadableMediaError
from framematch.media import open_media, sort_of


def png(colour: str = "red") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(data, "PNG")
    return data.getvalue()


def database(*statements: str, preview: bytes | str | None = None) -> bytes:
    connection = sqlite3.connect(":memory:")
    for statement in statements:
        connection.execute(statement)
    if preview is not None:
        connection.execute("INSERT INTO CanvasPreview (ImageData) VALUES (?)", (preview,))
    connection.commit()
    return connection.serialize()


TABLE = "CREATE TABLE CanvasPreview (_PW_ID INTEGER PRIMARY KEY, ImageType, ImageData BLOB)"


def clip(path: Path, content: bytes, *, extra: bytes = b"layer data") -> Path:
    chunks = [(b"CHNKHead", bytes(40)), (b"CHNKExta", extra), (b"CHNKSQLi", content)]
    body = b"".join(name + len(data).to_bytes(8, "big") + data for name, data in chunks)
    body += b"CHNKFoot" + bytes(8)
    size = 24 + len(body)
    path.write_bytes(b"CSFCHUNK" + size.to_bytes(8, "big") + (24).to_bytes(8, "big") + body)
    return path


def test_preview_is_the_picture(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.clip", database(TABLE, preview=png()))
    assert sort_of(path) == "picture"
    with open_media(path) as media:
        assert (media.info.container, media.info.width, media.info.height) == ("clip", 64, 48)
        (frame,) = media.frames()
    assert frame.pixels[20, 20].tolist() == [255, 0, 0]


HOSTILE = {
    "view": ("CREATE VIEW CanvasPreview AS SELECT zeroblob(100) AS ImageData",),
    "view that never ends": (
        "CREATE VIEW CanvasPreview AS WITH RECURSIVE c(x) AS"
        " (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x AS ImageData FROM c WHERE x < 0",
    ),
    "computed column": (
        "CREATE TABLE CanvasPreview (n, ImageData GENERATED ALWAYS AS (zeroblob(1000000000)))",
        "INSERT INTO CanvasPreview (n) VALUES (1)",
    ),
    "no table": ("CREATE TABLE Other (ImageData)",),
    "empty table": (TABLE,),
    "text": (TABLE, "INSERT INTO CanvasPreview (ImageData) VALUES ('<script>')"),
}


@pytest.mark.parametrize("kind", sorted(HOSTILE))
def test_database_that_tricks_is_refused(tmp_path: Path, kind: str) -> None:
    path = clip(tmp_path / "a.clip", database(*HOSTILE[kind]))
    with pytest.raises(UnreadableMediaError, match=r"a\.clip"):
        open_media(path)


def test_preview_that_is_no_png_reaches_no_decoder(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("RGB", (64, 48)).save(data, "TIFF")
    path = clip(tmp_path / "a.clip", database(TABLE, preview=data.getvalue()))
    with pytest.raises(UnreadableMediaError, match="no PNG"):
        open_media(path)


def test_file_cut_anywhere_is_unreadable(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.clip", database(TABLE, preview=png()))
    whole = path.read_bytes()
    for length in (9, 24, 30, 60, 110, 140, 2000):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableMediaError, match=r"a\.clip"), open_media(path) as media:
            list(media.frames())


def test_chunk_that_claims_to_be_endless_is_refused(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.clip", database(TABLE, preview=png()))
    data = bytearray(path.read_bytes())
    place = data.index(b"CHNKSQLi") + 8
    data[place : place + 8] = b"\x7f" + b"\xff" * 7
    path.write_bytes(data)
    with pytest.raises(UnreadableMediaError, match="too much"):
        open_media(path)
