"""Bulk indexing: files into the index, on several processes, each published in one step.

The place where media, hashing and index meet for references. `walk` says which files are meant,
`plan` what they are, `add` puts them in, an `Executor` does the work. Must not import matching or
the faces.
"""

from framematch.ingest.executors import Executor, InProcessExecutor, LocalExecutor
from framematch.ingest.items import Given, IngestItem, Origins, plan, plan_files
from framematch.ingest.job import add
from framematch.ingest.manifest import Manifest, ManifestRow
from framematch.ingest.presence import is_folder, is_there
from framematch.ingest.report import IngestProgress, IngestReport, IngestWarning, RunningFile
from framematch.ingest.seen import Stamp
from framematch.ingest.task import CodedSegment, CodingTask, Outcome, code_task
from framematch.ingest.walk import FoundFile, SkippedFile, Walk, walk
from framematch.ingest.watching import Sight, Watch

__all__ = [
    "CodedSegment",
    "CodingTask",
    "Executor",
    "FoundFile",
    "Given",
    "InProcessExecutor",
    "IngestItem",
    "IngestProgress",
    "IngestReport",
    "IngestWarning",
    "LocalExecutor",
    "Manifest",
    "ManifestRow",
    "Origins",
    "Outcome",
    "RunningFile",
    "Sight",
    "SkippedFile",
    "Stamp",
    "Walk",
    "Watch",
    "add",
    "code_task",
    "is_folder",
    "is_there",
    "plan",
    "plan_files",
    "walk",
]
