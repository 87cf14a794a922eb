"""What people decided about the same content in another case, to be adopted by choice.

Only what says no is offered: that content is of none of the shows looked after, or not of the show
that the machine names here too. Whoever adopts it does so under their own name, with a reason that
says where it comes from. Nothing here writes; `VerdictLog` does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from framematch.errors import CaseError
from framematch.verdicts.log import LOG, read_log
from framematch.verdicts.records import MOST_REASON, About, Act, Entry, Judgement, judged
from framematch.verdicts.standing import Opinion, Standing, standing_of

#: How the reason of an adopted verdict begins.
_RECALLED = "recalled from "

#: Digits of an entry's digest that a reason names, and where.
_DIGITS = 12
_SOURCE = re.compile(rf"{_RECALLED}.*?, entry \d+ \(([0-9a-f]{{{_DIGITS}}})\) of ")


@dataclass(frozen=True, slots=True)
class OtherCase:
    """Another case, as far as people decided in it.

    Attributes
    ----------
    name : str
        Name of its folder, to be shown.
    entries : tuple of Entry
        Its log, the chain of which holds.
    """

    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Recalled:
    """A verdict of another case that can be adopted here.

    Attributes
    ----------
    about : About
        The finding here, and what the machine says of it here.
    judgement : Judgement
        ``not-ours`` or ``not-this-show``.
    show : str or None
        The show that is denied.
    why : str
        The reason that was given there.
    who, when : str
        Who decided it there, and when.
    case : str
        Name of the other case.
    number : int
        Entry of its log.
    sha256 : str
        Digest of that entry.
    """

    about: About
    judgement: Judgement
    show: str | None
    why: str
    who: str
    when: str
    case: str
    number: int
    sha256: str

    def to_dict(self) -> dict[str, Any]:
        """Return the object that ``case recall --json`` writes, less what the command adds."""
        return {
            "finding": self.about.to_dict(),
            "judgement": self.judgement,
            "show": self.show,
            "why": self.why,
            "who": self.who,
            "when": self.when,
            "case": self.case,
            "number": self.number,
            "sha256": self.sha256,
        }


def read_other(folder: Path, known: str | None = None) -> OtherCase:
    """Return another case's decisions, its chain checked.

    Parameters
    ----------
    folder : Path
        Folder of the case; nothing but its log is needed.
    known : str, optional
        SHA-256 of an entry that must be there: what its exports were made of.

    Raises
    ------
    CaseError
        There is no log, it was changed or damaged, or the known entry is missing.
    """
    if not (folder / LOG).is_file():
        raise CaseError(
            f"{folder}: holds no {LOG}: nobody has decided anything there, or it is no case; name"
            " the folder of a case in which people have decided"
        )
    name = folder.resolve().name
    shown = "".join(one if one.isprintable() else "?" for one in name)
    return OtherCase(shown, read_log(folder, known))


def recallable(
    others: Iterable[OtherCase],
    findings: Iterable[About],
    standings: Mapping[str, Standing],
    entries: Iterable[Entry] = (),
) -> tuple[Recalled, ...]:
    """Return what of other cases can be adopted here, in the order of the findings.

    Of a finding that is what its content was decided to be, undisputed within and among the other
    cases: ``not-ours``, or ``not-this-show`` where the machine names that same show here. Where
    several say so, the latest counts.

    Parameters
    ----------
    others : iterable of OtherCase
        The cases that are asked.
    findings : iterable of About
        The findings of this case, with what the machine says of them here.
    standings : mapping of str to Standing
        What people think here; a finding on which anybody has decided is left to them.
    entries : iterable of Entry
        The log of this case: what was adopted once is not offered again, taken back or not.
    """
    found: dict[str, list[tuple[Opinion, OtherCase]]] = {}
    for other in others:
        for key, standing in standing_of(other.entries).items():
            found.setdefault(key, []).extend((one, other) for one in standing.opinions)
    adopted = _adopted(entries)
    offered = []
    for about in findings:
        here = standings.get(about.key)
        if here is not None and any(one.judgement != "unsure" for one in here.opinions):
            continue
        one = _of_finding(about, found.get(about.key, []))
        if one is not None and (about.key, one.sha256[:_DIGITS]) not in adopted:
            offered.append(one)
    return tuple(offered)


def acts_of(recalled: Iterable[Recalled]) -> tuple[Act, ...]:
    """Return the acts that adopt verdicts, one for each entry that they come from.

    The reason of each says whose it was: ``recalled from CASE, entry N (SHA-256) of WHO, WHEN:
    WHY``, cut where it would be too long.
    """
    groups: dict[tuple[Judgement, str | None, str], list[Recalled]] = {}
    for one in recalled:
        groups.setdefault((one.judgement, one.show, one.sha256), []).append(one)
    return tuple(
        judged([one.about for one in group], judgement, show, _reason(group[0]))
        for (judgement, show, _), group in groups.items()
    )


def _of_finding(about: About, found: list[tuple[Opinion, OtherCase]]) -> Recalled | None:
    """Return what can be adopted of what was said elsewhere about a finding."""
    found = sorted(found, key=lambda pair: pair[0].when)
    decided = Standing([opinion for opinion, _ in found]).decided
    if decided is None or decided.judgement not in ("not-ours", "not-this-show"):
        return None
    fitting = [
        (opinion, other)
        for opinion, other in found
        if opinion.judgement == decided.judgement
        and (opinion.judgement == "not-ours" or opinion.show == about.show)
    ]
    if not fitting:
        return None
    opinion, other = fitting[-1]
    return Recalled(
        about=about,
        judgement=opinion.judgement,
        show=opinion.show,
        why=opinion.why,
        who=opinion.who,
        when=opinion.when,
        case=other.name,
        number=opinion.number,
        sha256=other.entries[opinion.number - 1].sha256,
    )


def _reason(one: Recalled) -> str:
    source = f"entry {one.number} ({one.sha256[:_DIGITS]}) of {one.who}, {one.when}"
    reason = f"{_RECALLED}{one.case}, {source}" + (f": {one.why}" if one.why else "")
    return reason if len(reason) <= MOST_REASON else f"{reason[: MOST_REASON - 1].rstrip()}…"


def _adopted(entries: Iterable[Entry]) -> set[tuple[str, str]]:
    """Return findings and the first digits of the entries that were adopted for them."""
    return {
        (about.key, source[1])
        for entry in entries
        if entry.act.kind == "judged" and (source := _SOURCE.match(entry.act.why))
        for about in entry.act.findings
    }
