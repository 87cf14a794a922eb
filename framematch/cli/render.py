"""Text for people and lines for programs.

Owns everything that is written to stdout and stderr; results go to stdout, the rest to stderr. What
of it a terminal would obey is `framematch.shown`'s to say. Knows no command and opens no file.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer

from framematch.shown import printable, unguarded

#: Wide enough for any table: where nobody watches, a line is not folded.
_WIDTH_WITHOUT_TERMINAL = 4000


def complain(message: str) -> None:
    """Write one error line to stderr."""
    typer.echo(f"framematch: error: {printable(message)}", err=True)


def note(message: str) -> None:
    """Write one line that is no result to stderr."""
    typer.echo(f"framematch: {printable(message)}", err=True)


def write_fields(*fields: str) -> None:
    """Write one line of results to stdout, its fields separated by tabs."""
    typer.echo("\t".join(map(printable, fields)))


def write(text: str) -> None:
    """Write one line of results to stdout."""
    typer.echo(printable(text))


def json_line(record: Mapping[str, Any]) -> str:
    """Return a record as one line of JSON: ASCII only, so that it is the same in every locale."""
    # JSON leaves one control character as it is.
    return json.dumps(record, ensure_ascii=True, allow_nan=False).replace("\x7f", "\\u007f")


def write_json(record: Mapping[str, Any]) -> None:
    """Write one JSON line to stdout."""
    typer.echo(json_line(record))


def write_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table to stdout, folded to the terminal where there is one."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    watched = sys.stdout.isatty()
    table = Table(*columns, box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in table.columns:
        column.overflow = "fold"
    for row in rows:
        table.add_row(*(Text(printable(cell), style=_style(cell)) for cell in row))
    console = Console(
        file=unguarded(sys.stdout),
        width=None if watched else _WIDTH_WITHOUT_TERMINAL,
        highlight=False,
    )
    with console.capture() as captured:
        console.print(table)
    lines = captured.get().splitlines()
    # Its cells are shown already; what is left in it are our own colours.
    typer.echo("\n".join(line.rstrip() for line in lines).strip("\n"), file=unguarded(sys.stdout))


def _style(cell: str) -> str:
    return {
        "match": "green",
        "inconclusive": "yellow",
        "unreadable": "red",
        "right": "green",
        "wrong": "red",
        "missed": "yellow",
    }.get(cell, "")


def clock(seconds: float) -> str:
    """Return seconds as ``h:mm:ss.s``.

    >>> clock(612.5)
    '0:10:12.5'
    """
    tenths = round(seconds * 10)
    minutes, tenths = divmod(tenths, 600)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{tenths // 10:02d}.{tenths % 10}"


def counted(number: int, noun: str) -> str:
    """Return number and noun, in the plural where it is due.

    >>> counted(1, "file"), counted(2, "file"), counted(2, "query")
    ('1 file', '2 files', '2 queries')
    """
    if number == 1:
        return f"{number} {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"
