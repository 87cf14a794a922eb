"""What people have decided about the findings of a case: kept for good, apart from the machine's.

`VerdictLog` is the file that is only ever added to, `standing_of` what holds by it now.
"""

from framematch.verdicts.log import FOLDER, LOG, VerdictLog, heads, read_log
from framematch.verdicts.records import (
    About,
    Act,
    Entry,
    Judgement,
    judged,
    noted,
    undone,
)
from framematch.verdicts.standing import Opinion, Remark, Standing, standing_of

__all__ = [
    "FOLDER",
    "LOG",
    "About",
    "Act",
    "Entry",
    "Judgement",
    "Opinion",
    "Remark",
    "Standing",
    "VerdictLog",
    "heads",
    "judged",
    "noted",
    "read_log",
    "standing_of",
    "undone",
]
