"""What people have decided about the findings of a case: kept for good, apart from the machine's.

`VerdictLog` is the file that is only ever added to, `standing_of` what holds by it now, and
`recallable` what another case's log says of the same content.
"""

from framematch.verdicts.log import FOLDER, LOG, VerdictLog, heads, read_log
from framematch.verdicts.recall import OtherCase, Recalled, acts_of, read_other, recallable
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
    "OtherCase",
    "Recalled",
    "Remark",
    "Standing",
    "VerdictLog",
    "acts_of",
    "heads",
    "judged",
    "noted",
    "read_log",
    "read_other",
    "recallable",
    "standing_of",
    "undone",
]
