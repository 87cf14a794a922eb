"""Chunks of files: what a node does with one, and what happens to one that is lost."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from scenes import scene, write_image, write_video

from framematch.cluster import Cluster, RayExecutor
from framematch.cluster.coding import code_chunk
from framematch.config import SamplingSettings
from framematch.errors import WorkerError
from framematch.ingest import CodingTask, Outcome, code_task


def _tasks(paths: Iterable[Path], limit_s: float | None = None) -> list[CodingTask]:
    return [
        CodingTask(position, path, SamplingSettings(), limit_s)
        for position, path in enumerate(paths)
    ]


def test_code_chunk_gives_the_segments_of_a_local_run(tmp_path: Path) -> None:
    for number in range(2):
        write_image(tmp_path / f"{number}.png", scene(number))
    (tmp_path / "broken.png").write_bytes(b"no picture")
    tasks = _tasks(map(Path, ("0.png", "broken.png", "1.png")))
    # Relative to a folder that is not this process's.
    chunk = code_chunk(tasks, frozenset(), str(tmp_path))
    local = [code_task(task) for task in _tasks(tmp_path / task.path for task in tasks)]
    assert [outcome.position for outcome in chunk.outcomes] == [0, 1, 2]
    for there, here in zip(chunk.outcomes, local, strict=True):
        assert there.sha256 == here.sha256
        assert (there.coded and there.coded.pieces) == (here.coded and here.coded.pieces)
    assert chunk.outcomes[1].failure is not None
    assert chunk.outcomes[1].failure.path == "broken.png"


def test_code_chunk_content_that_is_known_is_not_coded(tmp_path: Path) -> None:
    tasks = _tasks([write_image(tmp_path / "a.png", scene(1))])
    first = code_chunk(tasks, frozenset(), str(tmp_path)).outcomes[0]
    assert first.sha256 is not None
    again = code_chunk(tasks, frozenset([first.sha256]), str(tmp_path)).outcomes[0]
    assert (again.sha256, again.coded, again.failure) == (first.sha256, None, None)


def test_code_chunk_file_that_takes_too_long_costs_itself_only(tmp_path: Path) -> None:
    video = write_video(tmp_path / "long.mp4", [scene(n) for n in range(20)])
    image = write_image(tmp_path / "a.png", scene(1))
    late, quick = _tasks([video, image])
    outcomes = code_chunk(
        [CodingTask(0, late.path, late.sampling, 0.001), quick], frozenset(), str(tmp_path)
    ).outcomes
    assert outcomes[0].failure is not None
    assert outcomes[0].failure.error == "DecodeTimeoutError"
    assert outcomes[1].coded is not None


def test_code_chunk_absolute_paths_need_no_folder(tmp_path: Path) -> None:
    tasks = _tasks([write_image(tmp_path / "a.png", scene(1))])
    (outcome,) = code_chunk(tasks, frozenset(), str(tmp_path / "gone")).outcomes
    assert outcome.coded is not None


@pytest.mark.parametrize("folder", [".", "gone"])
def test_code_chunk_file_that_the_node_does_not_see_is_a_failure_that_names_it(
    tmp_path: Path, folder: str
) -> None:
    where = str(tmp_path / folder)
    (outcome,) = code_chunk(_tasks([Path("a.png")]), frozenset(), where).outcomes
    assert outcome.failure is not None
    assert outcome.failure.reason.startswith("a.png: node ")
    assert f"does not see it in {where}" in outcome.failure.reason


class RayError(Exception):
    """As in ray.exceptions."""


@dataclass
class FakeRay:
    """Runs tasks at once, in this process; some of them are lost.

    Attributes
    ----------
    lost : callable
        Says of a chunk whether its node is lost.
    """

    lost: Callable[[Sequence[CodingTask]], bool]
    sizes: list[int] = field(default_factory=list)
    most_under_way: int = 0
    cancelled: int = 0
    _chunks: list[Sequence[CodingTask]] = field(default_factory=list)

    class exceptions:  # noqa: N801 - as it is called there
        RayError = RayError

    def nodes(self) -> list[dict[str, Any]]:
        return [
            {
                "NodeID": "n0",
                "NodeManagerHostname": "host",
                "NodeManagerAddress": "10.0.0.1",
                "Alive": True,
                "Resources": {"CPU": 2.0},
            }
        ]

    def put(self, value: object) -> object:
        return value

    def remote(self, **options: object) -> Callable[[object], "_Remote"]:
        assert options["num_cpus"] == 1
        return lambda function: _Remote(self)

    def wait(self, references: list[int], timeout: float) -> tuple[list[int], list[int]]:
        self.most_under_way = max(self.most_under_way, len(references))
        return references[-1:], references[:-1]

    def get(self, reference: int) -> object:
        chunk = self._chunks[reference]
        if self.lost(chunk):
            raise RayError("the node was lost")
        return code_chunk(chunk, frozenset(), ".")

    def cancel(self, reference: int, *, force: bool) -> None:
        self.cancelled += 1

    def submit(self, chunk: Sequence[CodingTask]) -> int:
        self._chunks.append(chunk)
        self.sizes.append(len(chunk))
        return len(self._chunks) - 1


@dataclass(frozen=True)
class _Remote:
    """A function that is called on the nodes."""

    ray: FakeRay

    def remote(self, chunk: Sequence[CodingTask], *shared: object) -> int:
        return self.ray.submit(chunk)


def _run(ray: FakeRay, tasks: Iterable[CodingTask]) -> Iterator[Outcome]:
    return RayExecutor(Cluster(ray)).run(tasks, frozenset(), lambda position, share: None)


def _gone(tmp_path: Path, n: int) -> list[CodingTask]:
    """Return tasks of files that are not there: they cost nothing."""
    return _tasks(tmp_path / f"{number}.png" for number in range(n))


def test_executor_yields_every_task_once_in_growing_chunks(tmp_path: Path) -> None:
    ray = FakeRay(lost=lambda chunk: False)
    outcomes = list(_run(ray, _gone(tmp_path, 300)))
    assert sorted(outcome.position for outcome in outcomes) == list(range(300))
    assert ray.sizes[:4] == [1, 1, 1, 1]
    assert max(ray.sizes) == 64
    assert ray.most_under_way <= 4


def test_executor_chunk_that_is_lost_is_tried_file_by_file(tmp_path: Path) -> None:
    ray = FakeRay(lost=lambda chunk: any(task.position == 77 for task in chunk))
    outcomes = {outcome.position: outcome for outcome in _run(ray, _gone(tmp_path, 200))}
    assert sorted(outcomes) == list(range(200))
    lost = [o.position for o in outcomes.values() if o.failure and o.failure.error == "RayError"]
    assert lost == [77]
    assert "lost on the cluster" in (outcomes[77].failure.reason if outcomes[77].failure else "")


def test_executor_closed_early_cancels_what_is_under_way(tmp_path: Path) -> None:
    ray = FakeRay(lost=lambda chunk: False)
    outcomes = _run(ray, _gone(tmp_path, 300))
    next(outcomes)
    outcomes.close()
    assert ray.cancelled == 3


def test_executor_without_a_node_gives_up_after_a_while_and_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = FakeRay(lost=lambda chunk: False)
    monkeypatch.setattr(FakeRay, "nodes", lambda self: [])
    monkeypatch.setattr(FakeRay, "wait", lambda self, references, timeout: ([], references))
    clock = itertools.count(step=100.0)
    monkeypatch.setattr("framematch.cluster.executor.time.monotonic", lambda: next(clock))
    outcomes = RayExecutor(Cluster(ray)).run(
        _tasks([tmp_path / "a.png"]), frozenset(), lambda *share: None
    )
    with pytest.raises(WorkerError, match="no node of the cluster has had a processor"):
        list(outcomes)
    assert ray.cancelled == 1
