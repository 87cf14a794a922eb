"""Whatever a file, a show or a message is called: no command writes what a terminal obeys.

Every command is run as from a shell, streams guarded, over names that hold escape sequences, turned
writing direction, line breaks, bytes that are no text, and looks of options and markup.
"""

import io
import os
import shutil
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin
from scenes import scene, write_image

from framematch.cli.app import app, main
from framematch.triage import kept_case
from framematch.verdicts import About, VerdictLog, judged

ESCAPE = "\x1b[31m\x1b]0;owned\x07\x9b2J"
TURNED = "\u202egnp.exe\u2066\u200f"
NAMES = tuple(
    os.fsdecode(name)
    for name in (
        f"a{ESCAPE}.png".encode(),
        f"b{TURNED}\ufeff.png".encode(),
        b"c\nframematch: error: all is well\r\t\x7f\x08.png",
        b"d\xff\xfe\x80\x9b.png",
        b"-rf.png",
        b"[red]e[bold]%s%25{0}$(id)`id`.png",
        b"f" + b"x" * 250 + b".png",
    )
)
SHOW = f"Show {ESCAPE}{TURNED}[bold]=1+1"
#: Of these none may come out, in whatever bytes; a surrogate could not even be written.
OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class World:
    """Files with such names, an index of some of them and a case of the rest."""

    root: Path
    index: Path
    case: Path

    @property
    def library(self) -> Path:
        return self.root / "library"

    @property
    def dump(self) -> Path:
        return self.root / f"dump {ESCAPE}{TURNED}\n"


