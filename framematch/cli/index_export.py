"""`framematch index export`: the appearance codes of the index as others read them."""

import contextlib
import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from framematch.cli.progress import Meter
from framematch.cli.render import counted, write, write_fields
from framematch.cli.session import session_of
from framematch.durable import TEMPORARY_SUFFIX, write_durably
from framematch.errors import ConfigError, FrameMatchError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from framematch.index import Index
    from framematch.records import Reference

#: What each file of an export belongs to.
_LISTING = "references.csv"
_EXPORTED = re.compile(r"[0-9a-f]{64}\.txt")
_BEGUN = re.compile(rf"([0-9a-f]{{64}}\.txt|{re.escape(_LISTING)}){re.escape(TEMPORARY_SUFFIX)}")
_LISTED = ("file", "show", "episode", "kind", "sha256", "path")


class ExportFormat(StrEnum):
    """Text formats of whole indexes."""

    vpdq = "vpdq"
    pdq = "pdq"


def index_export(
    ctx: typer.Context,
    format_: Annotated[
        ExportFormat,
        typer.Option("--format", metavar="|".join(ExportFormat), help="Which text."),
    ] = ExportFormat.vpdq,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="vpdq: folder for a file per reference.")
    ] = None,
) -> None:
    """Write the PDQ codes of the index for ThreatExchange and its like.

    vpdq: into --out a file per reference, lines "frame,quality,code,seconds", and references.csv
    that says what each is; frames are counted as the index holds them, not as in the video. Files
    of an earlier export there go where the index has their reference no more. pdq: to stdout, a
    line per frame, fields separated by tabs: code, quality, seconds, file, as `hash`.
    """
    session = session_of(ctx)
    if (format_ is ExportFormat.vpdq) == (out is None):
        raise ConfigError(
            "vpdq needs a folder: pass --out DIR"
            if out is None
            else "pdq is written to stdout: leave --out out"
        )
    with session.open_filled_index() as index, _writable(out), Meter() as meter:
        total = len(index.references())
        for position, reference in enumerate(index.references()):
            meter.update(reference.path, position, total)
            rows = _whole_rows(index, position)
            if out is None:
                for code, quality, seconds in _lines(index, rows):
                    write_fields(code, str(quality), f"{seconds:.3f}", reference.path)
            else:
                _write_file(out, index, rows, reference)
        if out is not None:
            former = _former(out, index.references())
            # First: what was listed before goes only when the new list stands.
            _write_listing(out, index.references())
            for file in former:
                file.unlink(missing_ok=True)
            write(f"{counted(total, 'file')} written to {out}")


@contextlib.contextmanager
def _writable(out: Path | None) -> Iterator[None]:
    """Say in a block that writes into a folder what is the matter where it cannot."""
    try:
        yield
    except OSError as error:
        if out is None or isinstance(error, BrokenPipeError | FrameMatchError):
            raise
        raise ConfigError(
            f"{error.filename or out}: cannot be written ({error.strerror});"
            " make room, or pass another folder with --out"
        ) from error


def _former(out: Path, references: "tuple[Reference, ...]") -> list[Path]:
    """Return what an earlier export wrote of references that are no more, or did not finish."""
    if not out.is_dir():
        return []
    begun = [file for file in out.iterdir() if _BEGUN.fullmatch(file.name)]
    if not (out / _LISTING).is_file():
        return begun
    kept = {_name(reference) for reference in references}
    names = [file for file in out.iterdir() if _EXPORTED.fullmatch(file.name)]
    return [*begun, *(file for file in names if file.name not in kept)]


def _whole_rows(index: "Index", position: int) -> "npt.NDArray[np.int64]":
    """Return the rows of a reference that show its whole picture, in order of time."""
    import numpy as np

    # Rows stand in the order of their references.
    first, stop = np.searchsorted(index.rows.reference, [position, position + 1])
    rows = np.arange(first, stop, dtype=np.int64)
    whole: npt.NDArray[np.bool_] = np.all(index.rows.box[rows] == (0.0, 0.0, 1.0, 1.0), axis=1)
    return rows[whole]


def _lines(index: "Index", rows: "npt.NDArray[np.int64]") -> Iterator[tuple[str, int, float]]:
    from framematch.hashing.interchange import to_hex

    codes = index.codes("appearance", rows)
    for code, row in zip(codes, rows.tolist(), strict=True):
        yield to_hex(code), int(index.rows.quality[row]), float(index.rows.timestamp_s[row])


def _name(reference: "Reference") -> str:
    return f"{reference.sha256}.txt"


def _write_file(
    out: Path, index: "Index", rows: "npt.NDArray[np.int64]", reference: "Reference"
) -> None:
    from framematch.hashing.interchange import VpdqRow, write_vpdq

    frames = [
        VpdqRow(number, quality, code, seconds)
        for number, (code, quality, seconds) in enumerate(_lines(index, rows))
    ]
    out.mkdir(parents=True, exist_ok=True)
    write_durably(out / _name(reference), [write_vpdq(frames).encode("ascii")])


def _write_listing(out: Path, references: "tuple[Reference, ...]") -> None:
    import csv
    import io

    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(_LISTED)
    for reference in references:
        episode = "" if reference.episode is None else str(reference.episode)
        lines.writerow(
            (
                *(_name(reference), reference.show, episode, reference.kind),
                *(reference.sha256, reference.path),
            )
        )
    write_durably(out / _LISTING, [text.getvalue().encode("utf-8", "backslashreplace")])
