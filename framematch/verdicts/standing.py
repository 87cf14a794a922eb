"""What holds by a verdict log now: of every finding, what each person thinks and where they differ.

Nothing here knows a file. What the machine says stays the machine's: no opinion changes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from framematch.verdicts.records import About, Entry, Judgement


@dataclass(frozen=True, slots=True)
class Opinion:
    """The last verdict of one person on one finding.

    Attributes
    ----------
    who, when : str
        As in the log.
    judgement : Judgement
        What they decided.
    show : str or None
        The show that they confirm, deny or name.
    why : str
        Their reason.
    number : int
        Entry of the log.
    about : About
        What the machine had said.
    """

    who: str
    when: str
    judgement: Judgement
    show: str | None
    why: str
    number: int
    about: About

    @property
    def claims(self) -> str | None:
        """The show that it is by this opinion; empty for none of ours, ``None`` if not said."""
        if self.judgement in ("confirmed", "other-show"):
            return self.show
        return "" if self.judgement == "not-ours" else None

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``opinions``."""
        return {
            "who": self.who,
            "when": self.when,
            "judgement": self.judgement,
            "show": self.show,
            "why": self.why,
            "number": self.number,
            "about": self.about.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Remark:
    """A note on a finding that decides nothing."""

    who: str
    when: str
    text: str
    number: int

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``remarks``."""
        return {"who": self.who, "when": self.when, "text": self.text, "number": self.number}


@dataclass(slots=True)
class Standing:
    """What people think of one finding.

    Attributes
    ----------
    opinions : list of Opinion
        The last one of each person, in order of entry.
    remarks : list of Remark
        Notes that stand, in order of entry.
    """

    opinions: list[Opinion] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def disputed(self) -> bool:
        """Whether two people say what cannot both be so; being unsure disputes nothing."""
        return any(_contradict(one, other) for one, other in combinations(self.opinions, 2))

    @property
    def decided(self) -> Opinion | None:
        """The last opinion that decides something; ``None`` where none does or they differ."""
        if self.disputed:
            return None
        firm = [one for one in self.opinions if one.judgement != "unsure"]
        # Who names the show says more than who denies one.
        naming = [one for one in firm if one.claims is not None]
        return (naming or firm)[-1] if firm else None

    @property
    def label(self) -> str:
        """The judgement in a word, or ``disputed``, or ``open`` where there is none."""
        if self.disputed:
            return "disputed"
        decided = self.decided
        if decided is not None:
            return decided.judgement
        return "unsure" if self.opinions else "open"

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``human``."""
        decided = self.decided
        return {
            "judgement": None if decided is None else decided.judgement,
            "show": None if decided is None else decided.show,
            "disputed": self.disputed,
            "opinions": [one.to_dict() for one in self.opinions],
            "remarks": [one.to_dict() for one in self.remarks],
        }


def standing_of(entries: Iterable[Entry]) -> Mapping[str, Standing]:
    """Return what stands of a log, by keys of findings; one of which nothing does is left out."""
    all_ = tuple(entries)
    taken_back = {entry.act.undoes for entry in all_ if entry.act.undoes is not None}
    found: dict[str, Standing] = {}
    for entry in all_:
        if entry.number in taken_back:
            continue
        act = entry.act
        for about in act.findings:
            if act.judgement is not None:
                standing = found.setdefault(about.key, Standing())
                standing.opinions = [one for one in standing.opinions if one.who != entry.who]
                standing.opinions.append(
                    Opinion(
                        entry.who,
                        entry.when,
                        act.judgement,
                        act.show,
                        act.why,
                        entry.number,
                        about,
                    )
                )
            elif act.kind == "noted":
                standing = found.setdefault(about.key, Standing())
                standing.remarks.append(Remark(entry.who, entry.when, act.why, entry.number))
    return found


def _contradict(one: Opinion, other: Opinion) -> bool:
    if one.claims is not None and other.claims is not None:
        return one.claims != other.claims
    return any(
        denying.judgement == "not-this-show" and naming.claims == denying.show
        for denying, naming in ((one, other), (other, one))
    )
