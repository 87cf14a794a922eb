"""Targets over the files of a case, read again: records, manifests, tables, the graph."""

from __future__ import annotations

import importlib
import shutil
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from benchmarks.fuzz.targets.target import Target, hold
from framematch.case_records import Finding
from framematch.cli.case_show import summary
from framematch.errors import CaseError
from framematch.report import bag, layout
from framematch.report.agreement import disagreements
from framematch.report.linked_data import nodes_of
from framematch.report.verify import verify_case
from framematch.report.writing import write_case
from framematch.triage.codec import decode, encode
from framematch.triage.verifying import verify as verify_all

_ROOT = Path(__file__).resolve().parents[3]


@lru_cache(maxsize=1)
def _sample() -> Any:  # noqa: ANN401 - the tests' own
    """Return the made-up case of the tests."""
    sys.path.insert(0, str(_ROOT / "tests" / "report"))
    try:
        return importlib.import_module("sample").sample(8)
    finally:
        sys.path.pop(0)


@lru_cache(maxsize=1)
def _case() -> dict[str, bytes]:
    """Return the files of a small case, by name."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "case"
        write_case(_sample().case, folder, _sample().picture)
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }


def _written(folder: Path) -> Path:
    case = folder / "case"
    if not case.exists():
        for name, content in _case().items():
            (case / name).parent.mkdir(parents=True, exist_ok=True)
            (case / name).write_bytes(content)
    return case


def _altered(name: str, data: bytes, folder: Path) -> None:
    """Verify a case with one of its files replaced: it is told, and never raises."""
    case = _written(folder)
    whole = _case()[name]
    (case / name).write_bytes(data)
    try:
        problems = verify_case(case)
        hold(problems or data == whole, f"a changed {name} that verify calls whole")
        list(disagreements(case))
        list(verify_all(case, None, lambda _: None))
    finally:
        (case / name).write_bytes(whole)


def _shown(name: str, data: bytes, folder: Path) -> None:
    """Count a case with one of its files replaced, as `case show` does."""
    case = _written(folder)
    (case / name).parent.mkdir(exist_ok=True)
    (case / name).write_bytes(data)
    try:
        found = summary(case)
        hold(found["findings"] >= found["gone"] >= 0, "more findings gone than there are")
    finally:
        if name in _case():
            (case / name).write_bytes(_case()[name])
        else:
            (case / name).unlink()


def _run_record(data: bytes, folder: Path) -> None:
    case = _written(folder)
    record = case / layout.RUN_RECORD
    record.parent.mkdir(exist_ok=True)
    record.write_bytes(data)
    verify_case(case)
    shutil.rmtree(record.parent)


def _finding(data: bytes, folder: Path) -> None:
    del folder
    finding = decode(Finding, data.decode("utf-8", "replace"))
    hold(decode(Finding, encode(finding)) == finding, "another finding when written again")


def _finding_seeds() -> tuple[bytes, ...]:
    return tuple(encode(finding).encode() for finding in _sample().case.findings[:4])


def _manifest(data: bytes, folder: Path) -> None:
    del folder
    found = bag.listed(data.splitlines(keepends=True))
    hold(all(len(digest) == 64 for digest in found.values()), "a digest of another length")


def _bag_info(data: bytes, folder: Path) -> None:
    del folder
    bag.fields_of(data.decode("utf-8", "replace"))


def _nodes(data: bytes, folder: Path) -> None:
    del folder
    hold(all(isinstance(node, dict) for node in nodes_of(data.splitlines(keepends=True))), "a node")


def _of(name: str) -> Callable[[], tuple[bytes, ...]]:
    return lambda: (_case()[name],)


_WORDS = (b"Infinity", b"NaN", b"null", b"[]", b"{}", b"\n", b"\r", b'"', b",", b"\xff", b"../")
_FILES = (
    *(layout.FINDINGS_JSON, layout.FINDINGS_CSV, layout.FILES_CSV, layout.CHANGES_CSV),
    *(layout.LINKED_DATA, layout.HASHDEEP, layout.MANIFEST, layout.TAG_MANIFEST, layout.BAG_INFO),
)

TARGETS = (
    *(
        Target(
            f"case-{name}", _of(name), partial(_altered, name), (), _WORDS,
            name in (layout.FINDINGS_JSON, layout.LINKED_DATA),
        )
        for name in _FILES
    ),
    *(
        Target(f"show-{name}", _of(name), partial(_shown, name), (CaseError,), _WORDS, is_json)
        for name, is_json in ((layout.FINDINGS_JSON, True), (layout.FILES_CSV, False))
    ),
    Target(
        "show-record", lambda: (b'{"run": 1, "seal": "00"}',),
        partial(_shown, layout.RUN_RECORD), (CaseError,), _WORDS, True,
    ),
    Target("run-record", lambda: (b'{"run": 1, "seal": "00"}',), _run_record, (), _WORDS, True),
    Target("journal-finding", _finding_seeds, _finding, (ValueError,), _WORDS, True),
    Target("bag-manifest", _of(layout.MANIFEST), _manifest, (ValueError,), _WORDS),
    Target("bag-info", _of(layout.BAG_INFO), _bag_info, (), _WORDS),
    Target("graph-nodes", _of(layout.LINKED_DATA), _nodes, (ValueError, AttributeError), _WORDS),
)  # fmt: skip
