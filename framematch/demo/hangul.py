"""Strokes of Hangul syllables, composed from their letters; owns pen strokes only.

A syllable is taken apart by the arithmetic of the Unicode standard (chapter 3.12, conjoining jamo)
and its letters are fitted into the parts of a square. Strokes are points in 0 to 1, y down.
"""

from collections.abc import Iterator

Stroke = list[tuple[float, float]]
Box = tuple[float, float, float, float]

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = (
    *(
        "",
        "ㄱ",
        "ㄲ",
        "ㄱㅅ",
        "ㄴ",
        "ㄴㅈ",
        "ㄴㅎ",
        "ㄷ",
        "ㄹ",
        "ㄹㄱ",
        "ㄹㅁ",
        "ㄹㅂ",
        "ㄹㅅ",
        "ㄹㅌ",
    ),
    *("ㄹㅍ", "ㄹㅎ", "ㅁ", "ㅂ", "ㅂㅅ", "ㅅ", "ㅆ", "ㅇ", "ㅈ", "ㅊ", "ㅋ", "ㅌ", "ㅍ", "ㅎ"),
)
_DOUBLE = {"ㄲ": "ㄱㄱ", "ㄸ": "ㄷㄷ", "ㅃ": "ㅂㅂ", "ㅆ": "ㅅㅅ", "ㅉ": "ㅈㅈ"}
_MIXED = {
    "ㅘ": "ㅗㅏ",
    "ㅙ": "ㅗㅐ",
    "ㅚ": "ㅗㅣ",
    "ㅝ": "ㅜㅓ",
    "ㅞ": "ㅜㅔ",
    "ㅟ": "ㅜㅣ",
    "ㅢ": "ㅡㅣ",
}

_STROKES = {
    "ㄱ": "118169",
    "ㄴ": "111898",
    "ㄷ": "1181 111898",
    "ㄹ": "118184141898",
    "ㅁ": "1119 118189 1989",
    "ㅂ": "1019 8089 1585 1989",
    "ㅅ": "515409 4599",
    "ㅇ": "417194986828051324 4151",
    "ㅈ": "0191 515509 4599",
    "ㅊ": "4060 0292 525609 4699",
    "ㅋ": "118169 1575",
    "ㅌ": "1181 1575 111989",
    "ㅍ": "0191 3138 6168 0898",
    "ㅎ": "4060 0292 3474867939273544",
    "ㅏ": "3039 3575",
    "ㅑ": "3039 3373 3676",
    "ㅓ": "6069 1565",
    "ㅕ": "6069 1363 1666",
    "ㅣ": "5059",
    "ㅐ": "2029 7079 2575",
    "ㅒ": "2029 7079 2373 2676",
    "ㅔ": "4049 8089 0545",
    "ㅖ": "4049 8089 0343 0646",
    "ㅗ": "5157 0797",
    "ㅛ": "3137 6167 0797",
    "ㅜ": "0393 5359",
    "ㅠ": "0393 3339 6369",
    "ㅡ": "0595",
}


def strokes(syllable: str) -> list[Stroke]:
    """Return the strokes of one precomposed syllable (U+AC00 to U+D7A3)."""
    lead, vowel, tail = letters(syllable)
    foot = 0.64 if tail else 1.0
    if vowel in _MIXED:
        below, beside = tuple(_MIXED[vowel])
        parts = [
            (lead, (0.02, 0.02, 0.6, foot * 0.55)),
            (below, (0.0, foot * 0.5, 0.66, foot)),
            (beside, (0.66, 0.0, 1.0, foot)),
        ]
    elif vowel in "ㅗㅛㅜㅠㅡ":
        parts = [(lead, (0.15, 0.0, 0.85, foot * 0.55)), (vowel, (0.0, foot * 0.5, 1.0, foot))]
    else:
        parts = [(lead, (0.0, 0.06, 0.58, foot * 0.92)), (vowel, (0.6, 0.0, 1.0, foot))]
    width = 0.7 / max(len(tail), 1)
    parts += [
        (part, (0.15 + i * width, 0.68, 0.12 + (i + 1) * width, 1.0)) for i, part in enumerate(tail)
    ]
    return [stroke for letter, box in parts for stroke in _letter(letter, box)]


def letters(syllable: str) -> tuple[str, str, str]:
    """Return the leading consonant, the vowel and the final consonants, which may be empty."""
    rest = ord(syllable) - 0xAC00
    return _LEADS[rest // 588], _VOWELS[rest % 588 // 28], _TAILS[rest % 28]


def _letter(letter: str, box: Box) -> Iterator[Stroke]:
    left, top, right, bottom = box
    if letter in _DOUBLE:
        middle = (left + right) / 2
        for part, half in zip(
            tuple(_DOUBLE[letter]),
            ((left, top, middle - 0.03, bottom), (middle + 0.03, top, right, bottom)),
            strict=True,
        ):
            yield from _letter(part, half)
        return
    for run in _STROKES[letter].split():
        yield [
            (
                left + (right - left) * (int(run[i]) + 0.5) / 10,
                top + (bottom - top) * (int(run[i + 1]) + 0.5) / 10,
            )
            for i in range(0, len(run), 2)
        ]
