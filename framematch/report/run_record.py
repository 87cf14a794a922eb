"""`run/record.json` as bytes: a record that says its own SHA-256, since no manifest lists it.

Knows the form only; what a record says is `framematch.triage.record`'s.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

#: Key of the record's own SHA-256: that of the file as it would be without it.
OWN_SEAL = "record_sha256"


def encode_record(record: Mapping[str, Any]) -> bytes:
    """Return a record as the file that says its own SHA-256."""
    return _bytes({**record, OWN_SEAL: hashlib.sha256(_bytes(record)).hexdigest()})


def decode_record(raw: bytes) -> dict[str, Any]:
    """Return the record of a file that `encode_record` has made.

    Raises
    ------
    ValueError
        Any byte of it is another one.
    """
    try:
        said = json.loads(raw)
    except RecursionError as error:
        raise ValueError("is no record") from error
    if not isinstance(said, dict):
        raise ValueError("is no record")  # noqa: TRY004 - of a file, not of an argument
    record = {key: value for key, value in said.items() if key != OWN_SEAL}
    if encode_record(record) != raw:
        raise ValueError("is not what it has the SHA-256 of")
    return record


def _bytes(record: Mapping[str, Any]) -> bytes:
    return (json.dumps(record, ensure_ascii=True, indent=2) + "\n").encode("ascii")
