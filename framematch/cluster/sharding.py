"""The rows of an index shared out among the nodes of a cluster, each share an actor of Ray.

Owns which node holds which rows, and what the loss of one means.
"""

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from framematch.cluster.connection import joined
from framematch.cluster.nodes import Cluster, Node, last_line
from framematch.cluster.shards import ShardedIndex, ShardServer, Snapshot, opened
from framematch.errors import IndexStoreError
from framematch.index import Index
from framematch.records import Hits

#: How often a shard is started again, and a question asked again, before the query fails: each time
#: costs a node.
_RETRIES = 20

#: Seconds that a shard may need to open its rows.
_OPEN_S = 900.0


class RayShards:
    """Shards that live on the nodes.

    Parameters
    ----------
    ray : module
        The library, joined to the cluster.
    actors : sequence of actor handles
        One for each shard.
    """

    def __init__(self, ray: Any, actors: Sequence[Any]) -> None:  # noqa: ANN401 - of Ray
        self._ray = ray
        self._actors = actors

    def ask(self, method: str, *arguments: object, **options: object) -> Sequence[Hits]:
        """Return what `method` of every shard answers, all of them asked at once."""
        # Handed over once for all shards.
        held = [self._ray.put(argument) for argument in arguments]
        return answers(
            self._ray, [getattr(actor, method).remote(*held, **options) for actor in self._actors]
        )


@dataclass(frozen=True, slots=True)
class ShardNames:
    """How another process of this machine finds the shards; calling it opens the index by them.

    Attributes
    ----------
    address : str
        The head of the cluster, which this process was let into.
    namespace : str
        Of the names in Ray.
    names : tuple of str
        One for each shard.
    snapshot : Snapshot
        What they have opened.
    """

    address: str
    namespace: str
    names: tuple[str, ...]
    snapshot: Snapshot

    def __call__(self) -> ShardedIndex:
        """Return the index, searched by the shards."""
        ray = joined(self.address)
        index = opened(self.snapshot)
        found = [ray.get_actor(name, namespace=self.namespace) for name in self.names]
        index.search_by(RayShards(ray, found))
        return index


@contextlib.contextmanager
def sharded_index(index: Index, cluster: Cluster) -> Iterator[tuple[ShardedIndex, ShardNames]]:
    """Share out the rows of an index among the nodes, for the length of a block.

    A shard is started again elsewhere when its node is lost: that costs time, no answer.

    Parameters
    ----------
    index : Index
        In a folder that every node sees at the same place.
    cluster : Cluster
        Where its rows are searched.

    Yields
    ------
    ShardedIndex
        The same index, searched there.
    ShardNames
        Opens it in another process.

    Raises
    ------
    IndexStoreError
        A node cannot open the index, or sees another one.
    """
    ray = cluster.ray
    snapshot = Snapshot.of(index)
    names = ShardNames(*cluster.place(), (), snapshot)
    # No processor is set aside: a shard works while a query waits for it, and has to find a place
    # on the nodes that are left.
    serve = ray.remote(num_cpus=0, max_restarts=_RETRIES, max_task_retries=_RETRIES)(ShardServer)
    prefer = ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy
    actors: list[Any] = []
    try:
        for node, *rows in cut(len(index), cluster.nodes()):
            name = f"shard-{len(actors)}"
            place = prefer(node.id, soft=True)
            options = {"name": name, "namespace": names.namespace, "scheduling_strategy": place}
            actors.append(serve.options(**options).remote(snapshot, *rows, node.processors))
            names = replace(names, names=(*names.names, name))
        answers(ray, [actor.ready.remote() for actor in actors], _OPEN_S)
        with opened(snapshot) as sharded:
            sharded.search_by(RayShards(ray, actors))
            yield sharded, names
    finally:
        for actor in actors:
            ray.kill(actor)


def answers(ray: Any, asked: Sequence[Any], timeout_s: float | None = None) -> list[Any]:  # noqa: ANN401 - of Ray
    """Return what shards have answered.

    Raises
    ------
    IndexStoreError
        One of them cannot answer, not even when it was started again.
    """
    try:
        answered: list[Any] = ray.get(list(asked), timeout=timeout_s)
    except ray.exceptions.RayError as error:
        raise IndexStoreError(
            f"a shard of the index could not answer ({last_line(error)});"
            " look after the nodes, which have to see the index at its path, and run again"
        ) from error
    return answered


def cut(n_rows: int, nodes: Sequence[Node]) -> list[tuple[Node, int, int]]:
    """Return which node holds which rows: each as many as it has processors for.

    One shard to a node: it searches on all of the node's processors.

    Parameters
    ----------
    n_rows : int
        Rows of the index.
    nodes : sequence of Node
        At least one.

    Returns
    -------
    list of (Node, int, int)
        First and stop row of each shard, ascending, without gaps.
    """
    ends = list(itertools.accumulate(node.processors for node in nodes))
    stops = [n_rows * end // ends[-1] for end in ends]
    return list(zip(nodes, [0, *stops[:-1]], stops, strict=True))
