"""`index add --watch`: each look answers for the whole library, and nothing ends it."""

import dataclasses
from collections.abc import Generator, Iterable
from pathlib import Path

import pytest
from scenes import scene, write_image

from framematch.cli.adding import Adding
from framematch.cli.following import Following
from framematch.cli.planning import Plan
from framematch.config import SamplingSettings
from framematch.errors import WorkerStartError
from framematch.index import Index
from framematch.ingest import (
    CodingTask,
    Executor,
    Given,
    InProcessExecutor,
    LocalExecutor,
    Outcome,
    Watch,
    add,
)
from framematch.ingest.executors import OnShare


class Library:
    """A folder that is watched, one look at a time."""

    def __init__(self, root: Path, manifest: Path | None = None, *, removes: bool = False) -> None:
        self.root, self.index = root / "in", root / "index"
        self.root.mkdir(exist_ok=True)
        plan = Plan((self.root,), Given(), manifest, apart_from=self.index)
        self.adding = Adding(
            index=self.index,
            plan=plan,
            sampling=SamplingSettings(),
            processes=None,
            elsewhere=InProcessExecutor(),
            time_limit_s=None,
            remove_missing=removes,
            reread=False,
            json_report=False,
        )
        self.following = Following(self.adding, Watch(0.0))

    def write(self, name: str, number: int) -> Path:
        return write_image(self.root / name, scene(number))

    def look(self, times: int = 2) -> dict[str, str]:
        """Look, by default so often that nothing waits; return the shows by path."""
        for _ in range(times):
            self.following.look()
        if not self.index.is_dir():
            return {}
        with Index.open(self.index) as index:
            return {
                str(Path(ref.path).relative_to(self.root)): ref.show for ref in index.references()
            }


def test_watch_tells_shows_of_one_name_apart_when_the_second_one_comes(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.write("Show (1999)/a.png", 1)
    assert library.look() == {"Show (1999)/a.png": "Show"}
    library.write("Show (2019)/b.png", 2)
    both = {"Show (1999)/a.png": "Show (1999)", "Show (2019)/b.png": "Show (2019)"}
    assert library.look() == both
    library.write("Show (2019)/c.png", 3)
    assert library.look() == both | {"Show (2019)/c.png": "Show (2019)"}


def test_watch_later_copy_leaves_the_attribution_to_the_first(tmp_path: Path) -> None:
    library = Library(tmp_path)
    library.write("Alpha/a.png", 1)
    library.look()
    library.write("Beta/b.png", 1)
    assert library.look() == {"Alpha/a.png": "Alpha"}


@pytest.mark.parametrize("looks_between", [0, 1])
def test_watch_renamed_file_is_neither_removed_nor_decoded_again(
    tmp_path: Path, looks_between: int, capsys: pytest.CaptureFixture[str]
) -> None:
    library = Library(tmp_path, removes=True)
    path = library.write("Alpha/a.png", 1)
    library.write("Alpha/b.png", 2)
    library.look()
    capsys.readouterr()
    path.rename(path.with_name("c.png"))
    library.look(times=looks_between)
    assert library.look(times=3) == {"Alpha/b.png": "Alpha", "Alpha/c.png": "Alpha"}
    assert "(1 frame)" not in capsys.readouterr().out


def test_watch_removal_that_was_put_off_is_made_up_for(tmp_path: Path) -> None:
    library = Library(tmp_path, removes=True)
    path = library.write("Alpha/a.png", 1)
    library.write("Alpha/b.png", 2)
    library.look()
    path.unlink()
    late = library.write("Alpha/late.png", 3)
    assert len(library.look(times=1)) == 2
    late.unlink()
    assert library.look(times=1) == {"Alpha/b.png": "Alpha"}


def test_watch_twin_of_a_deleted_file_takes_its_place(tmp_path: Path) -> None:
    library = Library(tmp_path, removes=True)
    path = library.write("Alpha/a.png", 1)
    library.write("Beta/b.png", 1)
    library.write("Alpha/c.png", 2)
    library.look()
    path.unlink()
    assert library.look() == {"Beta/b.png": "Beta", "Alpha/c.png": "Alpha"}


def test_watch_manifest_that_changes_is_read_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    manifest = tmp_path / "manifest.csv"
    manifest.write_text("path,show\nin,Gamma\n")
    library = Library(tmp_path, manifest)
    library.write("Alpha/a.png", 1)
    assert library.look() == {"Alpha/a.png": "Gamma"}
    manifest.write_text("nonsense\n")
    assert library.look() == {"Alpha/a.png": "Gamma"}
    assert "what it said before holds" in capsys.readouterr().err
    manifest.write_text("path,show\nin,Delta Two\n")
    assert library.look() == {"Alpha/a.png": "Delta Two"}


def test_watch_file_that_fails_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = Library(tmp_path)
    broken = library.write("Alpha/a.png", 1)
    broken.write_bytes(b"no picture")
    for number in range(2, 4):
        library.write(f"Alpha/{number}.png", number)
        library.look()
    assert capsys.readouterr().err.count(str(broken)) == 1


def test_watch_goes_on_after_an_error_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    library = Library(tmp_path)
    library.write("Alpha/a.png", 1)

    def stale(*_: object) -> None:
        raise OSError(116, "Stale file handle", str(library.root))

    with monkeypatch.context() as patched:
        patched.setattr(Plan, "files_now", stale)
        assert library.look() == {}
    expected = f"{library.root}: Stale file handle; trying again"
    assert capsys.readouterr().err.count(expected) == 1
    assert library.look() == {"Alpha/a.png": "Alpha"}


def test_watch_folder_that_goes_and_comes_loses_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path, removes=True)
    library.write("Alpha/a.png", 1)
    library.look()
    library.root.rename(tmp_path / "away")
    assert library.look() == {"Alpha/a.png": "Alpha"}
    (tmp_path / "away").rename(library.root)
    assert library.look() == {"Alpha/a.png": "Alpha"}


def test_watch_codes_a_single_file_in_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    coders: list[Executor | None] = []

    def listening(*arguments: object, executor: Executor | None = None, **more: object) -> object:
        coders.append(executor)
        return add(*arguments, executor=InProcessExecutor(), **more)  # type: ignore[arg-type]

    library = Library(tmp_path)
    library.write("Alpha/a.png", 1)
    monkeypatch.setattr("framematch.ingest.add", listening)
    here = dataclasses.replace(library.adding, elsewhere=None)
    Following(here, Watch(0.0)).look()
    here.once()
    assert [type(coder) for coder in coders] == [LocalExecutor, InProcessExecutor]


@dataclasses.dataclass
class Unready:
    """Cannot start a process the first time."""

    tries: int = 0

    def run(
        self, tasks: Iterable[CodingTask], known: frozenset[str], on_share: OnShare
    ) -> Generator[Outcome]:
        self.tries += 1
        if self.tries == 1:
            raise WorkerStartError("a process could not be started")
        return InProcessExecutor().run(tasks, known, on_share)


def test_watch_tries_again_where_no_process_could_be_started(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    library = Library(tmp_path)
    library.write("Alpha/a.png", 1)
    following = Following(dataclasses.replace(library.adding, elsewhere=Unready()), Watch(0.0))
    following.look()
    assert "a process could not be started; trying again" in capsys.readouterr().err
    following.look()
    assert library.look() == {"Alpha/a.png": "Alpha"}
