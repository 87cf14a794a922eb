"""Fit what tells writing: ``python -m benchmarks.notes.fit --fonts DIR --media DIR --out FILE``.

Needs the fonts of `benchmarks.notes.lettering`, installed or unpacked below a folder; they are
looked at here only. Half an hour of one core.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.notes import material, training
from benchmarks.notes.lettering import FITTED, Typeface, typefaces
from benchmarks.notes.pictures import composed, labels_of
from framematch.calibration.operators.pixels import Pixels
from framematch.notes.find import levels
from framematch.notes.lines import proposals
from framematch.notes.model import CLASSES, Floats, network_of
from framematch.notes.windows import windows

Gathered = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]

_DRAWN, _PAPERS, _TURNS = 100, 120, 2
# No more proposals than this of one picture are fitted on.
_MOST = 50
_KEPT_SHARE = 0.05


def grounds(media: Path, rng: np.random.Generator) -> Iterator[Pixels]:
    """Yield pictures without writing."""
    for seed in material.FITTED_SEEDS:
        yield from material.drawn(seed, _DRAWN)
    yield from material.filmed(media)
    yield from (material.paper(rng) for _ in range(_PAPERS))


def gathered(
    pictures: list[Pixels], faces: tuple[Typeface, ...], rng: np.random.Generator
) -> Gathered:
    """Return windows of proposals on pictures with writing, and what they are."""
    cut, labels = [], []
    for ground in pictures:
        pixels, truth = composed(ground, faces, rng)
        for scale, strokes in levels(pixels):
            lines = proposals(strokes)
            label = labels_of(lines, truth, scale)
            clear = np.flatnonzero(label >= 0)
            if len(clear) > _MOST:
                # Writing is rarer than drawing: all of it, and some of the rest.
                weight = np.where(label[clear] > 0, 6.0, 1.0)
                clear = rng.choice(clear, _MOST, replace=False, p=weight / weight.sum())
            chosen = [lines[number] for number in clear]
            found, number = windows(strokes, chosen)
            cut.append(found)
            labels.append(label[clear][number])
    return np.concatenate(cut), np.concatenate(labels)


def main() -> int:
    """Gather, fit, say how well, write."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.notes.fit")
    parser.add_argument("--fonts", type=Path, action="append", required=True)
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--out", type=Path, required=True, help="the weights, writing.npz")
    parser.add_argument("--keep", type=Path, help="keep what was gathered here, or take it")
    parser.add_argument("--epochs", type=int, default=6)
    given = parser.parse_args()
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"{time.monotonic() - began:5.0f} s  {text}", file=sys.stderr, flush=True)

    rng = np.random.default_rng(11)
    if given.keep and given.keep.exists():
        with np.load(given.keep) as stored:
            cut, label = stored["windows"], stored["label"]
    else:
        faces = typefaces(given.fonts, FITTED)
        say(f"{len(faces)} fonts")
        pictures = list(grounds(given.media, rng))
        say(f"{len(pictures)} pictures without writing")
        parts = []
        for turn in range(_TURNS):
            parts.append(gathered(pictures, faces, rng))
            say(f"turn {turn + 1}: {len(parts[-1][1])} windows")
        cut, label = (np.concatenate([part[k] for part in parts]) for k in (0, 1))
        if given.keep:
            np.savez_compressed(given.keep, windows=cut, label=label)
    say(f"{len(label)} windows, {np.bincount(label, minlength=5).tolist()} of {CLASSES}")
    # Drawing is far more common than writing; some of it is enough.
    rare = np.flatnonzero(label > 0)
    common = rng.choice(
        np.flatnonzero(label == 0), min(round(len(rare) * 1.4), (label == 0).sum()), False
    )
    order = np.sort(np.concatenate([rare, common]))
    cut, label = cut[order], label[order]
    kept = rng.random(len(label)) < _KEPT_SHARE
    arrays = training.started(rng)

    def tell(epoch: int, loss: float) -> None:
        odds = network_of(arrays).odds(cut[kept])
        best = odds.argmax(axis=1)
        right = (best == label[kept]).mean()
        is_text = label[kept] > 0
        said = odds[:, 1:].max(axis=1) - odds[:, 0]
        false = (said[~is_text] > 2).mean()
        found = (said[is_text] > 2).mean()
        say(f"{epoch}: loss {loss:.3f}, kept {right:.4f}, found {found:.3f}, false {false:.4f}")
        _write(given.out, arrays)

    training.fit(arrays, cut[~kept], label[~kept], given.epochs, rng, tell)
    _write(given.out, arrays)
    return 0


def _write(path: Path, arrays: dict[str, Floats]) -> None:
    halves: dict[str, Any] = {name: array.astype(np.float16) for name, array in arrays.items()}
    np.savez_compressed(path, **halves)


if __name__ == "__main__":
    sys.exit(main())
