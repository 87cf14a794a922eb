"""What a job says while it runs and when it is over. Records only."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.records import ItemFailure, Reference


@dataclass(frozen=True, slots=True)
class RunningFile:
    """A file that is being coded, and the share of it that is done, 0 to 1."""

    path: Path
    share: float


@dataclass(frozen=True, slots=True)
class IngestProgress:
    """Where a job stands.

    Attributes
    ----------
    path : Path
        The file that something is new about.
    position, total : int
        Position of that file, from 0, and files in the job.
    share : float
        Share of that file that is done, 0 to 1.
    done, failed : int
        Files that are through, and how many of them could not be used.
    running : tuple of RunningFile
        Files that are being coded, in the order of the job.
    media_s : float
        Seconds of moving picture that were coded so far.
    share_of_bytes : float
        Share of the bytes of all files that is done, 0 to 1.
    coded_share_of_bytes : float
        The same of bytes that were coded, not known already: what tells how long the rest takes.
    """

    path: Path
    position: int
    total: int
    share: float
    done: int
    failed: int
    running: tuple[RunningFile, ...]
    media_s: float
    share_of_bytes: float
    coded_share_of_bytes: float


@dataclass(frozen=True, slots=True)
class IngestWarning:
    """One file that was indexed, with something a person should know about it."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What a job did, each list in the order of the job.

    Attributes
    ----------
    added : tuple of Reference
        Files that were coded and published, those with a new attribution included.
    unchanged : tuple of str
        Paths whose file was in the index already.
    removed : tuple of Reference
        What went out of the index, because its file changed or is gone.
    failures : tuple of ItemFailure
        Files that could not be used.
    warnings : tuple of IngestWarning
        Files that were indexed in part, or whose names were read with a doubt.
    kept : tuple of str
        Why references stay although their files cannot be found or their rows are damaged.
    frames : int
        Rows that were added.
    media_s, processor_s : float
        Seconds of moving picture that were coded, and of processor time that the files took.
    """

    added: tuple[Reference, ...]
    unchanged: tuple[str, ...]
    removed: tuple[Reference, ...]
    failures: tuple[ItemFailure, ...]
    warnings: tuple[IngestWarning, ...]
    kept: tuple[str, ...]
    frames: int
    media_s: float
    processor_s: float

    def to_dict(self) -> dict[str, Any]:
        """Return the report as `index add --json` writes it: no clock takes part."""
        return {
            "added": [reference.to_dict() for reference in self.added],
            "unchanged": list(self.unchanged),
            "removed": [reference.to_dict() for reference in self.removed],
            "failures": [failure.to_dict() for failure in self.failures],
            "warnings": [{"path": one.path, "reason": one.reason} for one in self.warnings],
            "frames": self.frames,
        }
