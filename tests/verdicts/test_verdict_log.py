"""The log of verdicts: nothing in it changes, nothing half written counts, one process adds."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from framematch.errors import CaseError, CaseLockedError, ConfigError
from framematch.verdicts import LOG, About, VerdictLog, heads, judged, noted, read_log, undone
from framematch.verdicts.records import START

FIRST = About("a" * 64, "match", "Alpha", 0.97, "index-1")
SECOND = About("b" * 64 + ":page/3", "inconclusive", None, 0.31, "index-1")


def ticking() -> Iterator[datetime]:
    now = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    while True:
        yield now
        now += timedelta(seconds=7)


def opened(case: Path) -> VerdictLog:
    times = ticking()
    return VerdictLog(case, clock=lambda: next(times))


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    with opened(tmp_path) as log:
        log.add("Kim", judged([FIRST], "confirmed"))
        log.add("Lee 이", noted([FIRST, SECOND], "the same shot?\nask the studio"))
        log.add("Kim", undone(log.entries[0], "a slip"))
        log.add("Kim", judged([FIRST, SECOND], "other-show", "Beta", "the hat"))
    return tmp_path


def test_log_holds_who_when_what_and_what_the_machine_said(filled: Path) -> None:
    lines = (filled / LOG).read_bytes().splitlines()

    first = json.loads(lines[0])
    assert {name: first[name] for name in ("number", "when", "who", "judgement", "show")} == {
        "number": 1,
        "when": "2026-11-27T09:00:00Z",
        "who": "Kim",
        "judgement": "confirmed",
        "show": "Alpha",
    }
    assert first["findings"] == [
        {
            "key": "a" * 64,
            "machine": {
                "verdict": "match",
                "show": "Alpha",
                "confidence": 0.97,
                "index": "index-1",
            },
        }
    ]
    assert first["previous"] == START
    assert json.loads(lines[1])["previous"] == first["sha256"]
    assert json.loads(lines[2])["undoes"] == 1


def test_log_read_again_is_what_was_added(filled: Path) -> None:
    read = read_log(filled)

    assert [entry.act.kind for entry in read] == ["judged", "noted", "undone", "judged"]
    assert read[1].act.why == "the same shot?\nask the studio"
    assert read[1].act.findings == (FIRST, SECOND)
    with opened(filled) as log:
        assert log.entries == read


def test_log_of_a_case_without_verdicts_is_empty(tmp_path: Path) -> None:
    assert read_log(tmp_path) == ()
    assert list(tmp_path.iterdir()) == []


def test_any_bit_changed_is_told(filled: Path) -> None:
    whole = (filled / LOG).read_bytes()

    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        (filled / LOG).write_bytes(changed)
        if place == len(whole) - 1:
            # The last line has no end any more: it was never written as far as anybody can tell.
            assert len(read_log(filled)) == 3
            continue
        with pytest.raises(CaseError, match=r"line \d .* put back the file"):
            read_log(filled)


@pytest.mark.parametrize("change", ["drop", "swap", "repeat"])
def test_line_taken_out_moved_or_put_in_again_is_told(filled: Path, change: str) -> None:
    lines = (filled / LOG).read_bytes().splitlines(keepends=True)
    changed = {
        "drop": lines[:1] + lines[2:],
        "swap": [lines[0], lines[2], lines[1], lines[3]],
        "repeat": [*lines, lines[3]],
    }[change]
    (filled / LOG).write_bytes(b"".join(changed))

    with pytest.raises(CaseError, match="does not follow the entry before it"):
        read_log(filled)


def test_lines_cut_off_are_told_by_what_an_export_knew(filled: Path) -> None:
    known = heads(read_log(filled))
    lines = (filled / LOG).read_bytes().splitlines(keepends=True)
    (filled / LOG).write_bytes(b"".join(lines[:2]))

    assert len(read_log(filled)) == 2
    assert len(read_log(filled, known[2])) == 2
    with pytest.raises(CaseError, match="lines are missing"):
        read_log(filled, known[4])
    (filled / LOG).unlink()
    assert read_log(filled, START) == ()
    with pytest.raises(CaseError, match="lines are missing"):
        read_log(filled, known[1])


def test_write_cut_short_anywhere_leaves_what_was_before_and_the_log_goes_on(
    filled: Path,
) -> None:
    whole = (filled / LOG).read_bytes()
    lines = whole.splitlines(keepends=True)
    before = b"".join(lines[:3])

    for cut in range(len(before), len(whole)):
        (filled / LOG).write_bytes(whole[:cut])
        assert len(read_log(filled)) == 3
    with opened(filled) as log:
        assert (filled / LOG).read_bytes() == before
        log.add("Kim", judged([FIRST], "unsure"))
    assert [entry.act.judgement for entry in read_log(filled)] == [
        "confirmed",
        None,
        None,
        "unsure",
    ]


def test_second_writer_is_told_who_writes(filled: Path) -> None:
    with opened(filled), pytest.raises(CaseLockedError, match=f"process {os.getpid()} has the"):
        opened(filled)
    opened(filled).close()


def test_reader_reads_beside_a_writer(filled: Path) -> None:
    with opened(filled) as log:
        log.add("Lee", judged([SECOND], "not-ours"))
        assert read_log(filled) == log.entries


@pytest.mark.parametrize("fails", ["pwrite", "fsync"])
def test_verdict_that_cannot_be_written_is_refused_and_not_half_there(
    filled: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    before = (filled / LOG).read_bytes()
    real = os.pwrite
    with opened(filled) as log:

        def full(file: int, *given: object) -> int:
            if fails == "pwrite":
                real(file, bytes(given[0])[:9], int(str(given[1])))  # type: ignore[call-overload]
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patched:
            patched.setattr(os, fails, full)
            with pytest.raises(CaseError, match=r"could not be kept .No space left"):
                log.add("Kim", judged([FIRST], "unsure"))
        assert (filled / LOG).read_bytes() == before
        log.add("Kim", judged([FIRST], "unsure"))
    assert len(read_log(filled)) == 5


def test_only_who_decided_takes_it_back_and_once(filled: Path) -> None:
    with opened(filled) as log:
        with pytest.raises(ConfigError, match="is Kim's; only they take it back"):
            log.add("Lee", undone(log.entries[3]))
        with pytest.raises(ConfigError, match="entry 1 is taken back already"):
            log.add("Kim", undone(log.entries[0]))
        with pytest.raises(ConfigError, match="decide anew instead"):
            undone(log.entries[2])
        assert len(log.entries) == 4


def test_log_of_another_format_is_refused(filled: Path) -> None:
    (filled / LOG).write_text('{"schema": 2}\n', encoding="ascii")

    with pytest.raises(CaseError, match="line 1 is no entry of a verdict log"):
        read_log(filled)


@pytest.mark.parametrize("who", ["", "  ", "x" * 201, "Kim\x1b[2J", "Kim\nLee", "\u202eKim"])
def test_name_that_is_none_is_refused(tmp_path: Path, who: str) -> None:
    with opened(tmp_path) as log, pytest.raises(ConfigError):
        log.add(who, judged([FIRST], "confirmed"))
    assert read_log(tmp_path) == ()
