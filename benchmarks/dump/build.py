"""Builds a dump in several processes, and the dump of the day after."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.dump import formats
from benchmarks.dump.hostile import hostile
from benchmarks.dump.material import STAGES, draw, instant_of
from benchmarks.dump.plan import Job, plan
from benchmarks.dump.truth import Moves, Row, finished, walked
from benchmarks.dump.write import Site, duplicate, write
from framematch.demo import read_truth

Progress = Callable[[int, int], None]


def build(site: Site, n_files: int, workers: int, progress: Progress) -> list[Row]:
    """Write a dump of `n_files` into the new folder ``site.dump``."""
    site.dump.mkdir(parents=True)
    picture = draw(
        site.settings, instant_of(site.settings, np.random.default_rng(site.seed)), "final"
    )
    rows = hostile(site.dump, picture)
    jobs = plan(n_files, len(read_truth(site.studio).leak), len(rows))
    copies = [job for job in jobs if job.sort == "duplicate"]
    drawn = [job for job in jobs if job.sort != "duplicate"]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for done, written in enumerate(pool.map(partial(_write, site), drawn, chunksize=4), 1):
            rows += written
            progress(done, len(drawn))
    media = [row for row in rows if row.kind in ("picture", "layered", "video", "sequence")]
    values = np.random.default_rng([site.seed, 1])
    rows += [duplicate(site.dump, media, job.number, values) for job in copies]
    date(site.dump)
    return checked(site.dump, rows)


def _write(site: Site, job: Job) -> list[Row]:
    return write(site, job)


def checked(dump: Path, rows: list[Row]) -> list[Row]:
    """Return the finished truth, and make sure that it is about what lies there."""
    done = finished(dump, rows)
    if [row.path for row in done] != walked(dump):
        missing = set(walked(dump)) ^ {row.path for row in done}
        raise RuntimeError(
            f"the truth and the dump are not about the same files: {sorted(missing)[:9]}"
        )
    return done


def date(dump: Path) -> None:
    """Give every file and folder one date, so that two dumps are the same."""
    for folder, _, files in os.walk(dump, topdown=False):
        for name in files:
            os.utime(Path(folder) / name, (formats.MOMENT, formats.MOMENT), follow_symlinks=False)
        os.utime(folder, (formats.MOMENT, formats.MOMENT))


def next_day(site: Site, rows: list[Row], out: Path) -> tuple[list[Row], Moves]:
    """Write the dump of the day after into the new folder `out`: a copy in which things moved."""
    copied(site.dump, out)
    values = np.random.default_rng([site.seed, 2])
    loose = [
        row for row in rows
        if row.kind == "picture" and row.duplicate_of is None
        if row.path.split("/")[0] != "hostile"
        and Path(row.path).suffix in (".bmp", ".jpg", ".png", ".tga")
    ]  # fmt: skip
    # What has copies is left alone, so that each move is of one file.
    copies = {row.duplicate_of for row in rows}
    loose = [row for row in loose if row.path not in copies and row.version is None]
    order = values.permutation(len(loose))
    share = max(3, len(rows) // 100)
    gone, renamed, changed = (
        [loose[int(k)] for k in order[start : start + share]]
        for start in range(0, 3 * share, share)
    )
    kept = {row.path: row for row in rows}
    moves = Moves()
    for row in gone:
        (out / row.path).unlink()
        moves.gone.append(row.path)
        del kept[row.path]
    for row in renamed:
        _rename(out, row, kept, moves)
    for row in changed:
        _change(out, row)
        moves.changed.append(row.path)
    _add(site, out, rows, kept, moves, share, values)
    date(out)
    for found in (moves.new, moves.changed, moves.gone, moves.renamed):
        found.sort()
    return checked(out, list(kept.values())), moves


def _rename(out: Path, row: Row, kept: dict[str, Row], moves: Moves) -> None:
    path = Path(row.path)
    other = str(path.with_name(f"renamed_{path.name}"))
    (out / row.path).rename(out / other)
    moves.renamed.append((row.path, other))
    del kept[row.path]
    kept[other] = Row(other, row.kind, row.show, row.stage, row.episodes, note="renamed")


def _change(out: Path, row: Row) -> None:
    """Draw a mark on a picture."""
    path = out / row.path
    with Image.open(path) as image:
        changed = image.convert("RGB")
    changed.paste((255, 0, 0), (2, 2, 12, 12))
    changed.save(path)


def _add(
    site: Site,
    out: Path,
    rows: list[Row],
    kept: dict[str, Row],
    moves: Moves,
    share: int,
    values: np.random.Generator,
) -> None:
    """Add drawings, a next version of some shots, and a member to an archive."""
    added = []
    for number in range(share):
        instant = instant_of(site.settings, values)
        drawing, stage = STAGES[int(values.integers(len(STAGES)))]
        path = out / "drop_0414" / f"{instant.name}_new_{number:03d}.png"
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(draw(site.settings, instant, drawing)).save(path)
        where = str(path.relative_to(out))
        added.append(Row(where, "picture", instant.show, stage, instant.episodes))
    latest = [row for row in rows if row.version == 3]
    for row in latest[:5]:
        old = Path(row.path)
        path = out / old.with_name(f"{row.shot}_v04.png")
        with Image.open(out / row.path) as image:
            finer = image.convert("RGB")
        finer.paste((250, 250, 250), (4, 4, 20, 10))
        finer.save(path)
        where = str(path.relative_to(out))
        added.append(Row(where, "picture", row.show, row.stage, row.episodes, row.shot, 4))
    target = next((row for row in rows if row.path.endswith("delivery_000.zip")), None)
    if target is not None:
        _grow(out / target.path)
        moves.changed.append(target.path)
        moves.new.append(f"{target.path}!/cut/late.txt")
    kept.update((row.path, row) for row in added)
    moves.new.extend(row.path for row in added)


def _grow(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        files = {info.filename: archive.read(info) for info in archive.infolist()}
    formats.archive(path, {**files, "cut/late.txt": b"came later"})


def copied(source: Path, target: Path) -> None:
    """Copy a dump with its links and pipes."""
    target.mkdir(parents=True)
    for entry in os.scandir(source):
        other = target / entry.name
        mode = entry.stat(follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            other.symlink_to(Path(entry.path).readlink())
        elif stat.S_ISDIR(mode):
            copied(Path(entry.path), other)
        elif stat.S_ISREG(mode):
            shutil.copyfile(entry.path, other)
        else:
            os.mkfifo(other)
