"""Rows of the catalogue: a reference with what it belongs to, written, read, and let go of.

Owns the statements that touch several tables for one reference, and the sum over all of them that
each such statement keeps up to date. Opens nothing: the transaction is the caller's.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from framematch.index.content import Change, as_text, checksum, weight
from framematch.index.identity import Entry
from framematch.index.schema import ADD_HEAD, RELEASE_EPISODE, RELEASE_SEGMENT, RELEASE_SHOW
from framematch.records import EpisodeId, Reference

_CHECKSUM = 'SELECT checksum FROM "references" WHERE sha256 = ?'
_SEGMENT = "SELECT digest, rows, head FROM segments WHERE digest = ?"


class NonsenseError(Exception):
    """A row holds values that no writer puts there."""


def insert(sql: sqlite3.Connection, entry: Entry) -> None:
    """Insert a reference, or replace the one with the same SHA-256, with what it belongs to."""
    reference = entry.reference
    sql.execute("INSERT OR IGNORE INTO shows (name) VALUES (?)", (reference.show,))
    (show,) = sql.execute("SELECT id FROM shows WHERE name = ?", (reference.show,)).fetchone()
    episode = None
    if reference.episode is not None:
        key = (show, reference.episode.season, reference.episode.episode)
        sql.execute("INSERT OR IGNORE INTO episodes (show, season, episode) VALUES (?, ?, ?)", key)
        (episode,) = sql.execute(
            "SELECT id FROM episodes WHERE show = ? AND season = ? AND episode = ?", key
        ).fetchone()
    sql.execute(
        "INSERT INTO segments (digest, rows, head) VALUES (?, ?, ?)"
        " ON CONFLICT DO UPDATE SET head = excluded.head",
        (entry.segment, entry.rows, entry.head),
    )
    values = (
        reference.sha256,
        _path_bytes(reference.path),
        show,
        episode,
        reference.kind,
        reference.media,
        reference.width,
        reference.height,
        reference.duration_s,
        reference.warning,
        entry.segment,
        checksum(entry),
    )
    marks = ", ".join("?" * len(values))
    sql.execute(f'INSERT OR REPLACE INTO "references" VALUES ({marks})', values)  # noqa: S608 - question marks only


@contextlib.contextmanager
def counted(
    sql: sqlite3.Connection, sha256s: Iterable[str], digests: Iterable[str]
) -> Iterator[None]:
    """Note what a block changes about references and segments, inside its transaction."""

    def weighed() -> int:
        total = 0
        for sha256 in sha256s:
            for (held,) in sql.execute(_CHECKSUM, (sha256,)):
                total += int(held, 16)
        for digest in digests:
            for segment, rows, head in sql.execute(_SEGMENT, (digest,)):
                total += weight(segment, rows, head)
        return total

    before = weighed()
    yield
    held = dict(sql.execute("SELECT key, value FROM meta WHERE key IN ('change', 'content')"))
    state = state_of(held)
    content = as_text(int(state.content, 16) + weighed() - before)
    if content != state.content:
        note(sql, "change", str(state.number + 1))
        note(sql, "content", content)


def state_of(held: Mapping[str, str]) -> Change:
    """Return the last change that the table of keys and values gives."""
    try:
        return Change(int(held["change"]), held["content"])
    except (KeyError, ValueError) as error:
        raise NonsenseError(f"the count of changes: {error}") from error


def note(sql: sqlite3.Connection, key: str, value: str) -> None:
    """Write a key and its value."""
    sql.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
        (key, value),
    )


def add_head(sql: sqlite3.Connection) -> None:
    """Add the column that tables of version 2 lack."""
    columns = [row[1] for row in sql.execute("PRAGMA table_info(segments)")]
    if "head" not in columns:
        sql.execute(ADD_HEAD)


def release(sql: sqlite3.Connection, used: list[tuple[str, int, int | None]]) -> list[str]:
    """Delete what references used that are gone; return the digests of the segments among it."""
    released = []
    for segment, show, episode in used:
        names = {"segment": segment, "show": show, "episode": episode}
        if sql.execute(RELEASE_SEGMENT, names).rowcount:
            released.append(segment)
        sql.execute(RELEASE_EPISODE, names)
    # Last: until then a show has the episodes of the others that are gone.
    for _, show, _ in used:
        sql.execute(RELEASE_SHOW, {"show": show})
    return released


def entry_of(row: tuple[Any, ...]) -> Entry:
    """Return the entry of a row of the listing."""
    try:
        return _parsed(row)
    except (ValueError, TypeError, AttributeError) as error:
        raise NonsenseError(f"reference {row[0]}: {error}") from error


def _parsed(row: tuple[Any, ...]) -> Entry:
    season, episode = row[3], row[4]
    reference = Reference(
        sha256=row[0],
        path=row[1].decode("utf-8", "surrogateescape"),
        show=row[2],
        episode=None if episode is None else EpisodeId(season, episode),
        kind=row[5],
        media=row[6],
        width=row[7],
        height=row[8],
        duration_s=row[9],
        warning=row[10],
    )
    return Entry(reference, segment=row[11], rows=row[12], head=row[13])


def _path_bytes(path: str) -> bytes:
    """Return a path as bytes: file names need not be valid Unicode."""
    return path.encode("utf-8", "surrogateescape")
