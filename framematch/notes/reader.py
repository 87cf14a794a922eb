"""Reads notes with Tesseract, where it is installed. Knows languages and limits; finds nothing."""

import os
from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.case_records import Note

#: Languages of Tesseract that notes are read in.
LANGUAGES = ("chi_sim", "eng", "jpn", "kor")

_INSTALL = (
    "install the Debian packages tesseract-ocr, tesseract-ocr-kor, tesseract-ocr-chi-sim and"
    " tesseract-ocr-jpn"
)


def missing() -> str | None:
    """Return what reading lacks and how to install it, in a sentence; ``None`` for nothing."""
    try:
        import pytesseract
    except ImportError:
        return f"pytesseract is missing: pip install 'framematch[ocr]', and {_INSTALL}"
    try:
        installed = pytesseract.get_languages(config="")
    except (OSError, pytesseract.TesseractError, pytesseract.TesseractNotFoundError):
        return f"the program tesseract is missing: {_INSTALL}"
    absent = [language for language in LANGUAGES if language not in installed]
    if absent:
        return f"Tesseract lacks {', '.join(absent)}: {_INSTALL}"
    return None


class Reader:
    """Tesseract with the languages that it has here.

    Attributes
    ----------
    name : str
        Program, version and languages, such as ``tesseract 5.3.0 (chi_sim+eng+jpn+kor)``.
    """

    def __init__(self, version: str, languages: Sequence[str]) -> None:
        self.languages = tuple(languages)
        self.name = f"tesseract {version} ({'+'.join(self.languages)})"

    @classmethod
    def find(cls) -> Self | None:
        """Return the reader of this machine; ``None`` where there is nothing to read with."""
        try:
            import pytesseract
        except ImportError:
            return None
        # More threads make it slower on small pictures, and workers run side by side already.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        try:
            installed = pytesseract.get_languages(config="")
            version = str(pytesseract.get_tesseract_version())
        except (OSError, pytesseract.TesseractError, SystemExit):
            return None
        languages = [language for language in LANGUAGES if language in installed]
        return cls(version, languages) if languages else None

    def read(
        self, pixels: npt.NDArray[np.uint8], notes: Sequence[Note]
    ) -> tuple[tuple[Note, ...], str | None]:
        """Return notes with what they say, as far as it can be read.

        Parameters
        ----------
        pixels : uint8 (H, W, 3)
            The picture that they stand on, sRGB.
        notes : sequence of Note
            As `find_notes` gave them.

        Returns
        -------
        tuple of Note
            In the same order, text and confidence filled in and scripts corrected where something
            was read; the others as they were.
        str or None
            What was not read although it was asked for, and why.
        """
        from framematch.notes.reading import read_notes

        return read_notes(pixels, notes, self.languages)
