"""Files into the index: what is taken, what is left alone, what a failure costs."""

from pathlib import Path

import numpy as np
import pytest
from scenes import scene, write_image, write_library, write_video

from framematch.errors import ConfigError
from framematch.hashing import structure
from framematch.index import Index
from framematch.ingest import IngestItem, IngestProgress, add, plan
from framematch.ingest.job import default_limit_s
from framematch.records import EpisodeId


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("media") / "library")


def test_plan_of_a_library_reads_shows_and_episodes(library: Path) -> None:
    items, failures = plan([library])
    assert failures == []
    assert [(item.show, str(item.episode), item.kind) for item in items] == [
        ("Alpha", "S01E01", "episode"),
        ("Alpha", "S01E02", "episode"),
        ("Beta", "S01E01", "episode"),
        ("Beta", "S01E02", "episode"),
    ]


def test_plan_options_win_over_names(library: Path) -> None:
    items, _ = plan([library / "Alpha"], show="Gamma", season=4, episode=7, kind="trailer")
    assert {(item.show, item.episode, item.kind) for item in items} == {
        ("Gamma", EpisodeId(4, 7), "trailer")
    }


def test_plan_file_without_a_show_is_a_failure_that_says_what_to_do(tmp_path: Path) -> None:
    clip = write_image(tmp_path / "clip.png", scene(1))
    items, failures = plan([clip])
    assert items == []
    assert [failure.to_dict() for failure in failures] == [
        {"path": str(clip), "error": "ConfigError", "reason": f"{clip}: no show; pass --show"}
    ]


def test_plan_missing_file_is_a_failure(tmp_path: Path) -> None:
    _, failures = plan([tmp_path / "gone.mkv"], show="Alpha")
    assert [failure.error for failure in failures] == ["UnreadableMediaError"]


def test_plan_episode_without_a_season_is_refused(library: Path) -> None:
    with pytest.raises(ConfigError, match="--season"):
        plan([library], episode=3)


def test_add_library_is_in_the_index_with_its_times(library: Path, tmp_path: Path) -> None:
    items, _ = plan([library])
    report = add(tmp_path / "index", items)
    assert (len(report.added), report.failures, report.warnings) == (4, (), ())
    with Index.open(tmp_path / "index") as index:
        assert [(ref.show, str(ref.episode)) for ref in index.references()] == [
            ("Alpha", "S01E01"),
            ("Alpha", "S01E02"),
            ("Beta", "S01E01"),
            ("Beta", "S01E02"),
        ]
        rows = index.rows
        first = rows.reference == 0
        assert rows.duration_s[first].sum() == pytest.approx(6.0, abs=0.3)


def test_add_keeps_the_features_that_the_codes_were_made_of(tmp_path: Path) -> None:
    image = write_image(tmp_path / "a.png", scene(1))
    add(tmp_path / "index", [IngestItem(image, "Alpha", None, "still")])
    with Index.open(tmp_path / "index") as index:
        apart = structure.unpack_features(index.features(range(len(index))))
        # In steps, so that a bit that hung in the balance may turn.
        again = structure.sign_code(apart) ^ index.codes("structure")
        assert np.bitwise_count(again).sum(axis=1).max() < 60


def test_add_held_drawing_is_one_row_with_its_duration(tmp_path: Path) -> None:
    video = write_video(tmp_path / "held.mp4", [scene(1), scene(2)], each_s=4.0)
    report = add(tmp_path / "index", [IngestItem(video, "Alpha", None, "other")])
    assert report.frames == 2
    with Index.open(tmp_path / "index") as index:
        np.testing.assert_allclose(index.rows.timestamp_s, [0.0, 4.0], atol=0.15)
        np.testing.assert_allclose(index.rows.duration_s, [4.0, 4.0], atol=0.3)


def test_add_again_changes_nothing(library: Path, tmp_path: Path) -> None:
    items, _ = plan([library / "Alpha"])
    add(tmp_path / "index", items)
    before = Index.open(tmp_path / "index").info
    report = add(tmp_path / "index", items)
    assert (report.added, len(report.unchanged)) == ((), 2)
    assert Index.open(tmp_path / "index").info == before


