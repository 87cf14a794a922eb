"""Where writing stands on a picture. Pure functions on arrays; reads no text."""

import numpy as np
import numpy.typing as npt

from framematch.case_records import Note
from framematch.notes.lines import proposals
from framematch.notes.strokes import strokes_of

# Fewer parts than this are no line of writing.
_PARTS = 5


def find_notes(pixels: npt.NDArray[np.uint8]) -> tuple[Note, ...]:
    """Return where writing stands on a picture, from top to bottom.

    Parameters
    ----------
    pixels : uint8 (H, W, 3)
        sRGB.

    Returns
    -------
    tuple of Note
        One for each block of lines, its text not read; empty where there is none.
    """
    height, width = pixels.shape[:2]
    found = []
    for line in proposals(strokes_of(pixels)):
        if len(line.blobs) >= _PARTS:
            left, top, right, lower = line.box
            box = (left / width, top / height, (right - left) / width, (lower - top) / height)
            found.append(Note(box, (), None, None))
    return tuple(sorted(found, key=lambda note: (note.box[1], note.box[0])))
