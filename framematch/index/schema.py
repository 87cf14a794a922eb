"""The tables of `catalogue.sqlite`, described in docs/index-format.md.

Owns SQL text only; imports nothing.
"""

#: Every table; ``references`` is a word of SQL and always quoted.
TABLES = """
CREATE TABLE IF NOT EXISTS meta (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shows (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE IF NOT EXISTS episodes (
    id INTEGER PRIMARY KEY,
    show INTEGER NOT NULL REFERENCES shows (id),
    season INTEGER NOT NULL CHECK (season >= 0),
    episode INTEGER NOT NULL CHECK (episode >= 0),
    UNIQUE (show, season, episode),
    UNIQUE (id, show)
) STRICT;
CREATE TABLE IF NOT EXISTS segments (
    digest TEXT PRIMARY KEY CHECK (length(digest) = 64),
    rows INTEGER NOT NULL CHECK (rows >= 0),
    head TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS "references" (
    sha256 TEXT PRIMARY KEY CHECK (length(sha256) = 64),
    path BLOB NOT NULL,
    show INTEGER NOT NULL REFERENCES shows (id),
    episode INTEGER,
    kind TEXT NOT NULL,
    media TEXT NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    duration_s REAL NOT NULL,
    warning TEXT,
    segment TEXT NOT NULL REFERENCES segments (digest),
    checksum TEXT NOT NULL,
    FOREIGN KEY (episode, show) REFERENCES episodes (id, show)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS references_by_segment ON "references" (segment);
CREATE INDEX IF NOT EXISTS references_by_episode ON "references" (show, episode);
CREATE TABLE IF NOT EXISTS verdicts (
    query_sha256 TEXT NOT NULL CHECK (length(query_sha256) = 64),
    show TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('confirmed', 'rejected')),
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (query_sha256, show)
) STRICT, WITHOUT ROWID;
"""

#: What a reference uses, by its SHA-256.
USED = 'SELECT segment, show, episode FROM "references" WHERE sha256 = ?'

#: The segment of a reference and its rows, by its SHA-256.
SEGMENT_OF = """
SELECT r.segment, s.rows, s.head FROM "references" AS r JOIN segments AS s ON s.digest = r.segment
WHERE r.sha256 = ?
"""

#: Delete what was used by a reference that is gone, unless another one uses it; in this order.
RELEASE_SEGMENT = """
DELETE FROM segments WHERE digest = :segment
AND NOT EXISTS (SELECT 1 FROM "references" WHERE segment = :segment)
"""
RELEASE_EPISODE = """
DELETE FROM episodes WHERE id = :episode
AND NOT EXISTS (SELECT 1 FROM "references" WHERE show = :show AND episode = :episode)
"""
RELEASE_SHOW = """
DELETE FROM shows WHERE id = :show
AND NOT EXISTS (SELECT 1 FROM "references" WHERE show = :show)
"""

#: Every reference with what it belongs to.
LISTING = """
SELECT r.sha256, r.path, shows.name, e.season, e.episode, r.kind, r.media, r.width, r.height,
       r.duration_s, r.warning, r.segment, segments.rows, segments.head, r.checksum
FROM "references" AS r
JOIN shows ON shows.id = r.show
JOIN segments ON segments.digest = r.segment
LEFT JOIN episodes AS e ON e.id = r.episode
"""

#: The same of a catalogue of version 2.
LISTING_2 = LISTING.replace("segments.head", "''")

#: What brings the tables of version 2 to version 3.
ADD_HEAD = "ALTER TABLE segments ADD COLUMN head TEXT NOT NULL DEFAULT ''"
