"""Where a bulk job stands, in one line. Knows nothing of how it is shown."""

from typing import TYPE_CHECKING

from framematch.cli.render import clock

if TYPE_CHECKING:
    from framematch.ingest import IngestProgress, RunningFile


def standing(at: "IngestProgress", elapsed_s: float) -> str:
    """Return files done, rate, time left, failures and what is being worked on.

    Parameters
    ----------
    at : IngestProgress
        Where the job stands.
    elapsed_s : float
        Seconds since it began.
    """
    parts = [f"{at.done}/{at.total} files"]
    if at.media_s and elapsed_s > 0:
        parts.append(f"{at.media_s / elapsed_s:.1f}x real time")
    left_s = time_left_s(at, elapsed_s)
    if left_s is not None:
        parts.append(f"{clock(left_s).partition('.')[0]} left")
    if at.failed:
        parts.append(f"{at.failed} failed")
    line = ", ".join(parts)
    running = ", ".join(map(_running, at.running))
    return f"{line}: {running}" if running else line


def time_left_s(at: "IngestProgress", elapsed_s: float) -> float | None:
    """Return the seconds that the rest takes at the rate so far; ``None`` where none was coded.

    Files that are in the index already take no time worth counting, so they do not speed it up.
    """
    if at.coded_share_of_bytes <= 0 or elapsed_s <= 0:
        return None
    return (1 - at.share_of_bytes) * elapsed_s / at.coded_share_of_bytes


def _running(file: "RunningFile") -> str:
    return f"{file.path.name} {file.share:.0%}"
