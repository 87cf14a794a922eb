import pytest

from framematch.demo.dice import Dice
from framematch.demo.han import HAN, LATIN
from framematch.demo.hangul import letters, strokes
from framematch.demo.lettering import glyph, write
from framematch.demo.notes import REMARKS


@pytest.mark.parametrize(
    ("syllable", "expected"),
    [("수", ("ㅅ", "ㅜ", "")), ("원", ("ㅇ", "ㅝ", "ㄴ")), ("깎", ("ㄲ", "ㅏ", "ㄲ"))],
)
def test_letters_syllable_is_taken_apart(syllable: str, expected: tuple[str, str, str]) -> None:
    assert letters(syllable) == expected


def test_strokes_every_hangul_syllable_stays_in_its_square() -> None:
    for code in range(0xAC00, 0xD7A4, 7):
        drawn = strokes(chr(code))
        assert drawn
        assert all(0 <= x <= 1 and 0 <= y <= 1 for stroke in drawn for x, y in stroke)


def test_glyph_every_character_has_its_own_strokes() -> None:
    shapes = [str(glyph(character)[0]) for character in (*HAN, *LATIN) if character not in "0OI"]
    assert len(set(shapes)) == len(shapes)


def test_remarks_every_character_can_be_written() -> None:
    for chinese, korean, english in REMARKS:
        for character in chinese + korean + english:
            assert character == " " or glyph(character)[0], character
        assert any(character in HAN for character in chinese)
        assert any("가" <= character <= "힣" for character in korean)


def test_write_handwriting_differs_from_clean_letters_and_repeats_by_seed() -> None:
    def outline(dice: Dice | None) -> list[tuple[float, float]]:
        first = write("手 손 HAND", 0, 0, 20, 0, dice=dice)[0].path
        return [(point.x(), point.y()) for point in first.getPoints(first.countPoints())]

    assert outline(Dice(1)) == outline(Dice(1))
    assert outline(Dice(1)) != outline(Dice(2))
    assert outline(None) != outline(Dice(1))
