import numpy as np
import pytest
from written_pages import drawing, handwritten, overlap, printed

from framematch.notes import find_notes


@pytest.mark.parametrize("seed", range(4))
def test_find_notes_drawing_with_hair_eyes_and_leaves_gives_none(seed: int) -> None:
    assert find_notes(drawing(seed=seed)) == ()


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("人物线修正", "Han"),
        ("배경은 그대로", "Hangul"),
        ("CLEAN UP LINES", "Latin"),
    ],
)
def test_find_notes_handwriting_on_a_drawing_is_boxed_and_told_by_script(
    text: str, script: str
) -> None:
    pixels, box = handwritten(drawing(), text, 40, 60, 34)
    (note,) = find_notes(pixels)
    assert overlap(note.box, box) > 0.5
    assert script in note.scripts
    assert len(note.scripts) <= 2
    assert (note.text, note.confidence) == (None, None)


def test_find_notes_kana_in_a_font_is_told_from_han() -> None:
    pixels, box = printed(drawing(), "もうすこしおおきく", 40, 60, 30, (40, 60, 190))
    (note,) = find_notes(pixels)
    assert overlap(note.box, box) > 0.5
    assert "Kana" in note.scripts


def test_find_notes_remark_with_its_translation_is_one_block_of_both_scripts() -> None:
    pixels, first = handwritten(drawing(), "人物线修正", 40, 60, 34)
    pixels, second = handwritten(pixels, "인물 선 수정", 46, 108, 30, 0x2F5FB8)
    (note,) = find_notes(pixels)
    assert {"Han", "Hangul"} <= set(note.scripts)
    for _, top, _, height in (first, second):
        assert note.box[1] < top + height / 2 < note.box[1] + note.box[3]


def test_find_notes_two_remarks_far_apart_come_from_top_to_bottom() -> None:
    pixels, _ = handwritten(drawing(), "배경은 그대로", 40, 520, 30)
    pixels, _ = handwritten(pixels, "人物线修正", 40, 60, 34)
    notes = find_notes(pixels)
    assert [note.scripts for note in notes] == [("Han",), ("Hangul",)]


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_find_notes_larger_picture_gives_the_same_place(scale: int) -> None:
    pixels, box = handwritten(drawing(), "人物线修正", 40, 60, 34)
    (note,) = find_notes(pixels.repeat(scale, axis=0).repeat(scale, axis=1))
    assert overlap(note.box, box) > 0.5


def test_find_notes_light_letters_on_dark_are_found() -> None:
    dark = np.full((360, 640, 3), 20, np.uint8)
    pixels, box = handwritten(dark, "TDK 00:01:22:07", 180, 320, 22, 0xF4F4F4)
    (note,) = find_notes(pixels)
    assert overlap(note.box, box) > 0.5


@pytest.mark.parametrize("shape", [(1, 1), (7, 900), (900, 7), (48, 48), (360, 640)])
@pytest.mark.parametrize("tone", [0, 128, 255])
def test_find_notes_nothing_drawn_gives_none(shape: tuple[int, int], tone: int) -> None:
    assert find_notes(np.full((*shape, 3), tone, np.uint8)) == ()


def test_find_notes_noise_gives_none() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (300, 500, 3), dtype=np.uint8)
    assert find_notes(noise) == ()


def test_find_notes_twice_gives_the_same() -> None:
    pixels, _ = handwritten(drawing(), "配人物线修正", 40, 60, 34)
    assert find_notes(pixels) == find_notes(pixels.copy())
