"""Many threads at one index, for seconds: what benchmarks/load does with 100,000 queries."""

import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from scenes import write_library

from benchmarks.load import threads
from benchmarks.load.asking import Query, Shares
from benchmarks.load.threads import Plan, run
from framematch import Matcher, add, plan
from framematch.index import verify
from framematch.media import guard

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("load")
    items, _ = plan([write_library(root / "library")])
    add(root / "index", items)
    return root / "index"


def _plan(index: Path, files: Path, queries: int, shares: Shares) -> Plan:
    return Plan(index, files, None, queries, 8, 1, time.time() + 600, shares)


def test_threads_beside_a_writer_get_the_answers_that_each_query_gets_alone(
    index: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "benchmarks.load.writing", str(index), "50000"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE) as writer:
        shares = Shares(still=4_000, file=2_000, opened=10_000)
        found = run(_plan(index, tmp_path, 100, shares))
        writer.communicate()
    assert (found.errors, found.different) == ((), 0)
    assert found.asked == {"codes": 84, "still": 4, "file": 2, "opened": 10}
    assert writer.returncode == 0
    assert not verify(index).problems


def test_answer_that_differs_and_one_that_raises_are_counted(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Query] = []

    def odd(matcher: Matcher, query: Query) -> str:
        asked.append(query)
        if len(asked) == 30:
            raise OSError("no more")
        return "another" if len(asked) == 40 else "the same"

    monkeypatch.setattr(threads, "answered", odd)
    found = run(_plan(index, tmp_path, 20, Shares(0, 0, 0)))
    assert (found.different, found.n_errors) == (1, 1)
    assert found.errors == ("codes: OSError: no more",)


def test_threads_that_read_files_first_together_share_one_source_of_decoders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others_wait: list[bool] = []

    class Watched(guard.Broker):
        def __init__(self) -> None:
            others_wait.append(guard._MAKING.locked())
            super().__init__()

    guard._the_broker.cache_clear()
    monkeypatch.setattr(guard, "Broker", Watched)
    with ThreadPoolExecutor(8) as pool:
        brokers = list(pool.map(lambda _: guard._broker(), range(8)))
    guard._the_broker.cache_clear()
    assert others_wait == [True]
    assert len(set(map(id, brokers))) == 1
