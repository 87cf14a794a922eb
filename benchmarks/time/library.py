"""The references of this benchmark, and who owns an instant of a source.

A film cut into episodes, a series of eleven episodes on shared backgrounds, and a drawn studio
whose openings, recaps and stock shots belong to several episodes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.footage.library import Part, cut_film
from framematch.demo import EpisodeFile, StudioSettings, generate
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.records import EpisodeId

BUNNY, PENNY = "Big Buck Bunny", "Penny and Chip"
#: What is indexed, and another hand's encode of it that the clips are cut from.
FILM, OTHER_ENCODE = "big-buck-bunny/bbb_360p_full.mp4", "big-buck-bunny/bbb_252p_full.mp4"
#: Of no other benchmark, nor of the demo.
SEED = 311
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """An instant of one indexed episode."""

    show: str
    episode: EpisodeId
    reference_s: float


@dataclass(frozen=True, slots=True)
class Library:
    """What is indexed.

    Attributes
    ----------
    media : Path
        The footage.
    index : Path
        Folder of the index.
    parts : tuple of Part
        Episodes of the film.
    drawn : dict of Path to EpisodeFile
        Episodes of the studio by their file.
    """

    media: Path
    index: Path
    parts: tuple[Part, ...]
    drawn: Mapping[Path, EpisodeFile]

    def owners(self, source: Path, time_s: float) -> list[Owner]:
        """Return every indexed episode that shows what a source shows at an instant."""
        if source == self.media / OTHER_ENCODE:
            part = max((p for p in self.parts if p.start_s <= time_s), key=lambda p: p.start_s)
            return [Owner(BUNNY, part.episode, time_s - part.start_s)]
        if source in self.drawn:
            return self._drawn_owners(source, time_s)
        clips = penny_clips(self.media)
        if source in clips:
            return [Owner(PENNY, EpisodeId(1, clips.index(source) + 1), time_s)]
        return []

    def _drawn_owners(self, source: Path, time_s: float) -> list[Owner]:
        own = self.drawn[source]
        shot = max((s for s in own.shots if s.start_s <= time_s), key=lambda s: s.start_s)
        # A recap may leave out the beginning of a shot or its end.
        return [
            Owner(file.show, EpisodeId.parse(file.episode), reference_s)
            for file in self.drawn.values()
            for other in file.shots
            if file.show == own.show and other.key == shot.key
            for reference_s in {
                other.start_s + time_s - shot.start_s,
                other.start_s + other.duration_s - (shot.start_s + shot.duration_s - time_s),
            }
        ]


def penny_clips(media: Path) -> list[Path]:
    """Return the clips of Penny and Chip, episode 1 first."""
    return sorted((media / "penny-and-chip").glob("*.mp4"))


def build(media: Path, scratch: Path) -> Library:
    """Draw, cut and index everything; what lies in `scratch` already is taken as it is."""
    scratch.mkdir(parents=True, exist_ok=True)
    settings = StudioSettings(
        seed=SEED, n_shows=2, n_episodes=3, episode_s=32.0, leak_per_stage=0, n_strangers=0
    )
    truth = generate(scratch / "studio", settings, workers=1)
    drawn = {scratch / "studio" / file.path: file for file in truth.library}
    parts = tuple(cut_film(media / FILM, _PARTS, scratch / "parts"))
    items = [IngestItem(part.path, BUNNY, part.episode, "episode") for part in parts]
    items += [
        IngestItem(path, PENNY, EpisodeId(1, number + 1), "episode")
        for number, path in enumerate(penny_clips(media))
    ]
    items += [
        IngestItem(path, file.show, EpisodeId.parse(file.episode), "episode")
        for path, file in drawn.items()
    ]
    return Library(media, _indexed(scratch / "index", items), parts, drawn)


def _indexed(folder: Path, items: Sequence[IngestItem]) -> Path:
    report = add(folder, items)
    if report.failures:
        raise SystemExit(f"could not index: {report.failures}")
    return folder


def open_index(library: Library) -> Index:
    """Return the index, opened for searching."""
    return Index.open(library.index, min_information=MINIMUM)
