"""Lines of JSON that know whether they are what was written: a digest before each.

Owns that form, in which the journal of the catalogue and the files beside it are kept. A line that
was cut short or changed is told from a whole one; it never passes for another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

#: Hexadecimal digits of the SHA-256 of the JSON that stand before it.
_DIGITS = 16

#: Bytes read at a time from the end.
_BLOCK_BYTES = 1 << 16

_ENCODER = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"))


def encode_line(content: Mapping[str, Any]) -> bytes:
    """Return `content` as one line, ASCII only, with its digest and the end of line."""
    text = _ENCODER.encode(content).encode("ascii")
    return _digest(text) + b" " + text + b"\n"


def decode_line(line: bytes) -> dict[str, Any] | None:
    """Return what `encode_line` made a line of; ``None`` where it is not what was written."""
    digest, _, text = line.rstrip(b"\n").partition(b" ")
    if not line.endswith(b"\n") or digest != _digest(text):
        return None
    content = json.loads(text)
    return content if isinstance(content, dict) else None


def lines_of(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, none where it is not there.

    Raises
    ------
    OSError
        It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            yield from stream
    except FileNotFoundError:
        return


def last_line(path: Path) -> dict[str, Any] | None:
    """Return the content of the last whole line of a file; ``None`` where there is none.

    Raises
    ------
    OSError
        It cannot be read.
    """
    try:
        with path.open("rb") as stream:
            start = stream.seek(0, 2)
            held = b""
            while start:
                taken = min(_BLOCK_BYTES + len(held), start)
                start -= taken
                stream.seek(start)
                held = stream.read(taken) + held
                lines = held.splitlines(keepends=True)
                for line in reversed(lines[1:] if start else lines):
                    content = decode_line(line)
                    if content is not None:
                        return content
    except FileNotFoundError:
        pass
    return None


def _digest(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_DIGITS].encode("ascii")
