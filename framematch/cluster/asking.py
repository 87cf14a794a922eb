"""Many queries against an index that is searched on the nodes of a cluster.

Owns nothing but the order: files are decoded and matches verified here, where the dump is, so that
no unknown file leaves this machine; only codes go to the nodes.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from framematch.cluster.nodes import Cluster
from framematch.cluster.sharding import sharded_index
from framematch.index import Index
from framematch.matcher import Matcher
from framematch.matching.confidence import Model
from framematch.media import NumberedSequence
from framematch.records import Attribution


def attribute_files_by(
    cluster: Cluster,
    index: Index,
    queries: Sequence[Path | NumberedSequence],
    model: Model | None = None,
) -> Iterator[Attribution]:
    """Yield the attribution of each query, in the order given, as `attribute_files` does.

    Parameters
    ----------
    cluster : Cluster
        Where the index is searched.
    index : Index
        What is known, in a folder that every node sees.
    queries : sequence of Path or NumberedSequence
        Files, and numbered pictures that are one query together.
    model : Model, optional
        Turns evidence into confidence; the shipped one by default.

    Raises
    ------
    IndexStoreError
        A node cannot open the index, or it was changed meanwhile.
    """
    with sharded_index(index.path, cluster, min_information=index.min_information) as sharded:
        matcher = Matcher(sharded, model=model)
        for query in queries:
            if isinstance(query, Path):
                yield matcher.attribute(query)
            else:
                yield matcher.attribute_sequence(query)
