"""Which frames of a library are asked about, and where in the index they are right."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scenes import scene, write_image, write_library, write_video

from framematch.calibration.frames import Skipped, frames_of_show, instants, on_disk
from framematch.calibration.library import right_rows
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import add, plan
from framematch.media import sha256_of
from framematch.records import EpisodeId, Reference


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("right")
    items, failures = plan([write_library(folder / "library")])
    assert not failures
    add(folder / "index", items)
    return Index.open(folder / "index", min_information=MINIMUM)


def _reference(path: Path, length_s: float) -> Reference:
    return Reference(
        sha256=sha256_of(path),
        path=str(path),
        show="Alpha",
        episode=EpisodeId(1, 1),
        kind="episode",
        media="video" if length_s else "image",
        width=256,
        height=144,
        duration_s=length_s,
    )


@pytest.mark.parametrize("length_s", [0.0, 0.1, 0.4, 6.0, 59.96, 1440.5])
@pytest.mark.parametrize("count", [1, 3, 12])
def test_instants_lie_between_quarter_seconds_and_all_over_the_file(
    length_s: float, count: int
) -> None:
    fps, times_s = instants(length_s, count, np.random.default_rng(1))
    assert len(times_s) == min(count, int(length_s / 0.25 + 0.5))
    for time_s in times_s:
        assert 0 < time_s <= length_s
        assert time_s % Fraction(1, 4) == Fraction(1, 8)
        assert (time_s * fps).denominator == 1
    if len(times_s) == count > 1:
        assert times_s[0] <= length_s / count
        assert times_s[-1] >= length_s * (1 - 1.1 / count)


def test_frames_of_a_show_are_those_on_screen_between_the_samples(tmp_path: Path) -> None:
    video = write_video(tmp_path / "a.mp4", [scene(1), scene(2), scene(3)])
    still = write_image(tmp_path / "still.png", scene(4))
    skipped: list[Skipped] = []
    references = [_reference(video, 6.0), _reference(still, 0.0)]
    found = list(frames_of_show(references, 3, 5, skipped.append))
    again = list(frames_of_show(references, 3, 5, skipped.append))
    assert not skipped
    assert [one.frame.timestamp_s for one in found] == [one.frame.timestamp_s for one in again]
    assert len(found) == 3
    assert {one.reference.path for one in found} == {str(video), str(still)}
    scenes = np.stack([scene(number) for number in range(1, 5)]).astype(int)
    for one in found:
        away = np.abs(one.frame.pixels.astype(int) - scenes).mean(axis=(1, 2, 3))
        video_scene = int(one.frame.timestamp_s / 2)
        assert away.argmin() == (video_scene if one.reference.media == "video" else 3)


def test_frames_of_files_that_changed_or_broke_are_made_up_for_by_others(tmp_path: Path) -> None:
    changed = write_image(tmp_path / "changed.png", scene(1))
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    references = [_reference(changed, 0.0), _reference(broken, 0.0)]
    references += [
        _reference(write_image(tmp_path / f"{number}.png", scene(number)), 0.0)
        for number in range(2, 5)
    ]
    write_image(changed, scene(9))
    skipped: list[Skipped] = []
    found = list(frames_of_show(references, 3, 0, skipped.append))
    assert sorted(Path(one.reference.path).name for one in found) == ["2.png", "3.png", "4.png"]
    for skip in skipped:
        assert skip.path in skip.reason
    assert {Path(skip.path).name for skip in skipped} <= {"changed.png", "broken.png"}
    only_bad: list[Skipped] = []
    assert list(frames_of_show(references[:2], 3, 0, only_bad.append)) == []
    assert sorted(Path(skip.path).name for skip in only_bad) == ["broken.png", "changed.png"]


def test_frames_with_nothing_to_see_are_not_asked_about(tmp_path: Path) -> None:
    black = write_image(tmp_path / "black.png", np.zeros((144, 256, 3), dtype=np.uint8))
    assert list(frames_of_show([_reference(black, 0.0)], 2, 0, print)) == []


def test_model_sheets_are_neither_used_nor_missed(tmp_path: Path) -> None:
    there = _reference(write_image(tmp_path / "a.png", scene(1)), 0.0)
    gone = replace(there, path=str(tmp_path / "gone.png"))
    sheets = [replace(one, kind="model-sheet") for one in (there, gone)]
    found, missing = on_disk([there, gone, *sheets])
    assert found == [there]
    assert [skip.path for skip in missing] == [gone.path]


def test_right_rows_of_an_opening_are_in_every_episode_of_its_show(index: Index) -> None:
    references = index.references()
    alpha = [n for n, one in enumerate(references) if one.show == "Alpha"]
    rows = np.array(sorted(right_rows(index, references[alpha[0]], 0.6)))
    assert set(index.rows.reference[rows].tolist()) == set(alpha)
    # In the other episode only the opening itself, scenes of two seconds each.
    other = rows[index.rows.reference[rows] == alpha[1]]
    assert (index.rows.timestamp_s[other] < 2.0).all()


def test_right_rows_of_an_opening_are_found_in_a_poor_encode_of_it(tmp_path: Path) -> None:
    shared = [scene(number) for number in range(3)]
    poor = []
    for picture in shared:
        small = Image.fromarray(np.roll(picture, (2, 3), axis=(0, 1))).resize((80, 45))
        poor.append(np.asarray(small.resize((256, 144))))
    write_video(tmp_path / "Gamma" / "Gamma - S01E01.mp4", [*shared, scene(11)])
    write_video(tmp_path / "Gamma" / "Gamma - S01E02.mp4", [*poor, scene(12)])
    items, _ = plan([tmp_path / "Gamma"])
    add(tmp_path / "index", items)
    index = Index.open(tmp_path / "index", min_information=MINIMUM)
    for time_s in (0.6, 2.6, 4.6):
        rows = np.array(sorted(right_rows(index, index.references()[0], time_s)))
        other = rows[index.rows.reference[rows] == 1]
        assert len(other)
        assert (np.abs(index.rows.timestamp_s[other] - time_s) <= 2.0).all()


def test_right_rows_of_a_shot_of_its_own_are_around_it_only(index: Index) -> None:
    references = index.references()
    at = next(n for n, one in enumerate(references) if one.show == "Beta")
    rows = np.array(sorted(right_rows(index, references[at], 5.9)))
    assert set(index.rows.reference[rows].tolist()) == {at}
    ends_s = index.rows.timestamp_s[rows] + index.rows.duration_s[rows]
    assert (ends_s >= 5.9 - 2.5).all()
