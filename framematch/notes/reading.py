"""What a note says: cuts it out, has Tesseract read it, believes what is plausible."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.case_records import Note
from framematch.notes.scripts import scripts_of

# Longest that Tesseract may read one note, in seconds, and what it must be sure of, in percent.
_LIMIT_S, _SURE = 20, 60


def read_notes(
    pixels: npt.NDArray[np.uint8], notes: Sequence[Note], languages: Sequence[str]
) -> tuple[Note, ...]:
    """Return notes with what they say; see `Reader.read`."""
    return tuple(_read(pixels, note, languages) for note in notes)


def _read(pixels: npt.NDArray[np.uint8], note: Note, languages: Sequence[str]) -> Note:
    import pytesseract

    height, width = pixels.shape[:2]
    x, y, wide, high = note.box
    cut = pixels[round(y * height) : round((y + high) * height)]
    cut = cut[:, round(x * width) : round((x + wide) * width)]
    try:
        data = pytesseract.image_to_data(
            Image.fromarray(cut),
            lang="+".join(languages),
            config="--psm 6",
            output_type=pytesseract.Output.DICT,
            timeout=_LIMIT_S,
        )
    except (RuntimeError, pytesseract.TesseractError):
        return note
    words = [
        (word.strip(), float(sure))
        for word, sure in zip(data["text"], data["conf"], strict=True)
        if word.strip() and float(sure) >= 0
    ]
    if not words:
        return note
    sure = sum(sure for _, sure in words) / len(words)
    if sure < _SURE:
        return note
    text = " ".join(word for word, _ in words)
    return replace(note, text=text, scripts=scripts_of(text), confidence=sure / 100)
