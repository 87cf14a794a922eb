"""`run/record.json`: when, where and by whom a case was made, the one part that is never the same.

Owns the clock and the name of the host; nothing outside ``run/`` knows either.
"""

import dataclasses
import hashlib
import os
import platform
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from framematch.case_records import Case
from framematch.durable import write_durably
from framematch.media import confinement
from framematch.report.layout import RUN_RECORD, SEAL, TAG_MANIFEST
from framematch.report.run_record import encode_record
from framematch.version import __version__


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time, on the clock and for measuring from."""

    utc: str
    monotonic_s: float


def clock() -> Moment:
    """Return now."""
    return Moment(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), time.monotonic())


def write_record(
    folder: Path,
    case: Case,
    walked: int,
    counts: Counter[str],
    started: Moment,
    paths: Mapping[str, str],
) -> None:
    """Write the record of a run that came to its end.

    Parameters
    ----------
    folder : Path
        The case, written.
    case : Case
        What it says.
    walked : int
        Things that the walk found.
    counts : Counter of str
        As in `framematch.triage.run.Report`.
    started : Moment
        When the run began.
    paths : mapping of str to str
        Where dump, case and index lie on this machine.

    Raises
    ------
    OSError
        The file could not be written.
    """
    finished = clock()
    shut_in = confinement()
    manifest = folder / TAG_MANIFEST
    record: dict[str, Any] = {
        "run": case.run,
        "started": started.utc,
        "finished": finished.utc,
        "elapsed_s": round(finished.monotonic_s - started.monotonic_s, 1),
        "host": platform.node(),
        "system": platform.platform(),
        "user": os.environ.get("USER"),
        "version": __version__,
        **paths,
        "walked": walked,
        "entries": len(case.entries),
        "findings": len(case.findings),
        "counts": dict(sorted(counts.items())),
        "decoders": None if shut_in is None else dataclasses.asdict(shut_in),
        SEAL: hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else None,
    }
    write_durably(folder / RUN_RECORD, [encode_record(record)])
