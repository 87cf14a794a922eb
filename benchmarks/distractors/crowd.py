"""An index with distractors: a real one, and after its rows those of shows that nobody made.

Owns the references that distractors stand under. To matching it is an `Index`.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Collection
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.distractors.store import Distractors, load
from framematch.hashing import structure
from framematch.hashing.information import MINIMUM
from framematch.index import FrameTable, Index
from framematch.index.backends import Backend
from framematch.index.header import read_header
from framematch.index.reading import Segments, Snapshot
from framematch.media import encode_thumbnail
from framematch.records import CodeName, EpisodeId, FrameBatch, IndexInfo, Reference

#: Rows of a show of distractors, and of one of its episodes.
ROWS_OF_SHOW, ROWS_OF_EPISODE = 10_000, 1_000

#: Seconds from one distractor to the next.
STEP_S = 0.5

# Thumbnails kept once they are made, each some 7 kB.
_KEPT_THUMBNAILS = 20_000


class Crowded(Index):
    """A snapshot of an index with distractors after its rows.

    Everything that a reader may ask is answered as by an index that holds all of them. Row numbers
    and references of the real rows are those of the index without distractors.

    Parameters
    ----------
    index : Index
        The real one; the caller closes it.
    distractors : Distractors
        What is added.
    min_information : int
        Rows with less information are never found by a search.
    backend : {"linear", "flat", "sieve"}, optional
        Search structure to use; by default what an index of this size uses.
    """

    def __init__(
        self,
        index: Index,
        distractors: Distractors,
        *,
        min_information: int = MINIMUM,
        backend: Backend | None = None,
    ) -> None:
        # As a snapshot of nothing, whose rows are then answered for here.
        super().__init__(
            index.path,
            read_header(index.path),
            Snapshot(index.info.id, (), Segments(index.path, (), index.specs), None),
            min_information=min_information,
            backend=backend,
        )
        self._real = index
        self._distractors = distractors
        self._n_real = len(index)
        n_rows = self._n_real + len(distractors)
        self.info = IndexInfo(f"{index.info.id}+{len(distractors)}", n_rows, index.info.spec)
        self._all_references = index.references() + _references(len(distractors))
        self._thumbnails: OrderedDict[int, bytes] = OrderedDict()

    def references(self) -> tuple[Reference, ...]:
        """Return the real references, then those of the distractors."""
        return self._all_references

    @cached_property
    def rows(self) -> FrameTable:
        """What is known of each row beside its codes and its thumbnail."""
        real = self._real.rows
        number = np.arange(len(self._distractors))
        reference = len(self._real.references()) + number // ROWS_OF_EPISODE
        start_s = (number % ROWS_OF_EPISODE) * STEP_S
        information = self._distractors.codes.information
        whole = np.tile(np.array([0, 0, 1, 1], dtype=np.float32), (len(number), 1))
        return FrameTable(
            reference=np.concatenate([real.reference, reference.astype(np.int32)]),
            timestamp_s=np.concatenate([real.timestamp_s, start_s]),
            duration_s=np.concatenate([real.duration_s, np.full(len(number), STEP_S)]),
            # Information stands in for PDQ's quality, which says much the same of a picture.
            quality=np.concatenate([real.quality, information]),
            information=np.concatenate([real.information, information]),
            box=np.concatenate([real.box, whole]),
        )

    def codes(self, name: CodeName, rows: npt.ArrayLike | None = None) -> npt.NDArray[np.uint8]:
        """Return codes, uint8 (n, B), of given rows or of all."""
        wanted = np.arange(len(self)) if rows is None else np.asarray(rows, dtype=np.int64)
        self._check_rows(wanted)
        made = self._distractors.codes
        held = made.structure if name == "structure" else made.appearance
        found = np.empty((len(wanted), held.shape[1]), dtype=np.uint8)
        real = wanted < self._n_real
        found[real] = self._real.codes(name, wanted[real])
        found[~real] = held[wanted[~real] - self._n_real]
        return found

    def features(self, rows: npt.ArrayLike) -> npt.NDArray[np.uint8]:
        """Return what the structure codes of rows were made of, uint8 (n, 576)."""
        wanted = np.asarray(rows, dtype=np.int64)
        self._check_rows(wanted)
        real = wanted < self._n_real
        found = np.empty((len(wanted), structure.FEATURE_BYTES), dtype=np.uint8)
        found[real] = self._real.features(wanted[real])
        found[~real] = self._distractors.features(wanted[~real] - self._n_real)
        return found

    def thumbnail(self, row: int) -> bytes:
        """Return the JPEG of a row; that of a distractor is made when it is first asked for."""
        self._check_rows(np.array([row]))
        if row < self._n_real:
            return self._real.thumbnail(row)
        kept = self._thumbnails.pop(row, None)
        if kept is None:
            kept = encode_thumbnail(self._distractors.picture(row - self._n_real))
        self._thumbnails[row] = kept
        while len(self._thumbnails) > _KEPT_THUMBNAILS:
            self._thumbnails.popitem(last=False)
        return kept

    def frames(self, position: int) -> FrameBatch:
        """Return all that is held of a real reference."""
        return self._real.frames(position)


def with_distractors(
    index: Index,
    n: int,
    scratch: Path,
    media: Path,
    exclude: Collection[str] = (),
    *,
    backend: Backend | None = None,
) -> Index:
    """Return `index` with `n` distractors more.

    Parameters
    ----------
    index : Index
        The real one; stays open for as long as the answer is used.
    n : int
        How many; the first ones are the same whatever the number.
    scratch : Path
        Where pool and codes are kept: for a million some 100 MB beside a pool of 500 MB.
    media : Path
        The development footage.
    exclude : collection of str
        Titles, keys of `benchmarks.structure.footage.TITLES`, that are asked for, so that nothing
        of theirs may be among the distractors.
    backend : {"linear", "flat", "sieve"}, optional
        Search structure to use.
    """
    return Crowded(index, load(n, media, scratch, exclude), backend=backend)


def _references(n: int) -> tuple[Reference, ...]:
    """Return the references that `n` distractors stand under."""
    return tuple(_reference(position) for position in range(-(-n // ROWS_OF_EPISODE)))


def _reference(position: int) -> Reference:
    show, episode = divmod(position * ROWS_OF_EPISODE, ROWS_OF_SHOW)
    name = f"Distractor {show:05d}"
    number = EpisodeId(1, episode // ROWS_OF_EPISODE + 1)
    return Reference(
        sha256=hashlib.sha256(f"{name} {number}".encode()).hexdigest(),
        path=f"{name}/{name} - {number}.mkv",
        show=name,
        episode=number,
        kind="episode",
        media="video",
        width=256,
        height=144,
        duration_s=ROWS_OF_EPISODE * STEP_S,
    )
