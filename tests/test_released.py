"""Answers held against what was released: from the reference file, or from the index alone."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, resized
from PIL import Image
from scenes import FPS, SIZE, write_image, write_video

from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.matcher import Examined, Matcher
from framematch.records import EpisodeId, Stage
from framematch.released import held_against_release

Pixels = npt.NDArray[np.uint8]

#: A ball rolls over a background, a step each frame; then a scene stands still.
STEPS = 16


def rolling(step: int) -> Pixels:
    image = Image.fromarray(resized(drawing(11), *SIZE))
    ball = Image.fromarray(resized(drawing(12), 60, 60))
    image.paste(ball, (20 + 9 * step, 60))
    return np.asarray(image)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("released")
    frames = [rolling(step) for step in range(STEPS)]
    moving = write_video(root / "moving.mp4", frames, each_s=1 / FPS)
    still = write_video(root / "still.mp4", [resized(drawing(n), *SIZE) for n in (20, 21)])
    picture = write_image(root / "poster.png", drawing(30))
    report = add(
        root / "index",
        [
            IngestItem(moving, "Alpha", EpisodeId(1, 1), "episode"),
            IngestItem(still, "Beta", EpisodeId(1, 1), "episode"),
            IngestItem(picture, "Gamma", None, "still"),
        ],
    )
    assert report.failures == ()
    return root


@pytest.fixture
def matcher(library: Path) -> Matcher:
    return Matcher.open(library / "index")


def finished(examined: Examined) -> Examined:
    """Return an answer as it is where the stage is told right: flat drawings look unfinished."""
    attribution = replace(examined.attribution, stage=Stage("final", 1.0))
    return replace(examined, attribution=attribution)


def test_release_very_file_of_the_library_is_told_by_its_digest(
    library: Path, matcher: Matcher, tmp_path: Path
) -> None:
    copy = shutil.copy(library / "poster.png", tmp_path / "leak.png")
    found = held_against_release(matcher.index, matcher.examine(copy))
    assert found is not None
    assert (found.relation, found.basis, found.differs) == ("same-file", "sha256", ())


def test_release_frame_of_a_moving_shot_is_found_between_the_rows_of_the_index(
    matcher: Matcher, tmp_path: Path
) -> None:
    Image.fromarray(rolling(7)).save(tmp_path / "leak.jpg", quality=80)
    examined = finished(matcher.examine(tmp_path / "leak.jpg"))
    found = held_against_release(matcher.index, examined)
    assert found is not None
    assert (found.relation, found.basis) == ("same-picture", "reference-file")
    assert found.frame_s == pytest.approx(7 / FPS, abs=0.01)
    alone = held_against_release(matcher.index, examined, read_references=False)
    assert alone is not None
    assert alone.basis == "index-thumbnail"
    assert alone.relation != "differs"


def test_release_earlier_composite_differs_where_something_is_missing(
    matcher: Matcher, tmp_path: Path
) -> None:
    picture = resized(drawing(20), *SIZE)
    picture[30:70, 30:80] = picture[30, 30]
    examined = finished(matcher.examine(write_image(tmp_path / "leak.png", picture)))
    for read in (True, False):
        found = held_against_release(matcher.index, examined, read_references=read)
        assert found is not None
        assert found.relation == "differs"
        x, y, width, height = found.regions[0]
        assert abs(x + width / 2 - 55 / 256) < 0.08
        assert abs(y + height / 2 - 50 / 144) < 0.08


def test_release_of_a_damaged_picture_is_undetermined(matcher: Matcher, tmp_path: Path) -> None:
    whole = write_image(tmp_path / "whole.png", resized(drawing(20), *SIZE))
    content = whole.read_bytes()
    (tmp_path / "cut.png").write_bytes(content[: len(content) * 9 // 10])
    examined = matcher.examine(tmp_path / "cut.png")
    assert examined.attribution.verdict == "match"
    assert examined.attribution.error is not None
    found = held_against_release(matcher.index, finished(examined))
    assert found is not None
    assert found.relation == "undetermined"
    assert found.regions == ()


def test_release_line_drawing_is_work_in_progress_and_says_what_is_missing(
    matcher: Matcher, tmp_path: Path
) -> None:
    leak = write_image(tmp_path / "leak.png", drawing(21, "lines"))
    found = held_against_release(matcher.index, matcher.examine(leak))
    assert found is not None
    assert found.relation == "work-in-progress"
    assert any("colour missing" in said for said in found.differs)


def test_release_reference_that_is_another_file_by_now_is_not_read(
    library: Path, tmp_path: Path
) -> None:
    root = tmp_path / "moved"
    shutil.copytree(library, root)
    index = Index.open(root / "index")
    matcher = Matcher(index)
    # The paths in the index are those of the library: a reference there changes.
    leak = write_image(tmp_path / "leak.png", resized(drawing(20), *SIZE))
    examined = finished(matcher.examine(leak))
    still = library / "still.mp4"
    data = still.read_bytes()
    try:
        still.write_bytes(data + b"\0")
        found = held_against_release(index, examined)
    finally:
        still.write_bytes(data)
    assert found is not None
    assert (found.relation, found.basis) == ("same-picture", "index-thumbnail")
    again = held_against_release(index, examined)
    assert again is not None
    assert again.basis == "reference-file"


def test_release_of_what_is_not_matched_is_none(matcher: Matcher, tmp_path: Path) -> None:
    stranger = write_image(tmp_path / "leak.png", drawing(900))
    assert held_against_release(matcher.index, matcher.examine(stranger)) is None
    gone = matcher.examine(tmp_path / "gone.png")
    assert held_against_release(matcher.index, gone) is None


def test_release_of_a_clip_is_told_by_its_most_telling_frame(
    matcher: Matcher, tmp_path: Path
) -> None:
    scenes = [resized(drawing(n), *SIZE) for n in (20, 21)]
    clip = write_video(tmp_path / "leak.mp4", scenes, each_s=1.5)
    examined = matcher.examine(clip)
    assert examined.matched is not None
    assert examined.row is not None
    found = held_against_release(matcher.index, finished(examined))
    assert found is not None
    assert (found.relation, found.basis) == ("same-picture", "reference-file")


def test_release_twice_is_the_same(matcher: Matcher, tmp_path: Path) -> None:
    leak = write_image(tmp_path / "leak.png", rolling(5))
    one, other = (
        held_against_release(matcher.index, finished(matcher.examine(leak))) for _ in range(2)
    )
    assert one is not None
    assert one == other
