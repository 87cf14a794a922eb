"""Which script a character is in, by the blocks of Unicode. Owns that table only."""

from collections import Counter
from typing import get_args

from framematch.case_records import Script

#: All scripts that notes are told apart by, in alphabetical order.
SCRIPTS: tuple[Script, ...] = get_args(Script)

# First and last code point of each block, both inclusive.
_BLOCKS: tuple[tuple[int, int, Script], ...] = (
    (0x0041, 0x005A, "Latin"),
    (0x0061, 0x007A, "Latin"),
    (0x00C0, 0x024F, "Latin"),
    (0x1100, 0x11FF, "Hangul"),
    (0x3041, 0x309F, "Kana"),
    (0x30A1, 0x30FA, "Kana"),
    (0x30FC, 0x30FF, "Kana"),
    (0x3130, 0x318F, "Hangul"),
    (0x31F0, 0x31FF, "Kana"),
    (0x3005, 0x3007, "Han"),
    (0x3400, 0x4DBF, "Han"),
    (0x4E00, 0x9FFF, "Han"),
    (0xAC00, 0xD7A3, "Hangul"),
    (0xF900, 0xFAFF, "Han"),
    (0xFF21, 0xFF3A, "Latin"),
    (0xFF41, 0xFF5A, "Latin"),
    (0xFF66, 0xFF9F, "Kana"),
    (0x20000, 0x3134F, "Han"),
)


def script_of(character: str) -> Script | None:
    """Return the script of one character; ``None`` for digits, marks and other scripts."""
    code = ord(character)
    for first, last, script in _BLOCKS:
        if first <= code <= last:
            return script
    return None


def counted(text: str) -> Counter[Script]:
    """Return how many characters of a text are in each script."""
    found = (script_of(character) for character in text)
    return Counter(script for script in found if script is not None)


def scripts_of(text: str) -> tuple[Script, ...]:
    """Return the scripts of a text in alphabetical order.

    A single Kana, or less than a fifth of the characters, beside another script is taken for a
    slip of the reader: many a stroke of Hangul or Han looks like one.
    """
    found = counted(text)
    if len(found) > 1 and found["Kana"] < max(2, found.total() / 5):
        del found["Kana"]
    return tuple(sorted(found))
