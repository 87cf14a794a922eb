"""What is known of a file before it is over, so that what comes after cannot take it away.

A picture is attributed first; what shows it, how it stands to the release, its notes and what the
file says of itself follow. Each step is told as it is done: where a later one raises, dies or takes
too long, what is known stays, and what failed is said. Records only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from framematch.triage.outcome import Held, Looked, Outcome, Sort


@dataclass(frozen=True, slots=True)
class Step:
    """A picture as far as it is known, and what is done next.

    Attributes
    ----------
    sort : str
        What the file is.
    doing : str
        What begins now, as the beginning of a sentence.
    looked : Looked
        The picture; instead of what an earlier step said of the same part.
    pictures : dict of str to bytes
        What shows it, where that has just been drawn.
    reason : str or None
        What could not be used so far.
    held : tuple of Held
        As of `Outcome`.
    """

    sort: Sort
    doing: str
    looked: Looked
    pictures: Mapping[str, bytes] = field(default_factory=dict)
    reason: str | None = None
    held: tuple[Held, ...] = ()


#: Told each step.
Tell = Callable[[Step], None]


def kept_of(steps: Sequence[Step], fault: str) -> tuple[Outcome, dict[str, bytes]]:
    """Return the outcome of a file whose last step did not come to its end, and its pictures.

    Parameters
    ----------
    steps : sequence of Step
        At least one, as they were told.
    fault : str
        What happened, such as ``its process was killed by SIGSEGV``.
    """
    last = steps[-1]
    said = f"{last.doing} failed: {fault}"
    looked: dict[str | None, Looked] = {step.looked.part: step.looked for step in steps}
    attribution = last.looked.attribution
    error = said if attribution.error is None else f"{attribution.error}; {said}"
    looked[last.looked.part] = replace(last.looked, attribution=replace(attribution, error=error))
    pictures = {name: content for step in steps for name, content in step.pictures.items()}
    reason = said if last.reason is None else f"{last.reason}; {said}"
    return Outcome(last.sort, reason, tuple(looked.values()), last.held), pictures
