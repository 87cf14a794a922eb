"""The notes on a picture, as `framematch.notes` finds and reads them."""

from dataclasses import replace
from functools import lru_cache

from framematch.case_records import Note
from framematch.notes import Reader, find_notes
from framematch.records import Frame


def notes_of(frame: Frame | None, *, reads: bool) -> tuple[tuple[Note, ...], str | None]:
    """Return the writing on a picture, none where there is no picture, and what was not read."""
    if frame is None:
        return (), None
    notes, lost = find_notes(frame.pixels), None
    reader = _reader() if reads and notes else None
    if reader is not None:
        notes, lost = reader.read(frame.pixels, notes)
    return tuple(_plain(note) for note in notes), lost


def reader_name(*, reads: bool) -> str | None:
    """Return what notes are read with here, ``None`` for nothing."""
    reader = _reader() if reads else None
    return None if reader is None else reader.name


@lru_cache(maxsize=1)
def _reader() -> Reader | None:
    return Reader.find()


def _plain(note: Note) -> Note:
    """Return a note in plain numbers: what array code computes may be numpy's."""
    x, y, width, height = (float(part) for part in note.box)
    confidence = None if note.confidence is None else float(note.confidence)
    return replace(note, box=(x, y, width, height), confidence=confidence)
