"""A case in CASE/UCO, the ontology in which forensic tools exchange what they found, as JSON-LD.

Owns the form: the context, how a node is named and written, one node a line so that a graph of any
size is written and read in little memory. `framematch.report.graph` says which nodes there are.

Names are UUIDs of version 5 made from what the node is about, so that the same dump gives the same
graph and a file keeps its name from run to run.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Iterator
from typing import Any

Node = dict[str, Any]

_UCO = "https://ontology.unifiedcyberontology.org/uco"
#: What the names of all nodes are made in; any constant will do, as long as it stays.
_NAMESPACE = uuid.UUID("6d0f2c5e-6f0b-5a55-9a39-6b7f3f5d6c11")

_LINK = {"@type": "@id"}
#: Prefixes, and the types of the values that stand in nodes as plain text.
CONTEXT: Node = {
    "kb": "http://example.org/kb/",
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": f"{_UCO}/action/",
    "uco-analysis": f"{_UCO}/analysis/",
    "uco-configuration": f"{_UCO}/configuration/",
    "uco-core": f"{_UCO}/core/",
    "uco-identity": f"{_UCO}/identity/",
    "uco-observable": f"{_UCO}/observable/",
    "uco-tool": f"{_UCO}/tool/",
    "uco-types": f"{_UCO}/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "case-investigation:wasInformedBy": _LINK,
    "uco-action:endTime": {"@type": "xsd:dateTime"},
    "uco-action:instrument": _LINK,
    "uco-action:object": _LINK,
    "uco-action:performer": _LINK,
    "uco-action:result": _LINK,
    "uco-analysis:classificationConfidence": {"@type": "xsd:decimal"},
    "uco-analysis:originatingAnalysis": _LINK,
    "uco-analysis:resultContent": _LINK,
    "uco-configuration:isConfigurationOf": _LINK,
    "uco-core:object": _LINK,
    "uco-core:source": _LINK,
    "uco-core:target": _LINK,
    "uco-observable:modifiedTime": {"@type": "xsd:dateTime"},
    "uco-types:hashValue": {"@type": "xsd:hexBinary"},
}

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def name(sort: str, *about: object) -> str:
    """Return the name of the node of a `sort` that is about this and nothing else."""
    identity = "\0".join((sort, *map(str, about))).encode("utf-8", "replace")
    # What uuid.uuid5 does, without an object for each of a graph's many names: half of the time of
    # writing one went there.
    digits = hashlib.sha1(_NAMESPACE.bytes + identity, usedforsecurity=False).hexdigest()
    variant = "89ab"[int(digits[16], 16) & 3]
    return (
        f"kb:{sort}-{digits[:8]}-{digits[8:12]}-5{digits[13:16]}"
        f"-{variant}{digits[17:20]}-{digits[20:32]}"
    )


def node(sort: str, kind: str | list[str], *about: object, **values: Any) -> Node:  # noqa: ANN401
    """Return a node, its name and type first; its properties are added by the caller.

    A property is given as ``uco_core__name`` for ``uco-core:name``; what is ``None`` or an empty
    list is left out.
    """
    found: Node = {"@id": name(sort, *about), "@type": kind}
    for key, value in values.items():
        if value is not None and value != []:
            prefix, _, term = key.partition("__")
            found[f"{prefix.replace('_', '-')}:{term}"] = (
                plain(value) if isinstance(value, str) else value
            )
    return found


def date_time(text: str | None) -> str | None:
    """Return a time where it is one: archives hold months that no calendar has."""
    if text is None or _DATE_TIME.fullmatch(text) is None:
        return None
    try:
        dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return text


def plain(text: str) -> str:
    """Return text that UTF-8 can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def document(nodes: Iterable[Node]) -> Iterator[bytes]:
    """Yield the JSON-LD document of a graph in pieces: a node on a line each."""
    yield b'{"@context": %s,\n"@graph": [' % _json(CONTEXT)
    separator = b"\n"
    for known in nodes:
        yield separator + _json(known)
        separator = b",\n"
    yield b"\n]}\n"


def nodes_of(lines: Iterable[bytes]) -> Iterator[Node]:
    """Yield the nodes of a document that `document` has written.

    Raises
    ------
    ValueError
        It is not of that form.
    """
    ends = iter(lines)
    head = next(ends, b"") + next(ends, b"")
    if json.loads(head + b"]}").get("@context") != CONTEXT:
        raise ValueError("its context is another one")
    for line in ends:
        if line == b"]}\n":
            break
        found = json.loads(line.removesuffix(b"\n").removesuffix(b","))
        if not isinstance(found, dict):
            raise ValueError("a line is not a node")  # noqa: TRY004 - a value of a file, not of a call
        yield found
    else:
        raise ValueError("it has no end")
    if next(ends, None) is not None:
        raise ValueError("something follows its end")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=True, allow_nan=False).encode("ascii")
