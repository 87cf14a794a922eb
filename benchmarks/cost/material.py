"""What is asked, and the index it is asked of: a small drawn studio among distractors."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from framematch.calibration.operators.edits import FINISHED
from framematch.demo import Studio, StudioSettings, generate
from framematch.ingest import IngestItem, add
from framematch.records import EpisodeId

#: Not a seed of the distractors' pool (benchmarks.distractors.pool), nor of any other benchmark.
SEED = 9201

#: Kinds of stills that are asked.
KINDS = ("finished", "line art", "stranger")

# Instants that are asked, as shares of an episode: inside shots that belong to it alone.
_SHARES = (0.35, 0.55, 0.75)


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """One query.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    show : str or None
        The show that is the right answer; ``None`` for a stranger.
    pixels : uint8 (H, W, 3)
        The picture.
    """

    kind: str
    show: str | None
    pixels: npt.NDArray[np.uint8]


def settings() -> StudioSettings:
    """Return what the studio is asked to draw."""
    return StudioSettings(
        seed=SEED, n_shows=3, n_episodes=2, episode_s=24.0, leak_per_stage=0, n_strangers=0
    )


def build_index(scratch: Path) -> Path:
    """Draw the studio and index it, unless that is done; return the folder of the index."""
    studio = scratch / "studio"
    truth = generate(studio, settings(), workers=1)
    items = [
        IngestItem(studio / file.path, file.show, EpisodeId.parse(file.episode), "episode")
        for file in truth.library
    ]
    report = add(scratch / "index", items)
    if report.failures:
        raise SystemExit(f"could not index: {report.failures}")
    return scratch / "index"


def stills() -> list[Still]:
    """Return the queries: of each show a finished frame, edited, and a clean line drawing.

    Strangers are finished frames of shows that are in no index. All are 1280 by 720, as scene
    files often are.
    """
    studio = Studio(settings())
    found = []
    for number, (share, show) in enumerate(zip(_SHARES, studio.shows, strict=True)):
        at_s = share * studio.settings.episode_s
        episode = studio.episodes[number % len(studio.episodes)]
        frame = studio.draw(show, episode, at_s, "final", 2.0)
        edited = FINISHED["jpeg-20"](frame, np.random.default_rng(number))
        found.append(Still("finished", show, edited))
        found.append(Still("line art", show, studio.draw(show, episode, at_s, "line-art", 2.0)))
        strange = studio.unknown_shows[number % len(studio.unknown_shows)]
        found.append(Still("stranger", None, studio.draw(strange, episode, at_s, "final", 2.0)))
    return found
