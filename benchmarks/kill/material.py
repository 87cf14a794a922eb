"""What is killed by `benchmarks.kill.commands`: every command that writes, and what it starts from.

Owns a small studio, its dump of two days, and the folders that the commands begin with.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from framematch.demo import StudioSettings, generate

#: A studio that is indexed in seconds.
SETTINGS = StudioSettings(n_episodes=2, episode_s=8, leak_per_stage=1, n_strangers=2)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command that writes.

    Attributes
    ----------
    name : str
        As it stands in the table.
    arguments : tuple of str
        After ``framematch``; ``{here}`` is the folder that the round writes to.
    before : Path or None
        What that folder holds before, ``None`` for nothing.
    """

    name: str
    arguments: tuple[str, ...]
    before: Path | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """Where things lie.

    Attributes
    ----------
    folder : Path
        Of everything that is made here.
    """

    folder: Path

    @property
    def library(self) -> Path:
        """The known shows."""
        return self.folder / "studio" / "library"

    @property
    def dump(self) -> Path:
        """The leak, and an archive of some of it."""
        return self.folder / "dump"

    @property
    def index(self) -> Path:
        """An index of the library."""
        return self.folder / "index"


def framematch(*arguments: str | Path) -> None:
    """Run a command to its end; a bulk job may have had failures."""
    command = [sys.executable, "-m", "framematch", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 6):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


