"""Which findings pass a choice of filters, in which order, and what each further choice would give.

The same as the page does by itself (`report/assets/rows.js`), for programs that ask for a part of
the list: whoever changes one changes the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from framematch.report import words

#: A row of the list, as `report.page_data.row` makes it.
Row = Mapping[str, Any]

#: Labels of the facets that have a fixed order; those of `flag` and `script` come with the case.
ORDERS: Mapping[str, tuple[str, ...]] = {
    "progress": tuple(words.PROGRESS),
    "verdict": tuple(words.VERDICTS),
    "stage": tuple(words.STAGES),
    "relation": tuple(words.RELATIONS),
    "script": ("Han", "Hangul", "Kana", "Latin"),
    "flag": tuple(words.FLAGS),
    "moved": tuple(words.MOVED),
    "human": tuple(words.HUMAN),
}
#: What a list can be sorted by.
COLUMNS = ("path", "verdict", "show", "episode", "stage", "relation", "confidence", "moved")

_EPISODE = re.compile(r"S([0-9]+)E([0-9]+)")
_LAST = 99
_NO_EPISODE = (1 << 62, 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A choice of findings; what is empty chooses nothing.

    Attributes
    ----------
    q : str
        Words of which each must stand in a path, a note, the production code, key or show.
    show, at, episode, folder, shot : str
        The machine's show; the episode or range as it is written; an episode within the range; a
        folder or archive with all that lies in it; the shot.
    at_least, at_most : float
        Confidence, both inclusive.
    now : bool
        Without findings whose files are gone.
    chosen : mapping of str to sequence of str
        Values by facets, those of `ORDERS`: one of them must be the finding's.
    sort : str
        One of `COLUMNS`.
    down : bool
        Against the order of the column; rows that are equal stay in order of path.
    """

    q: str = ""
    show: str = ""
    at: str = ""
    episode: str = ""
    folder: str = ""
    shot: str = ""
    at_least: float = 0.0
    at_most: float = 1.0
    now: bool = False
    chosen: Mapping[str, Sequence[str]] = field(default_factory=dict)
    sort: str = "path"
    down: bool = False


