"""Targets over texts that people and other programs give: manifests, patterns, `.nfo`, codes."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

from benchmarks.fuzz.targets.target import Target, hold
from framematch.errors import ConfigError
from framematch.hashing.interchange import from_hex, parse_vpdq, to_hex, write_vpdq
from framematch.ingest.manifest import Manifest
from framematch.ingest.nfo import NfoReader
from framematch.matching.confidence import Model, shipped_model
from framematch.triage.codes import read_name
from framematch.triage.patterns import read_patterns

_CSV = (
    b'path,show,season,episode,kind\na/*.mkv,Kites,1,2,episode\nb/**,"Tin, Robots",,,opening\n',
    b"\xef\xbb\xbfPATH, show\nc.mkv, Kites\n",
)
_YAML = (
    b"- {path: a/*.mkv, show: Kites, season: 1, episode: 2}\n- path: b\n  show: ~\n  kind: film\n",
)
_PATTERNS = (
    b"shows:\n  Kites: ['KIT_(?P<season>\\d)(?P<episode>\\d\\d)_sc(?P<scene>\\d+)']\n"
    b"  Tin: ['T(?P<version>\\d)']\n",
)
_NFO = (
    b"<?xml version='1.0' encoding='utf-8'?><episodedetails><title>A</title><showtitle>Kites"
    b"</showtitle><season>1</season><episode>2</episode></episodedetails>",
    b"<movie><title>Film &amp; more</title></movie>\nhttps://example.org",
    b"<!DOCTYPE x [<!ENTITY a 'b'>]><tvshow><title>&a;</title></tvshow>",
)


def _manifest(suffix: str, data: bytes, folder: Path) -> None:
    path = folder / f"m{suffix}"
    path.write_bytes(data)
    found = Manifest.load(path)
    said = [found.says(folder / name) for name in ("a/x.mkv", "b/c/d.png", "c.mkv")]
    hold(all(row is None or row.place for row in said), "a row without a place")
    for row in found.rows:
        hold(row.path, "a row without a path")
        for number in (row.season, row.episode):
            hold(number is None or 0 <= number <= 99_999, f"number {number}")
    hold(len(found.unused()) <= len(found.rows), "more unused rows than rows")


def _patterns(data: bytes, folder: Path) -> None:
    path = folder / "p.yaml"
    path.write_bytes(data)
    found = read_patterns(path)
    read_name("KIT_305_sc045_v03", found)


def _nfo(data: bytes, folder: Path) -> None:
    for name in ("a.nfo", "tvshow.nfo"):
        (folder / name).write_bytes(data)
    found = NfoReader().read(folder / "a.mkv", folder)
    for number in (found.season, found.episode):
        hold(number is None or 0 <= number <= 99_999, f"number {number}")
    hold(found.show is None or found.show.strip(), "a show without a name")


def _calibration(data: bytes, folder: Path) -> None:
    path = folder / "c.json"
    path.write_bytes(data)
    model = Model.load(path)
    hold(Model.from_dict(model.to_dict()).rows == model.rows, "another model when written again")
    model.for_rows(1000)


def _calibration_seed() -> bytes:
    return json.dumps(shipped_model().to_dict()).encode()


def _vpdq(data: bytes, folder: Path) -> None:
    del folder
    rows = parse_vpdq(data.decode("utf-8", "replace"))
    again = parse_vpdq(write_vpdq(rows))
    hold(
        [(row.frame_number, row.quality, row.code_hex) for row in again]
        == [(row.frame_number, row.quality, row.code_hex) for row in rows],
        "other rows when written again",
    )


def _hex(data: bytes, folder: Path) -> None:
    del folder
    code = from_hex(data.decode("utf-8", "replace"))
    hold(code.shape == (32,) and from_hex(to_hex(code)).tobytes() == code.tobytes(), "another code")


_OURS = (ConfigError,)
_XML = (
    *(b"<!DOCTYPE", b"<!ENTITY", b"<![CDATA[", b"&#0;", b"&#x110000;", b"encoding='utf-7'"),
    *(b"encoding='x'", b"</episodedetails>", b"<season>", b"99999999999", b"\xff\xfe"),
)
_ROWS = (b"**", b"[", b"]", b"*", b"..", b"/", b"\0", b'"', b",", b"\r", b"-1", b"1_0", b"\xd9\xa1")

TARGETS = (
    Target("manifest-csv", lambda: _CSV, partial(_manifest, ".csv"), _OURS, _ROWS),
    Target(
        "manifest-yaml", lambda: _YAML, partial(_manifest, ".yaml"), _OURS,
        (*_ROWS, b"&a", b"*a", b"<<: ", b"!!python/object:os.system", b"!!binary", b"- [", b"? "),
    ),
    Target(
        "patterns", lambda: _PATTERNS, _patterns, _OURS,
        (b"(?P<", b"(a+)+", b"\\d{99999}", b"{1,99999999999}", b"(?i)", b"&a", b"*a", b"[[", b"|"),
    ),
    Target("nfo", lambda: _NFO, _nfo, (), _XML),
    Target(
        "calibration", lambda: (_calibration_seed(),), _calibration, _OURS,
        (b"Infinity", b"NaN", b"1e999", b"-1", b"null", b"[]", b"{}"), True,
    ),
    Target(
        "vpdq", lambda: (b"0,100,%s,0.000\n24,7,%s,1.001\n" % (b"0f" * 32, b"A1" * 32),),
        _vpdq, _OURS, (b",", b"\n", b"9" * 20, b".", b"\x85", b"\xe2\x80\xa8"),
    ),
    Target("hex", lambda: (b"0f" * 32,), _hex, _OURS, (b" ", b"0x", b"_", b"\xd9\xa1")),
)  # fmt: skip
