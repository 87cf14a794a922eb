"""Judge pictures of known stage: ``python -m benchmarks.stage --media ../shared/media``.

Prints what is worth what on titles and studios that nothing was fitted on, and with ``--out`` fits
the models to the others and writes them.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.stage import drawn, films
from benchmarks.stage.cases import KEPT, Case
from benchmarks.stage.fit import fit
from benchmarks.stage.numbers import Numbers, measure
from benchmarks.stage.report import confusion, flag_table, precision_table, right, stage_table
from framematch.matching.stage_model import (
    BACKGROUND,
    DRAWING,
    NUMBERS,
    OF_DRAWINGS,
    OF_PAGES,
    StageModel,
    combined,
    shipped_stage_model,
)

ASKED = {*films.ASKED, "dwanko", *(f"studio {seed}" for seed in drawn.ASKED)}


def _cases(media: Path, seed: int | None) -> Iterator[Case]:
    if seed is not None:
        return drawn.studio_cases(seed)
    return chain(
        films.fitted_cases(media),
        films.photo_cases(media),
        films.asked_cases(media),
        films.dwanko_cases(media),
        *(drawn.studio_cases(seed) for seed in (*drawn.FITTED, *drawn.ASKED)),
    )


def _gather(media: Path, seed: int | None) -> Numbers:
    began = time.monotonic()

    def tell(number: int) -> None:
        if number % 100 == 0:
            print(f"{number} cases, {time.monotonic() - began:.0f} s", file=sys.stderr)

    return measure(_cases(media, seed), tell)


def _weight(numbers: Numbers) -> npt.NDArray[np.float64]:
    """Return the weight of each case: rows of the table count alike, but not without end."""
    _, position, count = np.unique(numbers.source, return_inverse=True, return_counts=True)
    return np.asarray(1 / np.maximum(count, 12.0))[position]


def fit_both(numbers: Numbers) -> dict[str, StageModel]:
    """Return the model of pictures alone and the one of pictures with their frames."""
    first = np.array([stages.split("|")[0] for stages in numbers.stages])
    alone = first != BACKGROUND
    held = numbers.matched & ~np.isin(first, OF_PAGES)
    both = np.concatenate([numbers.looks, numbers.apart], axis=1)
    merged = np.where(np.isin(first, OF_DRAWINGS), DRAWING, first)
    weight = _weight(numbers)
    return {
        "alone": fit(numbers.looks[alone], NUMBERS["alone"], first[alone].tolist(), weight[alone]),
        "matched": fit(both[held], NUMBERS["matched"], merged[held].tolist(), weight[held]),
    }


def labels(
    numbers: Numbers, models: dict[str, StageModel]
) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.str_]]:
    """Return what is said of every case alone, and with its frame where there is one."""
    names = np.array(models["alone"].stages)
    shares = models["alone"].probabilities(numbers.looks)
    alone = names[shares.argmax(axis=1)]
    held = numbers.matched
    both = np.concatenate([numbers.looks[held], numbers.apart[held]], axis=1)
    with_frame = models["matched"].probabilities(both)
    together = combined(
        dict(zip(names.tolist(), shares[held].T, strict=True)),
        dict(zip(models["matched"].stages, with_frame.T, strict=True)),
    )
    matched = alone.astype("U16")
    matched[held] = np.array(list(together))[np.stack(list(together.values())).argmax(axis=0)]
    return alone, matched


def _provenance(fitted: Numbers, asked: Numbers, models: dict[str, StageModel]) -> str:
    alone, matched = labels(asked, models)
    titles, others = (", ".join(sorted(set(n.title.tolist()))) for n in (fitted, asked))
    return (
        f"benchmarks/stage, {time.strftime('%Y-%m-%d')}: {len(fitted)} pictures of {titles}."
        f" On {len(asked)} pictures that were not fitted on, of {others}: right"
        f" {right(asked, alone).mean():.3f} alone, {right(asked, matched).mean():.3f} with their"
        " frames. Command: python -m benchmarks.stage --media MEDIA --out stages.json"
    )


def write(path: Path, models: dict[str, StageModel], provenance: str) -> None:
    """Write the file of models: a line for each array."""
    lines = [f'  "provenance": {json.dumps(provenance)}']
    for name, model in models.items():
        rows = [f'    "{key}": {json.dumps(value)}' for key, value in model.to_dict().items()]
        lines.append(f'  "{name}": {{\n' + ",\n".join(rows) + "\n  }")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main() -> int:
    """Measure, or take what was kept; fit where asked to; report."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stage")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--seed", type=int, help="ask about the studio of this seed only")
    parser.add_argument("--numbers", type=Path, help="take the numbers from here, or keep them")
    parser.add_argument("--out", type=Path, help="fit, and write the models here")
    given = parser.parse_args()
    if given.numbers and given.numbers.exists():
        numbers = Numbers.load(given.numbers)
    else:
        numbers = _gather(given.media, given.seed)
        if given.numbers:
            numbers.save(given.numbers)
    is_asked = np.isin(numbers.title, list(ASKED)) | np.isin(numbers.operator, KEPT)
    is_asked |= np.isin(numbers.title, [f"studio {seed}" for seed in drawn.FITTED], invert=True) & (
        given.seed is not None
    )
    fitted, asked = numbers.take(~is_asked), numbers.take(is_asked)
    models = {"alone": shipped_stage_model("alone"), "matched": shipped_stage_model("matched")}
    if given.out:
        models = fit_both(fitted)
        write(given.out, models, _provenance(fitted, asked, models))
    for name, part in (("fitted on", fitted), ("not fitted on", asked)):
        if not len(part):
            continue
        alone, matched = labels(part, models)
        print(
            f"\n{name}: {len(part)} pictures, right {right(part, alone).mean():.3f} alone", end=""
        )
        print(f", {right(part, matched).mean():.3f} with their frames")
        print(stage_table(part, alone, matched))
    print("\nwith their frames, not fitted on:\n" + confusion(asked, matched))
    print("\nwith their frames, not fitted on:\n" + precision_table(asked, matched))
    print("\nflags, not fitted on:\n" + flag_table(asked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
