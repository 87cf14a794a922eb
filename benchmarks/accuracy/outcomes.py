"""Queries and what was answered, as plain values in JSON: a report can be made of them again."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.accuracy.engine import Answer
from benchmarks.accuracy.figures import Flags, Ranked, Values
from benchmarks.accuracy.queries import KEPT, Query

#: Name of the product among the methods.
OURS = "FrameMatch"


@dataclass(frozen=True, slots=True)
class Asked:
    """A query without its picture, and every method's answer.

    Attributes
    ----------
    group, family, operator, title, show, episodes, stage, without
        As in `Query`.
    instants : list of (file, seconds)
        As in `Query`.
    answer : Answer
        Of FrameMatch.
    peers : dict of str to (show, score)
        Of each peer.
    """

    group: str
    family: str
    operator: str
    title: str
    show: str | None
    episodes: Sequence[str]
    stage: str | None
    without: str
    instants: Sequence[tuple[str, float]]
    answer: Answer
    peers: Mapping[str, tuple[str, float]]

    @classmethod
    def of(cls, query: Query, answer: Answer, peers: Mapping[str, tuple[str, float]]) -> "Asked":
        """Return the record of a query."""
        return cls(
            group=query.group,
            family=query.family or query.operator,
            operator=query.operator,
            title=query.title,
            show=query.show,
            episodes=list(query.episodes),
            stage=query.stage,
            without=query.without,
            instants=[(one.file, one.time_s) for one in query.instants],
            answer=answer,
            peers=dict(peers),
        )


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that a report is made of.

    Attributes
    ----------
    about : dict
        Index, code and settings of the run.
    order : dict of str to list of str
        Indexed episodes of every show, as broadcast.
    asked : list of Asked
        In the order of the queries.
    """

    about: dict[str, Any]
    order: dict[str, list[str]]
    asked: list[Asked] = field(default_factory=list)

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        content = {
            "about": self.about,
            "order": self.order,
            "asked": [asdict(a) for a in self.asked],
        }
        path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Run":
        """Read what `save` wrote."""
        content = json.loads(path.read_text(encoding="utf-8"))
        asked = [
            Asked(
                **{
                    **one,
                    "answer": Answer(**one["answer"]),
                    "peers": {name: (show, score) for name, (show, score) in one["peers"].items()},
                }
            )
            for one in content["asked"]
        ]
        return cls(content["about"], content["order"], asked)

    def methods(self) -> list[str]:
        """Return the names of all methods, peers first."""
        return [*(self.asked[0].peers if self.asked else ()), OURS]

    def ranked(self, method: str) -> Ranked:
        """Return the first answers of a method."""
        firsts = [
            (one.answer.show, one.answer.confidence) if method == OURS else one.peers[method]
            for one in self.asked
        ]
        known = np.array([one.show is not None for one in self.asked], dtype=np.bool_)
        right = np.array(
            [
                one.show is not None and one.show == show
                for one, (show, _) in zip(self.asked, firsts, strict=True)
            ],
            dtype=np.bool_,
        )
        return Ranked(known, right, np.array([score for _, score in firsts], dtype=np.float64))

    def group(self, *names: str) -> Flags:
        """Return which queries are of these groups."""
        return np.array([one.group in names for one in self.asked], dtype=np.bool_)

    def family(self, group: str, name: str) -> Flags:
        """Return which queries are of a family of a group."""
        return np.array(
            [one.group == group and one.family == name for one in self.asked], dtype=np.bool_
        )

    def families(self, group: str) -> list[str]:
        """Return the families of a group in the order of the queries."""
        return list(dict.fromkeys(one.family for one in self.asked if one.group == group))

    def confidence(self) -> Values:
        """Return FrameMatch's confidence in its first answers."""
        return np.array([one.answer.confidence for one in self.asked], dtype=np.float64)


def kept_for_testing(one: Asked) -> bool:
    """Say whether nothing was ever fitted on the operator of a query."""
    return one.operator in KEPT
