"""A few hundred bytes of SVG for a line chart or bars: no plotting library needed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

_WIDTH, _HEIGHT, _LEFT, _RIGHT, _TOP, _BOTTOM = 720, 440, 60, 190, 40, 50
COLOURS = ("#1b6ca8", "#d1495b", "#2e933c", "#edae49", "#66508f", "#5c6b73", "#a44a3f", "#00798c")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a chart: its name, points from left to right, and whether it is dashed."""

    name: str
    points: Sequence[tuple[float, float]]
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Axes:
    """What a chart shows: title, names of the axes, their ranges; x may be logarithmic."""

    title: str
    x_name: str
    y_name: str
    x: tuple[float, float]
    y: tuple[float, float]
    log_x: bool = False

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point lies, in pixels, cut off at the edges."""
        low, high = self.x
        if self.log_x:
            low, high, x = math.log10(low), math.log10(high), math.log10(max(x, low))
        across = min(max((x - low) / (high - low), 0.0), 1.0)
        up = min(max((y - self.y[0]) / (self.y[1] - self.y[0]), 0.0), 1.0)
        width, height = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM
        return _LEFT + across * width, _TOP + (1 - up) * height


def _text(x: float, y: float, words: str, anchor: str = "middle", extra: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(words)}</text>'


def _frame(axes: Axes) -> list[str]:
    left, right, bottom = _LEFT, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}"'
        ' font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        _text((left + right) / 2, 22, axes.title, extra=' font-size="14"'),
        _text((left + right) / 2, _HEIGHT - 12, axes.x_name),
        _text(
            16, (_TOP + bottom) / 2, axes.y_name, extra=f' transform="rotate(-90 16 {bottom / 2})"'
        ),
    ]
    for step in range(6):
        y = axes.y[0] + (axes.y[1] - axes.y[0]) * step / 5
        _, at = axes.place(axes.x[0], y)
        parts.append(f'<path d="M{left} {at:.1f}H{right}" stroke="#ddd"/>')
        parts.append(_text(left - 6, at + 4, f"{y:.3g}", "end"))
    for x in _ticks(axes):
        at, _ = axes.place(x, axes.y[0])
        parts.append(f'<path d="M{at:.1f} {_TOP}V{bottom}" stroke="#eee"/>')
        parts.append(_text(at, bottom + 16, f"{x:.3g}"))
    return parts


def _ticks(axes: Axes) -> list[float]:
    low, high = axes.x
    if axes.log_x:
        return [
            10.0**n for n in range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
        ]
    return [low + (high - low) * step / 5 for step in range(6)]


def _legend(names: Sequence[str]) -> list[str]:
    parts = []
    for number, name in enumerate(names):
        y = _TOP + 10 + 18 * number
        colour = COLOURS[number % len(COLOURS)]
        parts.append(
            f'<rect x="{_WIDTH - _RIGHT + 12}" y="{y}" width="12" height="8" fill="{colour}"/>'
        )
        parts.append(_text(_WIDTH - _RIGHT + 30, y + 8, name, "start"))
    return parts


def line_chart(path: Path, axes: Axes, lines: Sequence[Line]) -> None:
    """Write a chart of lines."""
    parts = _frame(axes)
    for number, line in enumerate(lines):
        places = [axes.place(x, y) for x, y in line.points if not math.isnan(y)]
        if not places:
            continue
        way = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dash = ' stroke-dasharray="5 4"' if line.dashed else ""
        colour = COLOURS[number % len(COLOURS)]
        parts.append(f'<path d="{way}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>')
    _write(path, [*parts, *_legend([line.name for line in lines])])


def histograms(
    path: Path, axes: Axes, edges: Sequence[float], series: Sequence[tuple[str, Sequence[float]]]
) -> None:
    """Write histograms over each other: of each its name and a height for every bin."""
    parts = _frame(axes)
    for number, (_, heights) in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        for low, high, height in zip(edges[:-1], edges[1:], heights, strict=True):
            x, y = axes.place(low, height)
            right, foot = axes.place(high, axes.y[0])
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{right - x - 1:.1f}"'
                f' height="{foot - y:.1f}" fill="{colour}" fill-opacity="0.55"/>'
            )
    _write(path, [*parts, *_legend([name for name, _ in series])])


def _write(path: Path, parts: Sequence[str]) -> None:
    path.write_text("\n".join([*parts, "</svg>"]) + "\n", encoding="utf-8")
