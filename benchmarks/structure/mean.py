"""The mean feature vector of the structure code: made once, shipped, part of the specification."""

from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.structure.footage import TITLES, duration_s, frames_at, videos
from framematch.demo import Studio, StudioSettings
from framematch.hashing import structure
from framematch.matching.clips import telling
from framematch.records import Frame

#: Drawn shows count as titles too, from a seed that neither the demo nor the tests use.
STUDIO = StudioSettings(seed=101, n_shows=4, n_episodes=1, episode_s=60.0)
FRAMES_PER_TITLE = 80


def title_frames(media: Path, title: str, count: int) -> Iterator[Frame]:
    """Yield about `count` frames of a title with something to see, evenly spread over its files."""
    paths = videos(media, title)
    lengths = [duration_s(path) or 10.0 for path in paths]
    step_s = max(sum(lengths) / count, 0.1)
    for path, length in zip(paths, lengths, strict=True):
        for frame in frames_at(path, np.arange(step_s / 2, length, step_s).tolist()):
            if telling(frame):
                yield frame


def _studio_frames() -> Iterator[list[Frame]]:
    studio = Studio(STUDIO)
    for show in studio.shows:
        times = np.linspace(0.5, STUDIO.episode_s - 0.5, FRAMES_PER_TITLE).tolist()
        drawn = (Frame(studio.draw(show, studio.episodes[0], time), time, 0.0) for time in times)
        yield [frame for frame in drawn if telling(frame)]


def mean_vector(media: Path) -> npt.NDArray[np.float32]:
    """Return the mean of the titles' mean feature vectors, float32 (1152,)."""
    means = []
    groups = [list(title_frames(media, title, FRAMES_PER_TITLE)) for title in TITLES]
    for frames in [*groups, *_studio_frames()]:
        vectors = np.concatenate(
            [structure.features(structure.cells_of(frame.pixels[None])) for frame in frames]
        )
        means.append(vectors.mean(axis=0, dtype=np.float64))
    mean: npt.NDArray[np.float32] = np.mean(means, axis=0).astype(np.float32)
    return mean


def write_mean(media: Path) -> Path:
    """Write the mean vector, little-endian float32, to where the package reads it."""
    path = Path(str(resources.files("framematch.hashing").joinpath("structure_mean.f32")))
    path.write_bytes(mean_vector(media).astype("<f4").tobytes())
    return path
