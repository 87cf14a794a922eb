"""Kill an indexing run at many instants and see whether the next run completes its index.

    python -m benchmarks.kill --rounds 20
    python -m benchmarks.kill --library LIBRARY --processes 3 --how INT
    python -m benchmarks.kill -- python -m framematch --index {index} index add LIBRARY

One undisturbed run gives the index to compare with and the time that a run takes. Each round runs
the command into a fresh folder, ends it at another share of that time, waits for its processes to
end by themselves, verifies the index, runs the command again to its end and compares the index's
identity with the undisturbed one. How a run is ended: KILL, INT, TERM, or WORKER, which kills one
of its processes instead and lets it go on. Exit 0 when every round ended with an equal index, no
verification found a problem, and no process was left, else 1.
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
    survivors : int
        Processes of the run that were still there seconds later.
    """

    after_s: float
    killed: bool
    references: int
    leftovers: int
    problems: int
    completed: bool
    survivors: int

    @property
    def passed(self) -> bool:
        """Whether nothing was lost."""
        return self.completed and not (self.problems or self.survivors)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run came to its end: exit status, seconds, processes that were left."""

    status: int
    took_s: float
    survivors: int = 0


def run(command: list[str], index: Path, after_s: float | None = None, how: str = "KILL") -> Ended:
    """Run the command on `index`, and end it as `how` says after some seconds."""
    started = time.perf_counter()
    arguments = [argument.replace("{index}", str(index)) for argument in command]
    # A session of its own, by which its processes are found; each is a group of its own.
    with subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            _, errors = process.communicate(timeout=after_s)
        except subprocess.TimeoutExpired:
            _end(process, how)
            _, errors = process.communicate()
    if process.returncode > 0 and how != "INT":
        sys.stderr.write(errors.decode("utf-8", "replace"))
    left = left_of_session(process.pid)
    return Ended(process.returncode, time.perf_counter() - started, left)


def _end(process: subprocess.Popen[bytes], how: str) -> None:
    if how == "WORKER":
        for pid in _session(process.pid):
            if pid != process.pid:
                os.kill(pid, signal.SIGKILL)
                return
        return
    process.send_signal(getattr(signal, f"SIG{how}"))


def _session(leader: int) -> list[int]:
    """Return the processes of a session that are not over."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
            except OSError:  # it has just ended
                continue
            if int(fields[3]) == leader and fields[0] != "Z":
                found.append(int(folder.name))
    return found


def left_of_session(leader: int) -> int:
    """Return how many processes of a session are there after a while, and end them."""
    until_s = time.perf_counter() + 5
    while _session(leader) and time.perf_counter() < until_s:
        time.sleep(0.02)
    left = _session(leader)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    return len(left)


def identity(index: Path) -> str:
    """Return the identity of an index."""
    with Index.open(index) as opened:
        return opened.info.id


def one_round(command: list[str], index: Path, after_s: float, wanted: str, how: str) -> Round:
    """End one run early and let a second one complete it."""
    ended = run(command, index, after_s, how)
    references = leftovers = problems = 0
    try:
        found = verify(index)
        references, leftovers = found.references, len(found.notes)
        problems = len(found.problems)
        for problem in found.problems:
            print(f"  {problem.file}: {problem.reason}")
    except IndexNotFoundError:
        pass  # killed before there was an index: that is a state that a run may leave
    again = run(command, index)
    completed = again.status == 0 and not verify(index).problems and identity(index) == wanted
    return Round(
        after_s=after_s,
        killed=ended.status != 0,
        references=references,
        leftovers=leftovers,
        problems=problems,
        completed=completed,
        survivors=ended.survivors,
    )


def main() -> int:
    """Run the benchmark, print its table, return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=20, help="kills, spread over a run")
    parser.add_argument("--how", choices=("KILL", "INT", "TERM", "WORKER"), default="KILL")
    parser.add_argument("--library", type=Path, help="kill `index add` of this folder")
    parser.add_argument("--processes", type=int, default=2, help="of `index add`")
    parser.add_argument("command", nargs="*", help="what to kill, with {index} for the folder")
    given = parser.parse_args()
    command = given.command or DEFAULT_COMMAND
    if given.library:
        add = [sys.executable, "-m", "framematch", "--index", "{index}", "index", "add"]
        options = ["--show", "Library", "--processes", str(given.processes)]
        command = [*add, *options, str(given.library)]
    with tempfile.TemporaryDirectory(prefix="framematch-kill-") as folder:
        undisturbed = Path(folder) / "undisturbed"
        first = run(command, undisturbed)
        if first.status:
            print(f"the undisturbed run failed ({first.status}): {shlex.join(command)}")
            return 1
        duration_s = first.took_s
        wanted, complete = identity(undisturbed), verify(undisturbed)
        print(f"undisturbed: {complete.references} references, id {wanted}, {duration_s:.2f} s")
        print(f"ended by {given.how}")
        print("round   ended at  references  leftovers  problems  left  completed and equal")
        rounds = []
        for number in range(given.rounds):
            after_s = duration_s * (number + 0.5) / given.rounds
            done = one_round(command, Path(folder) / str(number), after_s, wanted, given.how)
            rounds.append(done)
            at = f"{done.after_s:.3f} s" if done.killed else "went on"
            print(
                f"{number:5d}  {at:>9}  {done.references:10d}  {done.leftovers:9d}"
                f"  {done.problems:8d}  {done.survivors:4d}  {'yes' if done.completed else 'NO'}"
            )
    n_killed = sum(done.killed for done in rounds)
    n_passed = sum(done.passed for done in rounds)
    print(f"{n_passed} of {len(rounds)} rounds lost nothing; {n_killed} runs were ended at work")
    return 0 if n_passed == len(rounds) else 1


if __name__ == "__main__":
    sys.exit(main())
