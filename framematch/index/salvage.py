"""What is left of header and catalogue: the truth of a damaged index, from all that tells of it.

Owns the choice between `catalogue.sqlite` and its journal. Reads only; raises only where nothing
can be said at all.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from framematch.errors import (
    IndexCorruptError,
    IndexStoreError,
    IndexVersionError,
)
from framematch.index import arrays
from framematch.index.catalogue import Catalogue
from framematch.index.content import Change
from framematch.index.derived_files import derived_files, specs_of
from framematch.index.header import (
    CATALOGUE,
    CATALOGUE_VERSION,
    CODE_NAMES,
    HEADER,
    JOURNAL,
    SEGMENTS,
    Header,
    encode_header,
    has_segments,
    parse_header,
)
from framematch.index.identity import Entry, broadcast_order
from framematch.index.journal import Replay, file_digest, last_digest, replay
from framematch.index.reading import reading
from framematch.index.segment import SUFFIX
from framematch.records import CodeName, HashSpec

#: What is said of a catalogue that says what was written, in a file that is not what was.
UNREAD_BYTES = "bytes that nobody reads are not what was written"


@dataclass(frozen=True, slots=True)
class Held:
    """What the catalogue itself gives.

    Attributes
    ----------
    error : IndexStoreError or None
        Why it cannot be used; ``None`` where it is good.
    entries : tuple of Entry
        What it lists; of a damaged one, what passes its checksum.
    state : Change or None
        Its last change, as far as it says.
    header_sha256 : str or None
        Digest of the header that it was made with.
    """

    error: IndexStoreError | None
    entries: tuple[Entry, ...]
    state: Change | None
    header_sha256: str | None


@dataclass(frozen=True, slots=True)
class Salvage:
    """The truth of an index, and what of it has to be written again.

    Attributes
    ----------
    header : Header
        What `header.json` says or should.
    header_raw : bytes
        Its bytes.
    header_error, catalogue_error : str or None
        What is the matter with the file; ``None`` where it stays as it is.
    entries : tuple of Entry
        Every reference that is known, in broadcast order.
    is_all : bool
        Whether these are surely all that the index listed.
    state : Change or None
        Last change of a catalogue that stays as it is.
    change : int
        Number of the last change that anything tells of.
    """

    header: Header
    header_raw: bytes
    header_error: str | None
    catalogue_error: str | None
    entries: tuple[Entry, ...]
    is_all: bool
    state: Change | None
    change: int


def holds_something(folder: Path) -> bool:
    """Return whether a folder holds anything of an index."""
    written = ((folder / name).exists() for name in (HEADER, CATALOGUE, JOURNAL))
    return any(written) or has_segments(folder)


def salvage(folder: Path, specs: Mapping[CodeName, HashSpec]) -> Salvage:
    """Return the truth of the index in `folder`.

    Parameters
    ----------
    folder : Path
        The index, damaged or not.
    specs : mapping of CodeName to HashSpec
        Specifications of this release, for a header that nothing else tells of.

    Raises
    ------
    IndexVersionError
        It was written by a newer release.
    IndexCorruptError
        Nothing says which codes it holds.
    """
    told = replay(folder)
    if told is not None and (told.version or 0) > CATALOGUE_VERSION:
        raise IndexVersionError(
            f"{folder / JOURNAL}: of version {told.version}, this release writes"
            f" {CATALOGUE_VERSION}; use the release that wrote it"
        )
    held = read_held(folder, told)
    header, raw, header_error = _header(folder, told, held, specs)
    entries, is_all = _entries(held, told)
    error = held.error
    if error is None and held.header_sha256 != header.sha256:
        error = IndexCorruptError(f"{folder / CATALOGUE}: was made with another {HEADER}")
    changes = (held.state, None if told is None else told.state)
    return Salvage(
        header=header,
        header_raw=raw,
        header_error=header_error,
        catalogue_error=None if error is None else _why(error, folder / CATALOGUE),
        entries=tuple(sorted(entries, key=broadcast_order)),
        is_all=is_all,
        state=held.state if error is None else None,
        change=max((one.number for one in changes if one is not None), default=0),
    )


def read_held(folder: Path, told: Replay | None) -> Held:
    """Return what the catalogue gives, held against its journal."""
    noted = None if told is None else told.state
    file = file_digest(folder)
    try:
        with reading(folder) as catalogue:
            digest = catalogue.header_sha256()
            try:
                catalogue.check(digest or "")
                catalogue.check_changes(noted)
                for complaint in catalogue.complaints():
                    raise IndexCorruptError(f"{catalogue.path}: {complaint}")
                if catalogue.state() == noted and last_digest(folder) not in (None, file):
                    raise IndexCorruptError(f"{catalogue.path}: {UNREAD_BYTES}")
                return Held(None, catalogue.entries(), catalogue.state(), digest)
            except IndexVersionError as error:
                if told is None:
                    raise
                # The journal knows the version: another one in the catalogue is damage.
                wrong: IndexStoreError = error
            except IndexStoreError as error:
                wrong = error
            return Held(wrong, tuple(_whole_rows(catalogue)), _state(catalogue), digest)
    except IndexVersionError:
        raise
    except IndexStoreError as error:
        return Held(error, (), None, None)


def _whole_rows(catalogue: Catalogue) -> Iterator[Entry]:
    """Yield the rows of a damaged catalogue that pass their checksum."""
    try:
        yield from catalogue.whole_entries()
    except (IndexStoreError, sqlite3.Error):
        return


def _state(catalogue: Catalogue) -> Change | None:
    try:
        return catalogue.state()
    except IndexStoreError:
        return None


def _header(
    folder: Path, told: Replay | None, held: Held, specs: Mapping[CodeName, HashSpec]
) -> tuple[Header, bytes, str | None]:
    """Return the header, its bytes, and what is the matter with the file.

    Raises
    ------
    IndexVersionError
        The file is what was written, by a newer release.
    """
    path = folder / HEADER
    noted = None if told is None else told.header
    try:
        raw: bytes | None = path.read_bytes()
    except OSError:
        raw = None
    error = "missing" if raw is None else "is not what was written"
    if raw is not None:
        is_written = hashlib.sha256(raw).hexdigest() == held.header_sha256 or raw == noted
        if is_written or (noted is None and held.header_sha256 is None):
            try:
                return parse_header(raw, path), raw, None
            except IndexCorruptError as damage:
                error = _why(damage, path)
    if noted is None:
        noted = encode_header(_specs(folder, specs), {})
    return parse_header(noted, path), noted, error


def _why(error: IndexStoreError, path: Path) -> str:
    """Return what is the matter with the file `path`, without its name and what to do."""
    return str(error).removeprefix(f"{path}: ").removesuffix("; run `framematch index repair`")


def _specs(folder: Path, specs: Mapping[CodeName, HashSpec]) -> Mapping[CodeName, HashSpec]:
    """Return the specifications of an index whose header is gone for good.

    A derived file gives them in full; else they are those of this release, where every segment that
    can be read names them in short.

    Raises
    ------
    IndexCorruptError
        Neither does.
    """
    for file in derived_files(folder):
        given = specs_of(file)
        if given is not None:
            return given
    short = {name: str(specs[name]) for name in CODE_NAMES}
    named = []
    for file in sorted((folder / SEGMENTS).glob(f"*{SUFFIX}")):
        try:
            named.append(arrays.read_header(file).meta.get("specs"))
        except (IndexStoreError, OSError):
            continue
    if not named or any(one != short for one in named):
        raise IndexCorruptError(
            f"{folder / HEADER}: damaged, and nothing else says which codes the index holds;"
            " copy it from a backup, or index the library again into an empty folder"
        )
    return specs


def _entries(held: Held, told: Replay | None) -> tuple[list[Entry], bool]:
    """Return every reference that is known, and whether these are all."""
    if held.error is None:
        return list(held.entries), True
    if told is not None and told.is_whole:
        return list(told.entries.values()), True
    known = {} if told is None else dict(told.entries)
    known.update({entry.reference.sha256: entry for entry in held.entries})
    return list(known.values()), False
