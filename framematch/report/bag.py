"""The bag around a case (RFC 8493): its declaration, its manifests, what it says of itself.

Names of payload files are kept to letters, digits and ``._-/``: then nothing has to be encoded,
about which the RFC and the programs that check bags differ (a ``%`` in a name).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from framematch.case_records import Case
from framematch.errors import CaseError
from framematch.report.layout import BAG_INFO, EVIDENCE
from framematch.verdicts import heads

DECLARATION_TEXT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

#: Field that says which entry of the verdict log was the last when the case was written.
VERDICTS_HEAD = "FrameMatch-Verdicts-Head"

_PICTURE = re.compile(rf"{EVIDENCE}(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+")
_LINE = re.compile(r"([0-9a-f]{64})  ([^\r\n]+)\n")


@dataclass(frozen=True, slots=True)
class Written:
    """A file of the case as it was written.

    Attributes
    ----------
    size : int
        Bytes.
    sha256 : str
        Digest of the bytes.
    """

    size: int
    sha256: str


def checked_picture(name: str) -> str:
    """Return the name of a picture where it is one that a case can hold.

    Raises
    ------
    CaseError
        It is not.
    """
    if _PICTURE.fullmatch(name) is None:
        raise CaseError(
            f"{name!r} cannot be evidence: pictures lie in {EVIDENCE}/ and have names of letters,"
            f" digits, points, underscores and hyphens; this is an error in FrameMatch"
        )
    return name


def manifest(files: Mapping[str, Written]) -> Iterator[bytes]:
    """Yield a manifest by lines, in order of name."""
    for name in sorted(files):
        yield f"{files[name].sha256}  {name}\n".encode()


def listed(lines: Iterable[bytes]) -> dict[str, str]:
    """Return the digests of a manifest that `manifest` has written, by name.

    Raises
    ------
    ValueError
        A line is not of that form, or the lines are not in order: it was changed.
    """
    found: dict[str, str] = {}
    last = ""
    for number, line in enumerate(lines, 1):
        entry = _LINE.fullmatch(line.decode("utf-8"))
        if entry is None:
            raise ValueError(f"line {number} is not a SHA-256 and a name")
        if entry[2] <= last:
            raise ValueError(f"line {number} is not in order of name")
        last = entry[2]
        found[last] = entry[1]
    return found


def oxum(payload: Mapping[str, Written]) -> str:
    """Return size and number of the payload's files as bags write them."""
    return f"{sum(file.size for file in payload.values())}.{len(payload)}"


def bag_info(case: Case, payload: Mapping[str, Written]) -> bytes:
    """Return bag-info.txt: what is handed over, without a clock, a host or a path."""
    gone = sum(finding.last_run != case.run for finding in case.findings)
    fields = (
        ("Bag-Software-Agent", f"FrameMatch {case.methods.version}"),
        ("External-Description", "Which known shows the animation files of a dump are likely from"),
        ("Payload-Oxum", oxum(payload)),
        ("FrameMatch-Run", str(case.run)),
        ("FrameMatch-Entries", str(len(case.entries))),
        ("FrameMatch-Findings", str(len(case.findings) - gone)),
        ("FrameMatch-Findings-Gone", str(gone)),
        ("FrameMatch-Index", case.methods.index.id),
        ("FrameMatch-Calibration", case.methods.calibration),
        ("FrameMatch-Verdicts", str(len(case.verdicts))),
        (VERDICTS_HEAD, heads(case.verdicts)[-1]),
    )
    return "".join(f"{label}: {' '.join(value.split())}\n" for label, value in fields).encode(
        "utf-8", "replace"
    )


def fields_of(text: str) -> dict[str, str]:
    """Return what a bag-info.txt says; a line that is no field is left out."""
    parts = (line.partition(": ") for line in text.splitlines())
    return {label: value for label, colon, value in parts if colon}


def exported_head(folder: Path) -> str | None:
    """Return the last entry of the verdict log that the files of a case know, if they say one.

    Raises
    ------
    OSError
        It could not be read for another reason than that it is missing.
    """
    try:
        text = (folder / BAG_INFO).read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    return fields_of(text).get(VERDICTS_HEAD)