def made(folder: Path) -> Material:
    """Return the material in `folder`, made where it is not there yet."""
    material = Material(folder)
    if not (folder / "studio").is_dir():
        generate(folder / "studio", SETTINGS)
    if not material.dump.is_dir():
        part = folder / "dump.part"
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir()
        # A few drawings and no clip: a run takes seconds, and kills are what counts.
        drawings = sorted((folder / "studio" / "leak").rglob("*.png"))
        for file in drawings[:: max(1, len(drawings) // 3)]:
            shutil.copyfile(file, part / file.name)
        with zipfile.ZipFile(part / "old cuts.zip", "w") as archive:
            for file in sorted(part.iterdir())[:2]:
                archive.write(file, f"in/{file.name}")
            archive.writestr("in/read me.txt", "nothing")
        (part / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
        part.rename(material.dump)
    if not material.index.is_dir():
        framematch("--index", folder / "index", "index", "add", material.library)
    return material


def scenarios(material: Material, names: Sequence[str] | None = None) -> tuple[Scenario, ...]:
    """Return every command that writes, its beginnings made where they are missing.

    Parameters
    ----------
    material : Material
        What is at hand.
    names : sequence of str, optional
        Of those that are wanted.
    """
    wanted = [one for one in _MAKERS if names is None or one in names]
    return tuple(Scenario(one, *_MAKERS[one](material)) for one in wanted)


_Made = tuple[tuple[str, ...], Path | None]


def _before(material: Material, name: str, make: Callable[[Path], None]) -> Path:
    """Return a beginning, made once."""
    kept = material.folder / "before" / name
    if not kept.is_dir():
        part = kept.with_name(f"{name}.part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        make(part)
        part.rename(kept)
    return kept


def _add(material: Material) -> _Made:
    return ("--index", "{here}/index", "index", "add", str(material.library)), None


def _reread(material: Material) -> _Made:
    """Read a library anew: one file has another content, one is gone, one is new."""
    library = material.folder / "changing library"

    def make(here: Path) -> None:
        shutil.rmtree(library, ignore_errors=True)
        shutil.copytree(material.library, library)
        files = sorted(library.rglob("*.mp4"))
        new = files[0].read_bytes()
        files[0].unlink()
        framematch("--index", here / "index", "index", "add", library)
        files[0].write_bytes(new)
        files[1].unlink()
        data = bytearray(files[2].read_bytes())
        shutil.copyfile(files[3], files[2])
        files[3].write_bytes(data)

    before = _before(material, "reread", make)
    options = ("--reread", "--remove-missing", str(library))
    return ("--index", "{here}/index", "index", "add", *options), before


def _remove(material: Material) -> _Made:
    def make(here: Path) -> None:
        shutil.copytree(material.index, here / "index")

    show = sorted(path.name for path in material.library.iterdir())[0]
    before = _before(material, "remove", make)
    return ("--index", "{here}/index", "index", "remove", "--show", show, "--yes"), before


def _compact(material: Material) -> _Made:
    """Compact an index that was compacted when it held less."""

    def make(here: Path) -> None:
        first, *others = sorted(path for path in material.library.iterdir())
        framematch("--index", here / "index", "index", "add", *others)
        framematch("--index", here / "index", "index", "compact")
        framematch("--index", here / "index", "index", "add", first)

    return ("--index", "{here}/index", "index", "compact"), _before(material, "compact", make)


def _merge(material: Material) -> _Made:
    def make(here: Path) -> None:
        first = sorted(path for path in material.library.iterdir())[0]
        framematch("--index", here / "index", "index", "add", first)

    before = _before(material, "merge", make)
    return ("--index", "{here}/index", "index", "merge", str(material.index)), before


def _repair(material: Material) -> _Made:
    """Repair an index whose header, derived file and one segment are damaged."""

    def make(here: Path) -> None:
        shutil.copytree(material.index, here / "index")
        framematch("--index", here / "index", "index", "compact")
        segment = sorted((here / "index" / "segments").iterdir())[0]
        for file in (segment, here / "index" / "header.json", *(here / "index").glob("derived/*")):
            file.write_bytes(file.read_bytes()[:-100])

    return ("--index", "{here}/index", "index", "repair"), _before(material, "repair", make)


def _export(material: Material) -> _Made:
    """Export over the export of another index."""
    others = _merge(material)[1]

    def make(here: Path) -> None:
        framematch("--index", material.index, "index", "export", "--out", here / "export")

    before = _before(material, "export", make)
    return ("--index", f"{others}/index", "index", "export", "--out", "{here}/export"), before


def _first_export(material: Material) -> _Made:
    return ("--index", str(material.index), "index", "export", "--out", "{here}/export"), None


def _triage_arguments(material: Material, dump: Path) -> tuple[str, ...]:
    return ("--index", str(material.index), "triage", str(dump), "--out", "{here}/case", "--no-ocr")


def _triage(material: Material) -> _Made:
    return _triage_arguments(material, material.dump), None


def _resumed(material: Material) -> _Made:
    """Go on with a run that was killed in the middle."""

    def make(here: Path) -> None:
        words = [word.replace("{here}", str(here)) for word in _triage(material)[0]]
        with subprocess.Popen(
            [sys.executable, "-m", "framematch", *words],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            log = here / "case" / "run" / "state.sqlite-wal"
            while not log.is_file() or log.stat().st_size < 200_000:
                time.sleep(0.01)
            os.kill(process.pid, signal.SIGKILL)

    return _triage_arguments(material, material.dump), _before(material, "resumed", make)


def _second_day(material: Material) -> _Made:
    """Run again: a file is new, one has another content, one is gone, one another name."""
    dump = material.folder / "changing dump"

    def make(here: Path) -> None:
        shutil.rmtree(dump, ignore_errors=True)
        shutil.copytree(material.dump, dump)
        files = sorted(path for path in dump.iterdir() if path.suffix == ".png")
        new = files[0].read_bytes()
        files[0].unlink()
        framematch("--index", material.index, "triage", dump, "--out", here / "case", "--no-ocr")
        files[0].write_bytes(new)
        files[1].unlink()
        files[2].rename(files[2].with_name(f"other {files[2].name}"))
        shutil.copyfile(files[3], files[4])

    return _triage_arguments(material, dump), _before(material, "second day", make)


def _calibrate(material: Material) -> _Made:
    out = ("--frames", "3", "--force", "--out", "{here}/calibration.json")
    return ("--index", str(material.index), "calibrate", *out), None


def _compare(material: Material) -> _Made:
    one, other = sorted(material.dump.glob("*.png"))[:2]
    out = ("--out", "{here}/both.png", "--html", "{here}/page.html")
    return ("compare", str(one), str(other), *out), None


def _demo(_: Material) -> _Made:
    return ("demo", "--out", "{here}/demo"), None


def _query(material: Material) -> _Made:
    """Ask, which writes nothing."""
    before = _remove(material)[1]
    return ("--index", "{here}/index", "query", "--json", str(material.dump)), before


_MAKERS: dict[str, Callable[[Material], _Made]] = {
    "index add": _add,
    "index add --reread": _reread,
    "index remove": _remove,
    "index compact": _compact,
    "index merge": _merge,
    "index repair": _repair,
    "index export": _first_export,
    "index export, over another": _export,
    "triage": _triage,
    "triage, gone on with": _resumed,
    "triage, second day": _second_day,
    "compare --html": _compare,
    "query": _query,
    "calibrate": _calibrate,
    "demo": _demo,
}
