"""Clip Studio Paint files: the preview that they keep of their canvas.

A file is a row of chunks, one of which is an SQLite database; its table CanvasPreview holds a PNG.
The layers themselves are in a form that is not documented. The database is hostile until shown
otherwise: it is read from memory, one table and one column of it, and nothing of it is run.
"""

from __future__ import annotations

import io
import sqlite3
from typing import IO

from PIL.PngImagePlugin import PngImageFile

_SIGNATURE = b"CSFCHUNK"
_DATABASE = b"CHNKSQLi"
_PNG = b"\x89PNG\r\n\x1a\n"
_MOST_CHUNKS = 10_000
_MOST_DATABASE_BYTES = 512 << 20
_MOST_PREVIEW_BYTES = 64 << 20
# Instructions of SQLite's machine; finding one row of a table takes some hundreds.
_MOST_STEPS = 1_000_000


def open_clip(stream: IO[bytes]) -> PngImageFile:
    """Return the preview of a Clip Studio file, as Pillow's plugins give their pictures.

    Raises
    ------
    SyntaxError
        There is none, or what is there is no picture.
    """
    try:
        preview = _preview(_database(stream))
    # A database that lies about its lengths makes SQLite ask for more memory than it allows itself.
    except (sqlite3.Error, MemoryError) as error:
        raise SyntaxError(f"its database cannot be read: {error}") from error
    if not preview.startswith(_PNG):
        raise SyntaxError("its preview is no PNG picture")
    return PngImageFile(io.BytesIO(preview))


def _database(stream: IO[bytes]) -> bytes:
    """Return the chunk that is an SQLite database."""
    stream.seek(0)
    if stream.read(len(_SIGNATURE)) != _SIGNATURE:
        raise SyntaxError("not a Clip Studio file")
    stream.seek(8, io.SEEK_CUR)
    place = int.from_bytes(stream.read(8), "big")
    for _ in range(_MOST_CHUNKS):
        if place > 1 << 62:
            break
        stream.seek(place)
        head = stream.read(16)
        if len(head) < 16:
            break
        n_bytes = int.from_bytes(head[8:], "big")
        if head[:8] == _DATABASE:
            if n_bytes > _MOST_DATABASE_BYTES:
                raise SyntaxError(f"its database has {n_bytes} bytes, which is too much")
            return stream.read(n_bytes)
        place += 16 + n_bytes
    raise SyntaxError("it has no database")


def _preview(database: bytes) -> bytes:
    """Return the PNG in the table CanvasPreview."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.deserialize(database)
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_PREVIEW_BYTES)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.set_authorizer(_allow_reading)
        connection.set_progress_handler(lambda: 1, _MOST_STEPS)
        # A view or a virtual table of that name would run what its author wrote.
        found = connection.execute(
            "SELECT type, rootpage FROM sqlite_master WHERE name = 'CanvasPreview'"
        ).fetchall()
        if len(found) != 1 or found[0][0] != "table" or not found[0][1]:
            raise SyntaxError("it has no preview")
        row = connection.execute("SELECT ImageData FROM CanvasPreview LIMIT 1").fetchone()
    finally:
        connection.close()
    if row is None or not isinstance(row[0], bytes):
        raise SyntaxError("it has no preview")
    return row[0]


def _allow_reading(
    action: int, table: str | None, column: str | None, database: str | None, through: str | None
) -> int:
    """Allow the reading of two tables, named in the statement itself, and nothing else."""
    del column, database
    if action == sqlite3.SQLITE_SELECT:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_READ and table in ("sqlite_master", "CanvasPreview"):
        return sqlite3.SQLITE_OK if through is None else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_DENY
