"""What the findings of a run are made with, and the digest of all that decides an answer."""

import hashlib
import json
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from framematch.case_records import Methods
from framematch.errors import ConfigError
from framematch.hashing.spec import SPECS
from framematch.records import IndexInfo
from framematch.triage.looking import Looking
from framematch.version import __version__

#: Raised whenever the same file would be answered, or noted, otherwise by this package.
_ANSWERS = 3

#: What decodes, searches and reads, by the name of its distribution.
_LIBRARIES = (
    "av",
    "faiss-cpu",
    "numba",
    "numpy",
    "OpenEXR",
    "pillow",
    "psd-tools",
    "py7zr",
    "pypdfium2",
    "pytesseract",
    "scipy",
)


def methods_of(
    looking: Looking,
    index: IndexInfo,
    reader: str | None,
    calibration: Path | None,
    patterns: Path | None,
) -> Methods:
    """Return what a run is made with.

    Raises
    ------
    ConfigError
        A file that was given cannot be read.
    """
    settings = [
        ("notes", "read" if looking.reads_notes else "found only"),
        ("name patterns", "general" if patterns is None else f"given, SHA-256 {_digest(patterns)}"),
    ]
    for what, limits in (
        ("media", looking.media),
        ("parts", looking.parts),
        ("archives", looking.archives),
    ):
        settings += [(f"{what} {name}", str(value)) for name, value in asdict(limits).items()]
    return Methods(
        version=__version__,
        index=index,
        specs=tuple(json.dumps(spec.to_dict(), ensure_ascii=True) for spec in SPECS.values()),
        calibration="shipped" if calibration is None else _digest(calibration),
        settings=tuple(settings),
        libraries=tuple((name, found) for name in _LIBRARIES if (found := _version(name))),
        reader=reader,
    )


def answer_key(methods: Methods) -> str:
    """Return the digest of all that decides an answer: another one, and files are asked anew.

    Patterns of names are left out: names are read in every run.
    """
    content = [
        _ANSWERS,
        methods.version,
        methods.index.to_dict(),
        methods.specs,
        methods.calibration,
        [pair for pair in methods.settings if pair[0] != "name patterns"],
        methods.libraries,
        methods.reader,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=True).encode("ascii")).hexdigest()


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror or error})") from error
