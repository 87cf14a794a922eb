"""The figures of a run as text."""

from typing import Any

from benchmarks.accuracy.outcomes import OURS
from benchmarks.accuracy.report import NAMES, TARGETS


def _number(value: float) -> str:
    return "   - " if value != value else f"{value:5.2f}"


def group_table(found: dict[str, Any]) -> str:
    """Return the table of the issue: groups down, methods across, rank 1 in brackets."""
    methods = list(found["thresholds"])
    heads = "".join(f"{name:>15}" for name in methods)
    title = "right show, at 1 % of the unknown (rank 1)"
    lines = [f"{title:44} {'n':>4}{heads}   .5%  >=.8 wrong  asked"]
    for group, figures in found["groups"].items():
        cells = "".join(
            f"{_number(figures[name]['at_1_pct']):>8} ({figures[name]['rank_1']:4.2f})"
            for name in methods
        )
        ours = figures[OURS]
        target = f"{TARGETS[group]:.2f}" if group in TARGETS else "-"
        lines.append(
            f"{NAMES[group]:44} {figures['n']:4}{cells}"
            f" {_number(ours['at_half_pct'])} {_number(ours['at_match'])}"
            f" {_number(ours['wrong_at_match'])}  {target:>5}"
        )
    return "\n".join(lines)


def family_table(found: dict[str, Any]) -> str:
    """Return a line for every family; those that nothing was fitted on are starred."""
    methods = list(found["thresholds"])
    lines = [f"{'family (* kept for testing)':34} {'n':>4}" + "".join(f"{m:>15}" for m in methods)]
    for group, figures in found["groups"].items():
        for name, family in figures["families"].items():
            star = "*" if family["kept_for_testing"] else " "
            cells = "".join(
                f"{_number(family[m]['at_1_pct']):>8} ({family[m]['rank_1']:4.2f})" for m in methods
            )
            lines.append(f"{group:8} {star}{name:24} {family['n']:4}{cells}")
    return "\n".join(lines)


def unknown_table(found: dict[str, Any]) -> str:
    """Return what becomes of the unknown files."""
    lines = [f"{'unknown (* the fit saw none)':34} {'n':>4}   >=.8    >.9  highest  PDQ<=31"]
    rows = [("all", found["unknown"]), *found["unknown"]["families"].items()]
    for name, figures in rows:
        star = " " if figures.get("seen_by_the_fit", True) else "*"
        lines.append(
            f"{star + name:34} {figures['n']:4} {figures['attributed_at_match']:6.4f}"
            f" {figures['attributed_over_.9']:6.4f}   {figures['highest']:6.3f}"
            f"   {figures.get('PDQ_at_31', float('nan')):6.4f}"
        )
    return "\n".join(lines)


def other_lines(found: dict[str, Any]) -> str:
    """Return episodes, times, calibration, stages and cost, a line each."""
    lines = []
    ranges = found["ranges"]
    if ranges["n"]:
        lines.append(
            f"episode ranges, {ranges['n']} right matches: episode inside {ranges['inside']:.3f},"
            f" no wider than the truth {ranges['no_wider']:.3f}, both"
            f" {ranges['inside_and_no_wider']:.3f}; mean width {ranges['mean_width']:.2f},"
            f" of the truth {ranges['mean_true_width']:.2f}"
        )
    for group, times in found["times"].items():
        if times["matched"]:
            lines.append(
                f"time within 1.5 s, {group}: {times['in_time_of_matched']:.3f} of"
                f" {times['matched']} matched, {times['in_time_of_all']:.3f} of all {times['n']}"
            )
    fit = found["calibration"]
    lines.append(
        f"calibration error {fit['expected_error']:.3f} as asked,"
        f" {fit['expected_error_half_unknown']:.3f} with half unknown;"
        f" at confidence .9 and more {fit['right_of_sure']:.3f} of {fit['n_sure']} are right"
    )
    for stage, figures in found["stages"].items():
        judged = ", ".join(f"{k} {v}" for k, v in figures.get("judged", {}).items())
        lines.append(f"stage {stage}: {figures['right']:.3f} of {figures['n']} {judged}")
    seconds = found["processor_seconds"]
    lines.append(
        f"processor seconds a query: mean {seconds['mean']:.2f}, median {seconds['median']:.2f},"
        f" 95 % {seconds['p95']:.2f}"
    )
    return "\n".join(lines)


def whole(found: dict[str, Any]) -> str:
    """Return everything, the misses last."""
    parts = [group_table(found), unknown_table(found), family_table(found), other_lines(found)]
    parts.append("\n".join(found["short"]) or "all targets reached")
    return "\n\n".join(parts)
