"""The cluster path beside the local one, on one machine: what Ray itself costs.

One head with as many processors as the machine has does the same work twice: a local run on as many
processes, then the same through the cluster. The token is made for the run.
"""

import secrets
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice
from os import environ, killpg
from pathlib import Path
from signal import SIGKILL

from PIL import Image

from benchmarks.speed.figures import Figure, median_ratio
from framematch.media import open_media
from framematch.workers import usable_processors

_START_S = 120.0
_QUERIES = 8


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Index a library and ask for pictures, locally and on a cluster of one node, in turn."""
    library = media / "penny-and-chip"
    queries = _queries(library, scratch / "cluster")
    with _head() as (address, environment):
        times: dict[str, list[float]] = {}
        for number in range(runs):
            for place, options in (("local", ()), ("cluster", ("--cluster", address))):
                index = scratch / "cluster" / f"index-{place}-{number}"
                shutil.rmtree(index, ignore_errors=True)
                commands = {
                    "add": ("index", "add", str(library), "--show", "Penny and Chip"),
                    "query": ("query", "--json", *map(str, queries)),
                    "one": ("query", "--json", str(queries[0])),
                }
                for name, command in commands.items():
                    took_s = _seconds(environment, "--index", str(index), *command, *options)
                    times.setdefault(f"{name} {place}", []).append(took_s)
    n_files = len(list(library.glob("*.mp4")))
    return [
        _figure(f"index add, {n_files} clips", times["add cluster"], times["add local"]),
        _figure(f"query, {len(queries)} pictures", times["query cluster"], times["query local"]),
        _figure("query, one picture", times["one cluster"], times["one local"]),
    ]


def _figure(name: str, theirs: list[float], ours: list[float]) -> Figure:
    more = statistics.median(one - other for one, other in zip(theirs, ours, strict=True))
    return Figure(
        name=f"{name}, on a cluster of this machine",
        value=f"{statistics.median(theirs):.1f}",
        unit="s",
        ratio=median_ratio(theirs, ours),
        against=f"local {statistics.median(ours):.1f} s: {more:+.1f} s",
    )


def _seconds(environment: dict[str, str], *arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "framematch", *arguments],
        env=environment,
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - started


def _queries(clips: Path, folder: Path) -> list[Path]:
    """Return stills, one of the middle of each of some clips."""
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = []
    for clip in sorted(clips.glob("*.mp4"))[:_QUERIES]:
        with open_media(clip) as opened:
            frame = next(islice(opened.frames(Fraction(1)), 3, None))
        made.append(folder / f"{clip.stem}.png")
        Image.fromarray(frame.pixels).save(made[-1])
    return made


@contextmanager
def _head() -> Iterator[tuple[str, dict[str, str]]]:
    """Start the head of a cluster; yield its address and the environment of its clients."""
    folder = Path(tempfile.mkdtemp(prefix="fm-ray-"))  # short: sockets lie in it
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **environ,
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),
        "OMP_NUM_THREADS": "1",
    }
    ray = Path(sys.executable).with_name("ray")
    options = ["--head", f"--port={port}", f"--temp-dir={folder}", "--include-dashboard=false"]
    options += [f"--num-cpus={usable_processors()}", "--object-store-memory=200000000"]
    log = folder / "head.log"
    with log.open("wb") as out:
        head = subprocess.Popen(
            [ray, "start", *options, "--disable-usage-stats", "--block"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + _START_S
        while b"Ray runtime started" not in log.read_bytes():
            if head.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the head did not start: {log.read_text(errors='replace')}")
            time.sleep(0.1)
        yield f"127.0.0.1:{port}", environment
    finally:
        killpg(head.pid, SIGKILL)
        head.wait()
        shutil.rmtree(folder, ignore_errors=True)
