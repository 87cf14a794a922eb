"""Bulk indexing: files into the index, one at a time, each published in one step.

The place where media, hashing and index meet for references. `walk` says which files are meant,
`plan` what they are, `add` puts them in. Must not import matching or the faces.
"""

from framematch.ingest.job import (
    IngestItem,
    IngestProgress,
    IngestReport,
    IngestWarning,
    add,
    plan,
    plan_files,
)
from framematch.ingest.walk import FoundFile, SkippedFile, Walk, walk

__all__ = [
    "FoundFile",
    "IngestItem",
    "IngestProgress",
    "IngestReport",
    "IngestWarning",
    "SkippedFile",
    "Walk",
    "add",
    "plan",
    "plan_files",
    "walk",
]
