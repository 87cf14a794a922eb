"""What a case folder says, read as anybody would."""

import csv
import json
from pathlib import Path
from typing import Any


def findings(case: Path) -> list[dict[str, Any]]:
    """Return the lines of findings.jsonl."""
    return [json.loads(line) for line in (case / "findings.jsonl").read_text().splitlines()]


def table(case: Path, name: str) -> list[dict[str, str]]:
    """Return the lines of a table."""
    with (case / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def uses(case: Path) -> dict[str, str]:
    """Return what became of each file."""
    return {row["path"]: row["use"] for row in table(case, "files.csv")}


def moved(case: Path) -> dict[str, str]:
    """Return what moved."""
    return {row["path"]: row["moved"] for row in table(case, "changes.csv")}


def of_path(case: Path, path: str) -> list[dict[str, Any]]:
    """Return the findings about a path."""
    return [one for one in findings(case) if path in one["paths"]]


def content(case: Path) -> dict[str, bytes]:
    """Return every file outside the run record."""
    return {
        str(path.relative_to(case)): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.relative_to(case).parts[0] != "run"
    }
