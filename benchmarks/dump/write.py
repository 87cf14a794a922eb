"""Writes one job's files into a dump, and says what they truly are."""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.dump import formats
from benchmarks.dump.hostile import broken, other
from benchmarks.dump.material import STAGES, Instant, Pixels, draw, films_of, frames_of, instant_of
from benchmarks.dump.plan import SEQUENCE, VERSIONS, Job
from benchmarks.dump.truth import Row
from framematch.demo import StudioSettings, Truth, read_truth

_FOLDERS = ("drop_0412", "drop_0413", "from 北京", "원화", "upload/tmp", "misc")


@dataclass(frozen=True, slots=True)
class Site:
    """Where a dump is built, and from what."""

    dump: Path
    studio: Path
    media: Path
    settings: StudioSettings
    seed: int


def write(site: Site, job: Job) -> list[Row]:
    """Write the files of one job."""
    values = np.random.default_rng([site.seed, *job.sort.encode(), job.number])
    return _WRITERS[job.sort](site, job, values)


def _place(site: Site, folder: str, name: str) -> Path:
    path = site.dump / folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _row(site: Site, path: Path, kind: str, instant: Instant | None, stage: str | None) -> Row:
    where = str(path.relative_to(site.dump))
    if instant is None:
        return Row(where, kind, stage=stage)
    return Row(where, kind, instant.show, stage, instant.episodes)


def _leak(site: Site, job: Job, _: np.random.Generator) -> list[Row]:
    truth = _truth(site)
    file = truth.leak[job.number]
    path = _place(site, "leak", Path(file.path).relative_to("leak").as_posix())
    shutil.copyfile(site.studio / file.path, path)
    kind = "video" if file.kind == "video" else "picture"
    return [
        Row(
            str(path.relative_to(site.dump)),
            kind,
            file.show,
            file.stage,
            file.episodes,
            note=file.drawing,
        )
    ]


def _truth(site: Site) -> Truth:
    return read_truth(site.studio)


