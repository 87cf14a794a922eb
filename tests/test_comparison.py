"""Two files side by side."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from scenes import SIZE, write_image, write_video

from framematch.comparison import Comparison, compare
from framematch.errors import InputError
from framematch.hashing.panels import WHOLE, overlap

Pixels = npt.NDArray[np.uint8]


def compared(folder: Path, a: Pixels, b: Pixels) -> Comparison:
    return compare(write_image(folder / "a.png", a), write_image(folder / "b.png", b))


def small(seed: int) -> Pixels:
    return resized(drawing(seed), *SIZE)


def test_compare_same_picture_agrees_in_everything(tmp_path: Path) -> None:
    found = compared(tmp_path, drawing(1), drawing(1))
    assert found.distance == {"appearance": 0, "structure": 0}
    assert found.same_picture > 0.9
    assert (found.differs, found.mirrored) == ((), False)
    assert found.differing_share < 0.02
    assert overlap(found.box, WHOLE) > 0.97
    assert found.a.sha256 == found.b.sha256
    assert (found.picture.dtype, found.picture.shape) == (np.uint8, (144, 3 * 256, 3))


def test_compare_line_drawing_with_its_frame_says_what_is_missing(tmp_path: Path) -> None:
    found = compared(tmp_path, drawing(1, "lines"), drawing(1))
    assert found.same_picture > 0.8
    assert "stage: line-art and flat-colour" in found.differs
    assert "colour missing in A" in found.differs
    assert (found.a.stage.label, found.b.stage.label) == ("line-art", "flat-colour")
    assert found.distance["structure"] < 80 < found.differing_share * 256
    other_way = compared(tmp_path, drawing(1), drawing(1, "lines"))
    assert "colour missing in B" in other_way.differs


def test_compare_mirrored_picture_says_so_and_shows_it_turned_back(tmp_path: Path) -> None:
    found = compared(tmp_path, drawing(1)[:, ::-1], drawing(1))
    assert found.mirrored
    assert "A is mirrored" in found.differs
    assert found.same_picture > 0.8
    # The picture shows A as it lies on B.
    seen, known = (found.picture[:, :256].astype(int), found.picture[:, 256:512].astype(int))
    assert np.abs(seen - known).mean() < 12


def test_compare_turned_picture_says_by_how_much(tmp_path: Path) -> None:
    found = compared(tmp_path, np.rot90(drawing(1)), drawing(1))
    assert "A is turned by 270 degrees" in found.differs
    assert found.same_picture > 0.8


def test_compare_picture_on_a_sheet_gives_its_box(tmp_path: Path) -> None:
    sheet = inside(drawing(1), np.full((600, 900, 3), 255, dtype=np.uint8), 300, 200)
    found = compared(tmp_path, sheet, drawing(1))
    assert overlap(found.box, (300 / 900, 200 / 600, 512 / 900, 288 / 600)) > 0.75
    assert any(words.startswith("only ") for words in found.differs)


def test_compare_strangers_are_not_the_same_picture(tmp_path: Path) -> None:
    found = compared(tmp_path, drawing(1), drawing(2))
    assert found.same_picture < 0.3
    assert found.distance["structure"] > 150


def test_compare_video_with_a_still_finds_the_frame(tmp_path: Path) -> None:
    black = np.zeros((144, 256, 3), dtype=np.uint8)
    video = write_video(tmp_path / "a.mp4", [black, small(5), small(1), small(7)], each_s=1.0)
    still = write_image(tmp_path / "b.png", drawing(1))
    found = compare(video, still)
    assert 1.9 <= found.a.timestamp_s < 3.0
    assert (found.a.media, found.b.media) == ("video", "image")
    assert found.same_picture > 0.8
    assert 1.9 <= compare(still, video).b.timestamp_s < 3.0


def test_compare_two_videos_finds_the_pair_that_is_alike(tmp_path: Path) -> None:
    one = write_video(tmp_path / "a.mp4", [small(s) for s in (5, 1, 7)], each_s=1.0)
    other = write_video(tmp_path / "b.mp4", [small(s) for s in (8, 9, 1)], each_s=1.0)
    found = compare(one, other)
    assert 1.0 <= found.a.timestamp_s < 2.0 <= found.b.timestamp_s < 3.0


def test_compare_videos_that_begin_in_black_compares_their_pictures(tmp_path: Path) -> None:
    black = np.zeros((144, 256, 3), dtype=np.uint8)
    lines = resized(drawing(1, "lines"), *SIZE)
    one = write_video(tmp_path / "a.mp4", [black, lines], each_s=1.0)
    other = write_video(tmp_path / "b.mp4", [black, small(1)], each_s=1.0)
    found = compare(one, other)
    assert (found.a.timestamp_s >= 1.0, found.b.timestamp_s >= 1.0) == (True, True)


def test_compare_copy_is_told_from_an_earlier_composite(tmp_path: Path) -> None:
    finished = drawing(1)
    copy = write_image(tmp_path / "copy.png", resized(finished, 400, 225))
    earlier = finished.copy()
    earlier[60:110, 70:130] = earlier[60, 70]
    release = write_image(tmp_path / "release.png", finished)
    same = compare(copy, release).release
    assert (same.relation, same.differs, same.regions) == ("same-picture", (), ())
    other = compare(write_image(tmp_path / "earlier.png", earlier), release).release
    assert other.relation in ("differs", "work-in-progress")
    assert compare(release, release).release.relation == "same-file"


def test_compare_line_drawing_is_unfinished_beside_its_frame(tmp_path: Path) -> None:
    found = compared(tmp_path, drawing(1, "lines"), drawing(1))
    assert found.release.relation == "work-in-progress"
    assert found.pair[0].shape == found.pair[1].shape == found.apart.shape


def test_compare_strangers_is_undetermined(tmp_path: Path) -> None:
    found = compared(tmp_path, drawing(1), drawing(2))
    assert found.release.relation == "undetermined"
    assert "different pictures" in found.release.differs[0]


def test_compare_still_with_a_film_names_the_very_frame(tmp_path: Path) -> None:
    ball = resized(drawing(12), 60, 60)
    pictures = [inside(ball, small(11), 20 + 9 * step, 60) for step in range(16)]
    film = write_video(tmp_path / "film.mp4", pictures, each_s=0.125)
    found = compare(write_image(tmp_path / "still.png", pictures[7]), film)
    assert found.release.relation == "same-picture"
    assert found.release.frame_s == pytest.approx(7 / 8, abs=0.01)


def test_compare_twice_is_the_same(tmp_path: Path) -> None:
    one, other = (compared(tmp_path, drawing(3, "figure"), drawing(3)) for _ in range(2))
    assert json.dumps(one.to_dict()) == json.dumps(other.to_dict())
    np.testing.assert_array_equal(one.picture, other.picture)


def test_compare_writes_its_keys_in_a_fixed_order(tmp_path: Path) -> None:
    record = compared(tmp_path, drawing(1), drawing(1)).to_dict()
    assert list(record) == [
        *("schema", "a", "b", "distance", "same_picture", "agreement", "sharpness", "colour"),
        *("mirrored", "box", "differs", "differing_share", "release"),
    ]
    assert list(record["a"]) == ["file", "sha256", "media", "timestamp_s", "stage"]


@pytest.mark.parametrize("broken", ["gone.png", "empty.png"])
def test_compare_with_an_unreadable_file_names_it(tmp_path: Path, broken: str) -> None:
    good = write_image(tmp_path / "good.png", drawing(1))
    (tmp_path / "empty.png").write_bytes(b"")
    for pair in ((good, tmp_path / broken), (tmp_path / broken, good)):
        with pytest.raises(InputError, match=broken):
            compare(*pair)
