"""The tables of a case as CSV: a person opens them in a spreadsheet, a program reads them.

UTF-8 with a byte order mark, without which spreadsheets take Korean names for something else; lines
end in CR LF and cells are quoted as RFC 4180 says. One record is one line of text: white space
within a cell is a single space. Nothing is an empty cell, yes and no are ``true`` and ``false``,
several values of a cell are joined by `JOINT`, and a ``|`` within one of them stands as ``%7C``,
which it would stand for in a path anyway.

Names and texts of a dump are hostile, and a spreadsheet computes a cell that begins with ``=``. So
a cell of text that begins with one of `GUARDED` has an apostrophe before it. One that begins with
an apostrophe has too: a program that takes one apostrophe from the front of every cell that has
one, has the text. Numbers are never guarded.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from framematch.case_records import Case, Change, Entry
from framematch.report.finding_row import FINDING_COLUMNS, Cell, finding_cells
from framematch.verdicts import standing_of

#: Stands between several values of one cell.
JOINT = " | "
#: What a spreadsheet takes for the beginning of a formula, in full width as well; and the guard.
GUARDED = (
    "=",
    "+",
    "-",
    "@",
    "\N{FULLWIDTH EQUALS SIGN}",
    "\N{FULLWIDTH PLUS SIGN}",
    "\N{FULLWIDTH HYPHEN-MINUS}",
    "\N{FULLWIDTH COMMERCIAL AT}",
    "'",
)

FILE_COLUMNS = ("path", "size", "sha256", "md5", "modified", "use", "reason", "findings")
CHANGE_COLUMNS = ("path", "moved", "sha256", "before")

#: A spreadsheet holds 32,767 characters in a cell; one that is longer is cut and ends in `CUT`.
LONGEST = 32_000
CUT = "\N{HORIZONTAL ELLIPSIS}"

#: So many characters are handed on at once.
_PIECE = 1 << 16
# What turns the direction of writing: a name could look like another.
_TURNS = (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
#: Characters that end a line somewhere are a space; others that a terminal obeys are not shown.
_PLAIN = {
    **dict.fromkeys((*range(32), *range(127, 160), *_TURNS), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys((*range(9, 14), *range(0x1C, 0x20), 0x85, 0x2028, 0x2029), " "),
}


def findings_csv(case: Case) -> Iterator[bytes]:
    """Yield findings.csv in pieces: a line per finding, in their order."""
    people = standing_of(case.verdicts)
    rows = (finding_cells(finding, case.run, people.get(finding.key)) for finding in case.findings)
    yield from _table(FINDING_COLUMNS, (row.values() for row in rows))


def files_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield files.csv in pieces: a line per entry, in their order."""
    yield from _table(FILE_COLUMNS, (entry.to_dict().values() for entry in entries))


def changes_csv(changes: Iterable[Change]) -> Iterator[bytes]:
    """Yield changes.csv in pieces: a line per change, in their order."""
    yield from _table(CHANGE_COLUMNS, (change.to_dict().values() for change in changes))


def unguarded(cell: str) -> str:
    """Return the text of a cell without the apostrophe that guards it."""
    return cell.removeprefix("'")


def _table(columns: Sequence[str], rows: Iterable[Iterable[Cell]]) -> Iterator[bytes]:
    """Yield a table in pieces of some size."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    yield codecs.BOM_UTF8
    for row in rows:
        writer.writerow([written(cell) for cell in row])
        if text.tell() >= _PIECE:
            yield text.getvalue().encode("utf-8", "replace")
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode("utf-8", "replace")


def in_list(value: str) -> str:
    """Return one of several values as it stands in a cell."""
    return value.replace("|", "%7C").translate(_PLAIN)


def written(cell: Cell) -> str | int | float:
    """Return a cell as it is written: numbers as they are, text on one line and guarded."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return cell
    text = cell.translate(_PLAIN) if isinstance(cell, str) else JOINT.join(map(in_list, cell))
    if len(text) > LONGEST:
        text = text[:LONGEST] + CUT
    return f"'{text}" if text.lstrip().startswith(GUARDED) else text
