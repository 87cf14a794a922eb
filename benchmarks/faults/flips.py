"""Damage every file of a case at random places, and count what is said of it.

    python -m benchmarks.faults.flips --case CASE --dump DUMP --index INDEX --rounds 500

A round copies the case, flips a bit, zeroes a page or cuts off the end of one of its files, and
asks: `case verify` must name the file; `case show` must refuse or count as before; and the next
`triage` of the same dump must refuse, or write what it writes after an undamaged case. Anything
else is a wrong answer. CASE may be one whose run was killed: then `run/` holds a write-ahead log,
and a next run goes on. Exit 0 where there was no wrong answer.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.cli.case_show import summary
from framematch.errors import CaseError, ConfigError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.triage import Listener, Wanted, triage, verify

KINDS = ("flip", "zero", "cut")
#: Bytes that a zeroed page has; a bit that is flipped may lie anywhere.
_PAGE = 4096
#: Nothing reads what these say: one names the process that holds the lock, one SQLite makes anew.
_UNREAD = ("lock", "state.sqlite-shm")

#: Every file outside the run record.
Content = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Case:
    """What is damaged, and what it says undamaged.

    Attributes
    ----------
    folder, dump, index : Path
        Where they lie.
    shown : dict or None
        What `case show` says.
    problems : frozenset of tuple
        What `case verify` says: nothing, but of a run that was killed.
    next : dict
        What the next run writes.
    """

    folder: Path
    dump: Path
    index: Path
    shown: dict[str, Any] | None
    problems: frozenset[tuple[str, str]]
    next: Content


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one damage.

    Attributes
    ----------
    file, kind : str
        What was damaged, and how.
    is_named : bool
        Whether `case verify` names the file, or refuses the case by it.
    outcome : str
        ``refused`` or ``healed`` by the next run, ``wrong`` where that or `case show` was.
    reason : str
        The refusal, or what was wrong.
    """

    file: str
    kind: str
    is_named: bool
    outcome: str
    reason: str


def content_of(case: Path) -> Content:
    """Return every file of a case outside the run record."""
    return {
        str(path.relative_to(case)): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.is_file() and path.relative_to(case).parts[0] != "run"
    }


def read_case(folder: Path, dump: Path, index: Path, scratch: Path) -> Case:
    """Return a case with what it says undamaged."""
    case = Case(folder, dump, index, shown(folder), problems_of(folder, scratch), {})
    copy = scratch / "undamaged"
    shutil.copytree(folder, copy)
    run(case, copy)
    return Case(folder, dump, index, case.shown, case.problems, content_of(copy))


def shown(case: Path) -> dict[str, Any] | None:
    """Return what `case show` says, ``None`` where it refuses."""
    try:
        return summary(case)
    except CaseError:
        return None


def problems_of(case: Path, scratch: Path) -> frozenset[tuple[str, str]]:
    """Return what `case verify` says of a copy: a log that is read is mended."""
    copy = scratch / "verified"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(case, copy)
    try:
        return frozenset((one.path, one.what) for one in verify(copy))
    except CaseError as error:
        return frozenset({("", str(error))})


def run(case: Case, copy: Path) -> list[str]:
    """Run a triage into a copy of the case; return what it remarks."""
    remarks: list[str] = []
    wanted = Wanted(case.dump, copy, processes=1, reads_notes=False)
    with Index.open(case.index, min_information=MINIMUM, backend="linear") as index:
        triage(wanted, index, Listener(on_remark=remarks.append))
    return remarks


def damage(file: Path, kind: str, dice: random.Random) -> bool:
    """Damage a file at a random place; say whether any byte is another one now."""
    before = file.read_bytes()
    if not before:
        return False
    data = bytearray(before)
    at = dice.randrange(len(data))
    if kind == "flip":
        data[at] ^= 1 << dice.randrange(8)
    elif kind == "zero":
        start = at // _PAGE * _PAGE
        end = min(len(data), start + _PAGE)
        data[start:end] = bytes(end - start)
    else:
        del data[at:]
    file.write_bytes(data)
    return bytes(data) != before


def one_round(case: Case, scratch: Path, dice: random.Random) -> Verdict | None:
    """Damage one file and ask; ``None`` where the damage changed nothing."""
    copy = scratch / "damaged"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(case.folder, copy)
    files = [path for path in sorted(copy.rglob("*")) if path.is_file()]
    evidence = [path for path in files if "evidence" in path.parts]
    # One of each sort is as likely as any other, the journal as likely as all the rest.
    others = [path for path in files if path not in evidence]
    journals = [path for path in others if path.name.startswith("state.sqlite")]
    file = dice.choice([*others, *evidence[:1], *journals * 6])
    if file in evidence:
        file = dice.choice(evidence)
    kind = dice.choice(KINDS)
    if not damage(file, kind, dice):
        return None
    name = str(file.relative_to(copy))
    found = problems_of(copy, scratch) - case.problems
    is_named = any(name in path or name in what or Path(name).stem in path for path, what in found)
    said = shown(copy)
    if said is not None and said != case.shown:
        return Verdict(name, kind, is_named, "wrong", f"case show says {said}")
    try:
        run(case, copy)
    except (CaseError, ConfigError) as error:
        return Verdict(name, kind, is_named, "refused", str(error))
    differing = {path for path, _ in content_of(copy).items() ^ case.next.items()}
    if differing:
        return Verdict(name, kind, is_named, "wrong", f"triage wrote another {sorted(differing)}")
    return Verdict(name, kind, is_named, "healed", "")


def table(verdicts: list[Verdict]) -> str:
    """Return what became of the damages, by file."""
    rows: dict[str, Counter[str]] = {}
    for one in verdicts:
        name = "data/evidence/..." if one.file.startswith("data/") else one.file
        counts = rows.setdefault(name, Counter())
        counts["damaged"] += 1
        counts["named"] += one.is_named
        counts[one.outcome] += 1
        counts["unread"] += one.outcome == "healed" and not one.is_named
    rows["all"] = sum(rows.values(), Counter())
    columns = ("damaged", "named", "refused", "healed", "unread", "wrong")
    lines = [
        "| file | damaged | named by `case verify` | next triage refused | healed"
        " | of these no answer read it | wrong answers |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| `{name}` | {' | '.join(str(rows[name][one]) for one in columns)} |"
        for name in sorted(rows, key=lambda name: (name == "all", name))
    ]
    return "\n".join(lines)


def must_be_named(verdict: Verdict) -> bool:
    """Return whether a damage may not go unnoticed: a database has bytes that nothing reads."""
    return not verdict.is_named and not verdict.file.startswith("run/state.sqlite") and (
        Path(verdict.file).name not in _UNREAD
    )  # fmt: skip


def main() -> int:
    """Run the rounds, print the table, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--case", type=Path, required=True)
    parser.add_argument("--dump", type=Path, required=True)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    dice = random.Random(given.seed)  # noqa: S311 - not for secrets
    verdicts: list[Verdict] = []
    with tempfile.TemporaryDirectory(prefix="framematch-flips-") as folder:
        case = read_case(given.case, given.dump, given.index, Path(folder))
        while len(verdicts) < given.rounds:
            verdict = one_round(case, Path(folder), dice)
            if verdict is None:
                continue
            verdicts.append(verdict)
            if verdict.outcome == "wrong" or must_be_named(verdict):
                print(verdict, flush=True)
            if len(verdicts) % 25 == 0:
                print(table(verdicts), flush=True)
    print(table(verdicts))
    return 1 if any(one.outcome == "wrong" or must_be_named(one) for one in verdicts) else 0


if __name__ == "__main__":
    sys.exit(main())
