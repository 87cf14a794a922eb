"""What the desk is asked: a drawn studio's files, and an index of a million rows on the disk."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.cost.material import build_index, stills
from benchmarks.distractors.store import Distractors, load
from framematch.demo import StudioSettings, generate
from framematch.hashing import SPECS
from framematch.index import IndexWriter, compact
from framematch.ingest import IngestItem, add
from framematch.records import EpisodeId, FrameBatch, Reference

#: Not a seed of any other benchmark, nor of the demo.
SEED = 9301

_PICTURES = frozenset((".png", ".jpg", ".webp", ".tga", ".tif"))
#: Rows of a made-up episode, and seconds from one to the next.
_ROWS, _STEP_S = 1_000, 0.5
#: Rows that share one thumbnail: drawing a million of them takes a quarter of an hour.
_SHARE = 8


def studio_of(scratch: Path, n: int) -> tuple[Path, list[Path]]:
    """Draw a studio and index it, unless that is done; return the index and `n` leaked stills.

    Raises
    ------
    SystemExit
        Something could not be indexed, or fewer stills were drawn.
    """
    folder = scratch / "studio"
    settings = StudioSettings(
        seed=SEED, n_shows=3, n_episodes=2, episode_s=30.0, leak_per_stage=14, n_strangers=30
    )
    truth = generate(folder, settings, workers=2)
    items = [
        IngestItem(folder / file.path, file.show, EpisodeId.parse(file.episode), "episode")
        for file in truth.library
    ]
    report = add(scratch / "index", items)
    found = sorted(
        path for path in (folder / "leak").rglob("*") if path.suffix.lower() in _PICTURES
    )
    if report.failures or len(found) < n:
        raise SystemExit(f"{len(found)} stills, could not index {report.failures}")
    # Of all kinds and shows alike, whatever their folders.
    order = sorted(found, key=lambda path: hashlib.sha256(path.name.encode()).digest())
    return scratch / "index", order[:n]


def large_index(media: Path, scratch: Path, rows: int) -> Path:
    """Return the folder of an index of a small studio among `rows` others, made unless it is there.

    The others are collages (`benchmarks.distractors`) with their own codes and features. A
    thumbnail serves several rows: what comparing costs is as it is, what it finds there is not.
    """
    folder = scratch / f"large-{rows}"
    if (folder / "built").exists():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(build_index(scratch / "small"), folder)
    made = load(rows, media, scratch)
    with IndexWriter(folder, SPECS) as writer:
        for first in range(0, rows, _ROWS):
            writer.publish(
                _reference(first), _frames(made, np.arange(first, min(first + _ROWS, rows)))
            )
    compact(folder)
    (folder / "built").touch()
    return folder


def large_stills(scratch: Path) -> list[Path]:
    """Return stills of the small studio, and of strangers, as files."""
    from PIL import Image

    folder = scratch / "stills"
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number, still in enumerate(stills()):
        path = folder / f"{number}-{still.kind.replace(' ', '-')}.png"
        if not path.exists():
            Image.fromarray(still.pixels).save(path)
        paths.append(path)
    return paths


def _frames(made: Distractors, rows: npt.NDArray[np.int64]) -> FrameBatch:
    from framematch.media import encode_thumbnail

    n = len(rows)
    shared = [encode_thumbnail(made.picture(int(row))) for row in rows[::_SHARE]]
    return FrameBatch(
        timestamp_s=np.arange(n, dtype=np.float64) * _STEP_S,
        duration_s=np.full(n, _STEP_S),
        appearance=np.array(made.codes.appearance[rows]),
        quality=np.full(n, 100, dtype=np.uint8),
        structure=np.array(made.codes.structure[rows]),
        features=made.features(rows),
        information=np.array(made.codes.information[rows]),
        box=np.tile(np.array([0, 0, 1, 1], dtype=np.float32), (n, 1)),
        thumbnails=tuple(shared[at // _SHARE] for at in range(n)),
    )


def _reference(first: int) -> Reference:
    show, episode = divmod(first // _ROWS, 10)
    return Reference(
        sha256=hashlib.sha256(f"desk {first}".encode()).hexdigest(),
        path=f"Show {show:03d}/S01E{episode + 1:02d}.mkv",
        show=f"Show {show:03d}",
        episode=EpisodeId(1, episode + 1),
        kind="episode",
        media="video",
        width=1920,
        height=1080,
        duration_s=_ROWS * _STEP_S,
    )
