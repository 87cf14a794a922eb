"""An index says with which decoders its rows were made, and loses nothing where that is lost."""

from pathlib import Path

import pytest

from framematch.index import Index, IndexWriter, decoders_of, differing, merge, note_decoders
from framematch.index.decoded_with import NAME
from tests.index.index_samples import SPECS, frames, reference

OLD = {"av": "17.0.0", "av/ffmpeg": "7.1", "pillow": "12.0.0"}
NEW = {"av": "18.1.0", "av/ffmpeg": "8.1.2", "pillow": "13.0.0"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with IndexWriter(tmp_path / "index", SPECS, {"av": "17.0.0"}) as writer:
        writer.publish(reference("a"), frames(3, 1))
    return tmp_path / "index"


def test_decoders_of_an_index_that_notes_none_are_those_of_its_header(folder: Path) -> None:
    assert decoders_of(folder) == ({"av": "17.0.0"},)


def test_decoders_are_noted_once_each_in_their_order(folder: Path) -> None:
    for decoders in (OLD, NEW, OLD, NEW):
        note_decoders(folder, decoders)
    assert decoders_of(folder) == (OLD, NEW)


def test_decoders_of_an_older_header_stay_beside_newer_ones(folder: Path) -> None:
    note_decoders(folder, NEW)
    assert decoders_of(folder) == ({"av": "17.0.0"}, NEW)


def test_damaged_note_of_decoders_is_passed_over_and_the_index_answers(folder: Path) -> None:
    for decoders in (OLD, NEW):
        note_decoders(folder, decoders)
    path = folder / NAME
    held = path.read_bytes()
    path.write_bytes(held.replace(b"7.1", b"7.2"))
    assert decoders_of(folder) == (NEW,)
    path.write_bytes(b"\xff" + held[:40])
    assert decoders_of(folder) == ({"av": "17.0.0"},)
    with Index.open(folder) as index:
        assert len(index) == 3


def test_merged_index_names_the_decoders_of_all(folder: Path, tmp_path: Path) -> None:
    note_decoders(folder, OLD)
    with IndexWriter(tmp_path / "other", SPECS) as writer:
        writer.publish(reference("b"), frames(2, 2))
    note_decoders(tmp_path / "other", NEW)
    merge(tmp_path / "both", [folder, tmp_path / "other"])
    assert decoders_of(tmp_path / "both") == (OLD, NEW)


def test_differing_names_unequal_versions_and_passes_over_what_one_does_not_name() -> None:
    assert differing(OLD, {"av": "18.1.0", "pillow": "12.0.0", "openexr": "3.5.3"}) == {
        "av": ("17.0.0", "18.1.0")
    }
