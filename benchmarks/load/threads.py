"""One process of the load: threads that share a matcher, and a watch over what they take.

Owns the comparison with the answers that the same queries got alone.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.load.asking import Kind, Query, Shares, answered, questions
from framematch import Matcher
from framematch.index import Backend

_EVERY = 100_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a process does.

    Attributes
    ----------
    index, files : Path
        The index, and the folder of the pictures that are asked as files.
    backend : Backend or None
        How the index is searched.
    queries, threads, seed : int
        How many queries, on how many threads, and of what order.
    until_s : float
        No query begins after this second of the clock (`time.time`).
    shares : Shares
        How many of each kind.
    """

    index: Path
    files: Path
    backend: Backend | None
    queries: int
    threads: int
    seed: int
    until_s: float
    shares: Shares


@dataclass(frozen=True, slots=True)
class Reading:
    """What the process had after some queries: resident bytes, and its open files."""

    queries: int
    resident: int
    open_files: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a process found.

    Attributes
    ----------
    asked : mapping of Kind to int
        Queries that were answered, by kind.
    different : int
        Answers that are not those of the same query alone.
    errors : tuple of str
        What was raised, the first twenty.
    n_errors : int
        How often something was raised.
    seconds : float
        From the first query to the last answer.
    readings : tuple of Reading
        By number of queries.
    """

    asked: dict[Kind, int]
    different: int
    errors: tuple[str, ...]
    n_errors: int
    seconds: float
    readings: tuple[Reading, ...]


def distinct(queries: int, shares: Shares) -> dict[Kind, int]:
    """Return how many different queries there are of each kind: far fewer than are asked."""
    asked = counts(queries, shares)
    most: dict[Kind, int] = {"codes": 400, "still": 16, "file": 6, "opened": 20}
    return {kind: min(most[kind], n) for kind, n in asked.items()}


def counts(queries: int, shares: Shares) -> dict[Kind, int]:
    """Return how many queries of each kind are asked."""
    few: dict[Kind, int] = {
        "still": -(-queries * shares.still // _EVERY),
        "file": -(-queries * shares.file // _EVERY),
        "opened": -(-queries * shares.opened // _EVERY),
    }
    return {**few, "codes": queries - sum(few.values())}


def run(plan: Plan) -> Outcome:
    """Ask each different query alone, then all of them from many threads at once."""
    with Matcher.open(plan.index, search_structure=plan.backend).index as index:
        alone = Matcher(index)
        asked = questions(index, plan.files, plan.seed, distinct(plan.queries, plan.shares))
        truth = [answered(alone, query) for query in asked]
        order = _order(asked, plan)
        return _Load(Matcher(index), asked, truth, order, plan).run()


def _order(asked: Sequence[Query], plan: Plan) -> Sequence[int]:
    """Return which query is asked when."""
    rng = np.random.default_rng(plan.seed + 1)
    places = []
    for kind, n in counts(plan.queries, plan.shares).items():
        of_kind = [place for place, query in enumerate(asked) if query.kind == kind]
        places.append(rng.choice(of_kind, n) if n else np.empty(0, np.int64))
    order: list[int] = rng.permutation(np.concatenate(places)).tolist()
    return order


class _Load:
    """Threads that take the next query until there is none."""

    def __init__(
        self,
        matcher: Matcher,
        asked: Sequence[Query],
        truth: Sequence[str],
        order: Sequence[int],
        plan: Plan,
    ) -> None:
        self._matcher, self._asked, self._truth = matcher, asked, truth
        self._order, self._plan = order, plan
        self._lock = threading.Lock()
        self._next = 0
        self._answered: Counter[Kind] = Counter()
        self._different = 0
        self._errors: list[str] = []
        self._n_errors = 0
        self._readings: list[Reading] = []
        self._step = max(1, len(order) // 20)

    def run(self) -> Outcome:
        threads = [threading.Thread(target=self._work) for _ in range(self._plan.threads)]
        start = time.monotonic()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - start
        self._read()
        return Outcome(
            dict(self._answered),
            self._different,
            tuple(self._errors),
            self._n_errors,
            seconds,
            tuple(self._readings),
        )

    def _work(self) -> None:
        while time.time() < self._plan.until_s:
            with self._lock:
                if self._next == len(self._order):
                    return
                place = self._order[self._next]
                self._next += 1
                if self._next % self._step == 0:
                    self._read()
            query = self._asked[place]
            try:
                answer = answered(self._matcher, query)
            except Exception as error:  # noqa: BLE001 - counting what goes wrong is the purpose
                with self._lock:
                    self._n_errors += 1
                    if len(self._errors) < 20:
                        self._errors.append(f"{query.kind}: {type(error).__name__}: {error}")
                continue
            with self._lock:
                self._answered[query.kind] += 1
                self._different += answer != self._truth[place]

    def _read(self) -> None:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - counted, not looked at
        done = sum(self._answered.values()) + self._n_errors
        self._readings.append(Reading(done, pages * os.sysconf("SC_PAGE_SIZE"), files))
