"""Frozen records of what people decide, and the one form in which they are written.

An `Act` is what a person does at once, to one finding or to a group; an `Entry` is that act in the
log, with who, when and its place in the chain. They know no clock and no file.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from framematch.errors import ConfigError

#: ``confirmed``: it is the show that the machine names. ``not-this-show``: it is not, whatever else
#: it may be. ``other-show``: it is another one, which is named. ``not-ours``: it is of no show that
#: anybody here looks after. ``unsure``: looked at, not decided.
Judgement = Literal["confirmed", "not-this-show", "other-show", "not-ours", "unsure"]
Kind = Literal["judged", "noted", "undone"]

JUDGEMENTS: tuple[Judgement, ...] = get_args(Judgement)
KINDS: tuple[Kind, ...] = get_args(Kind)

#: `previous` of the first entry of a log.
START = hashlib.sha256(b"FrameMatch verdict log, format 1\n").hexdigest()

#: Most findings that are decided at once, and most characters of a name, a reason and a key.
MOST_FINDINGS, MOST_NAME, MOST_REASON, MOST_KEY = 5000, 200, 4000, 20_000

_DIGEST = re.compile(r"[0-9a-f]{64}")
_WHEN = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class About:
    """A finding, and what the machine said of it when a person decided.

    Attributes
    ----------
    key : str
        Key of the finding: the SHA-256 of its content, of a part followed by ``:`` and the part.
    verdict : str
        The machine's verdict.
    show : str or None
        The show that it named.
    confidence : float
        How sure it was, 0 to 1.
    index : str
        Id of the index that it asked.
    """

    key: str
    verdict: str
    show: str | None
    confidence: float
    index: str

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``findings``."""
        return {
            "key": self.key,
            "machine": {
                "verdict": self.verdict,
                "show": self.show,
                "confidence": round(self.confidence, 4),
                "index": self.index,
            },
        }


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does at once; made by `judged`, `noted` and `undone`.

    Attributes
    ----------
    kind : {"judged", "noted", "undone"}
        A verdict, a remark without one, or an earlier act taken back.
    findings : tuple of About
        What it is about.
    judgement : str or None
        The verdict; ``None`` where it is none.
    show : str or None
        The show that is confirmed, denied or named instead.
    why : str
        The reason or remark; may be empty for a verdict.
    undoes : int or None
        Number of the entry that is taken back.
    """

    kind: Kind
    findings: tuple[About, ...]
    judgement: Judgement | None
    show: str | None
    why: str
    undoes: int | None


def judged(
    findings: Sequence[About], judgement: Judgement, show: str | None = None, why: str = ""
) -> Act:
    """Return a verdict on findings that are decided alike.

    Parameters
    ----------
    findings : sequence of About
        One, or a group.
    judgement : Judgement
        What was decided.
    show : str, optional
        The other show; of ``confirmed`` and ``not-this-show`` the one that the machine names where
        it is left out.
    why : str
        The reason.

    Raises
    ------
    ConfigError
        There is no finding, no such judgement, or no show to confirm, deny or name; the findings
        are not all of one show; a text is too long or has characters that are not shown.
    """
    if judgement not in JUDGEMENTS:
        raise ConfigError(f"{judgement!r} is no judgement; say one of {', '.join(JUDGEMENTS)}")
    about = _checked(findings)
    if judgement in ("confirmed", "not-this-show") and show is None:
        named = {one.show for one in about}
        if len(named) > 1:
            raise ConfigError("the findings are of several shows; decide them one show at a time")
        show = named.pop()
        if show is None:
            raise ConfigError(
                "no show is named that could be confirmed or denied; name the show it is about"
            )
    if judgement == "other-show" and not show:
        raise ConfigError("the other show has no name; give one")
    if judgement in ("not-ours", "unsure") and show is not None:
        raise ConfigError(f"{judgement} names no show; leave the show out")
    if show is not None:
        show = _text(show, "a show", MOST_NAME)
    return Act(
        "judged", about, judgement, show, _text(why, "a reason", MOST_REASON, lines=True), None
    )


def noted(findings: Sequence[About], why: str) -> Act:
    """Return a remark that decides nothing.

    Raises
    ------
    ConfigError
        There is no finding or no text, or the text is too long or not all shown.
    """
    text = _text(why, "a note", MOST_REASON, lines=True)
    if not text:
        raise ConfigError("the note is empty; write something")
    return Act("noted", _checked(findings), None, None, text, None)


def undone(entry: Entry, why: str = "") -> Act:
    """Return the act that takes `entry` back.

    Raises
    ------
    ConfigError
        It takes something back itself, or the text is too long or not all shown.
    """
    if entry.act.kind == "undone":
        raise ConfigError(
            f"entry {entry.number} takes another one back; decide anew instead of undoing it"
        )
    text = _text(why, "a reason", MOST_REASON, lines=True)
    return Act("undone", entry.act.findings, None, None, text, entry.number)


@dataclass(frozen=True, slots=True)
class Entry:
    """An act in the log.

    Attributes
    ----------
    number : int
        Its place, from 1.
    when : str
        ISO 8601 in UTC, to the second.
    who : str
        Name of the person, as given.
    act : Act
        What was done.
    previous : str
        SHA-256 of the entry before, of the first one `START`.
    """

    number: int
    when: str
    who: str
    act: Act
    previous: str

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as the log holds it, without its own digest."""
        act = self.act
        return {
            "schema": 1,
            "number": self.number,
            "when": self.when,
            "who": self.who,
            "kind": act.kind,
            "judgement": act.judgement,
            "show": act.show,
            "why": act.why,
            "undoes": act.undoes,
            "findings": [about.to_dict() for about in act.findings],
            "previous": self.previous,
        }

    @property
    def sha256(self) -> str:
        """Digest of everything above: what the next entry names."""
        return hashlib.sha256(_json(self.to_dict())).hexdigest()

    def line(self) -> bytes:
        """Return the line of the log, with the entry's own digest last."""
        return _json({**self.to_dict(), "sha256": self.sha256}) + b"\n"

    @classmethod
    def of_line(cls, line: bytes) -> Entry:
        """Return the entry of a line that `line` made.

        Raises
        ------
        ValueError
            Any byte of it is another one.
        """
        try:
            said = json.loads(line)
            entry = cls(
                number=said["number"],
                when=said["when"],
                who=said["who"],
                act=Act(
                    kind=said["kind"],
                    findings=tuple(_about(one) for one in said["findings"]),
                    judgement=said["judgement"],
                    show=said["show"],
                    why=said["why"],
                    undoes=said["undoes"],
                ),
                previous=said["previous"],
            )
            same = entry.line() == line
        except (LookupError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("is no entry of a verdict log") from error
        if not same:
            raise ValueError("is not what it has the SHA-256 of")
        entry._check()
        return entry

    def _check(self) -> None:
        """Refuse what no release of this format has written, be its digest right or not."""
        act = self.act
        whole = (
            type(self.number) is int
            and self.number > 0
            and _WHEN.fullmatch(self.when) is not None
            and _DIGEST.fullmatch(self.previous) is not None
            and act.kind in KINDS
            and (act.judgement in JUDGEMENTS) == (act.kind == "judged")
            and (type(act.undoes) is int) == (act.kind == "undone")
            and (act.show is None or isinstance(act.show, str))
            and isinstance(act.why, str)
            and isinstance(self.who, str)
            and bool(act.findings)
            and all(
                isinstance(about.key, str)
                and isinstance(about.verdict, str)
                and (about.show is None or isinstance(about.show, str))
                and isinstance(about.index, str)
                for about in act.findings
            )
        )
        if not whole:
            raise ValueError("says what no entry says")


def checked_name(who: str) -> str:
    """Return the name of a person as the log keeps it.

    Raises
    ------
    ConfigError
        It is empty, too long, or has characters that are not shown.
    """
    name = _text(who, "a name", MOST_NAME)
    if not name:
        raise ConfigError("nobody is named who decides; give a name")
    return name


def _about(said: dict[str, Any]) -> About:
    machine = said["machine"]
    return About(
        said["key"], machine["verdict"], machine["show"], machine["confidence"], machine["index"]
    )


def _checked(findings: Sequence[About]) -> tuple[About, ...]:
    if not findings:
        raise ConfigError("no finding is named; name at least one")
    if len(findings) > MOST_FINDINGS:
        raise ConfigError(
            f"{len(findings)} findings at once; decide at most {MOST_FINDINGS} at a time"
        )
    if len({about.key for about in findings}) < len(findings):
        raise ConfigError("a finding is named twice; name each once")
    for about in findings:
        # The name of a layer may hold anything; a key is an identity and shown to nobody.
        if not 0 < len(about.key) <= MOST_KEY:
            raise ConfigError(f"a key of {len(about.key)} characters is that of no finding")
    return tuple(findings)


def _text(text: str, what: str, most: int, *, lines: bool = False) -> str:
    """Return text as it is kept, without space around it."""
    kept = text.strip()
    if len(kept) > most:
        raise ConfigError(f"{what} of {len(kept)} characters is too long; use at most {most}")
    shown = kept.replace("\n", " ") if lines else kept
    if not shown.isprintable():
        raise ConfigError(f"{what} has characters that are not shown; leave them out: {kept!r}")
    return kept


def _json(content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.encode("ascii")
