"""Let the k-th write of a command fail, for every k in turn or some at random.

    python -m benchmarks.faults.disk --folder FOLDER --error ENOSPC --only "index add" --rounds 40

Material and beginnings are those of `benchmarks.kill.commands`. A small library in C, loaded before
the system's own, counts writes, flushes, renames and new files below the command's folder, in all
of its processes, SQLite's included, and lets the k-th fail: that one and all after it for a full or
read-only disk, that one alone for EIO. The command must end with 5 or, where the failure costs a
single file or nothing, with 6 or 0, and say in one line which file and what to do; what is there
must be as before or as after; and the same command on a healthy disk must end with what an
undisturbed run leaves. Wants a C compiler. Exit 0 when every round passed.
"""

from __future__ import annotations

import argparse
import errno
import mmap
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.kill.commands import Undisturbed, begin, command, undisturbed
from benchmarks.kill.material import Scenario, made, scenarios
from benchmarks.kill.states import faults_of, state_of, strays

#: What a message that helps has one of.
_ADVICE = ("make room", "permission", "give access", "give another", "pass another", "name another")
_PATIENCE_S = 600


def built(folder: Path) -> Path:
    """Compile the library that lets writes fail."""
    made_at = folder / "failing.so"
    source = Path(__file__).with_name("failing.c")
    options = ["-shared", "-fPIC", "-O1", "-o", str(made_at), str(source), "-ldl"]
    subprocess.run(["cc", *options], check=True)
    return made_at


def run(
    scenario: Scenario, here: Path, library: Path, at: int, number: int
) -> tuple[int, str, int]:
    """Run a command whose `at`-th write fails, 0 for none; return status, stderr and its writes."""
    counter = here.with_name("counter")
    counter.write_bytes(bytes(8))
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "FAILING_UNDER": f"{here}/",
        "FAILING_COUNT": str(counter),
        "FAILING_AT": str(at),
        "FAILING_ERRNO": str(number),
        "FAILING_ONCE": str(int(number == errno.EIO)),
    }
    done = subprocess.run(
        command(scenario, here),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    with counter.open("r+b") as stream, mmap.mmap(stream.fileno(), 8) as shared:
        return done.returncode, done.stderr, int.from_bytes(shared[:8], "little")


def complaints_about(status: int, said: str, here: Path) -> list[str]:
    """Return what is the matter with how a command ended."""
    if status in (0, 6):
        return []
    lines = [line for line in said.splitlines() if line.startswith("framematch: error:")]
    if status not in (2, 5) or len(lines) != 1 or "Traceback" in said:
        return [f"ended with {status}: {said[-400:]}"]
    faults = []
    if str(here) not in lines[0]:
        faults.append(f"names no file: {lines[0]}")
    if not any(advice in lines[0] for advice in _ADVICE):
        faults.append(f"does not say what to do: {lines[0]}")
    return faults


def one_round(
    scenario: Scenario, known: Undisturbed, work: Path, library: Path, at: int, number: int
) -> tuple[str, list[str]]:
    """Let one write fail; return how it ended and what was wrong."""
    here, look = work / "here", work / "look"
    begin(scenario, here)
    status, said, _ = run(scenario, here, library, at, number)
    faults = complaints_about(status, said, here)
    shutil.rmtree(look, ignore_errors=True)
    shutil.copytree(here, look, symlinks=True)
    was_done = state_of(look) == known.bounds.after
    if status in (0, 6) and not was_done:
        faults += [] if status == 6 or "warning" in said else ["said nothing of what it left out"]
    faults += faults_of(look, known.bounds)
    again, _, _ = run(scenario, here, library, 0, 0)
    if again not in (0, 6, *([known.again] if was_done else [])):
        faults.append(f"the same command on a healthy disk ended with {again}")
    wanted = known.twice if was_done else known.bounds.after
    found = state_of(here)
    faults += [f"{name}: is left for good" for name in strays(found, wanted)]
    faults += [
        f"{name}: is not what an undisturbed run leaves"
        for name in wanted
        if found.get(name) != wanted[name]
    ]
    return str(status), faults


def main() -> int:
    """Run the rounds, print a line for each command, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, required=True, help="for the material, which stays")
    parser.add_argument("--error", choices=("ENOSPC", "EIO", "EROFS"), default="ENOSPC")
    parser.add_argument("--rounds", type=int, default=1000, help="of each command, at most")
    parser.add_argument("--only", action="append", help="name of a command")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    material = made(given.folder)
    asked = sorted(material.dump.glob("*.png"))[-1]
    dice = random.Random(given.seed)  # noqa: S311 - not for secrets
    number = getattr(errno, given.error)
    n_faults = 0
    print(f"| command, {given.error} | writes | let fail | ended with | nothing lost |")
    print("|---|---|---|---|---|")
    with tempfile.TemporaryDirectory(prefix="disk-", dir=given.folder) as folder:
        library = built(Path(folder))
        for scenario in scenarios(material, given.only):
            work = Path(folder) / scenario.name
            known = undisturbed(scenario, work, asked)
            begin(scenario, work / "here")
            _, _, writes = run(scenario, work / "here", library, 0, 0)
            places = sorted(dice.sample(range(1, writes + 1), min(writes, given.rounds)))
            ended: Counter[str] = Counter()
            passed = 0
            for at in places:
                how, faults = one_round(scenario, known, work, library, at, number)
                ended[how] += 1
                passed += not faults
                n_faults += len(faults)
                for fault in faults:
                    print(f"  {scenario.name}, write {at}: {fault}", file=sys.stderr, flush=True)
            statuses = ", ".join(f"{how}: {n}" for how, n in sorted(ended.items()))
            print(f"| `{scenario.name}` | {writes} | {len(places)} | {statuses} | {passed} |")
            sys.stdout.flush()
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
