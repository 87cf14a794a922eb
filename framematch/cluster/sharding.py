"""`ShardedIndex`: an index whose rows are searched on the nodes of a cluster.

Owns which node holds which rows, and that the merged answer is the whole index's. The rows' codes
lie in the memory of the nodes; all else is read here, from the same folder.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from framematch.cluster.nodes import Cluster, Node, last_line
from framematch.errors import IndexStoreError
from framematch.index import Index, merged
from framematch.index.backends import Backend
from framematch.records import CodeName, Hits, IndexInfo

#: Rows below which a second shard on a node is not worth its process.
_ROWS_PER_SHARD = 100_000

#: How often a shard is started again, and a question asked again, before the query fails: each time
#: costs a node.
_RETRIES = 20

#: Seconds that a shard may need to open its rows.
_OPEN_S = 900.0


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
        self, name: CodeName, codes: npt.NDArray[np.uint8], max_distance: int
    ) -> Hits:
        """Return every row within `max_distance` of each code, of all shards: see `Index`."""
        if self._searchers is None:
            return super().search_within(name, codes, max_distance)
        return merged(self._searchers.ask("search_within", name, codes, max_distance))


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


class ShardServer:
    """Some rows of an index, open in a process of a node.

    Parameters
    ----------
    snapshot : Snapshot
        The index.
    first_row, stop_row : int
        The rows, the last one excluded.
    """

    def __init__(self, snapshot: Snapshot, first_row: int, stop_row: int) -> None:
        index = Index.open(
            Path(snapshot.folder),
            min_information=snapshot.min_information,
            backend=snapshot.backend,
        )
        if index.info != snapshot.info:
            index.close()
            raise IndexStoreError(
                f"{snapshot.folder}: the index has changed since the query began, or this node sees"
                " another one there; run the query again"
            )
        self._shard = index.shard(first_row, stop_row)

    def ready(self) -> int:
        """Build what is needed for searching; return how many rows are searched."""
        for name in ("structure", "appearance"):
            self._shard.structure(name)
        return len(self._shard)

    def search_nearest(
        self, name: CodeName, codes: npt.NDArray[np.uint8], k: int, *, exact: bool
    ) -> Hits:
        """Return the nearest of these rows: see `Shard`."""
        return self._shard.search_nearest(name, codes, k, exact=exact)

    def search_within(
        self, name: CodeName, codes: npt.NDArray[np.uint8], max_distance: int
    ) -> Hits:
        """Return those of these rows that are near enough: see `Shard`."""
        return self._shard.search_within(name, codes, max_distance)


class RayShards:
    """Shards that live on the nodes, each started again elsewhere when its node is lost.

    Parameters
    ----------
    cluster : Cluster
        Where they live.
    snapshot : Snapshot
        What they open.
    """

    def __init__(self, cluster: Cluster, snapshot: Snapshot) -> None:
        self._ray = cluster.ray
        # No processor is set aside: a shard works while a query waits for it, and has to find a
        # place on the nodes that are left.
        serve = self._ray.remote(num_cpus=0, max_restarts=_RETRIES, max_task_retries=_RETRIES)(
            ShardServer
        )
        prefer = self._ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
        self._actors: list[Any] = [
            serve.options(scheduling_strategy=prefer(node.id, soft=True)).remote(
                snapshot, first_row, stop_row
            )
            for node, first_row, stop_row in cut(snapshot.info.frames, cluster.nodes())
        ]
        self._answers([actor.ready.remote() for actor in self._actors], _OPEN_S)

    def ask(self, method: str, *arguments: object, **options: object) -> Sequence[Hits]:
        """Return what `method` of every shard answers, all of them asked at once."""
        # Handed over once for all shards.
        held = [self._ray.put(argument) for argument in arguments]
        return self._answers(
            [getattr(actor, method).remote(*held, **options) for actor in self._actors]
        )

    def close(self) -> None:
        """End the shards."""
        for actor in self._actors:
            self._ray.kill(actor)

    def _answers(self, asked: list[Any], timeout_s: float | None = None) -> list[Any]:
        try:
            answers: list[Any] = self._ray.get(asked, timeout=timeout_s)
        except self._ray.exceptions.RayError as error:
            raise IndexStoreError(
                "a shard of the index could not answer"
                f" ({last_line(error)});"
                " look after the nodes, which have to see the index at its path, and run again"
            ) from error
        return answers


@contextlib.contextmanager
def sharded_index(path: Path, cluster: Cluster, *, min_information: int) -> Iterator[ShardedIndex]:
    """Open the index in the folder `path` with its rows shared out among the nodes.

    Parameters
    ----------
    path : Path
        A folder that every node sees at the same place.
    cluster : Cluster
        Where its rows are searched.
    min_information : int
        As in `Index.open`.

    Raises
    ------
    IndexStoreError
        There is no index, or a node cannot open it or sees another one.
    """
    with ShardedIndex.open(path, min_information=min_information) as index:
        snapshot = Snapshot(str(path.absolute()), index.info, index.min_information, index.backend)
        shards = RayShards(cluster, snapshot)
        try:
            index.search_by(shards)
            yield index
        finally:
            shards.close()


def cut(n_rows: int, nodes: Sequence[Node]) -> list[tuple[Node, int, int]]:
    """Return which node holds which rows: equal shares, no more on a node than it has processors.

    Parameters
    ----------
    n_rows : int
        Rows of the index.
    nodes : sequence of Node
        At least one.

    Returns
    -------
    list of (Node, int, int)
        First and stop row of each shard, ascending, without gaps. Every node has one at least.
    """
    wanted = -(-n_rows // (_ROWS_PER_SHARD * len(nodes)))
    hosts = [node for node in nodes for _ in range(max(1, min(wanted, node.processors)))]
    bounds = [n_rows * number // len(hosts) for number in range(len(hosts) + 1)]
    return list(zip(hosts, bounds, bounds[1:], strict=False))
