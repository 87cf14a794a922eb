"""The pictures that show why: small, in the case, by a name that the content decides."""

import hashlib
from dataclasses import dataclass

from framematch.case_records import Evidence
from framematch.index import Index
from framematch.matcher import Examined
from framematch.matching.difference import seen_as
from framematch.media import encode_evidence

#: Longest side of the whole picture, in pixels.
_WHOLE_SIDE = 256
_FOLDER = "data/evidence"


@dataclass(frozen=True, slots=True)
class Drawn:
    """Evidence, and its pictures by name."""

    evidence: Evidence | None
    pictures: dict[str, bytes]


def evidence_of(index: Index, examined: Examined, key: str, part: str | None) -> Drawn:
    """Return what shows why an answer was given; nothing where there is no picture.

    Parameters
    ----------
    index : Index
        What was asked.
    examined : Examined
        The answer with its pictures.
    key, part
        Of the content, for the names.
    """
    frame, matched = examined.frame, examined.matched
    if frame is None:
        return Drawn(None, {})
    name = _name(key, part)
    pictures = {f"{name}-whole.webp": encode_evidence(frame.pixels, _WHOLE_SIDE)}
    reference_s: float | None = None
    if matched is not None:
        laid = seen_as(frame.pixels, matched.view)
        pictures[f"{name}-query.webp"] = encode_evidence(laid)
        pictures[f"{name}-reference.webp"] = encode_evidence(matched.thumbnail)
        if examined.row is not None:
            reference_s = float(index.rows.timestamp_s[examined.row])
    evidence = Evidence(
        whole=f"{name}-whole.webp",
        query=None if matched is None else f"{name}-query.webp",
        reference=None if matched is None else f"{name}-reference.webp",
        query_s=frame.timestamp_s,
        reference_s=reference_s,
    )
    return Drawn(evidence, pictures)


def _name(key: str, part: str | None) -> str:
    """Return the common beginning of a picture's names: 128 bits of what it is of."""
    of_part = "" if part is None else f":{part}"
    digest = hashlib.sha256(f"{key}{of_part}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_FOLDER}/{key[:2]}/{key[:16]}-{digest[:16]}"
