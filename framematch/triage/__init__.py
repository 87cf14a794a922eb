"""A dump to a case folder: the walk, what is examined and kept, what moved since the last run.

Owns the order of the work, its journal, and everything that is concluded from more than one file.
What a case folder holds is written by `framematch.report`.
"""

from framematch.triage.examining import Standing
from framematch.triage.kept import kept_case
from framematch.triage.reporting import write_report
from framematch.triage.reviewed import reviewed_files
from framematch.triage.run import Listener, Report, Wanted, triage
from framematch.triage.verifying import verify

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
