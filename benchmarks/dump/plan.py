"""Which files a dump holds, decided by lot: the same for the same seed and number of files."""

from __future__ import annotations

from dataclasses import dataclass

#: Sorts of files and which share of the dump they are; what is left are single drawings.
SHARES = {
    "shot": 0.18,
    "sequence": 0.14,
    "duplicate": 0.11,
    "footage": 0.08,
    "other": 0.06,
    "psd": 0.05,
    "broken": 0.04,
    "tiff": 0.03,
    "exr": 0.025,
    "pdf": 0.025,
    "archive": 0.025,
    "clip": 0.02,
    "video": 0.015,
}
#: Files of one sequence, and versions of one shot.
SEQUENCE, VERSIONS = 24, 3
_EACH = {"sequence": SEQUENCE, "shot": VERSIONS}


@dataclass(frozen=True, slots=True)
class Job:
    """What one turn of a worker writes.

    Attributes
    ----------
    sort : str
        One of `SHARES`, ``drawing`` or ``leak``.
    number : int
        Its turn among its sort: with the seed, all that decides about it.
    """

    sort: str
    number: int


def plan(n_files: int, n_leak: int, n_hostile: int) -> list[Job]:
    """Return jobs that write `n_files` together with the leak's and the hostile files.

    Parameters
    ----------
    n_files : int
        Files of the whole dump.
    n_leak : int
        Files of the studio's leak; no more of them than an eighth of the dump are taken.
    n_hostile : int
        Files that are written besides.
    """
    n_leak = min(n_leak, n_files // 8)
    jobs = [Job("leak", number) for number in range(n_leak)]
    written = n_leak + n_hostile
    for sort, share in SHARES.items():
        n_jobs = max(1, round(n_files * share / _EACH.get(sort, 1)))
        jobs += [Job(sort, number) for number in range(n_jobs)]
        written += n_jobs * _EACH.get(sort, 1)
    return jobs + [Job("drawing", number) for number in range(n_files - written)]
