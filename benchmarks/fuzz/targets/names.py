"""Targets over names: of files and folders, of sequences, versions and production codes."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from benchmarks.fuzz.targets.target import Target, hold
from framematch.errors import ConfigError
from framematch.ingest.naming import read_names
from framematch.media import NumberedSequence, group_sequences
from framematch.records import EpisodeId
from framematch.triage.codes import read_name
from framematch.triage.paths import bytes_of, text_of
from framematch.triage.sequences import Numbered, numbered
from framematch.triage.versions import named_version

_TOKENS = (
    *(b"S01E02", b"s01e02-e03", b"1x02", b"Season 03", b"/", b" - ", b"[Group]", b"2019", b".mkv"),
    *(b"\xe7\xac\xac3\xe8\xa9\xb1", b"_v03", b"_sc045", b".png", b"0001", b"EP", b"-trailer"),
    *(b"99999999999999999999", b"\xff\xfe", b"\xd9\xa3", b"\xc2\xb2", b"(1080p)", b"2024-05-06"),
)
_SEEDS = (
    b"Kites (2019)/Season 03/Kites - S03E02 - A Title [1080p].mkv",
    b"Kites/Specials/Kites - 2x03-04.mkv",
    b"[Group] Umi no Uta - 03v2 (BD 1920x1080) [ABCDEF01].mkv",
    "うみのうた/第3話.mp4".encode(),
    b"Show.Name.2024.05.06.720p.WEB-DL.x264-GRP.mkv",
    b"KIT_305_sc045_sh010_v03.png\nKIT_305_sc045_sh010_v04.png",
    b"a/shot_0001.png\na/shot_0002.png\na/shot_0003.png\na/shot_0004.png\na/shot_0005.png",
)


def _paths(data: bytes) -> list[str]:
    """Return the lines that can be paths: on disk no name is longer, and no path."""
    lines = data.replace(b"\0", b"").split(b"\n")[:50]
    return [
        os.fsdecode(line)
        for line in lines
        if line and len(line) <= 4096 and max(map(len, line.split(b"/"))) <= 255
    ]


def _naming(data: bytes, folder: Path) -> None:
    for text in _paths(data):
        path = folder / text.lstrip("/")
        named = read_names(path, folder)
        for number in (named.season, named.episode):
            hold(number is None or (isinstance(number, int) and number >= 0), f"number {number!r}")
        # A name may say a number that no episode has; whoever takes it says so.
        with contextlib.suppress(ConfigError):
            named.episode_id()
        hold(named.show is None or named.show.strip(), "a show without a name")
        hold("\n" not in (named.note or ""), "a note of two lines")


def _codes(data: bytes, folder: Path) -> None:
    del folder
    for text in _paths(data):
        code = read_name(text)
        if code is not None:
            hold(code.text and code.text in text, f"{code.text!r} is not in the name")
            for number in (code.season, code.episode, code.version):
                hold(number is None or number >= 0, f"number {number}")
        version = named_version(text)
        hold(version is None or version[1] >= 0, f"version {version}")


def _sequences(data: bytes, folder: Path) -> None:
    paths = list(dict.fromkeys(_paths(data)))
    found = [
        path
        for each in group_sequences(folder / path for path in paths)
        for path in (each.paths if isinstance(each, NumberedSequence) else (each,))
    ]
    hold(len(found) == len(set(found)), "a file is in two sequences")
    hold(set(found) == {folder / path for path in paths}, "a file is lost")
    kept = [
        path
        for each in numbered(paths)
        for path in (each.paths if isinstance(each, Numbered) else (each,))
    ]
    hold(sorted(kept) == sorted(paths), "a path is lost, or in two sequences")


def _path_text(data: bytes, folder: Path) -> None:
    """Write a path of any bytes as a case does, and back."""
    del folder
    for name in data.replace(b"\0", b"").split(b"\n"):
        text = text_of(name)
        hold(bytes_of(text) == name, f"{name!r} became {text!r} became {bytes_of(text)!r}")
        text.encode("utf-8")
        hold(all(character >= " " for character in text), f"control characters in {text!r}")


def _episode(data: bytes, folder: Path) -> None:
    del folder
    episode = EpisodeId.parse(data.decode("utf-8", "replace"))
    hold(EpisodeId.parse(str(episode)) == episode, f"{episode} is not read again")


TARGETS = (
    Target("naming", lambda: _SEEDS, _naming, (), _TOKENS),
    Target("production-code", lambda: _SEEDS, _codes, (), _TOKENS),
    Target("sequences", lambda: _SEEDS[-2:], _sequences, (), _TOKENS),
    Target("path-text", lambda: (*_SEEDS, b"a!b%25|c\xff\x1b[31m"), _path_text, (), _TOKENS),
    Target("episode", lambda: (b"S03E02",), _episode, (ConfigError,), (b"S", b"E", b"99999")),
)
