"""Programs that lose a node half way: ``python killed_run.py WHAT ADDRESS NODE INDEX PATH...``.

Programs of their own because Ray wants a process whose warnings are no errors and whose network is
not guarded. The node is killed when the first answer is there.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Generator, Iterable
from pathlib import Path

from framematch.cluster import Cluster, RayExecutor, connected, sharded_index
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import CodingTask, Outcome, add, plan
from framematch.parallel import attribute_files


class _Losing:
    """Codes on a cluster that loses a node after some files."""

    def __init__(self, cluster: Cluster, node: int, after: int) -> None:
        self._executor = RayExecutor(cluster)
        self._node = node
        self._after = after

    def run(
        self, tasks: Iterable[CodingTask], known: frozenset[str], on_share: object
    ) -> Generator[Outcome]:
        for number, outcome in enumerate(self._executor.run(tasks, known, on_share)):
            if number == self._after:
                os.killpg(self._node, signal.SIGKILL)
            yield outcome


def index(cluster: Cluster, node: int, folder: Path, paths: list[str]) -> None:
    items, _ = plan(paths)
    report = add(folder, items, executor=_Losing(cluster, node, len(items) // 2))
    sys.stdout.write(json.dumps([failure.reason for failure in report.failures]))


def query(cluster: Cluster, node: int, folder: Path, paths: list[str]) -> None:
    with (
        Index.open(folder, min_information=MINIMUM) as known,
        sharded_index(known, cluster) as (sharded, opened_there),
    ):
        queries = [Path(path) for path in paths]
        # Two processes ask.
        answers = attribute_files(sharded, queries, 2, opened_there=opened_there)
        for number, answer in enumerate(answers):
            if number == 0:
                os.killpg(node, signal.SIGKILL)
            sys.stdout.write(json.dumps(answer.to_dict(), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    what, address, node, folder, *paths = sys.argv[1:]
    with connected(address) as cluster:
        # Both nodes have a part in it.
        assert len(cluster.nodes()) == 2
        {"index": index, "query": query}[what](cluster, int(node), Path(folder), paths)
        until = time.monotonic() + 30
        while len(cluster.nodes()) > 1 and time.monotonic() < until:
            time.sleep(0.1)
        assert len(cluster.nodes()) == 1
