"""The pictures of a run: recall over false positives, reliability, true against impostor."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.ablation import Margin
from benchmarks.accuracy.figures import reliability
from benchmarks.accuracy.outcomes import OURS, Run
from benchmarks.accuracy.report import TARGETS
from benchmarks.accuracy.svg import Axes, Line, histograms, line_chart

_SHARES = (0.002, 1.0)
_RELIABILITY = Axes(
    "Reliability of the confidence",
    "confidence of the first candidate",
    "share that is right",
    (0.0, 1.0),
    (0.0, 1.0),
)


def draw(run: Run, folder: Path) -> list[Path]:
    """Write the pictures of a run, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    _methods(run, folder / "recall.svg")
    _groups(run, folder / "recall-groups.svg")
    _reliability(run, folder / "reliability.svg")
    return [folder / name for name in ("recall.svg", "recall-groups.svg", "reliability.svg")]


def draw_crowds(found: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Write the reliability of runs with distractors, a line each, as `crowds.honesty` gives it."""
    lines = [Line("perfect", [(0.0, 0.0), (1.0, 1.0)], dashed=True)]
    for one in found:
        points = [(claimed, right) for n, claimed, right in one["bins"] if n]
        lines.append(Line(f"{one['distractors']} distractors", points))
    line_chart(path, _RELIABILITY, lines)


def draw_margin(known: Sequence[bool], margins: Sequence[Margin], path: Path) -> None:
    """Write histograms of the matcher's own log odds: right shows, and the best wrong ones."""
    right = [one.right for one, is_known in zip(margins, known, strict=True) if is_known]
    wrong = [one.wrong for one in margins]
    edges = np.linspace(-30.0, 30.0, 41)
    series = []
    for name, values in (("right show", right), ("best wrong show", wrong)):
        counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), bins=edges)
        series.append((name, (counts / max(1, len(values))).tolist()))
    axes = Axes(
        "Log odds of the right and of the best wrong show (the ends hold all beyond)",
        "log odds",
        "share of queries",
        (float(edges[0]), float(edges[-1])),
        (0.0, max(0.01, *(max(heights) for _, heights in series))),
    )
    histograms(path, axes, edges.tolist(), series)


def _curve(run: Run, method: str, chosen: "np.ndarray") -> list[tuple[float, float]]:
    rates, recalls = run.ranked(method).curve(chosen)
    return list(zip(rates.tolist(), recalls.tolist(), strict=True))


def _methods(run: Run, path: Path) -> None:
    chosen = run.group(*TARGETS)
    axes = Axes(
        "Right show, over the share of unknown files attributed, all groups with a target",
        "share of unknown files attributed",
        "share given the right show",
        _SHARES,
        (0.0, 1.0),
        log_x=True,
    )
    line_chart(path, axes, [Line(name, _curve(run, name, chosen)) for name in run.methods()])


def _groups(run: Run, path: Path) -> None:
    axes = Axes(
        "FrameMatch: right show, over the share of unknown files attributed",
        "share of unknown files attributed",
        "share given the right show",
        _SHARES,
        (0.0, 1.0),
        log_x=True,
    )
    present = {one.group for one in run.asked}
    lines = [Line(g, _curve(run, OURS, run.group(g))) for g in (*TARGETS, "S") if g in present]
    line_chart(path, axes, lines)


def _reliability(run: Run, path: Path) -> None:
    ranked = run.ranked(OURS)
    bins = [one for one in reliability(ranked.score, ranked.right) if one.n]
    lines = [
        Line("FrameMatch", [(one.claimed, one.right) for one in bins]),
        Line("perfect", [(0.0, 0.0), (1.0, 1.0)], dashed=True),
    ]
    line_chart(path, _RELIABILITY, lines)
