"""Kill an indexing run at many instants and see whether the next run completes its index.

    python -m benchmarks.kill --rounds 20
    python -m benchmarks.kill -- python -m framematch --index {index} index add LIBRARY

One undisturbed run gives the index to compare with and the time that a run takes. Each round runs
the command into a fresh folder, kills it and its children with SIGKILL at another share of that
time, verifies the index, runs the command again to its end and compares the index's identity with
the undisturbed one. Exit 0 when every round ended with an equal index and no verification found a
problem, else 1.
"""

from __future__ import annotations

import argparse
import os
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from framematch.errors import IndexNotFoundError
from framematch.index import Index, verify

#: What is killed by default: 300 references of 200 rows.
DEFAULT_COMMAND = [
    sys.executable,
    str(Path(__file__).with_name("publish_loop.py")),
    "{index}",
    "300",
    "200",
]


@dataclass(frozen=True, slots=True)
class Round:
    """What one kill did.

    Attributes
    ----------
    after_s : float
        When the run was killed, in seconds from its start.
    killed : bool
        Whether it was still running then.
    references : int
        References that were published by then.
    leftovers : int
        Files that the killed run left behind.
    problems : int
        What the verification found before the next run.
    completed : bool
        Whether the next run ended well, without problems, with the undisturbed identity.
    """

    after_s: float
    killed: bool
    references: int
    leftovers: int
    problems: int
    completed: bool

    @property
    def passed(self) -> bool:
        """Whether nothing was lost."""
        return self.completed and self.problems == 0


def run(command: list[str], index: Path, kill_after_s: float | None = None) -> tuple[int, float]:
    """Run the command on `index`; return its exit status and the seconds that it took."""
    started = time.perf_counter()
    arguments = [argument.replace("{index}", str(index)) for argument in command]
    # A session of its own, so that worker processes die with it.
    with subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, errors = process.communicate(timeout=kill_after_s)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            _, errors = process.communicate()
    if process.returncode > 0:
        sys.stderr.write(errors.decode("utf-8", "replace"))
    return process.returncode, time.perf_counter() - started


def identity(index: Path) -> str:
    """Return the identity of an index."""
    with Index.open(index) as opened:
        return opened.info.id


def one_round(command: list[str], index: Path, after_s: float, wanted: str) -> Round:
    """Kill one run and let a second one complete it."""
    status, _ = run(command, index, after_s)
    references = leftovers = problems = 0
    try:
        found = verify(index)
        references, leftovers = found.references, len(found.notes)
        problems = len(found.problems)
        for problem in found.problems:
            print(f"  {problem.file}: {problem.reason}")
    except IndexNotFoundError:
        pass  # killed before there was an index: that is a state that a run may leave
    again, _ = run(command, index)
    completed = again == 0 and not verify(index).problems and identity(index) == wanted
    return Round(after_s, status == -signal.SIGKILL, references, leftovers, problems, completed)


def main() -> int:
    """Run the benchmark, print its table, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20, help="kills, spread over a run")
    parser.add_argument("command", nargs="*", help="what to kill, with {index} for the folder")
    given = parser.parse_args()
    command = given.command or DEFAULT_COMMAND
    with tempfile.TemporaryDirectory(prefix="framematch-kill-") as folder:
        undisturbed = Path(folder) / "undisturbed"
        status, duration_s = run(command, undisturbed)
        if status:
            print(f"the undisturbed run failed with exit status {status}: {shlex.join(command)}")
            return 1
        wanted, complete = identity(undisturbed), verify(undisturbed)
        print(f"undisturbed: {complete.references} references, id {wanted}, {duration_s:.2f} s")
        print("round  killed at  references  leftovers  problems  completed and equal")
        rounds = []
        for number in range(given.rounds):
            after_s = duration_s * (number + 0.5) / given.rounds
            done = one_round(command, Path(folder) / str(number), after_s, wanted)
            rounds.append(done)
            at = f"{done.after_s:.3f} s" if done.killed else "ended"
            print(
                f"{number:5d}  {at:>9}  {done.references:10d}  {done.leftovers:9d}"
                f"  {done.problems:8d}  {'yes' if done.completed else 'NO'}"
            )
    n_killed = sum(done.killed for done in rounds)
    n_passed = sum(done.passed for done in rounds)
    print(f"{n_passed} of {len(rounds)} rounds lost nothing; {n_killed} runs were killed at work")
    return 0 if n_passed == len(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
