"""Many files at once: the same answers as one by one, in the order asked for."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from interrupted import children
from scenes import scene, write_image

from framematch.errors import IndexStoreError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import add, plan
from framematch.matcher import Matcher
from framematch.matching.confidence import shipped_model
from framematch.media import group_sequences
from framematch.parallel import WORTH_STARTING, attribute_files
from framematch.records import Attribution


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("known")
    for number in range(3):
        write_image(folder / f"{number}.png", scene(number))
    items, failures = plan([folder], show="Alpha")
    assert not failures
    assert len(add(folder / "index", items).added) == 3
    return Index.open(folder / "index", min_information=MINIMUM)


def _lines(answers: list[Attribution]) -> list[str]:
    return [json.dumps(answer.to_dict()) for answer in answers]


def test_attribute_files_on_two_processes_answers_as_one_does(tmp_path: Path, index: Index) -> None:
    paths = [tmp_path / f"{number}.png" for number in range(2 * WORTH_STARTING)]
    for number, path in enumerate(paths):
        write_image(path, scene(number))
    paths[1].write_bytes(b"no picture")
    one_by_one = [Matcher(index).attribute(path) for path in paths]
    together = list(attribute_files(index, paths, processes=2))
    assert [answer.file for answer in together] == [str(path) for path in paths]
    assert _lines(together) == _lines(one_by_one)
    assert together[0].verdict == "match"
    assert together[1].verdict == "unreadable"


def test_attribute_files_whose_processes_are_killed_loses_only_what_they_were_at(
    tmp_path: Path, index: Index
) -> None:
    paths = [write_image(tmp_path / f"{number:02}.png", scene(number)) for number in range(12)]
    before = set(children(os.getpid()))
    answers = attribute_files(index, paths, processes=2)
    first = next(answers)
    for process in set(children(os.getpid())) - before:
        os.kill(process, signal.SIGKILL)
    rest = list(answers)
    assert [answer.file for answer in (first, *rest)] == [str(path) for path in paths]
    lost = [answer for answer in rest if answer.verdict == "unreadable"]
    assert 1 <= len(lost) <= 2
    assert lost[0].error is not None
    assert lost[0].error.startswith(f"{lost[0].file}: its process was killed by SIGKILL")


def test_attribute_files_answers_a_sequence_as_one(tmp_path: Path, index: Index) -> None:
    for number in range(2 * WORTH_STARTING):
        write_image(tmp_path / f"shot_{number:03d}.png", scene(0))
    other = write_image(tmp_path / "other.png", scene(1))
    queries = group_sequences(sorted(tmp_path.iterdir()))
    one_by_one, together = (
        list(attribute_files(index, queries, processes=processes)) for processes in (1, 2)
    )
    assert _lines(together) == _lines(one_by_one)
    still, sequence = together
    assert (still.file, still.media) == (str(other), "image")
    assert (sequence.file, sequence.media) == (str(tmp_path / "shot_[000-007].png"), "sequence")
    assert (sequence.verdict, sequence.show) == ("match", "Alpha")


@pytest.mark.parametrize("processes", [1, 2])
def test_attribute_files_with_another_model_answers_by_it(
    tmp_path: Path, index: Index, processes: int
) -> None:
    paths = [
        write_image(tmp_path / f"{number}.png", scene(0)) for number in range(2 * WORTH_STARTING)
    ]
    # Evidence of any strength is worth nothing to this one.
    doubtful = replace(shipped_model(), bias=-100.0)
    answers = list(attribute_files(index, paths, processes=processes, model=doubtful))
    assert {answer.verdict for answer in answers} == {"no-match"}


def test_attribute_files_without_files_answers_nothing(index: Index) -> None:
    assert list(attribute_files(index, [])) == []


def test_attribute_files_of_an_index_that_changes_meanwhile_says_so(tmp_path: Path) -> None:
    paths = [write_image(tmp_path / f"{n}.png", scene(n)) for n in range(2 * WORTH_STARTING)]
    add(tmp_path / "index", plan(paths[:1], show="Alpha")[0])
    with Index.open(tmp_path / "index", min_information=MINIMUM) as opened:
        add(tmp_path / "index", plan(paths[1:2], show="Alpha")[0])
        with pytest.raises(IndexStoreError, match="changed during the query; run again"):
            list(attribute_files(opened, paths, processes=2))
