import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from benchmarks.dump import formats
from benchmarks.dump.build import build, copied, next_day
from benchmarks.dump.hostile import broken, hostile, other
from benchmarks.dump.plan import SEQUENCE, VERSIONS, plan
from benchmarks.dump.truth import Moves, Row, finished, read, walked, write
from benchmarks.dump.write import Site
from framematch.demo import StudioSettings, generate
from framematch.errors import InputError, UnsupportedFormatError
from framematch.media import metadata_of, open_media, parts_of, sort_of, unpack

PICTURE = np.random.default_rng(1).integers(0, 256, (90, 160, 3), np.uint8)
LINES = np.where(PICTURE > 240, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("n_files", [500, 2000, 5000])
def test_plan_writes_as_many_files_as_were_asked_for(n_files: int) -> None:
    jobs = plan(n_files, n_leak=90, n_hostile=30)
    each = {"sequence": SEQUENCE, "shot": VERSIONS}
    assert sum(each.get(job.sort, 1) for job in jobs) + 30 == n_files
    assert len(set(jobs)) == len(jobs)


WRITERS: dict[str, Callable[[Path], None]] = {
    "a.psd": lambda path: formats.psd(path, LINES, PICTURE, notes=True, large=False),
    "a.psb": lambda path: formats.psd(path, LINES, PICTURE, notes=False, large=True),
    "a.exr": lambda path: formats.exr(path, PICTURE, LINES),
    "a.pdf": lambda path: formats.pdf(path, [PICTURE, LINES], "board"),
    "a.clip": lambda path: formats.clip(path, PICTURE),
    "a.zip": lambda path: formats.archive(path, {"a.txt": b"a", "b/c.txt": b"c"}),
    "a.tar.gz": lambda path: formats.archive(path, {"a.txt": b"a", "b/c.txt": b"c"}),
    "a.7z": lambda path: formats.archive(path, {"a.txt": b"a", "b/c.txt": b"c"}),
}


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_file_is_read_by_the_product_and_is_the_same_twice(tmp_path: Path, name: str) -> None:
    path, into = tmp_path / name, tmp_path / "into"
    into.mkdir()
    WRITERS[name](path)
    if sort_of(path) == "archive":
        assert [member.name for member in unpack(path, into)] == ["a.txt", "b/c.txt"]
    else:
        parts = list(parts_of(path))
        assert all(part.error is None for part in parts)
        assert len(parts) == {"psd": 5, "psb": 4, "exr": 2, "pdf": 4, "clip": 1}[name[2:]] + (
            1 if name[2:] in ("psd", "psb") else 0
        )
        metadata_of(path)
    whole = path.read_bytes()
    WRITERS[name](path)
    assert path.read_bytes() == whole


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Row]]:
    """Return a folder of hostile files, and what is said of them."""
    folder = tmp_path_factory.mktemp("bad") / "dump"
    return folder, hostile(folder, PICTURE)


def test_hostile_files_are_all_in_the_truth_and_none_is_read_as_more_than_it_is(
    bad: tuple[Path, list[Row]],
) -> None:
    folder, said = bad
    rows = finished(folder, said)
    assert [row.path for row in rows] == walked(folder)
    assert len({row.path for row in rows}) == len(rows) > 25
    for row in rows:
        path = folder / row.path
        if row.kind == "picture":
            with open_media(path) as media:
                assert next(media.frames()).pixels.shape == PICTURE.shape
        elif row.kind in ("hostile", "special"):
            with pytest.raises(InputError), open_media(path) as media:
                list(media.frames())
        elif row.kind == "archive":
            assert sort_of(path) == "archive"


def test_other_files_are_no_media_and_broken_ones_no_pictures(tmp_path: Path) -> None:
    values = np.random.default_rng(2)
    for number in range(6):
        path = tmp_path / f"{number}.png"
        other(path, number, values)
        with pytest.raises(UnsupportedFormatError):
            sort_of(path)
    for number in range(3):
        broken(path, PICTURE, number, values)
        try:
            with open_media(path) as media:
                warned = (list(media.frames()), media.warning)[1]
        except InputError as error:
            warned = str(error)
        assert warned


def test_truth_knows_duplicates_by_their_bytes_and_survives_odd_names(tmp_path: Path) -> None:
    dump = tmp_path / "dump"
    dump.mkdir()
    odd = os.fsdecode(b"\xff\nb.png")
    for name in ("b.png", odd):
        (dump / name).write_bytes(b"same")
    (dump / "a.png").write_bytes(b"other")
    rows = finished(dump, [Row(name, "picture") for name in (odd, "b.png", "a.png")])
    assert [(row.path, row.duplicate_of) for row in rows] == [
        ("a.png", None), ("b.png", None), (odd, "b.png"),
    ]  # fmt: skip
    write(tmp_path / "truth.json", rows, {}, Moves(gone=["x"]))
    assert read(tmp_path / "truth.json") == rows


def test_copy_of_a_dump_has_its_links_and_pipes(
    tmp_path: Path, bad: tuple[Path, list[Row]]
) -> None:
    copied(bad[0], tmp_path / "two")
    assert walked(bad[0]) == walked(tmp_path / "two")
    assert (tmp_path / "two/hostile/link-out.png").is_symlink()
    assert (tmp_path / "two/hostile/pipe.mp4").is_fifo()


@pytest.mark.slow
def test_dump_is_the_same_twice_and_the_day_after_moves_what_it_says(tmp_path: Path) -> None:
    settings = StudioSettings(
        n_shows=1, n_episodes=1, episode_s=8, width=160, height=120, fps=6, leak_per_stage=1,
        n_strangers=2,
    )  # fmt: skip
    generate(tmp_path / "studio", settings, workers=1)
    media = tmp_path / "media"
    media.mkdir()
    shutil.copyfile(next((tmp_path / "studio").rglob("*.mp4")), media / "film.mp4")
    sites = [
        Site(tmp_path / name, tmp_path / "studio", media, settings, seed=3) for name in ("a", "b")
    ]
    # By one process and by two.
    built = [build(site, 110, n, lambda *_: None) for n, site in enumerate(sites, 1)]
    assert built[0] == built[1]
    assert {row.kind for row in built[0]} >= {"picture", "sequence", "layered", "archive", "video"}

    later, moves = next_day(sites[0], built[0], tmp_path / "next")
    then = {row.path: row.sha256 for row in built[0]}
    now = {row.path: row.sha256 for row in later}
    renamed = dict(moves.renamed)
    assert {old: now[new] for old, new in renamed.items()} == {old: then[old] for old in renamed}
    inside = {path for path in moves.new if "!/" in path}
    assert set(now) - set(then) == set(moves.new) - inside | set(renamed.values())
    assert set(then) - set(now) == set(moves.gone) | set(renamed)
    assert {path for path in then if path in now and now[path] != then[path]} == set(moves.changed)
    assert moves.new
    assert moves.changed
    assert moves.gone
    assert moves.renamed
