"""Writing on a picture: where it stands, which scripts it is in, and what it says.

Detection is pure functions on arrays; reading calls Tesseract, where it is installed.
"""

from framematch.notes.find import find_notes
from framematch.notes.reader import Reader, missing

__all__ = ["Reader", "find_notes", "missing"]