def test_add_with_another_episode_replaces_the_reference(tmp_path: Path) -> None:
    still = write_image(tmp_path / "a.png", scene(1))
    add(tmp_path / "index", [IngestItem(still, "Alpha", EpisodeId(1, 1), "still")])
    report = add(tmp_path / "index", [IngestItem(still, "Alpha", EpisodeId(1, 2), "still")])
    assert len(report.added) == 1
    with Index.open(tmp_path / "index") as index:
        assert [str(ref.episode) for ref in index.references()] == ["S01E02"]
    (warning,) = report.warnings
    assert warning.reason == f"was Alpha S01E01 (still) as {still}; is Alpha S01E02 (still) now"


def test_add_copy_of_another_shows_file_says_whose_it_was(tmp_path: Path) -> None:
    theirs = write_image(tmp_path / "theirs.png", scene(1))
    copy = write_image(tmp_path / "copy.png", scene(1))
    add(tmp_path / "index", [IngestItem(theirs, "Alpha", None, "still")])
    report = add(tmp_path / "index", [IngestItem(copy, "Beta", None, "still")])
    (warning,) = report.warnings
    assert warning.path == str(copy)
    assert f"was Alpha (still) as {theirs}" in warning.reason


def test_time_limit_grows_with_the_file_and_has_an_end(tmp_path: Path) -> None:
    sizes = (0, 100_000_000, 10**12)
    limits = []
    for number, size in enumerate(sizes):
        with (tmp_path / str(number)).open("wb") as file:
            file.truncate(size)
        limits.append(default_limit_s(tmp_path / str(number)))
    assert limits == [900.0, 1800.0, 6 * 3600.0]


def test_add_same_file_under_two_shows_keeps_the_first_and_warns(tmp_path: Path) -> None:
    one = write_image(tmp_path / "one.png", scene(1))
    two = write_image(tmp_path / "two.png", scene(1))
    report = add(
        tmp_path / "index",
        [IngestItem(one, "Alpha", None, "still"), IngestItem(two, "Beta", None, "still")],
    )
    assert [ref.show for ref in report.added] == ["Alpha"]
    assert [warning.reason for warning in report.warnings] == [
        f"the same file as {one}, which stays Alpha"
    ]


def test_add_broken_file_costs_itself_only(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 200)
    good = write_image(tmp_path / "good.png", scene(1))
    report = add(
        tmp_path / "index",
        [IngestItem(broken, "Alpha", None, "other"), IngestItem(good, "Alpha", None, "still")],
    )
    assert [failure.path for failure in report.failures] == [str(broken)]
    assert [ref.path for ref in report.added] == [str(good)]


def test_add_video_cut_in_the_middle_is_indexed_up_to_there(tmp_path: Path) -> None:
    whole = write_video(tmp_path / "whole.mkv", [scene(n) for n in range(8)])
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    report = add(tmp_path / "index", [IngestItem(cut, "Alpha", None, "other")])
    assert len(report.added) == 1
    assert 0 < report.frames < 8
    assert [warning.path for warning in report.warnings] == [str(cut)]
    assert report.added[0].warning == report.warnings[0].reason


def test_add_black_picture_is_kept_with_its_information(tmp_path: Path) -> None:
    black = write_image(tmp_path / "black.png", np.zeros((90, 160, 3), dtype=np.uint8))
    add(tmp_path / "index", [IngestItem(black, "Alpha", None, "still")])
    with Index.open(tmp_path / "index") as index:
        assert index.rows.information.tolist() == [0]


def test_add_interrupted_keeps_what_was_finished_and_continues(tmp_path: Path) -> None:
    items = [
        IngestItem(write_image(tmp_path / f"{n}.png", scene(n)), "Alpha", None, "still")
        for n in range(3)
    ]

    def interrupt(at: IngestProgress) -> None:
        if at.position == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "index", items, on_progress=interrupt)
    assert len(Index.open(tmp_path / "index").references()) == 2
    report = add(tmp_path / "index", items)
    assert (len(report.unchanged), len(report.added)) == (2, 1)


def test_add_progress_goes_up_to_the_whole_of_each_file(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", [scene(1), scene(2)])
    heard: list[IngestProgress] = []
    add(tmp_path / "index", [IngestItem(video, "Alpha", None, "other")], on_progress=heard.append)
    shares = [at.share for at in heard]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert {(at.path, at.position, at.total) for at in heard} == {(video, 0, 1)}


def test_add_nothing_makes_no_index(tmp_path: Path) -> None:
    assert add(tmp_path / "index", []).added == ()
    assert not (tmp_path / "index").exists()
