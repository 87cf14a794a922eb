"""What the walk and the archives of a dump hold, with digests: what entries are made of.

Records, and how a dump's tree is laid out of contents. Opens no file.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from framematch.triage.outcome import Outcome
from framematch.triage.paths import member_path
from framematch.triage.walk import Kind

#: Members of one walked archive, nested ones counted, from which on the rest is refused.
MOST_MEMBERS = 100_000


@dataclass(frozen=True, slots=True)
class Found:
    """One thing with its bytes' identity.

    Attributes
    ----------
    path : str
        Where it is.
    kind : str
        As of `framematch.triage.walk.Walked`, and ``refused`` for a member that was not unpacked.
    size : int or None
        In bytes.
    modified : str or None
        ISO 8601.
    sha256, md5 : str or None
        ``None`` where it was not read.
    reason : str or None
        Why it was not.
    depth : int
        How many archives it lies in.
    """

    path: str
    kind: Kind | str
    size: int | None
    modified: str | None
    sha256: str | None
    md5: str | None
    reason: str | None
    depth: int = 0


#: Gives the outcome of a content, ``None`` where there is none.
OutcomeOf = Callable[[str], Outcome | None]


def members(archive: Found, outcome_of: OutcomeOf, max_depth: int) -> Iterator[list[Found]]:
    """Yield what lies in an archive, then in each archive in it: a list for each.

    Archives that lie too deep, and what is too much, are refused with a reason.
    """
    left = MOST_MEMBERS
    waiting = [archive]
    while waiting:
        outer = waiting.pop()
        outcome = None if outer.sha256 is None else outcome_of(outer.sha256)
        if outcome is None or outcome.sort != "archive" or outer.depth >= max_depth:
            continue
        held = [_member(outer, position, outcome) for position in range(len(outcome.held))]
        if len(held) > left:
            rest = len(held) - max(left, 0)
            held = held[: max(left, 0)]
            reason = f"{rest} more members: no more than {MOST_MEMBERS} of an archive are named"
            path = member_path(outer.path, "(the rest)")
            held.append(Found(path, "refused", None, None, None, None, reason, outer.depth + 1))
        left -= len(held)
        yield held
        waiting += [one for one in reversed(held) if one.sha256 is not None]


def _member(outer: Found, position: int, outcome: Outcome) -> Found:
    held = outcome.held[position]
    kind = "file" if held.sha256 is not None else "refused"
    return Found(
        path=member_path(outer.path, held.name),
        kind=kind,
        size=held.size,
        modified=held.modified,
        sha256=held.sha256,
        md5=held.md5,
        reason=held.reason,
        depth=outer.depth + 1,
    )
