"""Bulk indexing: files into the index, on several processes, each published in one step.

The place where media, hashing and index meet for references. `walk` says which files are meant,
`plan` what they are, `add` puts them in, an `Executor` does the work. Must not import matching or
the faces.
"""

from framematch.ingest.executors import Executor, InProcessExecutor, LocalExecutor
from framematch.ingest.items import IngestItem, plan, plan_files
from framematch.ingest.job import add
from framematch.ingest.report import IngestProgress, IngestReport, IngestWarning, RunningFile
from framematch.ingest.task import CodedSegment, CodingTask, Outcome, code_task
from framematch.ingest.walk import FoundFile, SkippedFile, Walk, walk

__all__ = [
    "CodedSegment",
    "CodingTask",
    "Executor",
    "FoundFile",
    "InProcessExecutor",
    "IngestItem",
    "IngestProgress",
    "IngestReport",
    "IngestWarning",
    "LocalExecutor",
    "Outcome",
    "RunningFile",
    "SkippedFile",
    "Walk",
    "add",
    "code_task",
    "plan",
    "plan_files",
    "walk",
]
