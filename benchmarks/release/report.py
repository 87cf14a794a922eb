"""Tables: which share of copies and of composites is told as what, by operator and by size."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

_RELATIONS = ("same-picture", "differs", "undetermined", "work-in-progress", "not matched")
_SIZES = ((0.0005, 0.002), (0.002, 0.005), (0.005, 0.02), (0.02, 0.1), (0.1, 1.01))


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of one case.

    Attributes
    ----------
    name, title, operator : str
        The case, what it is from, what was done.
    asked : bool
        Whether nothing was fitted on its title.
    drawn : bool
        Whether it is of a studio.
    changed : float
        Share of the frame that is another one; 0 for a received copy.
    stage : str
        Stage that it was given.
    by_file, by_thumbnail : str
        Relation where the reference files are read, and where they are not.
    took_s : float
        Seconds that it took with the file.
    """

    name: str
    title: str
    operator: str
    asked: bool
    drawn: bool
    changed: float
    stage: str
    by_file: str
    by_thumbnail: str
    took_s: float


def _shares(told: Sequence[Told], said: Callable[[Told], str]) -> str:
    if not told:
        return " ".join(f"{'-':>7}" for _ in _RELATIONS)
    return " ".join(
        f"{sum(said(each) == relation for each in told) / len(told):>7.2f}"
        for relation in _RELATIONS
    )


def table(told: Sequence[Told]) -> str:
    """Return rows of shares: copies by operator, composites by operator and by size."""
    head = " ".join(f"{name[:7]:>7}" for name in _RELATIONS)
    lines = [f"{'':<34} {'n':>4}  with files: {head}  thumbnails: {head}"]

    def row(name: str, chosen: Sequence[Told]) -> None:
        if chosen:
            by_file = _shares(chosen, lambda each: each.by_file)
            small = _shares(chosen, lambda each: each.by_thumbnail)
            lines.append(f"{name:<34} {len(chosen):>4}              {by_file}              {small}")

    copies = [each for each in told if each.changed == 0]
    others = [each for each in told if each.changed > 0]
    for operator in sorted({each.operator for each in copies}):
        row(operator, [each for each in copies if each.operator == operator])
    for title in sorted({each.title for each in copies}):
        row(f"copies of {title}", [each for each in copies if each.title == title])
    row("all copies", copies)
    for operator in sorted({each.operator for each in others}):
        row(operator, [each for each in others if each.operator == operator])
    for low, high in _SIZES:
        sized = [each for each in others if low <= each.changed < high]
        row(f"changed {low:.2%} to {min(high, 1):.2%}", sized)
    row("all composites", others)
    return "\n".join(lines)
