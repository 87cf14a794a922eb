"""What reaches the terminal is text, never orders to it."""

import io
import json
import os
import sys

import pytest

from framematch.cli.render import clock, counted, write_json, write_table
from framematch.shown import printable


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain name.png", "plain name.png"),
        ("原画 動画.png", "原画 動画.png"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("two\nlines", "two\\nlines"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        (os.fsdecode(b"\xff.png"), "\\udcff.png"),
        ("\x9b31m", "\\x9b31m"),
    ],
)
def test_printable_control_characters_are_escaped(name: str, shown: str) -> None:
    assert printable(name) == shown


def test_write_table_markup_in_a_name_is_not_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    write_table(("File",), [("[red]x[/red].png",), ("a:smile:.png",)])
    shown = capsys.readouterr().out
    assert "[red]x[/red].png" in shown
    assert "a:smile:.png" in shown


def test_write_table_without_a_terminal_keeps_a_row_on_one_line(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "x" * 300
    write_table(("Verdict", "File"), [("match", name)])
    assert capsys.readouterr().out.splitlines()[-1].split() == ["match", name]


def test_write_json_is_ascii_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    write_json({"file": "原画\n\u2028.png"})
    shown = capsys.readouterr().out
    assert shown.isascii()
    assert shown.count("\n") == 1
    assert json.loads(shown) == {"file": "原画\n\u2028.png"}


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0.0, "0:00:00.0"), (612.5, "0:10:12.5"), (59.96, "0:01:00.0"), (3661.04, "1:01:01.0")],
)
def test_clock_rounds_to_tenths(seconds: float, shown: str) -> None:
    assert clock(seconds) == shown


def test_counted_one_has_no_plural() -> None:
    assert [counted(number, "file") for number in (0, 1, 2)] == ["0 files", "1 file", "2 files"]


def test_meter_without_a_terminal_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from framematch.cli.progress import Meter

    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with Meter() as meter:
        meter.update("file", 1, 2)
    assert stream.getvalue() == ""
