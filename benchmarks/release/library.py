"""What the pictures of this benchmark are held against: films and two drawn studios, indexed."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from framematch.demo import Studio, StudioSettings, generate
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.media import open_media
from framematch.records import EpisodeId

Pixels = npt.NDArray[np.uint8]

#: Films by title, as patterns of files; thresholds were fitted on the first group only.
FITTED = {
    "bunny": "big-buck-bunny/bbb_360p_full.mp4",
    "synfig": "synfig-shorts/*",
    "chair": "vpdq/chair-orig-22-sd-bar.mp4",
}
ASKED = {
    "sintel": "sintel-trailer/sintel_trailer_480x204_3.2MB.mp4",
    "sintel clip": "sintel-trailer/sintel_film-clip_848x480_26s.mp4",
    "penny": "penny-and-chip/*.mp4",
    "steamboat": "steamboat-willie/*.mp4",
}
#: Other encodes of the same film on the same timeline, by other hands.
OTHER_ENCODES = {
    "bunny": "big-buck-bunny/bbb_252p_full.mp4",
    "sintel": "sintel-trailer/sintel_trailer_480x204_1.9MB.mp4",
}
_LONGEST_S = 15.0
#: Seeds of the studios.
STUDIO_FITTED, STUDIO_ASKED = 6101, 6202


def settings(seed: int) -> StudioSettings:
    """Return the studio of a seed: four looks, one episode each."""
    return StudioSettings(
        seed=seed, n_shows=4, n_episodes=1, episode_s=40.0, leak_per_stage=0, n_strangers=0
    )


@dataclass(frozen=True, slots=True)
class Title:
    """Something whose files are indexed.

    Attributes
    ----------
    name : str
        What it is called in tables.
    asked : bool
        Whether figures are reported on it, and nothing was fitted.
    files : tuple of Path
        Its references.
    studio : Studio or None
        Who draws it.
    """

    name: str
    asked: bool
    files: tuple[Path, ...]
    studio: Studio | None = None


def titles(media: Path, studios: Path) -> list[Title]:
    """Return all titles; studios are drawn where they are not there yet."""
    found = [
        Title(name, group is ASKED, tuple(sorted(media.glob(pattern))))
        for group in (FITTED, ASKED)
        for name, pattern in group.items()
    ]
    for seed in (STUDIO_FITTED, STUDIO_ASKED):
        folder = studios / str(seed)
        truth = generate(folder, settings(seed))
        studio = Studio(settings(seed))
        found += [
            Title(episode.show, seed == STUDIO_ASKED, (folder / episode.path,), studio)
            for episode in truth.library
        ]
    return found


def indexed(folder: Path, known: list[Title]) -> Index:
    """Return the index of all titles, made where it is not there yet."""
    if not folder.exists():
        items = [
            IngestItem(path, f"{title.name} {title.asked}", EpisodeId(1, number + 1), "episode")
            for title in known
            for number, path in enumerate(title.files)
        ]
        report = add(folder, items)
        if report.failures:
            raise SystemExit(str(report.failures[0]))
    return Index.open(folder, min_information=MINIMUM)


def runs(path: Path, times_s: list[float], reach: int) -> Iterator[tuple[float, list[Pixels]]]:
    """Yield the frames around times of a film, as many on both sides: time and frames.

    Fewer where the film begins or ends; every time in order.
    """
    with open_media(path) as media:
        held: list[tuple[float, Pixels]] = []
        waiting = sorted(times_s)
        for frame in media.frames():
            held = [*held[-2 * reach :], (frame.timestamp_s, frame.pixels)]
            if waiting and len(held) == 2 * reach + 1 and held[reach][0] >= waiting[0]:
                waiting.pop(0)
                yield held[reach][0], [pixels for _, pixels in held]
            if not waiting:
                return


def length_s(path: Path) -> float:
    """Return the length of a film, or of the part of it that pictures are taken from."""
    with av.open(str(path)) as container:
        return min(float(container.duration or 0) / av.time_base, _LONGEST_S)
