"""Video into the index, beside decoding alone and beside vPDQ: processor time of whole processes.

Everything counts: start-up, decoding, both codes, features, thumbnails, the store. Runs are taken
in turn, one of each kind, and the ratios within one turn. vPDQ is the published package where
``FRAMEMATCH_VPDQ_PYTHON`` names an interpreter that has it; else its pipeline by PyAV and pdqhash,
which the table says.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.speed.clips import clips
from benchmarks.speed.figures import Figure, median_ratio
from framematch.config import PROFILES

_ASKED = {"thorough": 1.15, "fast": 0.75}
_PEER_GAIN = {"1080p-low": 1.5, "film 360p": 1.5}

#: As it comes: one hash a second, of the frame at full size.
_PUBLISHED = "import sys, vpdq; vpdq.computeHash(sys.argv[1])"
#: What the package does of a file: every frame decoded, one a second made rgb24 and hashed.
_PIPELINE = """
import sys, av, pdqhash
with av.open(sys.argv[1]) as container:
    stream = container.streams.video[0]
    stream.thread_type = "NONE"
    due = 0.0
    for frame in container.decode(stream):
        if frame.time >= due:
            pdqhash.compute(frame.to_ndarray(format="rgb24"))
            due += 1.0
"""

Way = Callable[[Path], None]


def measure(media: Path, scratch: Path, runs: int) -> list[Figure]:
    """Return the figures of each clip and profile."""
    ways: dict[str, Way] = {"decoding": _decode}
    ways |= {name: _adder(name) for name in PROFILES}
    peer = os.environ.get("FRAMEMATCH_VPDQ_PYTHON")
    peer_name = "vpdq" if peer else "vPDQ's pipeline"
    ways["peer"] = _script(peer, _PUBLISHED) if peer else _script(sys.executable, _PIPELINE)
    figures = []
    for name, path in clips(media, scratch).items():
        taken: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(runs):
            for way, run in ways.items():
                taken[way].append(_processor_s(run, path))
        figures += _figures(name, taken, peer_name)
    return figures


def _figures(name: str, taken: dict[str, list[float]], peer_name: str) -> list[Figure]:
    def median(way: str) -> str:
        return f"{statistics.median(taken[way]):.2f}"

    figures = []
    for profile in PROFILES:
        over, most = median_ratio(taken[profile], taken["decoding"]), _ASKED[profile]
        against = f"decoding alone ({median('decoding')} s)"
        what = f"{name}, {profile}"
        figures.append(
            Figure(what, median(profile), "s", over, against, f"<= {most}", over <= most)
        )
        gain, least = median_ratio(taken["peer"], taken[profile]), _PEER_GAIN.get(name, 1.0)
        against = f"less than {peer_name} ({median('peer')} s), times"
        figures.append(
            Figure(what, median(profile), "s", gain, against, f">= {least}", gain >= least)
        )
    return figures


def _decode(path: Path) -> None:
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-i", str(path), "-map", "0:v"]
    _run([*command, "-f", "null", "-"])


def _adder(profile: str) -> Way:
    def add(path: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "framematch", "--index", f"{folder}/index"]
            _run([*command, "index", "add", str(path), "--show", "Film", "--profile", profile])

    return add


def _script(python: str, script: str) -> Way:
    def run(path: Path) -> None:
        _run([python, "-c", script, str(path)])

    return run


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _processor_s(way: Way, path: Path) -> float:
    """Return the processor time, user and system, of the processes that a way starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    way(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
