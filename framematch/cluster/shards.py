"""What a node has of an index: some of its rows, open for searching; and the index that asks nodes.

Owns that everybody means the same content of the same folder. Imports no Ray.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from framematch.errors import IndexStoreError
from framematch.index import Index, merged
from framematch.index.backends import Backend
from framematch.records import CodeName, Hits, IndexInfo


class Searchers(Protocol):
    """Whoever answers for all rows of an index, each for some of them."""

    def ask(self, method: str, *arguments: object, **options: object) -> Sequence[Hits]:
        """Return what `method` of every shard answers."""
        ...


class ShardedIndex(Index):
    """An `Index` whose searches are answered by the shards that it was given.

    Everything else, references, tables, features and thumbnails, is read here as `Index` does.
    """

    _searchers: Searchers | None = None

    def search_by(self, searchers: Searchers) -> None:
        """Have every search from now on answered by `searchers`, which cover all rows."""
        self._searchers = searchers

    def search_nearest(
        self, name: CodeName, codes: npt.NDArray[np.uint8], k: int, *, exact: bool = False
    ) -> Hits:
        """Return the `k` rows nearest to each code, of all shards: see `Index`."""
        if self._searchers is None:
            return super().search_nearest(name, codes, k, exact=exact)
        return merged(self._searchers.ask("search_nearest", name, codes, k, exact=exact), k)

    def search_within(
        self,
        name: CodeName,
        codes: npt.NDArray[np.uint8],
        max_distance: int,
        *,
        exact: bool = True,
    ) -> Hits:
        """Return every row within `max_distance` of each code, of all shards: see `Index`."""
        if self._searchers is None:
            return super().search_within(name, codes, max_distance, exact=exact)
        asked = (name, codes, max_distance)
        return merged(self._searchers.ask("search_within", *asked, exact=exact))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the index must be wherever it is opened.

    Attributes
    ----------
    folder : str
        Absolute.
    info : IndexInfo
        Its identity.
    min_information : int
        As in `Index.open`.
    backend : str
        Search structure of the whole, which every shard uses.
    """

    folder: str
    info: IndexInfo
    min_information: int
    backend: Backend

    @classmethod
    def of(cls, index: Index) -> Self:
        """Return what an open index is."""
        return cls(str(index.path.absolute()), index.info, index.min_information, index.backend)


class ShardServer:
    """Some rows of an index, open in a process of a node.

    Parameters
    ----------
    snapshot : Snapshot
        The index.
    first_row, stop_row : int
        The rows, the last one excluded.
    threads : int, optional
        How many this process may use from now on.
    """

    def __init__(
        self, snapshot: Snapshot, first_row: int, stop_row: int, threads: int | None = None
    ) -> None:
        if threads is not None:
            # Ray sets it to 1 where no processor is set aside; both search structures heed it.
            os.environ["OMP_NUM_THREADS"] = str(threads)
        index = opened(snapshot)
        self._specs = index.specs
        self._shard = index.shard(first_row, stop_row)

    def ready(self) -> int:
        """Search once, which builds and compiles what searching needs; return how many rows."""
        for name, spec in self._specs.items():
            any_code = np.zeros((1, spec.n_bytes), dtype=np.uint8)
            self._shard.search_nearest(name, any_code, 1)
        return len(self._shard)

    def search_nearest(
        self, name: CodeName, codes: npt.NDArray[np.uint8], k: int, *, exact: bool
    ) -> Hits:
        """Return the nearest of these rows: see `Shard`."""
        return self._shard.search_nearest(name, codes, k, exact=exact)

    def search_within(
        self, name: CodeName, codes: npt.NDArray[np.uint8], max_distance: int, *, exact: bool
    ) -> Hits:
        """Return those of these rows that are near enough: see `Shard`."""
        return self._shard.search_within(name, codes, max_distance, exact=exact)


def opened(snapshot: Snapshot) -> ShardedIndex:
    """Return an index as it was, open in this process.

    Raises
    ------
    IndexStoreError
        There is another one now, or none.
    """
    index = ShardedIndex.open(
        Path(snapshot.folder), min_information=snapshot.min_information, backend=snapshot.backend
    )
    if index.info != snapshot.info:
        index.close()
        raise IndexStoreError(
            f"{snapshot.folder}: the index has changed since the query began, or this node sees"
            " another one there; run the query again"
        )
    return index
