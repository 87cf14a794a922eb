"""Kill every command that writes at random instants, and see that nothing is lost or half done.

    python -m benchmarks.kill.commands --folder FOLDER --rounds 20
    python -m benchmarks.kill.commands --folder FOLDER --only triage --until 03:25

Each round runs a command in a fresh copy of what it starts from and ends its main process by
SIGKILL, at a random instant between its first write and its end (every fourth one between its
start and its end). Then: the index verifies, opens and answers, the case is as before or as after
or says that it is neither, and no file is half written. The same command again must end with what
an undisturbed run leaves, and no other file. Prints a table by command; exit 0 when every round
passed.
"""

from __future__ import annotations

import argparse
import datetime
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.kill.__main__ import left_of_session
from benchmarks.kill.material import Scenario, made, scenarios
from benchmarks.kill.states import Bounds, State, bounds, faults_of, state_of, strays

#: Commands that take a minute.
RARELY = ("demo", "calibrate")
#: With --until, seconds that a command has before it is the turn of the next one.
_TURN_S = 15
#: Seconds from a look for the first write to the next.
_LOOK_S = 0.002
#: A command that takes longer than this is hanging.
_PATIENCE_S = 900


@dataclass(slots=True)
class Tally:
    """Of one command: rounds, those that were killed at work, and those that passed."""

    tried: int = 0
    killed: int = 0
    survived: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a command does when nobody disturbs it.

    Attributes
    ----------
    first_write_s, end_s : float
        Seconds from its start.
    bounds : Bounds
        What may be found after a kill.
    twice : State
        What is there when it is run once more.
    again : int
        Exit status of that: to remove what is gone is refused.
    """

    first_write_s: float
    end_s: float
    bounds: Bounds
    twice: State
    again: int


def command(scenario: Scenario, here: Path) -> list[str]:
    """Return the words of a command in its folder."""
    words = [word.replace("{here}", str(here)) for word in scenario.arguments]
    return [sys.executable, "-m", "framematch", *words]


def begin(scenario: Scenario, here: Path) -> None:
    """Make the folder that a command begins with."""
    shutil.rmtree(here, ignore_errors=True)
    if scenario.before is None:
        here.mkdir(parents=True)
    else:
        shutil.copytree(scenario.before, here, symlinks=True)


def _stamps(here: Path) -> set[tuple[str, int, int]]:
    found = set()
    for path in here.rglob("*"):
        try:
            status = path.lstat()
        except FileNotFoundError:
            continue
        found.add((str(path), status.st_mtime_ns, status.st_size))
    return found


def _run(
    scenario: Scenario, here: Path, after_s: float | None = None, *, from_write: bool = False
) -> tuple[int, float, float, int]:
    """Run a command; kill it some seconds after its start, or after its first write.

    Returns
    -------
    tuple
        Exit status, seconds to the first write and to the end, processes left.
    """
    before = _stamps(here)
    start = time.perf_counter()
    first: float | None = None
    with subprocess.Popen(
        command(scenario, here),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while process.poll() is None:
            now = time.perf_counter() - start
            if first is None and _stamps(here) != before:
                first = now
            since = now if not from_write else -1.0 if first is None else now - first
            if (after_s is not None and since >= after_s) or now > _PATIENCE_S:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(_LOOK_S)
    end = time.perf_counter() - start
    return process.returncode, end if first is None else first, end, left_of_session(process.pid)


def undisturbed(scenario: Scenario, work: Path, asked: Path) -> Undisturbed:
    """Run a command to its end, twice."""
    here, once = work / "undisturbed", work / "once"
    begin(scenario, here)
    status, first, end, _ = _run(scenario, here)
    if status not in (0, 6):
        raise RuntimeError(f"{scenario.name}: the undisturbed run ended with {status}")
    shutil.copytree(here, once, symlinks=True)
    again, *_ = _run(scenario, here)
    return Undisturbed(first, end, bounds(scenario.before, once, asked), state_of(here), again)


def one_round(
    scenario: Scenario, known: Undisturbed, work: Path, dice: random.Random, tally: Tally
) -> None:
    """Kill a command once, look, run it again, and look again."""
    here, look = work / "here", work / "look"
    begin(scenario, here)
    from_write = dice.random() > 0.25
    span = known.end_s - known.first_write_s if from_write else known.end_s
    after_s = dice.random() * span
    status, _, _, left = _run(scenario, here, after_s, from_write=from_write)
    tally.tried += 1
    tally.killed += status == -signal.SIGKILL
    faults = [f"{left} processes were left"] if left else []
    shutil.rmtree(look, ignore_errors=True)
    shutil.copytree(here, look, symlinks=True)
    was_done = state_of(look) == known.bounds.after
    faults += faults_of(look, known.bounds)
    again, _, _, _ = _run(scenario, here)
    if again not in (0, 6, *([known.again] if was_done else [])):
        faults.append(f"the same command again ended with {again}")
    wanted = known.twice if was_done else known.bounds.after
    found = state_of(here)
    faults += [f"{name}: is left for good" for name in strays(found, wanted)]
    faults += [
        f"{name}: is not what an undisturbed run leaves"
        for name in wanted
        if found.get(name) != wanted[name]
    ]
    tally.survived += not faults
    where = "from its first write" if from_write else "from its start"
    tally.faults += [f"{scenario.name}, {after_s:.3f} s {where}: {fault}" for fault in faults]
    for fault in faults:
        print(f"  {scenario.name}, {after_s:.3f} s {where}: {fault}", flush=True)
    if faults:
        kept = work.parent / f"fault-{scenario.name.replace(' ', '-')}-{tally.tried}"
        shutil.copytree(look, kept, symlinks=True, dirs_exist_ok=True)


def table(tallies: dict[str, Tally]) -> str:
    """Return the table of what was tried."""
    lines = [
        "| command | rounds | killed at work | nothing lost |",
        "|---|---|---|---|",
        *(
            f"| `{name}` | {one.tried} | {one.killed} | {one.survived} |"
            for name, one in tallies.items()
        ),
    ]
    total = [sum(values) for values in zip(
        *((one.tried, one.killed, one.survived) for one in tallies.values()), strict=True
    )]  # fmt: skip
    return "\n".join([*lines, f"| all | {total[0]} | {total[1]} | {total[2]} |"])


def main() -> int:
    """Run the rounds, print the table, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--folder", type=Path, required=True, help="for the material, which stays")
    parser.add_argument("--rounds", type=int, default=5, help="of each command")
    parser.add_argument("--until", help="HH:MM: go round and round until then")
    parser.add_argument("--only", action="append", help="name of a command, as in the table")
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    material = made(given.folder)
    asked = sorted(material.dump.glob("*.png"))[-1]
    dice = random.Random(given.seed)  # noqa: S311 - not for secrets
    until = None if given.until is None else datetime.time.fromisoformat(given.until)
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="kill-", dir=given.folder) as folder:
        ready: dict[str, Undisturbed] = {}
        rounds = given.rounds if until is None else sys.maxsize
        for number in range(rounds):
            for scenario in scenarios(material, given.only):
                if until is not None and _now() >= until:
                    break
                # Drawing a studio takes a minute: a round in five is enough.
                if scenario.name in RARELY and until is not None and number % 5:
                    continue
                work = Path(folder) / scenario.name
                if scenario.name not in ready:
                    known = ready[scenario.name] = undisturbed(scenario, work, asked)
                    span = f"{known.first_write_s:.2f} to {known.end_s:.2f} s"
                    print(f"{scenario.name}: writes from {span}", flush=True)
                tally = tallies.setdefault(scenario.name, Tally())
                began_s = time.perf_counter()
                while True:
                    one_round(scenario, ready[scenario.name], work, dice, tally)
                    # Quick commands have more rounds.
                    if until is None or time.perf_counter() - began_s > _TURN_S:
                        break
            if until is not None and _now() >= until:
                break
            print(f"after round {number + 1}:\n{table(tallies)}", flush=True)
    print(table(tallies))
    return 1 if any(one.faults for one in tallies.values()) else 0


def _now() -> datetime.time:
    return datetime.datetime.now(datetime.UTC).time()


if __name__ == "__main__":
    sys.exit(main())
