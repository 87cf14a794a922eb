"""What is read: needs Tesseract with its languages, and skips where they are missing."""

import numpy as np
import pytest
from written_pages import drawing, handwritten, printed

from framematch.case_records import Note
from framematch.notes import Reader, find_notes, missing


@pytest.fixture
def reader() -> Reader:
    found = Reader.find()
    lacking = missing()
    if found is None or lacking is not None:
        pytest.skip(lacking or "nothing to read with")
    return found


def test_reader_name_says_program_version_and_languages(reader: Reader) -> None:
    assert reader.name.startswith("tesseract ")
    assert reader.name.endswith("(chi_sim+eng+jpn+kor)")


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("손을 더 크게", "Hangul"),
        ("请检查口型", "Han"),
        ("もうすこしおおきく", "Kana"),
        ("Keep the background", "Latin"),
    ],
)
def test_reader_print_on_a_drawing_is_read(reader: Reader, text: str, script: str) -> None:
    pixels, _ = printed(drawing(), text, 40, 60, 30, (190, 50, 45))
    (note,) = reader.read(pixels, find_notes(pixels))
    assert note.text is not None
    assert note.text.replace(" ", "") == text.replace(" ", "")
    assert script in note.scripts
    assert note.confidence is not None
    assert 0.5 < note.confidence <= 1


def test_reader_lines_of_a_block_are_read_from_top_to_bottom(reader: Reader) -> None:
    pixels, _ = handwritten(drawing(), "HAND BIGGER", 40, 60, 34)
    pixels, _ = handwritten(pixels, "EXIT LEFT", 40, 108, 34)
    (note,) = reader.read(pixels, find_notes(pixels))
    assert note.text == "HAND BIGGER\nEXIT LEFT"


def test_reader_scribble_stays_unread(reader: Reader) -> None:
    pixels = drawing().copy()
    rng = np.random.default_rng(2)
    for _ in range(40):
        y, x = rng.integers(60, 90), rng.integers(40, 200)
        pixels[y : y + 2, x : x + rng.integers(4, 20)] = 40
    note = Note((0.03, 0.08, 0.2, 0.08), ("Han",), None, None)
    assert reader.read(pixels, [note]) == (note,)


def test_reader_no_notes_gives_none(reader: Reader) -> None:
    assert reader.read(drawing(), ()) == ()


def test_reader_out_of_time_leaves_notes_unread(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.notes.reader._LIMIT_S", 0.001)
    pixels, _ = handwritten(drawing(), "HAND BIGGER", 40, 60, 34)
    notes = find_notes(pixels)
    assert notes
    assert reader.read(pixels, notes) == notes


def test_missing_without_the_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytesseract = pytest.importorskip("pytesseract", reason="wants the extra ocr")
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    assert "tesseract-ocr-kor" in (missing() or "")
    assert Reader.find() is None


def test_missing_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pytesseract", None)
    assert "framematch[ocr]" in (missing() or "")
    assert Reader.find() is None
