"""What notes say: cuts their lines out, has Tesseract read them, believes what is plausible."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from framematch.case_records import Note, Script
from framematch.notes.cutting import HEIGHT, cleaned, plain
from framematch.notes.find import Line, find_lines
from framematch.notes.model import CLASSES
from framematch.notes.scripts import counted, scripts_of
from framematch.notes.tesseract import ReadingStoppedError, Word, words_of

Pixels = npt.NDArray[np.uint8]

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
# As many different characters where all letters are Kana.
_FEWEST_KANA = 3
# Lines of one picture that are read at most, so that a page full of them ends within the time that
# Tesseract has, on any machine.
_MOST_LINES = 150


@dataclass(frozen=True, slots=True)
class Reading:
    """What one language makes of a line: text, and how sure it is, 0 to 100."""

    text: str
    sure: float
    language: str


def read_notes(
    pixels: Pixels, notes: Sequence[Note], languages: Sequence[str]
) -> tuple[tuple[Note, ...], str | None]:
    """Return notes with what they say, and what could not be read; see `Reader.read`."""
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
    lost: list[str] = []
    if len(lines) > _MOST_LINES:
        lost.append(f"of {len(lines)} lines of writing only {_MOST_LINES} were read")
        lines, owner = lines[:_MOST_LINES], owner[:_MOST_LINES]
    readings, stopped = read_lines(pixels, lines, languages)
    said: dict[int, list[tuple[float, Reading]]] = {}
    for line, number, reading in zip(lines, owner, readings, strict=True):
        if reading is not None:
            said.setdefault(number, []).append((line.box[1], reading))
    filled = tuple(_filled(note, said.get(number, [])) for number, note in enumerate(notes))
    return filled, "; ".join([*lost, *stopped]) or None


def _holds(note: Note, x: float, y: float) -> bool:
    left, top, width, height = note.box
    return left <= x <= left + width and top <= y <= top + height


def _filled(note: Note, said: list[tuple[float, Reading]]) -> Note:
    if not said:
        # Han and Hangul by hand have shapes of Kana: without letters that are read, it is not said.
        told = tuple(script for script in note.scripts if script != "Kana")
        return replace(note, scripts=told)
    parts = [reading for _, reading in sorted(said, key=lambda part: part[0])]
    text = "\n".join(part.text for part in parts)
    weight = sum(len(part.text) for part in parts)
    sure = sum(part.sure * len(part.text) for part in parts) / weight / 100
    return replace(note, text=text, scripts=scripts_of(text), confidence=sure)


def read_lines(
    pixels: Pixels, lines: Sequence[Line], languages: Sequence[str]
) -> tuple[list[Reading | None], list[str]]:
    """Return what each line says, ``None`` where nothing plausible was read, and what went wrong.

    A language whose reading stopped before its end counts for nothing: half of it would be chance.
    """
    # Freed of the drawing beneath and as it is: now the one is read, now the other.
    both = [[cut(pixels, line) for line in lines] for cut in (cleaned, plain)]
    asked = [_languages_for(line, languages) for line in lines]
    best: list[Reading | None] = [None] * len(lines)
    stopped: list[str] = []
    for language in languages:
        chosen = [number for number, tried in enumerate(asked) if language in tried]
        images = [images[number] for images in both for number in chosen]
        try:
            found = [_together(words, language) for words in words_of(images, language)]
        except ReadingStoppedError as error:
            stopped.append(f"{len(chosen)} lines of writing were not read: {error}")
            continue
        for number, (text, sure) in zip(chosen * len(both), found, strict=True):
            reading = Reading(text, sure, language)
            old = best[number]
            if plausible(reading) and (old is None or reading.sure > old.sure):
                best[number] = reading
    return best, stopped


def _languages_for(line: Line, languages: Sequence[str]) -> set[str]:
    shares: Counter[str] = Counter(dict(zip(CLASSES[1:], line.shares, strict=True)))
    (first, _), *rest = shares.most_common()
    scripts = [first, *(name for name, share in rest if share >= _ALSO)]
    return {language for script in scripts for language in _LANGUAGE[script]} & set(languages)


def plausible(reading: Reading) -> bool:
    """Return whether a reading is worth reporting."""
    letters = sum(not character.isspace() for character in reading.text)
    named = counted(reading.text)
    own = sum(named[script] for script in SCRIPTS_OF[reading.language])
    digits = sum(character.isdecimal() for character in reading.text)
    # Strokes of anything read as a Kana or two.
    if named.total() == named["Kana"] > 0 and len(set(reading.text)) < _FEWEST_KANA:
        return False
    return (
        letters >= _FEWEST
        and own + digits >= max(_OF_LANGUAGE * letters, 1)
        and reading.sure >= _SURE
    )


def _together(words: Sequence[Word], language: str) -> tuple[str, float]:
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
