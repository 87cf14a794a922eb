"""What is read: needs Tesseract with its languages, and skips where they are missing."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from written_pages import drawing, handwritten, printed

from framematch.case_records import Note
from framematch.notes import Reader, find_notes, missing
from framematch.notes.reading import Reading, plausible

Pixels = npt.NDArray[np.uint8]


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
    (note,), _ = reader.read(pixels, find_notes(pixels))
    assert note.text is not None
    assert note.text.replace(" ", "") == text.replace(" ", "")
    assert script in note.scripts
    assert note.confidence is not None
    assert 0.5 < note.confidence <= 1


def test_reader_lines_of_a_block_are_read_from_top_to_bottom(reader: Reader) -> None:
    pixels, _ = handwritten(drawing(), "HAND BIGGER", 40, 60, 34)
    pixels, _ = handwritten(pixels, "EXIT LEFT", 40, 108, 34)
    (note,), _ = reader.read(pixels, find_notes(pixels))
    assert note.text == "HAND BIGGER\nEXIT LEFT"


def test_reader_scribble_stays_unread(reader: Reader) -> None:
    pixels = drawing().copy()
    rng = np.random.default_rng(2)
    for _ in range(40):
        y, x = rng.integers(60, 90), rng.integers(40, 200)
        pixels[y : y + 2, x : x + rng.integers(4, 20)] = 40
    note = Note((0.03, 0.08, 0.2, 0.08), ("Han",), None, None)
    assert reader.read(pixels, [note]) == ((note,), None)


def test_reader_no_notes_gives_none(reader: Reader) -> None:
    assert reader.read(drawing(), ()) == ((), None)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a program that stands in for Tesseract; what it does is written by the test."""
    pytesseract = pytest.importorskip("pytesseract", reason="wants the extra ocr")
    path = tmp_path / "stand-in"
    path.touch(mode=0o755)
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", str(path))
    return path


def _said(pixels: Pixels) -> str:
    notes = find_notes(pixels)
    assert notes
    read, lost = Reader("0", ("eng",)).read(pixels, notes)
    assert read == notes
    assert lost is not None
    return lost


def test_reader_using_up_its_processor_time_is_said(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.notes.tesseract._PROCESSOR_S", 1)
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    pixels, _ = handwritten(drawing(), "HAND BIGGER", 40, 60, 34)
    assert "1 lines of writing were not read: Tesseract (eng) took 1 s" in _said(pixels)


def test_reader_that_fails_is_said(program: Path) -> None:
    program.write_text("#!/bin/sh\nexit 7\n")
    pixels, _ = handwritten(drawing(), "HAND BIGGER", 40, 60, 34)
    assert "failed with 7" in _said(pixels)


def test_reader_more_lines_than_are_read_is_said(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("framematch.notes.reading._MOST_LINES", 1)
    pixels, _ = handwritten(drawing(), "HAND BIGGER", 40, 60, 34)
    pixels, _ = handwritten(pixels, "EXIT LEFT", 40, 108, 34)
    (note,), lost = reader.read(pixels, find_notes(pixels))
    assert note.text is not None
    assert lost == "of 2 lines of writing only 1 were read"


def test_missing_without_the_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    pytesseract = pytest.importorskip("pytesseract", reason="wants the extra ocr")
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    assert "tesseract-ocr-kor" in (missing() or "")
    assert Reader.find() is None


def test_missing_without_the_extra_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pytesseract", None)
    assert "framematch[ocr]" in (missing() or "")
    assert Reader.find() is None


@pytest.mark.parametrize(
    ("text", "believed"), [("への", False), ("ーー", False), ("そのまま", True)]
)
def test_reading_of_a_kana_or_two_is_not_believed(text: str, believed: bool) -> None:
    assert plausible(Reading(text, 90.0, "jpn")) is believed
