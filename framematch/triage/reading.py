"""The notes on a picture, as `framematch.notes` finds and reads them."""

from framematch.case_records import Note
from framematch.records import Frame


def notes_of(frame: Frame | None, *, reads: bool) -> tuple[Note, ...]:
    """Return the writing on a picture; none where there is no picture."""
    del reads
    if frame is None:
        return ()
    return ()
