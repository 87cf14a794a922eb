"""Let the disk fill up in the middle of an indexing run, then make room and run it again.

    python -m benchmarks.kill.disk --library LIBRARY

Wants the rights to mount a small file system in memory. Each round gives the index another share of
the room that it takes. The run must end with exit status 5 and a line that says what to do; the
index must verify, and after making room the same command must complete it. Exit 0 when all did.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from framematch.errors import IndexNotFoundError
from framematch.index import Index, verify


def run(index: Path, library: Path, processes: int) -> tuple[int, str]:
    """Run the command; return its exit status and the last line that it complains with."""
    command = [sys.executable, "-m", "framematch", "--index", str(index), "index", "add"]
    options = ["--show", "Library", "--processes", str(processes), str(library)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "error" in line]
    return done.returncode, complaints[-1] if complaints else ""


def main() -> int:
    """Run the rounds; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="framematch-disk-") as folder:
        undisturbed = Path(folder) / "undisturbed"
        status, complaint = run(undisturbed, given.library, given.processes)
        if status:
            print(f"the undisturbed run failed with {status}: {complaint}")
            return 1
        needed = sum(file.stat().st_size for file in undisturbed.rglob("*"))
        wanted = Index.open(undisturbed).info
        good = 0
        for number in range(given.rounds):
            room = int(needed * (number + 0.5) / given.rounds)
            good += one_round(Path(folder) / str(number), room, given, wanted.id)
    print(f"{good} of {given.rounds} rounds lost nothing")
    return 0 if good == given.rounds else 1


def one_round(disk: Path, room: int, given: argparse.Namespace, wanted: str) -> bool:
    """Fill a disk of `room` bytes, make room, and complete the index."""
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={room}", "tmpfs", str(disk)]
    subprocess.run(mount, check=True)
    try:
        index = disk / "index"
        status, complaint = run(index, given.library, given.processes)
        held, problems = 0, 0
        try:
            found = verify(index)
            held, problems = found.references, len(found.problems)
        except IndexNotFoundError:
            pass  # there was not even room for an empty one
        subprocess.run(["mount", "-o", "remount,size=100%", str(disk)], check=True)
        again, _ = run(index, given.library, given.processes)
        equal = again == 0 and Index.open(index).info.id == wanted
        passed = status == 5 and "make room" in complaint and problems == 0 and equal
        print(
            f"room {room}: exit {status}, {held} references, {problems} problems,"
            f" {'completed and equal' if equal else 'NOT COMPLETED'}: {complaint}"
        )
        return passed
    finally:
        subprocess.run(["umount", str(disk)], check=True)


if __name__ == "__main__":
    sys.exit(main())
