"""The references of the evaluation: titles that `benchmarks.calibration` never sees.

Drawn studios of other seeds, Big Buck Bunny cut into five episodes, eleven episodes of Penny and
Chip, and a colour model sheet. Beside the whole index there is one without each of the two films,
in which their frames are strangers'.
"""

import hashlib
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.calibration.library import DrawnStudio
from benchmarks.footage.library import Part, cut_film
from framematch.config import SamplingSettings
from framematch.demo import StudioSettings, generate
from framematch.hashing import SPECS
from framematch.index import Index, IndexWriter
from framematch.ingest import IngestItem, add
from framematch.ingest.coding import code_file
from framematch.records import EpisodeId

#: Studios in the index. Not 7, the demo's seed, nor those of the fit.
SEEDS = (201, 202)
#: A studio of which nothing is in the index.
UNKNOWN_SEED = 203
BUNNY, PENNY, DWANKO = "Big Buck Bunny", "Penny and Chip", "Dwanko"
FILM = "big-buck-bunny/bbb_360p_full.mp4"
SHEET = "opentoonz-dwanko/A_colormodel.png"
_PARTS = 5


@dataclass(frozen=True, slots=True)
class Library:
    """What is indexed, and where.

    Attributes
    ----------
    media : Path
        The footage.
    studios : tuple of DrawnStudio
        Studios whose shows are indexed.
    parts : tuple of Part
        Episodes that the film was cut into.
    indexes : dict of str to Path
        Folder of the index by the show that is left out, ``""`` for the whole one.
    """

    media: Path
    studios: tuple[DrawnStudio, ...]
    parts: tuple[Part, ...]
    indexes: dict[str, Path]


def settings(seed: int) -> StudioSettings:
    """Return what a studio is asked to draw: two looks more than the fit has seen, no leak."""
    return StudioSettings(
        seed=seed, n_shows=6, n_episodes=3, episode_s=24.0, leak_per_stage=0, n_strangers=0
    )


def penny_clips(media: Path) -> list[Path]:
    """Return the clips of Penny and Chip, episode 1 first."""
    return sorted((media / "penny-and-chip").glob("*.mp4"))


def _items(media: Path, studios: Sequence[DrawnStudio], parts: Sequence[Part]) -> list[IngestItem]:
    items = [IngestItem(part.path, BUNNY, part.episode, "episode") for part in parts]
    items += [
        IngestItem(clip, PENNY, EpisodeId(1, number + 1), "episode")
        for number, clip in enumerate(penny_clips(media))
    ]
    items.append(IngestItem(media / SHEET, DWANKO, None, "model-sheet"))
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
    return items


def _without(whole: Path, folder: Path, show: str) -> Path:
    """Copy an index and remove a show from the copy, unless that was done already."""
    with Index.open(whole) as index:
        gone = [r.sha256 for r in index.references() if r.show == show]
    if not folder.exists():
        making = folder.with_name(folder.name + "-making")
        shutil.rmtree(making, ignore_errors=True)
        shutil.copytree(whole, making)
        with IndexWriter(making, SPECS) as writer:
            writer.remove(gone)
        making.rename(folder)
    return folder


def fingerprint(media: Path) -> str:
    """Return a digest of the codes that this version gives to a reference.

    An index in the scratch folder is used again only by the version that would make the same one.
    """
    batch = code_file(media / SHEET, SamplingSettings(), lambda _: None).batch
    content = batch.structure.tobytes() + batch.appearance.tobytes() + batch.box.tobytes()
    return hashlib.sha256(content).hexdigest()[:8]


def build(media: Path, scratch: Path, workers: int) -> Library:
    """Draw, cut and index everything; what lies in `scratch` already is taken as it is."""
    scratch.mkdir(parents=True, exist_ok=True)
    studios = tuple(
        DrawnStudio(folder, generate(folder, settings(seed), workers=workers))
        for seed, folder in ((seed, scratch / f"studio-{seed}") for seed in SEEDS)
    )
    film = media / FILM
    if not film.exists():
        raise SystemExit(f"{media} holds no {FILM}; give the development footage")
    parts = tuple(cut_film(film, _PARTS, scratch / "parts"))
    made = fingerprint(media)
    whole = scratch / f"index-{made}"
    report = add(whole, _items(media, studios, parts))
    if report.failures:
        raise SystemExit(f"could not index: {report.failures}")
    indexes = {"": whole}
    for show in (BUNNY, PENNY):
        name = show.lower().replace(" ", "-")
        indexes[show] = _without(whole, scratch / f"index-{made}-without-{name}", show)
    return Library(media, studios, parts, indexes)


def shows_of(index: Index) -> Iterable[str]:
    """Return the shows of an index in order of name."""
    return sorted({reference.show for reference in index.references()})