@dataclass(frozen=True, slots=True)
class Selection:
    """What a choice gives.

    Attributes
    ----------
    rows : list of Row
        All that pass, in order.
    counts : dict
        For each facet, and for ``show``, how many rows each value would give: those that pass all
        other filters. Values that would give none are left out.
    """

    rows: list[Row]
    counts: dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What of a row never changes, made ready."""

    n: int
    text: str
    folders: frozenset[str]
    first: tuple[int, int] | None
    last: tuple[int, int] | None
    moved: tuple[str, ...]


_Test = Callable[[Row, _Facts], bool]


class Selector:
    """The rows of a case, made ready to be chosen from.

    Parameters
    ----------
    rows : sequence of Row
        All of them, in the order of the case.
    run : int
        Number of the case's last run.
    """

    def __init__(self, rows: Sequence[Row], run: int) -> None:
        self._run = run
        self._facts = [_facts(n, row, run) for n, row in enumerate(rows)]

    def select(self, rows: Sequence[Row], wanted: Wanted) -> Selection:
        """Return what passes of the rows: those given before, with what people say by now."""
        tests = self._tests(wanted)
        passed: list[int] = []
        others: dict[str, list[int]] = {}
        for at, (row, facts) in enumerate(zip(rows, self._facts, strict=True)):
            failed = _failed(tests, row, facts)
            if failed == "":
                passed.append(at)
            elif failed is not None:
                others.setdefault(failed, []).append(at)
        counts = {}
        for name, of in _OF.items():
            counted = chain(passed, others.get(name, ()))
            values = chain.from_iterable(of(rows[at], self._facts[at]) for at in counted)
            counts[name] = _in_order(name, Counter(values))
        key = _KEYS[wanted.sort]
        passed.sort(key=lambda at: key(rows[at], self._facts[at]), reverse=wanted.down)
        return Selection([rows[at] for at in passed], counts)

    def _tests(self, wanted: Wanted) -> dict[str, _Test]:
        tests: dict[str, _Test] = {}
        if asked := wanted.q.lower().split():
            tests["q"] = lambda _, facts: all(word in facts.text for word in asked)
        for name, column in (("show", "show"), ("at", "episode"), ("shot", "shot")):
            if value := getattr(wanted, name):
                tests[name] = _equals(column, value)
        if number := episode_number(wanted.episode):
            tests["episode"] = lambda _, facts: (
                facts.first is not None and facts.first <= number <= (facts.last or number)
            )
        if wanted.at_least > 0 or wanted.at_most < 1:
            tests["confidence"] = lambda row, _: (
                wanted.at_least <= row["confidence"] <= wanted.at_most
            )
        if folder := wanted.folder.rstrip("/"):
            inside = (f"{folder}/", f"{folder}!/")
            tests["folder"] = lambda _, facts: any(
                one == folder or one.startswith(inside) for one in facts.folders
            )
        if wanted.now:
            tests["now"] = lambda row, _: row["last_run"] == self._run
        for name, chosen in wanted.chosen.items():
            if chosen:
                tests[name] = _has_one(name, frozenset(chosen))
        return tests


def episode_number(text: str) -> tuple[int, int] | None:
    """Return season and episode of ``S01E02``; ``None`` of anything else."""
    found = _EPISODE.fullmatch(text)
    return None if found is None else (int(found[1]), int(found[2]))


def _facts(n: int, row: Row, run: int) -> _Facts:
    first, last = row["range"] or ("", "")
    moved = list(row["moved"])
    if row["last_run"] != run and "gone" not in moved:
        moved.append("gone")  # in an earlier run: nothing about it has changed since
    text = (
        row["file"], *row["paths"], *row["notes"], row["code"] or "", row["key"], row["show"] or ""
    )  # fmt: skip
    return _Facts(
        n=n,
        text="\n".join(text).lower(),
        folders=frozenset(path.rpartition("/")[0] for path in row["paths"]),
        first=episode_number(first),
        last=episode_number(last),
        moved=tuple(moved),
    )


def _equals(column: str, value: str) -> _Test:
    return lambda row, _: row[column] == value


def _has_one(name: str, chosen: frozenset[str]) -> _Test:
    return lambda row, facts: not chosen.isdisjoint(_OF[name](row, facts))


def _failed(tests: Mapping[str, _Test], row: Row, facts: _Facts) -> str | None:
    """Return the one test that a row fails, nothing where it passes, ``None`` of several."""
    failed = ""
    for name, test in tests.items():
        if not test(row, facts):
            if failed:
                return None
            failed = name
    return failed


def _in_order(name: str, counts: Counter[str]) -> dict[str, int]:
    order = ORDERS.get(name, ())
    rest = sorted(set(counts) - set(order))
    return {value: counts[value] for value in (*order, *rest) if counts[value]}


def _one(name: str) -> Callable[[Row, _Facts], Iterable[str]]:
    """Return what gives the value of a facet that has one or none."""
    return lambda row, _: (row[name],) if row[name] else ()


_OF: Mapping[str, Callable[[Row, _Facts], Iterable[str]]] = {
    **{name: _one(name) for name in ("progress", "verdict", "stage", "relation", "human", "show")},
    "script": lambda row, _: row["scripts"],
    "flag": lambda row, _: row["flags"],
    "moved": lambda _, facts: facts.moved,
}


def _place(name: str, value: str | None) -> int:
    """Return the place of a value in the order of its facet; what is not in it comes last."""
    order = ORDERS[name]
    return order.index(value) if value in order else _LAST


#: What of a row each column compares; a browser orders texts by their UTF-16.
_KEYS: Mapping[str, Callable[[Row, _Facts], Any]] = {
    "path": lambda _, facts: facts.n,
    "verdict": lambda row, _: _place("verdict", row["verdict"]),
    "show": lambda row, _: (row["show"] or "\uffff").encode("utf-16-be"),
    "episode": lambda _, facts: facts.first or _NO_EPISODE,
    "stage": lambda row, _: _place("stage", row["stage"]),
    "relation": lambda row, _: _place("relation", row["relation"]),
    "confidence": lambda row, _: -row["confidence"],
    "moved": lambda _, facts: _place("moved", facts.moved[0] if facts.moved else None),
}
