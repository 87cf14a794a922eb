"""A dump to a case folder: the walk, what is examined and kept, what moved since the last run.

Owns the order of the work, its journal, and everything that is concluded from more than one file.
What a case folder holds is written by `framematch.report`. The names below are imported when they
are first used: a process that looks into files of a dump needs none of them, and starts sooner.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framematch.triage.examining import Standing
    from framematch.triage.kept import kept_case
    from framematch.triage.reporting import write_report
    from framematch.triage.reviewed import reviewed_files
    from framematch.triage.run import Listener, Report, Wanted, triage
    from framematch.triage.verifying import verify

_HOME = {
    "Listener": "framematch.triage.run",
    "Report": "framematch.triage.run",
    "Standing": "framematch.triage.examining",
    "Wanted": "framematch.triage.run",
    "kept_case": "framematch.triage.kept",
    "reviewed_files": "framematch.triage.reviewed",
    "triage": "framematch.triage.run",
    "verify": "framematch.triage.verifying",
    "write_report": "framematch.triage.reporting",
}

__all__ = [
    "Listener",
    "Report",
    "Standing",
    "Wanted",
    "kept_case",
    "reviewed_files",
    "triage",
    "verify",
    "write_report",
]


def __getattr__(name: str) -> object:
    """Import a name of the package when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'framematch.triage' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
