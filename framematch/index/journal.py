"""`catalogue.jsonl`: the catalogue once more, as lines that are only ever added.

Owns that file. It is written after each commit of the catalogue, so it may lack the last changes of
a run that was killed, and never has one that the catalogue lacks: a catalogue that lacks one is an
older copy, or lost its log. Where the catalogue is damaged, `framematch index repair` makes it anew
from here.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from framematch.durable import write_durably
from framematch.errors import IndexStoreError
from framematch.index.content import Change, content_of, listed, unlisted
from framematch.index.header import CATALOGUE, CATALOGUE_VERSION, JOURNAL
from framematch.index.identity import Entry
from framematch.index.lines import decode_line, encode_line, last_line, lines_of

#: Written anew where it has more lines than twice its references, and these.
_SPARE_LINES = 1000


def last_change(folder: Path) -> Change | None:
    """Return the last change that the journal of an index has whole; ``None`` where it has none.

    Raises
    ------
    IndexStoreError
        It cannot be read.
    """
    path = folder / JOURNAL
    try:
        line = last_line(path)
    except OSError as error:
        raise IndexStoreError(f"{path}: cannot be read ({error.strerror}); give access") from error
    return None if line is None else _change(line)


class Journal:
    """The journal while a writer adds to it.

    Publishing does not depend on it: where it cannot be written, it stays behind, and the next
    writer makes it anew.

    Parameters
    ----------
    folder : Path
        The index, whose writer's lock is held.
    header : bytes
        What `header.json` holds.
    """

    def __init__(self, folder: Path, header: bytes) -> None:
        self._path = folder / JOURNAL
        self._header = header
        self._stream: BinaryIO | None = None
        self._last: Change | None = None

    def open(self, state: Change, entries: Sequence[Entry]) -> None:
        """Open it for what follows `state`; make it anew where it is behind or has grown long."""
        with contextlib.suppress(OSError):
            if self._is_stale(state, len(entries)):
                write_durably(self._path, self._lines(state, entries))
            self._stream = self._path.open("ab", buffering=0)
            self._last = state

    def put(self, state: Change, entry: Entry) -> None:
        """Note that a reference was added or replaced, which led to `state`."""
        self._add(state, {"put": listed(entry), "head": entry.head})

    def remove(self, state: Change, sha256s: Sequence[str]) -> None:
        """Note that references were removed."""
        self._add(state, {"remove": list(sha256s)})

    def close(self) -> None:
        """Note the digest of the catalogue's file, bring the journal to the disk, and close it.

        The catalogue is closed before.
        """
        if self._stream is not None and self._last is not None:
            digest = file_digest(self._path.parent)
            if digest is not None and digest != last_digest(self._path.parent):
                self._add(self._last, {"file": digest})
        self._let_go()

    def _let_go(self) -> None:
        if self._stream is not None:
            with contextlib.suppress(OSError):
                os.fsync(self._stream.fileno())
            self._stream.close()
            self._stream = None

    def _add(self, state: Change, what: dict[str, Any]) -> None:
        if self._stream is None:
            return
        line = encode_line({"change": state.number, "content": state.content, **what})
        try:
            whole = self._stream.write(line) == len(line)
        except OSError:
            whole = False
        if not whole:
            # A line after a gap would look like the whole story.
            self._let_go()
            return
        self._last = state

    def _is_stale(self, state: Change, n_references: int) -> bool:
        n_lines = 0
        for n_lines, line in enumerate(lines_of(self._path), start=1):
            if n_lines == 1 and not _is_first(decode_line(line), self._header):
                return True
        last = last_change(self._path.parent)
        return last != state or n_lines > 2 * n_references + _SPARE_LINES

    def _lines(self, state: Change, entries: Sequence[Entry]) -> list[bytes]:
        return encode_journal(self._header, state, entries)


def encode_journal(header: bytes, state: Change, entries: Sequence[Entry]) -> list[bytes]:
    """Return the lines of a journal that leads to `state`, in which `entries` are listed."""
    first = {"version": CATALOGUE_VERSION, "header": header.decode("utf-8", "surrogateescape")}
    at = {"change": state.number, "content": state.content}
    lines = [encode_line(first)]
    lines += [encode_line(at | {"put": listed(one), "head": one.head}) for one in entries]
    if not entries:
        lines.append(encode_line(at | {"remove": []}))
    return lines


def file_digest(folder: Path) -> str | None:
    """Return the SHA-256 of the file of a catalogue; ``None`` where a log goes with it."""
    path = folder / CATALOGUE
    log = path.with_name(path.name + "-wal")
    try:
        if log.exists() and log.stat().st_size:
            return None
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None


def last_digest(folder: Path) -> str | None:
    """Return the digest of the catalogue's file if it is the last that the journal notes."""
    try:
        line = last_line(folder / JOURNAL)
    except OSError:
        return None
    return None if line is None else line.get("file")


