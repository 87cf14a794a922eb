"""Tables: how often the stage is right per source, what is taken for what, and the flags."""

from collections import Counter

import numpy as np
import numpy.typing as npt

from benchmarks.stage.numbers import FLAGS, Numbers


def right(numbers: Numbers, said: npt.NDArray[np.str_]) -> npt.NDArray[np.bool_]:
    """Return which labels, str (N,), count as right."""
    return np.array([s in w.split("|") for s, w in zip(said, numbers.stages, strict=True)])


def stage_table(
    numbers: Numbers, alone: npt.NDArray[np.str_], matched: npt.NDArray[np.str_]
) -> str:
    """Return one row per source: share right alone, share right with the frame, what else it said.

    `matched` holds the label of the picture alone where there is no frame.
    """
    lines = [f"{'source':<44} {'n':>5} {'alone':>6} {'frame':>6} {'n':>5}  said with the frame"]
    for source in sorted(set(numbers.source.tolist())):
        rows = numbers.source == source
        held = rows & numbers.matched
        with_frame = right(numbers.take(held), matched[held]).mean() if held.any() else np.nan
        said = ", ".join(f"{name} {n}" for name, n in Counter(matched[rows].tolist()).most_common())
        share = right(numbers.take(rows), alone[rows]).mean()
        lines.append(
            f"{source:<44} {rows.sum():>5} {share:>6.2f} {with_frame:>6.2f} {held.sum():>5}  {said}"
        )
    return "\n".join(lines)


def confusion(numbers: Numbers, said: npt.NDArray[np.str_]) -> str:
    """Return counts of what the cases of each stage were taken for."""
    wanted = np.array([stages.split("|")[0] for stages in numbers.stages])
    names = sorted({*wanted.tolist(), *said.tolist()})
    lines = [f"{'is, and is taken for':<22}" + "".join(f"{name[:11]:>12}" for name in names)]
    for name in names:
        counts = [int(((wanted == name) & (said == other)).sum()) for other in names]
        if sum(counts):
            lines.append(f"{name:<22}" + "".join(f"{count:>12}" for count in counts))
    return "\n".join(lines)


def _rate(part: int, whole: int) -> str:
    """Return a share of so many, or that there are none."""
    return f"{part / whole:>9.3f}" if whole else f"{'-':>9}"


def precision_table(numbers: Numbers, said: npt.NDArray[np.str_]) -> str:
    """Return precision and recall of each stage.

    Where two stages count as right, a case that was given the second one counts as of that stage.
    """
    correct = right(numbers, said)
    first = np.array([stages.split("|")[0] for stages in numbers.stages])
    wanted = np.where(correct, said, first)
    lines = [f"{'stage':<16} {'is':>5} {'said':>5} {'right':>6} {'precision':>9} {'recall':>9}"]
    for name in sorted({*wanted.tolist(), *said.tolist()}):
        there, given = int((wanted == name).sum()), int((said == name).sum())
        both = int(((wanted == name) & (said == name)).sum())
        rates = f"{_rate(both, given)} {_rate(both, there)}"
        lines.append(f"{name:<16} {there:>5} {given:>5} {both:>6} {rates}")
    n = len(numbers)
    lines.append(f"{'all':<16} {n:>5} {n:>5} {correct.sum():>6} {_rate(int(correct.sum()), n)}")
    return "\n".join(lines)


def flag_table(numbers: Numbers) -> str:
    """Return for each flag how many there are, how many were found, how many set where none is.

    Precision and recall follow from these.
    """
    lines = [
        f"{'flag':<14} {'there':>6} {'found':>6} {'not there':>10} {'set':>5}"
        f" {'precision':>9} {'recall':>9}"
    ]
    for column, flag in enumerate(FLAGS):
        there, seen = numbers.wanted[:, column], numbers.seen[:, column]
        absent = ~there
        if flag in ("cropped", "mirrored"):
            there = there & numbers.matched
        found, wrong = (seen & there).sum(), (seen & absent).sum()
        rates = f"{_rate(found, found + wrong)} {_rate(found, int(there.sum()))}"
        lines.append(
            f"{flag:<14} {there.sum():>6} {found:>6} {absent.sum():>10} {wrong:>5} {rates}"
        )
    return "\n".join(lines)
