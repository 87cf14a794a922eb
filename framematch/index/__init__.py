"""Codes on disk and how they are searched: the index, its writer, its search structures.

Importing this package costs neither faiss nor a decoder: faiss is imported when the first FAISS
structure is built.
"""

from framematch.index.faiss_clusters import FaissClusters
from framematch.index.faiss_index import FaissIndex
from framematch.index.linear import LinearIndex
from framematch.index.protocol import FrameIndex
from framematch.index.shard import Shard, merged
from framematch.index.store import Index
from framematch.index.table import FrameTable
from framematch.index.verify import Problem, Verification, verify
from framematch.index.writer import IndexWriter

__all__ = [
    "FaissClusters",
    "FaissIndex",
    "FrameIndex",
    "FrameTable",
    "Index",
    "IndexWriter",
    "LinearIndex",
    "Problem",
    "Shard",
    "Verification",
    "merged",
    "verify",
]
