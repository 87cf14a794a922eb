"""The same index on one process and on several; a file that takes its process down or hangs."""

import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from pathlib import Path

import pytest
from interrupted import children
from scenes import scene, write_image, write_library

from framematch.config import SamplingSettings
from framematch.index import Index, verify
from framematch.ingest import (
    CodingTask,
    IngestItem,
    InProcessExecutor,
    LocalExecutor,
    Outcome,
    add,
    plan,
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("media") / "library")


class Backwards:
    """Hands over outcomes from the last to the first."""

    def run(
        self,
        tasks: Iterable[CodingTask],
        known: frozenset[str],
        on_share: Callable[[int, float], None],
    ) -> Generator[Outcome]:
        yield from reversed(list(InProcessExecutor().run(tasks, known, on_share)))


@pytest.mark.parametrize("executor", [LocalExecutor(1), LocalExecutor(3), Backwards()])
def test_add_by_any_executor_makes_the_same_index(
    library: Path, tmp_path: Path, executor: LocalExecutor | Backwards
) -> None:
    items, _ = plan([library])
    one = add(tmp_path / "one", items)
    other = add(tmp_path / "other", items, executor=executor)
    assert (other.added, other.frames, other.media_s) == (one.added, one.frames, one.media_s)
    assert Index.open(tmp_path / "other").info == Index.open(tmp_path / "one").info
    again = add(tmp_path / "other", items, executor=executor)
    assert (again.added, len(again.unchanged), again.frames) == ((), 4, 0)


def _twins(folder: Path) -> list[IngestItem]:
    return [
        IngestItem(write_image(folder / f"{show}.png", scene(1)), show, None, "still")
        for show in ("Alpha", "Beta", "Alpha")
    ]


def test_add_files_with_one_content_keeps_the_first_whatever_ends_first(tmp_path: Path) -> None:
    items = _twins(tmp_path)
    reports = [
        add(tmp_path / name, items, executor=executor)
        for name, executor in (("in-order", InProcessExecutor()), ("backwards", Backwards()))
    ]
    assert [ref.show for ref in reports[0].added] == ["Alpha"]
    assert reports[1].added == reports[0].added
    assert reports[1].unchanged == reports[0].unchanged
    assert reports[1].warnings == reports[0].warnings
    assert reports[1].frames == reports[0].frames
    assert Index.open(tmp_path / "backwards").info == Index.open(tmp_path / "in-order").info


@pytest.fixture
def hanging(tmp_path: Path) -> Path:
    """Return a file whose reading never ends."""
    path = tmp_path / "hangs.mkv"
    with path.open("wb") as stream:
        stream.truncate(2**42)  # a hole, which takes no room and hours to read
    return path


def _has_open(process: int, path: Path) -> bool:
    try:
        return any(link.readlink() == path for link in Path(f"/proc/{process}/fd").iterdir())
    except OSError:
        return False


def test_add_file_that_hangs_costs_itself_only(
    tmp_path: Path, hanging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "framematch.ingest.job.default_limit_s", lambda path: 2.0 if path == hanging else 500.0
    )
    good = [write_image(tmp_path / f"{n}.png", scene(n)) for n in range(4)]
    items = [IngestItem(path, "Alpha", None, "still") for path in (hanging, *good)]
    report = add(tmp_path / "index", items, executor=LocalExecutor(2))
    assert [ref.path for ref in report.added] == list(map(str, good))
    (failure,) = report.failures
    assert (failure.path, failure.error) == (str(hanging), "DecodeTimeoutError")
    assert failure.reason == (
        f"{hanging}: took longer than its limit of 2 s and was stopped;"
        " give it more time with --time-limit, or leave it out"
    )


def test_add_file_that_takes_its_process_down_costs_itself_only(
    tmp_path: Path, hanging: Path
) -> None:
    good = [write_image(tmp_path / f"{n}.png", scene(n)) for n in range(3)]
    items = [IngestItem(path, "Alpha", None, "still") for path in (good[0], hanging, *good[1:])]

    before = set(children(os.getpid()))

    def crash() -> None:
        while True:  # until the process has opened it
            for process in set(children(os.getpid())) - before:
                if _has_open(process, hanging):
                    os.kill(process, signal.SIGSEGV)
                    return

    thread = threading.Thread(target=crash)
    thread.start()
    report = add(tmp_path / "index", items, executor=LocalExecutor(1))
    thread.join()
    assert [ref.path for ref in report.added] == list(map(str, good))
    (failure,) = report.failures
    assert (failure.path, failure.error) == (str(hanging), "WorkerDiedError")
    assert failure.reason.startswith(f"{hanging}: its process was killed by SIGSEGV; ")
    assert verify(tmp_path / "index").problems == ()


def test_add_known_content_with_another_attribution_is_not_decoded_again(tmp_path: Path) -> None:
    still = write_image(tmp_path / "a.png", scene(1))
    add(tmp_path / "index", [IngestItem(still, "Alpha", None, "still")])
    before = [file.name for file in (tmp_path / "index" / "segments").iterdir()]
    report = add(tmp_path / "index", [IngestItem(still, "Beta", None, "still")])
    assert ([ref.show for ref in report.added], report.frames) == (["Beta"], 0)
    assert [file.name for file in (tmp_path / "index" / "segments").iterdir()] == before
    assert verify(tmp_path / "index").problems == ()


def test_add_file_that_was_moved_keeps_its_reference_under_the_new_path(tmp_path: Path) -> None:
    old = write_image(tmp_path / "old.png", scene(1))
    add(tmp_path / "index", [IngestItem(old, "Alpha", None, "still")])
    new = old.rename(tmp_path / "new.png")
    report = add(tmp_path / "index", [IngestItem(new, "Alpha", None, "still")])
    assert (report.added, report.unchanged) == ((), (str(new),))
    (reference,) = Index.open(tmp_path / "index").references()
    assert reference.path == str(new)


def test_add_file_with_new_content_replaces_what_it_held(tmp_path: Path) -> None:
    path = write_image(tmp_path / "a.png", scene(1))
    item = IngestItem(path, "Alpha", None, "still")
    (first,) = add(tmp_path / "index", [item]).added
    write_image(path, scene(2))
    report = add(tmp_path / "index", [item])
    assert report.removed == (first,)
    assert Index.open(tmp_path / "index").references() == report.added


def test_add_two_files_that_changed_places_keeps_both(tmp_path: Path) -> None:
    one, two = (write_image(tmp_path / f"{n}.png", scene(n)) for n in (1, 2))
    items = [IngestItem(path, "Alpha", None, "still") for path in (one, two)]
    add(tmp_path / "index", items)
    contents = one.read_bytes(), two.read_bytes()
    one.write_bytes(contents[1])
    two.write_bytes(contents[0])
    report = add(tmp_path / "index", items)
    assert report.removed == ()
    references = Index.open(tmp_path / "index").references()
    assert {ref.path for ref in references} == {str(one), str(two)}


def test_add_closed_half_way_takes_no_further_file(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / f"{n}.png", scene(n)) for n in range(30)]
    taken: list[int] = []

    def tasks() -> Generator[CodingTask]:
        for position, path in enumerate(paths):
            taken.append(position)
            yield CodingTask(position, path, SamplingSettings())

    before = children(os.getpid())
    outcomes = LocalExecutor(2).run(tasks(), frozenset(), lambda position, share: None)
    next(outcomes)
    outcomes.close()
    assert len(taken) <= 5
    assert children(os.getpid()) == before
