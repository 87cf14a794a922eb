"""One mutated file through all that opens files, and what came of it. Runs in a crew's process.

Owns what counts as well behaved: pictures that make sense, or an error of ours that names the file.
"""

from __future__ import annotations

import math
import re
import resource
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from framematch.config import WORKING_SIDE, ArchiveLimits, DecoderSettings, MediaLimits, PartLimits
from framematch.errors import InputError
from framematch.media import Media, metadata_of, open_media, parts_of, sort_of, unpack
from framematch.records import Frame

#: A mutated file may say that it is large, and is then refused; smaller than the default, so that
#: the hours go into parsing and not into the filling of memory.
LIMITS = MediaLimits(max_pixels=8_000_000, max_duration_s=600.0, max_frames=500)
_PARTS = PartLimits(max_parts=40, page_side=500)
_ARCHIVES = ArchiveLimits(max_members=200, max_bytes=64 << 20, ratio_from_bytes=16 << 20)
#: More than this for files of a few kilobytes, under these limits, is a finding.
MOST_MEMORY = 1 << 30
#: A process that takes more than this is stopped by the system.
_ADDRESS_SPACE = 6 << 30
#: More seconds of the processor than this for one file are a finding.
SLOW_S = 10.0
_FRAMES = 40
#: What an error says where the process that decoded the file did not live through it, ran out of
#: memory, or raised what nobody foresaw.
_LOST = re.compile("its decoder|MiB of memory that decoding")
_UNFORESEEN = re.compile(r"FILE: \w+(Error|Exception): ")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that must not happen.

    Attributes
    ----------
    kind : str
        ``raised``, ``unnamed``, ``nonsense``, ``memory``, ``slow``, or ``contained``: a decoder
        died and the product lived on; ``died`` and ``late`` are added by the campaign.
    where : str
        The call, and the line that the error comes from; findings of one place are one.
    what : str
        In words.
    """

    kind: str
    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: how each call ended, and what must not have happened."""

    endings: tuple[str, ...]
    findings: tuple[Finding, ...]
    seconds: float


def judge_within_limits(path: Path) -> Outcome:
    """Judge a file in a process that is for this alone, and takes a limit of memory for good."""
    _limit_memory()
    return judge(path)


def judge(path: Path) -> Outcome:
    """Open a file in every way that the product does."""
    # Of the processor: a busy machine is not the fault of a file.
    began, before = time.process_time(), _reset_peak()
    endings: list[str] = []
    findings: list[Finding] = []
    for name, call in _CALLS.items():
        ending, found = _judged(name, call, path)
        endings.append(f"{name}: {ending}")
        findings += found
    seconds = time.process_time() - began
    peak = _peak() - before
    if peak > MOST_MEMORY:
        findings.append(Finding("memory", "all", f"{peak >> 20} MiB for {path.stat().st_size} B"))
    if seconds > SLOW_S:
        findings.append(Finding("slow", "all", f"{seconds:.1f} s"))
    return Outcome(tuple(endings), tuple(findings), seconds)


def _judged(name: str, call: Callable[[Path], str], path: Path) -> tuple[str, list[Finding]]:
    try:
        return call(path), []
    except InputError as error:
        told = str(error).replace(str(path), "FILE")
        if _UNFORESEEN.match(told):
            return "raised", [Finding("raised", f"{name} {told[:60]}", told)]
        if _LOST.search(told):
            return "contained", [Finding("contained", f"{name} {told[:80]}", told)]
        if "FILE" in told:
            return f"refused, {type(error).__name__}", []
        return "refused", [Finding("unnamed", f"{name} {type(error).__name__}", str(error))]
    except _NonsenseError as error:
        return "nonsense", [Finding("nonsense", name, str(error))]
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
        return "raised", [Finding("raised", f"{name} {_place(error)}", repr(error)[:300])]


class _NonsenseError(Exception):
    """What was given makes no sense."""


def _place(error: BaseException) -> str:
    """Return the kind of an error, and the last line of ours that it went through."""
    frames = list(traceback.extract_tb(error.__traceback__))
    ours = [each for each in frames if "/framematch/" in each.filename]
    last = ours[-1] if ours else frames[-1]
    return f"{type(error).__name__} {Path(last.filename).name}:{last.name}"


def _sort(path: Path) -> str:
    return sort_of(path)


def _frames(path: Path) -> str:
    with open_media(path, LIMITS) as media:
        return _checked(islice(media.frames(), _FRAMES), media)


