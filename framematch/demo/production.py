"""A studio on disk: library, leak and answer sheet. Owns the folder and the processes."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.demo import leak, leakfiles
from framematch.demo.settings import StudioSettings
from framematch.demo.studio import Studio
from framematch.demo.truth import TRUTH_NAME, EpisodeFile, LeakFile, ShotRecord, Truth, read_truth
from framematch.demo.video import encode
from framematch.errors import ConfigError
from framematch.records import EpisodeId

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class _EpisodeJob:
    show: str
    episode: EpisodeId
    path: str


def generate(
    out: Path,
    settings: StudioSettings | None = None,
    workers: int = 2,
    progress: Progress | None = None,
) -> Truth:
    """Write a studio into `out`, or return the one that is there already.

    Parameters
    ----------
    out : Path
        Folder of the studio: new, empty, or a studio of the same settings.
    settings : StudioSettings, optional
        Size and seed.
    workers : int
        Processes that draw, at least 1; the result does not depend on it.
    progress : callable, optional
        Called as ``progress(part, done, total)`` with the part ``episodes`` or ``leak``.

    Returns
    -------
    Truth
        What `out` holds; the same as its truth.json.

    Raises
    ------
    ConfigError
        `out` holds something else, or a studio of other settings or with files missing.
    MissingExtraError
        The drawing library is not installed.
    """
    settings = settings or StudioSettings()
    if workers < 1:
        raise ConfigError(f"{workers} workers cannot draw; give at least 1")
    found = _existing(out, settings)
    if found is not None:
        return found
    studio = Studio(settings)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _alone(out.with_name(f".{out.name}.partial"), out) as partial:
        truth = _fill(studio, partial, workers, progress)
        truth.write(partial)
        if out.exists():
            out.rmdir()
        partial.replace(out)
    return truth


@contextlib.contextmanager
def _alone(partial: Path, out: Path) -> Iterator[Path]:
    """Give an empty folder to draw in, by a name that finds again what a killed run has left.

    It is locked itself: a lock file beside it would stay, and one in it would be in the studio.
    """
    partial.mkdir(exist_ok=True)
    descriptor = os.open(partial, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConfigError(
                f"{out}: another process is drawing this studio in {partial}; wait until it is done"
            ) from error
        # Who had the lock before may have finished meanwhile: then this is the studio by now.
        if out.exists() and out.samefile(f"/proc/self/fd/{descriptor}"):
            raise ConfigError(f"{out}: another process has just drawn it; run the command again")
        try:
            for left in partial.iterdir():
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink()
            yield partial
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    finally:
        os.close(descriptor)


def _existing(out: Path, settings: StudioSettings) -> Truth | None:
    if not out.exists():
        return None
    if not out.is_dir():
        raise ConfigError(f"{out} is a file; choose a folder for the studio")
    if not any(out.iterdir()):
        return None
    if not (out / TRUTH_NAME).is_file():
        raise ConfigError(f"{out} is not empty and holds no studio; choose another folder")
    truth = read_truth(out)
    if truth.settings != settings:
        raise ConfigError(
            f"{out} holds a studio of other settings; choose another folder or delete it"
        )
    paths = [episode.path for episode in truth.library] + [file.path for file in truth.leak]
    missing = [path for path in paths if not (out / path).is_file()]
    if missing:
        raise ConfigError(
            f"the studio in {out} is incomplete: {missing[0]} is missing; "
            "delete the folder and generate it again"
        )
    return truth


def _fill(studio: Studio, folder: Path, workers: int, progress: Progress | None) -> Truth:
    settings = studio.settings
    episodes = [
        _EpisodeJob(show, episode, _library_path(studio, show, episode))
        for show in studio.shows
        for episode in studio.episodes
    ]
    leaked = leak.plan(studio)
    jobs: list[_EpisodeJob | leak.Job] = [*episodes, *leaked]
    # Long jobs first, so that no worker idles at the end.
    results: dict[int, LeakFile | None] = {}
    counts = {"episodes": 0, "leak": 0}
    totals = {"episodes": len(episodes), "leak": len(leaked)}
    for number, result in _run(settings, folder, jobs, min(workers, len(jobs))):
        results[number] = result
        part = "episodes" if number < len(episodes) else "leak"
        counts[part] += 1
        if progress is not None:
            progress(part, counts[part], totals[part])
    files = (results[number] for number in range(len(episodes), len(jobs)))
    return Truth(
        settings=settings,
        library=tuple(_episode_file(studio, job) for job in episodes),
        leak=tuple(file for file in files if file is not None),
    )


def _run(
    settings: StudioSettings, folder: Path, jobs: list[_EpisodeJob | leak.Job], workers: int
) -> Iterator[tuple[int, LeakFile | None]]:
    if workers == 1:
        for number, job in enumerate(jobs):
            yield number, _work(settings, folder, job)
        return
    context = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        futures = {
            pool.submit(_work, settings, folder, job): number for number, job in enumerate(jobs)
        }
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


@lru_cache(maxsize=1)
def _studio(settings: StudioSettings) -> Studio:
    """Return the studio of this process; its backgrounds are costly to draw twice."""
    return Studio(settings)


def _work(settings: StudioSettings, folder: Path, job: _EpisodeJob | leak.Job) -> LeakFile | None:
    studio = _studio(settings)
    if isinstance(job, leak.Job):
        return leakfiles.make(studio, job, folder)
    path = folder / job.path
    path.parent.mkdir(parents=True, exist_ok=True)
    encode(path, _runs(studio, job.show, job.episode), settings.fps)
    return None


def _runs(
    studio: Studio, show: str, episode: EpisodeId
) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield every different picture of an episode and the frames that it stands."""
    last = studio.shots(show, episode)[-1]
    n = last.first + last.n_frames
    first = 0
    while first < n:
        step = studio.step(show, episode, first)
        end = first + 1
        while end < n and studio.step(show, episode, end) == step:
            end += 1
        yield studio.draw(show, episode, first / studio.settings.fps), end - first
        first = end


def _library_path(studio: Studio, show: str, episode: EpisodeId) -> str:
    name = f"{show} - {episode} - {studio.title(show, episode)}.mp4"
    return f"library/{show}/Season {episode.season:02d}/{name}"


def _episode_file(studio: Studio, job: _EpisodeJob) -> EpisodeFile:
    shots = studio.shots(job.show, job.episode)
    return EpisodeFile(
        path=job.path,
        show=job.show,
        episode=str(job.episode),
        title=studio.title(job.show, job.episode),
        duration_s=round(shots[-1].start_s + shots[-1].duration_s, 6),
        shots=tuple(
            ShotRecord(shot.plan.key, round(shot.start_s, 6), round(shot.duration_s, 6), shot.tags)
            for shot in shots
        ),
    )
