"""`IndexWriter`: the one process that may change an index, one atomic step per reference.

Owns the order: segment to the disk, commit in the catalogue, then delete what is no longer used. A
kill at any point leaves the index as it was before or after; leftovers go when the next writer
opens.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from framematch.durable import TEMPORARY_SUFFIX, write_durably
from framematch.errors import (
    IndexCorruptError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexStoreError,
)
from framematch.index import arrays
from framematch.index.catalogue import Catalogue
from framematch.index.content import Change
from framematch.index.creation import prepare_folder, write_empty
from framematch.index.derived_files import delete_others, derived_files, find, unfinished
from framematch.index.header import CATALOGUE, HEADER, SEGMENTS, Header, check_specs, read_header
from framematch.index.identity import Entry, index_id
from framematch.index.journal import Journal, last_change
from framematch.index.lock import no_readers
from framematch.index.segment import SUFFIX, check_segment, encode_segment, segment_path
from framematch.records import CodeName, FrameBatch, HashSpec, Reference

_SHA256 = re.compile(r"[0-9a-f]{64}")


class IndexWriter:
    """Opens or makes the index in a folder for writing, and holds its lock until closed.

    Parameters
    ----------
    path : Path
        Folder of the index; made where it is missing.
    specs : mapping of CodeName to HashSpec
        Specification of each code that will be published.
    decoder : mapping of str to str, optional
        Versions of the decoding libraries, kept for information when an index is made.

    Raises
    ------
    IndexLockedError
        Another writer is at work; the message names its process.
    IndexMismatchError
        The index holds codes of other specifications.
    IndexVersionError
        The index is of another format version.
    IndexCorruptError
        The index is damaged.
    IndexStoreError
        The folder is not an index and not empty, or cannot be written.
    """

    def __init__(
        self,
        path: Path,
        specs: Mapping[CodeName, HashSpec],
        decoder: Mapping[str, str] | None = None,
    ) -> None:
        self.path = path
        with contextlib.ExitStack() as held:
            held.callback(os.close, prepare_folder(path))
            self._header = self._open_or_make(specs, decoder or {})
            self._journal = Journal(path, (path / HEADER).read_bytes())
            held.callback(self._journal.close)
            self._catalogue = held.enter_context(Catalogue.open_for_writing(path))
            self._catalogue.check(self._header.sha256)
            self._catalogue.check_changes(last_change(path))
            # Before anything is deleted for want of a reference that names it.
            self._check_catalogue()
            self._catalogue.bring_up_to_date(self._head_of)
            self._journal.open(self._state(), self._catalogue.entries())
            self.sweep()
            self._held = held.pop_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def specs(self) -> Mapping[CodeName, HashSpec]:
        """Specification of each code."""
        return self._header.specs

    def has(self, sha256: str) -> bool:
        """Return whether the file with this digest is indexed."""
        return self._catalogue.has(sha256)

    def entries(self) -> tuple[Entry, ...]:
        """Return every reference with its segment, in broadcast order."""
        return self._catalogue.entries()

    def damaged(self, *, thorough: bool = False) -> frozenset[str]:
        """Return the digests of references whose segment is missing or cut short.

        Publishing such a reference again replaces its segment.

        Parameters
        ----------
        thorough : bool
            Whether every byte is held against its checksum, which reads the whole index.
        """
        return frozenset(
            entry.reference.sha256
            for entry in self._catalogue.entries()
            if not self._is_whole(entry, thorough=thorough)
        )

    def _is_whole(self, entry: Entry, *, thorough: bool) -> bool:
        path = segment_path(self.path, entry.segment)
        try:
            check_segment(path, entry.rows, self._header.specs, entry.head)
            return not thorough or arrays.digest([path.read_bytes()]) == entry.segment
        except (IndexCorruptError, OSError):
            return False

    def publish(self, reference: Reference, frames: FrameBatch) -> None:
        """Add a reference, or replace the one with the same SHA-256, in one atomic step.

        When this returns, the reference is on the disk. When it does not, the index is as it was.

        Parameters
        ----------
        reference : Reference
            The indexed file.
        frames : FrameBatch
            Its rows, any number of them.

        Raises
        ------
        IndexMismatchError
            The frames do not have the codes of this index.
        IndexStoreError
            The disk is full or cannot be written, or a name is not valid text.
        """
        pieces = encode_segment(frames, self._header.specs)
        self.publish_encoded(reference, pieces, len(frames))

    def publish_encoded(self, reference: Reference, pieces: Sequence[bytes], rows: int) -> None:
        """Do what `publish` does, with a segment that was encoded already, perhaps elsewhere.

        Parameters
        ----------
        reference : Reference
            The indexed file.
        pieces : sequence of bytes
            What `encode_segment` gave for its rows.
        rows : int
            How many rows that were.

        Raises
        ------
        IndexMismatchError
            The segment does not have the codes of this index, or not so many rows.
        IndexStoreError
            The disk is full or cannot be written, or a name is not valid text.
        """
        entry = Entry(_storable(reference), arrays.digest(pieces), rows)
        path = segment_path(self.path, entry.segment)
        with self._writable():
            write_durably(path, pieces)
            try:
                file = check_segment(path, rows, self._header.specs)
            except IndexCorruptError as error:
                if entry.segment not in self._catalogue.segments():
                    path.unlink()
                raise IndexMismatchError(
                    f"{reference.path}: its segment is not one of {rows} rows with the codes of"
                    " this index; code it with the release that is used here"
                ) from error
            self._put(dataclasses.replace(entry, head=file.head))

    def attribute(self, reference: Reference) -> None:
        """Say anew what an indexed file is, in one atomic step; its rows stay as they are.

        Parameters
        ----------
        reference : Reference
            Replaces the one with the same SHA-256.

        Raises
        ------
        IndexStoreError
            There is none with this SHA-256, or a name is not valid text.
        """
        held = self._catalogue.segment_of(reference.sha256)
        if held is None:
            raise IndexStoreError(
                f"{reference.path}: {reference.sha256} is not in the index; add the file"
            )
        with self._writable():
            self._put(Entry(_storable(reference), *held))

    def remove(self, sha256s: Iterable[str]) -> int:
        """Remove references in one atomic step; return how many of them there were."""
        with self._writable():
            gone = list(sha256s)
            n_gone, released = self._catalogue.delete(gone)
            if n_gone:
                self._journal.remove(self._state(), gone)
            self._delete_segments(released)
        return n_gone

    def sweep(self) -> None:
        """Delete what killed runs left behind: unfinished files, segments that no reference uses.

        Derived files that a better one replaces, too. These and the segments stay while somebody
        reads the index: that reader's snapshot may need them.
        """
        with self._writable():
            for file in (
                *self.path.glob(f"*{TEMPORARY_SUFFIX}*"),
                *self._segment_files(TEMPORARY_SUFFIX),
                *unfinished(self.path),
            ):
                file.unlink()
            used = self._catalogue.segments()
            unused = [file.stem for file in self._segment_files(SUFFIX) if file.stem not in used]
            self._delete_segments(unused)
            if len(derived_files(self.path)) > 1:
                self._sweep_derived()

    def close(self) -> None:
        """Close the catalogue and let the next writer in."""
        self._held.close()

    def _open_or_make(
        self, specs: Mapping[CodeName, HashSpec], decoder: Mapping[str, str]
    ) -> Header:
        """Return the header of the index, made where there is none."""
        try:
            header = read_header(self.path)
        except IndexNotFoundError:
            return write_empty(self.path, specs, decoder)
        check_specs(self.path, header, specs)
        if not (self.path / CATALOGUE).is_file():
            raise IndexCorruptError(
                f"{self.path / CATALOGUE}: missing; run `framematch index repair`"
            )
        return header

    def _put(self, entry: Entry) -> None:
        """Publish an entry whose segment is on the disk."""
        released = self._catalogue.put(entry)
        self._journal.put(self._state(), entry)
        self._delete_segments(released)

    def _state(self) -> Change:
        """Return the last change of the catalogue."""
        state = self._catalogue.state()
        if state is None:
            raise IndexCorruptError(
                f"{self._catalogue.path}: does not say what it lists; run `framematch index repair`"
            )
        return state

    def _head_of(self, digest: str) -> str:
        """Return the digest of the head of a segment, empty where it cannot be read."""
        try:
            return arrays.read_header(segment_path(self.path, digest)).head
        except (IndexStoreError, OSError):
            return ""

    def _segment_files(self, suffix: str) -> list[Path]:
        """Return the files in `segments/` with that ending, hidden ones included."""
        return [file for file in (self.path / SEGMENTS).iterdir() if file.name.endswith(suffix)]

    def _sweep_derived(self) -> None:
        """Delete derived files that a compaction had to leave, of readers that had them mapped."""
        entries, specs = self._catalogue.entries(), self._header.specs
        best = find(self.path, index_id(specs, entries), entries, specs)
        if best is not None:
            delete_others(self.path, best.file.path)

    def _check_catalogue(self) -> None:
        """Make sure that a segment is unused because its reference is gone, not damaged."""
        complaint = next(self._catalogue.complaints(), None)
        if complaint is not None:
            raise IndexCorruptError(
                f"{self._catalogue.path}: {complaint}; nothing was deleted."
                " Run `framematch index repair`"
            )

    def _delete_segments(self, digests: list[str]) -> None:
        """Delete segments, unless somebody reads: then they stay for a later sweep."""
        if not digests:
            return
        with no_readers(self.path) as alone:
            if alone:
                for digest in digests:
                    segment_path(self.path, digest).unlink(missing_ok=True)

    @contextlib.contextmanager
    def _writable(self) -> Iterator[None]:
        """Turn the system's errors inside a block into one that says what to do."""
        try:
            yield
        except OSError as error:
            raise IndexStoreError(
                f"{error.filename or self.path}: cannot be written ({error.strerror});"
                " make room or give access, then run again: what was published stays"
            ) from error


def _storable(reference: Reference) -> Reference:
    """Return a reference as the catalogue gives it back.

    A path may hold any bytes. A show must be text, because people search for it; in a warning, what
    is no text is escaped.

    Raises
    ------
    IndexStoreError
        The show is no text, or the digest no SHA-256.
    """
    try:
        reference.show.encode("utf-8")
    except UnicodeEncodeError as error:
        raise IndexStoreError(
            f"{reference.path!r}: the show {reference.show!r} is not valid text;"
            " name it with --show"
        ) from error
    if not _SHA256.fullmatch(reference.sha256):
        raise IndexStoreError(
            f"{reference.path!r}: {reference.sha256!r} is not a SHA-256 in lower case;"
            " hash the file"
        )
    warning = reference.warning
    if warning is not None:
        warning = warning.encode("utf-8", "backslashreplace").decode("utf-8")
    return dataclasses.replace(
        reference,
        width=int(reference.width),
        height=int(reference.height),
        duration_s=float(reference.duration_s),
        warning=warning,
    )
