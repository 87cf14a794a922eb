"""What notes say: cuts their lines out, has Tesseract read them, believes what is plausible."""

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.case_records import Note, Script
from framematch.notes.cutting import HEIGHT, cleaned, plain
from framematch.notes.find import Line, find_lines
from framematch.notes.model import CLASSES
from framematch.notes.scripts import counted, scripts_of

Pixels = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.uint8]

#: Scripts that each language of Tesseract writes in.
SCRIPTS_OF: dict[str, tuple[Script, ...]] = {
    "chi_sim": ("Han",),
    "eng": ("Latin",),
    "jpn": ("Han", "Kana"),
    "kor": ("Hangul",),
}
# Tried first for each script.
_LANGUAGE: dict[str, tuple[str, ...]] = {
    "Han": ("chi_sim", "jpn"),
    "Hangul": ("kor",),
    "Kana": ("jpn",),
    "Latin": ("eng",),
}
# A second script is tried where it has so much of the probability.
_ALSO = 0.15
# How sure Tesseract must be, in percent, and which share of a text must be of its language.
_SURE, _OF_LANGUAGE = 55.0, 0.6
# No space is narrower than this share of the letters' height.
_SPACE = 0.3
# A letter alone is read into any stroke.
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Reading:
    """What one language makes of a line: text, and how sure it is, 0 to 100."""

    text: str
    sure: float
    language: str


@dataclass(frozen=True, slots=True)
class _Word:
    """A word that Tesseract read, how sure it is, and where it begins and ends."""

    text: str
    sure: float
    left: int
    right: int


def read_notes(
    pixels: Pixels, notes: Sequence[Note], languages: Sequence[str], limit_s: float
) -> tuple[Note, ...]:
    """Return notes with what they say; see `Reader.read`."""
    height, width = pixels.shape[:2]
    lines: list[Line] = []
    owner: list[int] = []
    if notes:
        for line in find_lines(pixels):
            middle = (
                (line.box[0] + line.box[2]) / 2 / width,
                (line.box[1] + line.box[3]) / 2 / height,
            )
            holder = next((k for k, note in enumerate(notes) if _holds(note, *middle)), None)
            if holder is not None:
                lines.append(line)
                owner.append(holder)
    readings = read_lines(pixels, lines, languages, limit_s)
    said: dict[int, list[tuple[float, _Reading]]] = {}
    for line, number, reading in zip(lines, owner, readings, strict=True):
        if reading is not None:
            said.setdefault(number, []).append((line.box[1], reading))
    return tuple(_filled(note, said.get(number, [])) for number, note in enumerate(notes))


def _holds(note: Note, x: float, y: float) -> bool:
    left, top, width, height = note.box
    return left <= x <= left + width and top <= y <= top + height


def _filled(note: Note, said: list[tuple[float, _Reading]]) -> Note:
    if not said:
        return note
    parts = [reading for _, reading in sorted(said, key=lambda part: part[0])]
    text = "\n".join(part.text for part in parts)
    weight = sum(len(part.text) for part in parts)
    sure = sum(part.sure * len(part.text) for part in parts) / weight / 100
    return replace(note, text=text, scripts=scripts_of(text) or note.scripts, confidence=sure)


def read_lines(
    pixels: Pixels, lines: Sequence[Line], languages: Sequence[str], limit_s: float
) -> list[_Reading | None]:
    """Return what each line says, ``None`` where nothing plausible was read."""
    # Freed of the drawing beneath and as it is: now the one is read, now the other.
    both = [[cut(pixels, line) for line in lines] for cut in (cleaned, plain)]
    asked = [_languages_for(line, languages) for line in lines]
    best: list[_Reading | None] = [None] * len(lines)
    for language in languages:
        chosen = [number for number, tried in enumerate(asked) if language in tried]
        images = [images[number] for images in both for number in chosen]
        found = recognised(images, language, limit_s)
        for number, (text, sure) in zip(chosen * len(both), found, strict=True):
            reading = _Reading(text, sure, language)
            old = best[number]
            if plausible(reading) and (old is None or reading.sure > old.sure):
                best[number] = reading
    return best


def _languages_for(line: Line, languages: Sequence[str]) -> set[str]:
    shares: Counter[str] = Counter(dict(zip(CLASSES[1:], line.shares, strict=True)))
    (first, _), *rest = shares.most_common()
    scripts = [first, *(name for name, share in rest if share >= _ALSO)]
    return {language for script in scripts for language in _LANGUAGE[script]} & set(languages)


def plausible(reading: _Reading) -> bool:
    """Return whether a reading is worth reporting."""
    letters = sum(not character.isspace() for character in reading.text)
    named = counted(reading.text)
    own = sum(named[script] for script in SCRIPTS_OF[reading.language])
    digits = sum(character.isdecimal() for character in reading.text)
    return (
        letters >= _FEWEST
        and own + digits >= max(_OF_LANGUAGE * letters, 1)
        and reading.sure >= _SURE
    )


def recognised(images: Sequence[Plane], language: str, limit_s: float) -> list[tuple[str, float]]:
    """Return what Tesseract reads on each picture of one line, and how sure it is, 0 to 100.

    One call reads all of them: starting it takes longer than reading a line. What takes longer than
    `limit_s` altogether is given up: empty texts.
    """
    import pytesseract

    if not images:
        return []
    with tempfile.TemporaryDirectory(prefix="framematch-notes-") as folder:
        paths = [Path(folder) / f"{number:04d}.png" for number in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            Image.fromarray(image).save(path, dpi=(300, 300))
        listed = Path(folder) / "lines.txt"
        listed.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        try:
            data = pytesseract.image_to_data(
                str(listed),
                lang=language,
                config="--psm 7",
                output_type=pytesseract.Output.DICT,
                timeout=limit_s,
            )
        except (RuntimeError, pytesseract.TesseractError):
            return [("", 0.0)] * len(images)
    pages: list[list[_Word]] = [[] for _ in images]
    columns = ("page_num", "text", "conf", "left", "width")
    for page, word, sure, left, width in zip(*(data[name] for name in columns), strict=True):
        text = str(word).strip()
        if text and float(sure) >= 0:
            pages[int(page) - 1].append(_Word(text, float(sure), int(left), int(left) + int(width)))
    return [_together(words, language) for words in pages]


def _together(words: Sequence[_Word], language: str) -> tuple[str, float]:
    """Return the words of a line as one text, and how sure all of it is by the letter."""
    text, end = "", 0
    for word in words:
        # Tesseract parts wide syllables: a space is believed where there is one.
        apart = word.left - end > _SPACE * HEIGHT or language == "eng"
        spaced = apart and language not in ("chi_sim", "jpn")
        text += (" " if text and spaced else "") + word.text
        end = word.right
    weight = sum(len(word.text) for word in words)
    return text, sum(len(word.text) * word.sure for word in words) / max(weight, 1)
