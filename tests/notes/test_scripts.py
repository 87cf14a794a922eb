import pytest

from framematch.notes.scripts import script_of, scripts_of


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("手要大", ("Han",)),
        ("손을 더 크게", ("Hangul",)),
        ("口パク三枚", ("Han", "Kana")),
        ("もう少し", ("Han", "Kana")),
        ("BG は そのまま", ("Kana", "Latin")),
        ("手要大 손 HAND てにを", ("Han", "Hangul", "Kana", "Latin")),
        ("Ünïcode", ("Latin",)),
        ("00:12 — 3!", ()),
        ("Привет", ()),
        ("", ()),
    ],
)
def test_scripts_of_text_names_each_script_once_in_order(
    text: str, scripts: tuple[str, ...]
) -> None:
    assert scripts_of(text) == scripts


@pytest.mark.parametrize("character", ["ー", "ｱ", "ヶ"])
def test_script_of_kana_marks_and_half_width_letters(character: str) -> None:
    assert script_of(character) == "Kana"


def test_scripts_of_a_slip_of_the_reader_are_those_of_the_rest() -> None:
    assert scripts_of("손을 더 크게 へ") == ("Hangul",)
    assert scripts_of("手を大きく") == ("Han", "Kana")
