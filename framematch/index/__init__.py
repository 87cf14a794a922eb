"""Codes on disk and how they are searched: the index, its writer, its search structures.

Importing this package costs neither faiss nor numba nor a decoder: each is imported when the first
structure that needs it is built.
"""

from framematch.index.backends import BACKENDS, Backend
from framematch.index.compaction import Compaction, compact
from framematch.index.faiss_index import FaissIndex
from framematch.index.linear import LinearIndex
from framematch.index.merging import MergeConflict, MergeReport, merge
from framematch.index.protocol import FrameIndex
from framematch.index.quarantine import Again
from framematch.index.reading import read_references
from framematch.index.recall import Recall, measure_recall
from framematch.index.repair import Repair, Repaired, repair
from framematch.index.shard import Shard, merged
from framematch.index.sieve import SieveIndex
from framematch.index.store import Index
from framematch.index.table import FrameTable
from framematch.index.verify import Problem, Verification, verify
from framematch.index.writer import IndexWriter

__all__ = [
    "BACKENDS",
    "Again",
    "Backend",
    "Compaction",
    "FaissIndex",
    "FrameIndex",
    "FrameTable",
    "Index",
    "IndexWriter",
    "LinearIndex",
    "MergeConflict",
    "MergeReport",
    "Problem",
    "Recall",
    "Repair",
    "Repaired",
    "Shard",
    "SieveIndex",
    "Verification",
    "compact",
    "measure_recall",
    "merge",
    "merged",
    "read_references",
    "repair",
    "verify",
]