@dataclass(slots=True)
class Replay:
    """What a journal tells from its first line to its last.

    Attributes
    ----------
    header : bytes or None
        What `header.json` held; ``None`` where its line is damaged.
    version : int or None
        Version of the catalogue that it belongs to.
    entries : dict of str to Entry
        What the catalogue listed, by SHA-256 of the file, as far as whole lines tell.
    state : Change or None
        The last change.
    damaged : list of int
        Lines that are not what was written, from 1.
    """

    header: bytes | None = None
    version: int | None = None
    entries: dict[str, Entry] = field(default_factory=dict)
    state: Change | None = None
    damaged: list[int] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing that it tells of is lost."""
        return self.state is not None and self.state.content == content_of(self.entries.values())


def replay(folder: Path) -> Replay | None:
    """Return what the journal of an index tells; ``None`` where none can be read."""
    path = folder / JOURNAL
    told = Replay()
    number = 0
    try:
        for number, line in enumerate(lines_of(path), start=1):
            content = decode_line(line)
            try:
                if content is None:
                    told.damaged.append(number)
                elif number == 1 and "header" in content:
                    told.header = str(content["header"]).encode("utf-8", "surrogateescape")
                    told.version = int(content["version"])
                else:
                    _follow(told, content)
            except (KeyError, TypeError, ValueError, AttributeError):
                # Whole, but of a release that says other things.
                told.damaged.append(number)
    except OSError:
        return None
    return told if number else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is the matter with a journal.

    Attributes
    ----------
    reason : str
        In words.
    is_harmless : bool
        Whether a run that was killed leaves it so; the next writer makes it anew.
    """

    reason: str
    is_harmless: bool


def judge_journal(folder: Path, header: bytes, state: Change | None) -> Judgement | None:
    """Return what is the matter with the journal of an index, ``None`` where nothing is.

    Parameters
    ----------
    folder : Path
        The index.
    header : bytes
        What `header.json` holds.
    state : Change or None
        Last change of the catalogue; ``None`` where it is of version 2 or cannot be used.
    """
    told = replay(folder)
    if told is None:
        return None if state is None else Judgement("missing", is_harmless=True)
    n_lines = sum(1 for _ in lines_of(folder / JOURNAL))
    behind = state is not None and told.state is not None and told.state.number < state.number
    if told.damaged:
        torn = told.damaged == [n_lines] and n_lines > 1
        return Judgement(f"line {told.damaged[0]} is not what was written", is_harmless=torn)
    if told.header != header or told.version != CATALOGUE_VERSION:
        return Judgement("tells of another header.json", is_harmless=False)
    if not told.is_whole:
        return Judgement("does not lead to what it says it leads to", is_harmless=False)
    if behind:
        return Judgement("lacks the last changes of the catalogue", is_harmless=True)
    if state is not None and told.state != state:
        return Judgement("does not lead to what the catalogue lists", is_harmless=False)
    return None


def _follow(told: Replay, line: dict[str, Any]) -> None:
    if "put" in line:
        entry = unlisted(line["put"], line["head"])
        told.entries[entry.reference.sha256] = entry
    for sha256 in line.get("remove", ()):
        told.entries.pop(sha256, None)
    told.state = _change(line) or told.state


def _change(line: dict[str, Any]) -> Change | None:
    if "change" not in line:
        return None
    return Change(int(line["change"]), str(line["content"]))


def _is_first(line: dict[str, Any] | None, header: bytes) -> bool:
    return (
        line is not None
        and line.get("version") == CATALOGUE_VERSION
        and line.get("header") == header.decode("utf-8", "surrogateescape")
    )
