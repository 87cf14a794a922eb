"""`RayExecutor`: the files of a job coded on every node of a cluster, in chunks.

Owns how large a chunk is, how many are under way, and what the loss of a node means: its chunks are
run again elsewhere. Never writes to the index.
"""

import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from framematch.cluster.coding import CodedChunk, code_chunk
from framematch.cluster.nodes import Cluster, last_line
from framematch.errors import WorkerError
from framematch.ingest import CodingTask, Outcome
from framematch.records import ItemFailure

#: A chunk shall take about so many seconds: long beside the start of a process, short beside what
#: anybody minds to lose with a node.
_CHUNK_S = 20.0

#: Files in a chunk at most; their segments come back together.
_MOST_FILES = 64

#: What a chunk counts for in the pace when the next one is done.
_KEPT = 0.8

#: Chunks under way for every processor: one that runs, one that waits at hand.
_CHUNKS_PER_PROCESSOR = 2

#: How often Ray itself runs a chunk again whose node or process was lost.
_RETRIES = 5

#: Seconds after which the nodes are counted again while no chunk is done.
_COUNT_AGAIN_S = 5.0

#: Seconds without any node after which the job is given up: one that restarts takes less.
_ALONE_S = 300.0


@dataclass(frozen=True, slots=True)
class RayExecutor:
    """Codes files on the nodes of a cluster; see `framematch.ingest.Executor`.

    A node that is lost costs the time of its chunks: they are run again on the others, and whatever
    is run twice gives the same bytes. Nodes that join are given work.

    Attributes
    ----------
    cluster : Cluster
        Where the work is done.
    """

    cluster: Cluster

    def run(
        self,
        tasks: Iterable[CodingTask],
        known: frozenset[str],
        on_share: Callable[[int, float], None],
    ) -> Generator[Outcome]:
        """Yield outcomes as chunks are done; see `Executor.run`.

        Raises
        ------
        WorkerError
            No node was left, and none came for some minutes.
        """
        ray = self.cluster.ray
        code = ray.remote(num_cpus=1, max_retries=_RETRIES)(code_chunk)
        shared, folder = ray.put(known), str(Path.cwd())
        waiting = iter(tasks)
        again: list[list[CodingTask]] = []
        running: dict[Any, list[CodingTask]] = {}
        pace = _Pace()
        seen_s = time.monotonic()
        try:
            while True:
                while len(running) < self._room():
                    chunk = again.pop() if again else list(islice(waiting, pace.files))
                    if not chunk:
                        break
                    for task in chunk:
                        on_share(task.position, 0.0)
                    running[code.remote(chunk, shared, folder)] = chunk
                if not running:
                    return
                over, _ = ray.wait(list(running), timeout=_COUNT_AGAIN_S)
                if over or self.cluster.nodes():
                    seen_s = time.monotonic()
                elif time.monotonic() - seen_s >= _ALONE_S:
                    raise WorkerError(
                        f"no node of the cluster has had a processor to offer for {_ALONE_S:.0f} s;"
                        " what was published stays: start a node with ray start --address"
                        " (docs/scale.md), and run again"
                    )
                for reference in over:
                    chunk = running.pop(reference)
                    done = self._result(reference, chunk)
                    if done is None:
                        again += [[task] for task in chunk]
                        continue
                    pace.note(done)
                    yield from done.outcomes
        finally:
            for reference in running:
                ray.cancel(reference, force=True)

    def _room(self) -> int:
        processors = sum(node.processors for node in self.cluster.nodes())
        return max(1, processors) * _CHUNKS_PER_PROCESSOR

    def _result(self, reference: Any, chunk: Sequence[CodingTask]) -> CodedChunk | None:  # noqa: ANN401 - of Ray
        """Return what became of a chunk; ``None`` where its files have to be tried one by one."""
        try:
            done: CodedChunk = self.cluster.ray.get(reference)
        except self.cluster.ray.exceptions.RayError as error:
            if len(chunk) > 1:
                return None
            return CodedChunk((_lost(chunk[0], error),), 0.0)
        return done


class _Pace:
    """How many files make a chunk of the length wanted, from the chunks that are done."""

    def __init__(self) -> None:
        self._files = 0.0
        self._took_s = 0.0

    @property
    def files(self) -> int:
        """Files of the next chunk, at least one."""
        if self._files == 0:
            return 1
        wanted = _CHUNK_S * self._files / max(self._took_s, 1e-3)
        return max(1, min(_MOST_FILES, int(wanted)))

    def note(self, done: CodedChunk) -> None:
        """Learn from a chunk. The latest count most, since jobs begin with their largest files."""
        self._files = _KEPT * self._files + len(done.outcomes)
        self._took_s = _KEPT * self._took_s + done.took_s


def _lost(task: CodingTask, error: Exception) -> Outcome:
    """Return the outcome of a file whose task the cluster could not bring to an end."""
    reason = (
        f"{task.path}: lost on the cluster {_RETRIES + 1} times"
        f" ({type(error).__name__}: {last_line(error)});"
        " run again, and leave the file out if it is lost again"
    )
    return Outcome(
        task.position, None, None, ItemFailure(str(task.path), type(error).__name__, reason)
    )