def shell(*arguments: str | Path, expected: int | None = None) -> str:
    """Run a command as a shell does; return what it wrote to both streams, checked."""
    written = io.BytesIO()
    streams = [io.TextIOWrapper(written, encoding="utf-8", write_through=True) for _ in range(2)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdout", streams[0])
        patched.setattr(sys, "stderr", streams[1])
        patched.setattr(sys, "argv", ["framematch", *map(str, arguments)])
        try:
            main()
        except SystemExit as left:
            code = left.code
        except Exception:  # noqa: BLE001 - what the interpreter does with one that nobody caught
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
            code = 1
    text = written.getvalue().decode("utf-8")
    obeyed = {c for c in text if c not in "\n\t" and unicodedata.category(c) in OBEYED}
    assert not obeyed, f"{sorted(map(ascii, obeyed))} in {text!r}"
    if expected is not None:
        assert code == expected, text
    return text


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("hostile")
    world = World(root, root / "index", root / "case")
    folder = world.library / f"Lib{ESCAPE}{TURNED}"
    for number, name in enumerate(NAMES):
        write_image(folder / name, scene(number)[::6, ::6])
    (world.dump / "deep").mkdir(parents=True)
    for number, name in enumerate(NAMES):
        told = PngImagePlugin.PngInfo()
        told.add_text("Author", f"me {ESCAPE}{TURNED}\n=1+1")
        picture = Image.fromarray(scene(number)[::6, ::6])
        picture.save(world.dump / name, pnginfo=told)
    (world.dump / "deep" / f"broken{ESCAPE}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    with zipfile.ZipFile(world.dump / "deep" / "a.zip", "w") as archive:
        for name in NAMES[:3]:
            archive.writestr(zipfile.ZipInfo(f"in/{name}"), f"text {name}")
        archive.writestr(zipfile.ZipInfo(f"../{ESCAPE}.png"), b"x")
    (world.dump / f"link{TURNED}").symlink_to(f"/nowhere{ESCAPE}")
    os.mkfifo(world.dump / f"pipe{ESCAPE}")
    told = shell("--index", world.index, "index", "add", world.library, "--show", SHOW)
    assert "7 files added" in told
    arguments = ("triage", world.dump, "--out", world.case, "--no-ocr", "--processes", "1")
    shell("--index", world.index, *arguments, expected=6)
    yield world
    shutil.rmtree(root)


def _reviewed(world: World) -> Path:
    """Return another case of the same files, of none of which anybody looks after the show."""
    other = world.root / f"other{ESCAPE}{TURNED}"
    shutil.copytree(world.case, other)
    with VerdictLog(other) as log:
        for finding in kept_case(other).findings:
            said = finding.attribution
            about = About(finding.key, said.verdict, said.show, said.confidence, said.index.id)
            log.add("=Kim", judged([about], "not-ours", why="=1+1\n@none of ours"))
    return other


def _commands(world: World) -> dict[str, tuple[str | Path, ...]]:
    """Return a command line, or several, for every command there is."""
    folder = next(world.library.iterdir())
    first, second = folder / NAMES[0], folder / NAMES[1]
    broken, gone = world.dump / "deep" / f"broken{ESCAPE}.png", world.root / f"gone{ESCAPE}{TURNED}"
    patterns = world.root / f"p{ESCAPE}.yaml"
    patterns.write_text(f'shows: {{"{TURNED}x": ["(\\e[31m"]}}', encoding="utf-8")
    manifest = world.root / f"m{ESCAPE}.csv"
    manifest.write_text(f"path,season\n{TURNED}x.png,{TURNED}4\n", encoding="utf-8")
    other = _reviewed(world)
    return {
        "query": ("query", first, broken),
        "query --json": ("query", "--json", folder / NAMES[3]),
        "query of nothing": ("query", gone),
        "query of a pipe": ("query", world.dump / f"pipe{ESCAPE}"),
        "compare": ("compare", first, second),
        "compare --json": ("compare", "--json", first, second),
        "compare of nothing": ("compare", first, gone),
        "hash": ("hash", folder, broken),
        "hash --json": ("hash", "--format", "phash", folder, broken),
        "hash of nothing": ("hash", gone),
        "index add": ("index", "add", world.dump, "--show", SHOW, "--dry-run"),
        "index add, damaged": ("index", "add", broken, "--show", SHOW),
        "index add, manifest": ("index", "add", folder, "--manifest", manifest),
        "index list": ("index", "list"),
        "index list --json": ("index", "list", "--json"),
        "index show": ("index", "show"),
        "index verify": ("index", "verify"),
        "index verify of nothing": ("--index", gone, "index", "verify"),
        "index export": ("index", "export", "--format", "pdq"),
        "index compact": ("index", "compact"),
        "index merge": ("index", "merge", gone),
        "index remove": ("index", "remove", gone),
        "index remove, a show": ("index", "remove", "--show", f"none{ESCAPE}"),
        "index repair": ("index", "repair"),
        "case show": ("case", "show", world.case),
        "case show of nothing": ("case", "show", gone),
        "case verify": ("case", "verify", world.case, "--dump", world.dump),
        "serve": ("serve", gone),
        "case verify of nothing": ("case", "verify", gone),
        "case recall --dry-run": ("case", "recall", world.case, "--from", other, "--dry-run"),
        "case recall": ("case", "recall", world.case, "--from", other, "--as", "=Lee"),
        "case recall of nothing": ("case", "recall", world.case, "--from", gone, "--as", "Lee"),
        "case report": ("case", "report", world.case),
        "triage, patterns": ("triage", world.dump, "--out", gone, "--patterns", patterns),
        "triage of nothing": ("triage", gone, "--out", world.root / "none"),
        "serve of nothing": ("serve", gone),
        "calibrate": ("calibrate", gone),
        "calibrate --verdicts": ("calibrate", "--verdicts", other),
        "demo": ("demo", "--out", folder / NAMES[0]),
        "an unknown option": ("query", f"--{ESCAPE}{TURNED}"),
        "an unknown command": (f"no{ESCAPE}{TURNED}",),
        "a word that is no number": ("index", "add", folder, "--season", f"3{ESCAPE}"),
        "--debug": ("--debug", "case", "show", gone),
    }


def test_every_command_with_hostile_names_writes_nothing_that_a_terminal_obeys(
    world: World,
) -> None:
    commands = _commands(world)
    known = {
        " ".join(filter(None, (group.name if group.name else "", command.name)))
        for group in (*app.registered_groups,)
        for command in group.typer_instance.registered_commands  # type: ignore[union-attr]
    } | {command.name for command in app.registered_commands}
    tried = {name.partition(",")[0].partition(" of ")[0].partition(" --")[0] for name in commands}
    assert not {name for name in known if name} - tried, "a command that nobody tried"
    for arguments in commands.values():
        try:
            shell("--index", world.index, *arguments)
        except BaseException as error:
            error.add_note(f"in {arguments!r}")
            raise


def test_triage_of_hostile_names_accounts_for_each_and_the_case_is_whole(world: World) -> None:
    told = shell("case", "verify", world.case, "--dump", world.dump, expected=0)
    assert told
    table = (world.case / "files.csv").read_text(encoding="utf-8-sig")
    assert "a%1B%5B31m%1B%5D0;owned%07" in table or "a%1B[31m%1B]0;owned%07" in table


def test_a_case_with_hostile_names_holds_no_character_that_moves_or_hides_text(
    world: World,
) -> None:
    for path in sorted(world.case.rglob("*")):
        # hashdeep's format has names in the bytes of the file system.
        if path.suffix not in (".csv", ".jsonl", ".html", ".txt") or path.name == "hashdeep.txt":
            continue
        text = path.read_text("utf-8")
        obeyed = {
            ascii(c)
            for c in text.removeprefix("\ufeff")
            if c not in "\r\n\t" and unicodedata.category(c) in OBEYED - {"Cf"}
        }
        obeyed |= {ascii(c) for c in TURNED if c in text and unicodedata.category(c) == "Cf"}
        assert not obeyed, f"{sorted(obeyed)} in {path.name}"


def test_a_table_cell_of_a_hostile_name_or_text_is_no_formula(world: World) -> None:
    import csv

    for path in world.case.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.reader(lines):
                assert not [c for c in row if c.startswith(("=", "+", "@", "-rf")) and len(c) > 1]