def _shot(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    """Write one shot at several stages, as versions of one file."""
    instant = instant_of(site.settings, values)
    first = int(values.integers(len(STAGES) - VERSIONS + 1))
    # Two jobs may meet the same shot: a letter tells their cuts apart.
    shot = f"{instant.name}{chr(97 + job.number % 26)}{job.number // 26:02d}"
    rows = []
    for version in range(1, VERSIONS + 1):
        drawing, stage = STAGES[first + version - 1]
        suffix = (".png", ".tga", ".jpg", ".png")[int(values.integers(4))]
        path = _place(site, f"shots/{instant.code}", f"{shot}_v{version:02d}{suffix}")
        _save(path, draw(site.settings, instant, drawing))
        row = _row(site, path, "picture", instant, stage)
        rows.append(Row(row.path, row.kind, row.show, stage, row.episodes, shot, version))
    return rows


def _sequence(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    """Write numbered pictures: of an episode, or of the footage."""
    truth = _truth(site)
    films = films_of(site.media)
    show: str | None = None
    episodes: tuple[str, ...] = ()
    if job.number % 2 and films:
        film = films[int(values.integers(len(films)))]
        frames = frames_of(film, 12)
        name = f"footage_{job.number:02d}"
    else:
        episode = truth.library[int(values.integers(len(truth.library)))]
        show, episodes = episode.show, (episode.episode,)
        frames = frames_of(site.studio / episode.path, 12)
        name = f"seq_{job.number:02d}_{episode.episode}"
    start = int(values.integers(max(len(frames) - SEQUENCE, 1)))
    suffix = (".png", ".jpg")[job.number % 2]
    rows = []
    for number in range(SEQUENCE):
        path = _place(site, f"sequences/{name}", f"{name}_{number + 1:04d}{suffix}")
        _save(path, frames[min(start + number, len(frames) - 1)])
        rows.append(
            Row(str(path.relative_to(site.dump)), "sequence", show, "final", episodes, name)
        )
    return rows


def _drawing(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    instant = instant_of(site.settings, values)
    drawing, stage = STAGES[int(values.integers(len(STAGES)))]
    suffix = (".jpg", ".png", ".webp", ".tga", ".bmp", ".tif")[int(values.integers(6))]
    folder = _FOLDERS[int(values.integers(len(_FOLDERS)))]
    named = values.random() < 0.5
    name = f"{instant.name}_{job.number:04d}" if named else f"IMG_{job.number:05d}"
    path = _place(site, folder, name + suffix)
    _save(path, draw(site.settings, instant, drawing), quality=int(values.integers(45, 95)))
    return [_row(site, path, "picture", instant, stage)]


def _footage(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    """Write a frame of the footage, which is of no show of the studio."""
    films = films_of(site.media)
    # Several in a row, as a film is decoded once for them.
    frames = frames_of(films[job.number // 8 % len(films)], 2)
    path = _place(site, "stills", f"still_{job.number:04d}.jpg")
    _save(path, frames[int(values.integers(len(frames)))], quality=int(values.integers(50, 95)))
    return [Row(str(path.relative_to(site.dump)), "picture", note="footage")]


def _video(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    films = films_of(site.media)
    film = films[job.number % len(films)]
    path = _place(site, "videos", f"clip_{job.number:03d}{film.suffix}")
    # A byte behind the end tells copies apart that would else be duplicates.
    path.write_bytes(film.read_bytes() + bytes(job.number // len(films)))
    del values
    return [Row(str(path.relative_to(site.dump)), "video", note=f"footage, {film.parent.name}")]


def _stages(site: Site, values: np.random.Generator) -> tuple[Instant, Pixels, Pixels]:
    instant = instant_of(site.settings, values)
    return instant, *(draw(site.settings, instant, which) for which in ("line-art", "flat-colour"))  # type: ignore[return-value]


def _psd(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    instant, lines, colour = _stages(site, values)
    large = job.number % 8 == 7
    suffix = ".psb" if large else ".psd"
    path = _place(site, f"layered/{instant.code}", f"{instant.name}_{job.number:03d}{suffix}")
    formats.psd(path, lines, colour, notes=job.number % 3 == 0, large=large)
    return [_row(site, path, "layered", instant, "line-art")]


def _tiff(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    instant, lines, colour = _stages(site, values)
    path = _place(site, f"layered/{instant.code}", f"{instant.name}_{job.number:03d}.tif")
    if job.number % 2:
        formats.pages_tiff(path, [lines, colour])
        return [_row(site, path, "document", instant, "line-art")]
    source = path.with_suffix(".part")
    formats.psd(source, lines, colour, notes=False, large=False)
    formats.layered_tiff(path, source, colour)
    source.unlink()
    return [_row(site, path, "layered", instant, "flat-colour")]


def _exr(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    instant, lines, _ = _stages(site, values)
    path = _place(site, "renders", f"{instant.name}_{job.number:03d}.exr")
    formats.exr(path, draw(site.settings, instant, "final"), lines)
    return [_row(site, path, "layered", instant, "final")]


def _pdf(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    instants = [instant_of(site.settings, values) for _ in range(3)]
    pictures = [draw(site.settings, instant, "storyboard") for instant in instants]
    path = _place(site, "boards", f"board_{job.number:03d}.pdf")
    formats.pdf(path, pictures, f"board {job.number}")
    # Pages may be of several shows.
    shows = {instant.show for instant in instants}
    show = shows.pop() if len(shows) == 1 else None
    return [Row(str(path.relative_to(site.dump)), "document", show, "storyboard")]


def _clip(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    instant = instant_of(site.settings, values)
    path = _place(site, "clip studio", f"{instant.name}_{job.number:03d}.clip")
    formats.clip(path, draw(site.settings, instant, "rough"))
    return [_row(site, path, "picture", instant, "rough")]


def _archive(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    """Write an archive of drawings; every third lies inside another one."""
    files = {}
    for number in range(int(values.integers(2, 5))):
        instant = instant_of(site.settings, values)
        drawing, _ = STAGES[int(values.integers(len(STAGES)))]
        data = io.BytesIO()
        Image.fromarray(draw(site.settings, instant, drawing)).save(data, "PNG")
        files[f"cut/{instant.name}_{number}.png"] = data.getvalue()
    suffix = (".zip", ".tar.gz", ".7z", ".tar")[job.number % 4]
    name = f"delivery_{job.number:03d}"
    if job.number % 3 == 2:
        files = {"readme.txt": b"inside", f"{name}.zip": formats.archived("a.zip", files)}
    path = _place(site, "deliveries", name + suffix)
    formats.archive(path, files)
    note = f"{len(files)} members" + (", one an archive" if job.number % 3 == 2 else "")
    return [Row(str(path.relative_to(site.dump)), "archive", note=note)]


def _other(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    suffix = (".txt", ".wav", ".otf", ".bin", ".csv", ".db")[job.number % 6]
    path = _place(site, "other", f"file_{job.number:04d}{suffix}")
    return [Row(str(path.relative_to(site.dump)), "other", note=other(path, job.number, values))]


def _broken(site: Site, job: Job, values: np.random.Generator) -> list[Row]:
    picture = draw(site.settings, instant_of(site.settings, values), "final")
    path = _place(site, "broken", f"broken_{job.number:04d}{('.png', '.jpg')[job.number % 2]}")
    note = broken(path, picture, job.number, values)
    return [Row(str(path.relative_to(site.dump)), "broken", note=note)]


_WRITERS: dict[str, Callable[[Site, Job, np.random.Generator], list[Row]]] = {
    "archive": _archive,
    "broken": _broken,
    "clip": _clip,
    "drawing": _drawing,
    "exr": _exr,
    "footage": _footage,
    "leak": _leak,
    "other": _other,
    "pdf": _pdf,
    "psd": _psd,
    "sequence": _sequence,
    "shot": _shot,
    "tiff": _tiff,
    "video": _video,
}


def _save(path: Path, picture: Pixels, quality: int = 85) -> None:
    image = Image.fromarray(picture)
    if path.suffix in (".jpg", ".webp"):
        image.save(path, quality=quality)
    else:
        image.save(path)


def duplicate(dump: Path, rows: list[Row], number: int, values: np.random.Generator) -> Row:
    """Write the bytes of a file that is there already under another name."""
    original = rows[int(values.integers(len(rows)))]
    suffix = Path(original.path).suffix
    path = dump / "copies" / f"copy_{number:04d}{suffix}"
    path.parent.mkdir(exist_ok=True)
    shutil.copyfile(dump / original.path, path)
    return Row(
        os.fspath(path.relative_to(dump)),
        original.kind if original.kind != "sequence" else "picture",
        original.show, original.stage, original.episodes, note="copy",
    )  # fmt: skip
