"""Ask where writing is and what it says: ``python -m benchmarks.notes --out results.json``.

Everything that is asked about was kept out of the fit: a studio of another seed, fonts that are
like handwriting, other titles or other parts of the footage.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.notes import cases, material
from benchmarks.notes.cases import Case
from benchmarks.notes.lettering import KEPT, typefaces
from benchmarks.notes.measure import Found, Read, reading
from framematch.case_records import Box
from framematch.demo import StudioSettings, generate, read_truth
from framematch.matching.stage import judge
from framematch.notes import Reader, find_notes, missing
from framematch.notes.find import Line, find_lines, notes_of
from framematch.notes.reading import read_lines
from framematch.notes.strokes import strokes_of

_SETTINGS = StudioSettings(
    seed=cases.SEED, n_shows=6, n_episodes=2, episode_s=10.0, leak_per_stage=3, n_strangers=32
)
_PASTED = 60
# Reading takes seconds a picture: so many are read, and so many whole.
_READ, _WHOLE = 16, 8
_LIMIT_S = 60.0


def found_on(asked: Iterable[Case], spent: dict[str, list[float]]) -> dict[str, Found]:
    """Return what is found, by group of cases and of all; add the seconds of each to `spent`."""
    groups: dict[str, Found] = {"all": Found()}
    for case in asked:
        began, used = time.perf_counter(), time.process_time()
        lines = find_lines(case.pixels)
        height, width = case.pixels.shape[:2]
        notes = notes_of(lines, width, height)
        spent.setdefault(case.group, []).append(time.perf_counter() - began)
        spent.setdefault("processor time of all", []).append(time.process_time() - used)
        for group in ("all", case.group):
            groups.setdefault(group, Found()).add(case, notes, lines)
    return groups


def with_detection(reader: Reader, spent: list[float], case: Case) -> list[tuple[Box, str]]:
    """Return what is read where writing is found."""
    notes = find_notes(case.pixels)
    began = time.perf_counter()
    read, _ = reader.read(case.pixels, notes)
    spent.append(time.perf_counter() - began)
    return [(note.box, note.text) for note in read if note.text]


def on_true_boxes(reader: Reader, case: Case) -> list[tuple[Box, str]]:
    """Return what is read where writing truly is: as good as reading gets."""
    height, width = case.pixels.shape[:2]
    lines, boxes = [], []
    for true in case.lines:
        x, y, wide, high = true.box
        edges = (x * width, y * height, (x + wide) * width, (y + high) * height)
        cut = case.pixels[int(edges[1]) : int(edges[3]) + 1, int(edges[0]) : int(edges[2]) + 1]
        inks = strokes_of(cut).ink
        ink = int(np.bincount(inks, minlength=5).argmax()) if len(inks) else 0
        shares = tuple(float(true.script == name) for name in ("Han", "Hangul", "Kana", "Latin"))
        lines.append(Line(edges, ink, 9.0, shares))
        boxes.append(true.box)
    read, _ = read_lines(case.pixels, lines, reader.languages)
    return [(box, part.text) for box, part in zip(boxes, read, strict=True) if part is not None]


def without_detection(reader: Reader, case: Case) -> list[tuple[Box, str]]:
    """Return what Tesseract itself finds and reads on the whole picture, in all languages."""
    import pytesseract

    height, width = case.pixels.shape[:2]
    data = pytesseract.image_to_data(
        Image.fromarray(case.pixels),
        lang="+".join(reader.languages),
        config="--psm 11",
        output_type=pytesseract.Output.DICT,
        timeout=_LIMIT_S,
    )
    texts: dict[tuple[int, ...], list[int]] = {}
    for k, word in enumerate(data["text"]):
        if str(word).strip() and float(data["conf"][k]) >= 0:
            key = tuple(int(data[name][k]) for name in ("block_num", "par_num", "line_num"))
            texts.setdefault(key, []).append(k)
    out = []
    for words in texts.values():
        left = min(int(data["left"][k]) for k in words)
        top = min(int(data["top"][k]) for k in words)
        right = max(int(data["left"][k]) + int(data["width"][k]) for k in words)
        lower = max(int(data["top"][k]) + int(data["height"][k]) for k in words)
        box = (left / width, top / height, (right - left) / width, (lower - top) / height)
        out.append((box, " ".join(str(data["text"][k]) for k in words)))
    return out


def flags(asked: Iterable[Case]) -> dict[str, Any]:
    """Return how drawings with remarks are told: by the flag `annotations`, by writing found."""
    counts = {"flag": [0, 0, 0], "writing found": [0, 0, 0]}
    for case in asked:
        stage = judge(case.pixels)
        drawn = stage.label in ("line-art", "rough", "storyboard")
        true = any(line.purpose == "remark" for line in case.lines)
        told = {
            "flag": "annotations" in stage.flags,
            "writing found": drawn and bool(find_notes(case.pixels)),
        }
        for name, said in told.items():
            counts[name][0] += said and true
            counts[name][1] += said and not true
            counts[name][2] += true and not said
    return {
        name: {"right": right, "false": false, "missed": missed}
        for name, (right, false, missed) in counts.items()
    }


def _table(groups: dict[str, Found]) -> dict[str, Any]:
    return {name: found.to_dict() for name, found in sorted(groups.items())}


def _rates(found: dict[str, Read]) -> dict[str, Any]:
    return {script: read.to_dict() for script, read in sorted(found.items())}


def _read(asked: Sequence[Case], reader: Reader | None) -> dict[str, Any]:
    if reader is None:
        return {"not measured": missing()}
    spent: list[float] = []
    asked = [case for case in asked if case.group in ("layout-sheet", "pasted")][:_READ]
    rates = {
        "pictures": [len(asked), _WHOLE],
        "where writing is found": _rates(
            reading(asked, lambda case: with_detection(reader, spent, case))
        ),
        "where writing truly is": _rates(reading(asked, lambda case: on_true_boxes(reader, case))),
        "Tesseract on the whole picture": _rates(
            reading(asked[:_WHOLE], lambda case: without_detection(reader, case))
        ),
    }
    return {**rates, "seconds_per_picture": round(float(np.mean(spent)), 2)}


def _say(part: str, figures: dict[str, Any]) -> None:
    print(f"{part}\n{json.dumps(figures, ensure_ascii=False)}", file=sys.stderr, flush=True)


def main() -> int:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notes")
    parser.add_argument("--out", type=Path, required=True, help="write the figures here, as JSON")
    parser.add_argument("--studio", type=Path, help="ask about this studio's leak; else draw one")
    parser.add_argument("--media", type=Path, help="the development footage, for false boxes")
    parser.add_argument("--fonts", type=Path, action="append", default=[], help="fonts unpacked")
    given = parser.parse_args()
    reader = Reader.find()
    results: dict[str, Any] = {"reader": None if reader is None else reader.name}
    spent: dict[str, list[float]] = {}

    with tempfile.TemporaryDirectory() as scratch:
        folder = given.studio or Path(scratch) / "studio"
        truth = read_truth(folder) if given.studio else generate(folder, _SETTINGS)
        asked = list(cases.leaked(folder, truth))
    results["studio"] = {"seed": truth.settings.seed, "found": _table(found_on(asked, spent))}
    _say("studio: found", results["studio"])
    results["studio"]["flag"] = flags(asked)
    results["studio"]["read"] = _read(asked, reader)
    _say("studio: flag and read", {k: results["studio"][k] for k in ("flag", "read")})

    faces = typefaces([*given.fonts, Path("/usr/share/fonts")], KEPT)
    if len({script for face in faces for script in face.scripts}) == 4:
        asked = list(cases.pasted(faces, _PASTED))
        results["fonts"] = {
            "fonts": [face.path.name for face in faces],
            "found": _table(found_on(asked, spent)),
            "read": _read(asked, reader),
        }
        _say("fonts", results["fonts"])
    blank = [Case("drawn", str(k), p, ()) for k, p in enumerate(material.drawn(cases.SEED + 1, 64))]
    results["drawings without writing"] = _table(found_on(blank, spent))
    if given.media:
        groups = found_on(cases.filmed(given.media), spent)
        results["footage"] = _table(groups)
        results["footage boxes"] = [[name, list(box)] for name, box in groups["all"].false]
    results["milliseconds per picture"] = {
        group: {"median": round(float(np.median(s)) * 1e3, 1), "most": round(max(s) * 1e3, 1)}
        for group, s in sorted(spent.items())
    }
    text = json.dumps(results, indent=1, ensure_ascii=False)
    given.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