def _spared(path: Path) -> str:
    """Look at a file as the indexing of a library does."""
    with open_media(path, LIMITS, DecoderSettings(spare=True)) as media:
        last, count = -1.0, 0
        for look in islice(media.looks(Fraction(2), 2, Fraction(4, 5)), _FRAMES):
            _check_times(look.timestamp_s, look.duration_s, last)
            if look.luma.shape != (144, 256) or look.luma.dtype != np.uint8:
                raise _NonsenseError(f"luma of {look.luma.dtype} {look.luma.shape}")
            last, count = look.timestamp_s, count + 1
    return _counted(count)


def _luma(path: Path) -> str:
    with open_media(path, LIMITS) as media:
        if media.info.kind == "video":
            return "video"
        luma, (height, width) = media.luma()
        if luma.ndim != 2 or luma.dtype != np.uint8 or not (height and width):
            raise _NonsenseError(f"luma of {luma.dtype} {luma.shape}")
    return "frames"


def _parts(path: Path) -> str:
    names: list[str | None] = []
    shown = 0
    for part in parts_of(path, _PARTS, LIMITS):
        names.append(part.name)
        if part.frame is not None:
            _check_picture(part.frame)
            shown += 1
        elif not part.error:
            raise _NonsenseError(f"part {part.name!r} has neither a picture nor a reason")
    if len(set(names)) != len(names):
        raise _NonsenseError(f"parts of the same name: {names}")
    return "frames" if shown else "no picture, with reasons"


def _metadata(path: Path) -> str:
    for item in metadata_of(path):
        item.value.encode("utf-8", "surrogatepass")
        if len(item.value) > 500:
            raise _NonsenseError(f"{item.field} of {len(item.value)} characters")
    return "told"


def _unpacked(path: Path) -> str:
    into = path.with_name(f"{path.name}.unpacked")
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir()
    try:
        names: list[str] = []
        for member in unpack(path, into, _ARCHIVES):
            if (member.path is None) != (member.reason is not None):
                raise _NonsenseError(f"member {member.name!r}: neither a file nor a reason")
            if member.path is not None:
                if member.path.parent != into or not member.path.is_file():
                    raise _NonsenseError(f"member {member.name!r} lies at {member.path}")
                if member.path.stat().st_size != member.size:
                    raise _NonsenseError(f"member {member.name!r} is not {member.size} bytes")
                member.path.unlink()
            names.append(member.name)
        if len(set(names)) != len(names):
            raise _NonsenseError("members of the same name")
        left = [each.name for each in into.iterdir()]
        if left:
            raise _NonsenseError(f"left behind: {left}")
    finally:
        shutil.rmtree(into, ignore_errors=True)
    return "unpacked"


_CALLS: dict[str, Callable[[Path], str]] = {
    "sort": _sort,
    "frames": _frames,
    "spared": _spared,
    "luma": _luma,
    "parts": _parts,
    "metadata": _metadata,
    "unpack": _unpacked,
}


def _checked(frames: Iterator[Frame], media: Media) -> str:
    last, count = -1.0, 0
    if not (media.info.width > 0 and media.info.height > 0):
        raise _NonsenseError(f"{media.info.width} x {media.info.height} pixels")
    for frame in frames:
        _check_times(frame.timestamp_s, frame.duration_s, last)
        _check_picture(frame)
        last, count = frame.timestamp_s, count + 1
    return _counted(count)


def _counted(count: int) -> str:
    if not count:
        raise _NonsenseError("no frame, and no error")
    return "frames"


def _check_times(timestamp_s: float, duration_s: float, last: float) -> None:
    if not (math.isfinite(timestamp_s) and math.isfinite(duration_s) and duration_s >= 0):
        raise _NonsenseError(f"a frame at {timestamp_s} s for {duration_s} s")
    if timestamp_s <= last:
        raise _NonsenseError(f"a frame at {timestamp_s} s behind one at {last} s")


def _check_picture(frame: Frame) -> None:
    pixels = frame.pixels
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise _NonsenseError(f"pixels of {pixels.dtype} {pixels.shape}")
    if not 0 < max(pixels.shape[:2]) <= WORKING_SIDE or not min(pixels.shape[:2]):
        raise _NonsenseError(f"a picture of {pixels.shape[:2]}")


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, resource.RLIM_INFINITY))


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(key):
            return int(line.split()[1]) << 10
    return 0


def _reset_peak() -> int:
    """Forget the most memory so far (Linux), and return what is taken now."""
    if not sys.platform.startswith("linux"):
        return 0
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _status("VmRSS:")


def _peak() -> int:
    return _status("VmHWM:") if sys.platform.startswith("linux") else 0
