"""Past one machine: files coded and indexes searched on the nodes of a Ray cluster.

The only package that imports ray, and only while a cluster is in use: local runs need none of it.
`connected` joins a running cluster, `RayExecutor` codes the files of a job there, `ShardedIndex`
has its rows searched there. Must not import the faces.
"""

from framematch.cluster.connection import connected
from framematch.cluster.executor import RayExecutor
from framematch.cluster.nodes import Cluster, Node
from framematch.cluster.sharding import sharded_index
from framematch.cluster.shards import ShardedIndex

__all__ = [
    "Cluster",
    "Node",
    "RayExecutor",
    "ShardedIndex",
    "connected",
    "sharded_index",
]
