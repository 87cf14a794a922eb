"""The references that the model is fitted on: two drawn studios and the short films."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.structure.footage import videos
from framematch.demo import StudioSettings, Truth, generate
from framematch.ingest import IngestItem, add
from framematch.records import EpisodeId

#: Not 7, the seed of the demo, and not of any test.
SEEDS = (101, 102)
# The titles of benchmarks/footage (the bunny, Penny and Chip, Dwanko) are left for evaluation.
FILMS = {
    "Sintel": ("sintel-trailer", "sintel-clip"),
    "Steamboat Willie": ("steamboat-willie",),
    "Turbine": ("turbine",),
    "Dragon": ("dragon",),
    "Ecmg": ("ecmg",),
    "Flag": ("flag",),
    "Forest": ("forest",),
    "Glyphs": ("glyphs",),
}


@dataclass(frozen=True, slots=True)
class DrawnStudio:
    """A studio on disk."""

    folder: Path
    truth: Truth

    def show(self, name: str) -> str:
        """Return the name in the index of one of its shows: two studios have shows of one name."""
        return f"{name} {self.truth.settings.seed}"


def settings(seed: int) -> StudioSettings:
    """Return what a studio is asked to draw: every family of styles, no leak."""
    return StudioSettings(
        seed=seed, n_shows=4, n_episodes=2, episode_s=24.0, leak_per_stage=0, n_strangers=0
    )


def draw_studios(scratch: Path) -> list[DrawnStudio]:
    """Draw the studios, unless they lie in `scratch` already."""
    drawn = []
    for seed in SEEDS:
        folder = scratch / f"studio-{seed}"
        drawn.append(DrawnStudio(folder, generate(folder, settings(seed), workers=2)))
    return drawn


def build_index(media: Path, studios: list[DrawnStudio], scratch: Path) -> Path:
    """Index everything, and return the folder of the index."""
    items = [
        IngestItem(path, show, None, "film")
        for show, titles in FILMS.items()
        for title in titles
        for path in videos(media, title)
    ]
    for studio in studios:
        items += [
            IngestItem(
                studio.folder / file.path,
                studio.show(file.show),
                EpisodeId.parse(file.episode),
                "episode",
            )
            for file in studio.truth.library
        ]
    folder = scratch / "index"
    report = add(folder, items)
    if report.failures:
        raise SystemExit(f"could not index: {report.failures}")
    return folder
