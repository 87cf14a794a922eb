"""Start a program that sees little: its own files, one folder, no network, no other program.

Run as ``python -m framematch.walls.launch PROCESSOR_S FOLDER PROGRAM ARGUMENT...``. What the kernel
does not have is left out: whoever wants to know asks `framematch.sandbox`.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import sys
from pathlib import Path

from framematch.walls import landlock, seccomp

#: Where programs find their libraries, languages and clocks.
_SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/opt", "/nix/store")
_DEVICES = ("/dev/null", "/dev/urandom", "/dev/zero")


def command(processor_s: int, folder: Path, *program: str) -> list[str]:
    """Return the command that starts `program` shut in.

    Parameters
    ----------
    processor_s : int
        Seconds of a processor that it may take.
    folder : Path
        Where it may read and write.
    program : str
        Its name and its arguments.
    """
    package = Path(__file__).parents[2]
    start = f"import sys; sys.path.insert(0, {str(package)!r}); " + (
        "from framematch.walls.launch import main; main(sys.argv[1:])"
    )
    # Isolated, and without what is installed beside Python: nothing of it is needed.
    return [sys.executable, "-I", "-S", "-c", start, str(processor_s), str(folder), *program]


def main(arguments: list[str]) -> None:
    """Shut this process in and become the program."""
    processor_s, folder, program = int(arguments[0]), Path(arguments[1]), arguments[2:]
    found = shutil.which(program[0])
    if found is None:
        sys.exit(f"{program[0]}: not found")
    resource.setrlimit(resource.RLIMIT_CPU, (processor_s, processor_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError):
        landlock.restrict(_allowed(Path(found), folder))
    with contextlib.suppress(OSError):
        seccomp.refuse_network()
    os.execv(found, program)  # noqa: S606 - what was asked for, without a shell


def _allowed(program: Path, folder: Path) -> list[landlock.Allowed]:
    """Return what a program may touch."""
    real = program.resolve()
    read = landlock.READ | landlock.LIST
    allowed = [landlock.Allowed(Path(each), read) for each in _SYSTEM]
    allowed += [landlock.Allowed(Path(each), landlock.READ) for each in _DEVICES]
    allowed += [landlock.Allowed(real, landlock.READ | landlock.EXECUTE)]
    data = os.environ.get("TESSDATA_PREFIX")
    if data:
        allowed.append(landlock.Allowed(Path(data), read))
    # What loads it; a script has another program for that.
    loaders = [each for at in ("/lib64", "/lib") for each in Path(at).glob("ld-*.so*")]
    with real.open("rb") as file:
        if file.read(2) == b"#!":
            loaders = [Path("/usr"), Path("/bin"), *loaders]
    allowed += [landlock.Allowed(each, read | landlock.EXECUTE) for each in loaders]
    return [*allowed, landlock.Allowed(folder, landlock.EVERYTHING)]
