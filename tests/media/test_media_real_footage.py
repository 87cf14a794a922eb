from collections import Counter
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from framematch.media import decode_thumbnail, encode_thumbnail, open_media

pytestmark = pytest.mark.real_media


def pictures(folder: Path) -> list[Path]:
    kinds = (".jpg", ".png", ".webp", ".tga")
    return sorted(path for path in folder.rglob("*") if path.suffix in kinds)


def thumbnail(path: Path) -> npt.NDArray[np.float64]:
    with open_media(path) as media:
        (frame,) = media.frames()
        assert media.warning is None
        return decode_thumbnail(encode_thumbnail(frame.pixels)).astype(float)


def test_picture_in_every_pillow_mode_shows_the_same_bridge(real_media: Path) -> None:
    folder = real_media / "pdq" / "misc-images" / "modes"
    original = thumbnail(folder / "original.jpg").mean(axis=2)
    paths = pictures(folder)
    assert len(paths) >= 14
    for path in paths:
        seen = thumbnail(path).mean(axis=2)
        assert np.corrcoef(original.ravel(), seen.ravel())[0, 1] > 0.97, path.name


def test_photos_with_exif_rotation_stand_upright(real_media: Path) -> None:
    paths = pictures(real_media / "pdq" / "reg-test-input" / "exif-rotn")
    assert paths
    for path in paths:
        with open_media(path) as media:
            (frame,) = media.frames()
        # The same scene, held both ways: the number in the name is its orientation tag.
        portrait = path.stem[-1] in "5678"
        assert (frame.pixels.shape[0] > frame.pixels.shape[1]) == portrait, path.name


def test_all_pictures_open(real_media: Path) -> None:
    for path in pictures(real_media):
        assert thumbnail(path).shape == (144, 256, 3), path.name


def test_rotated_video_is_portrait(real_media: Path) -> None:
    path = real_media / "big-buck-bunny" / "other-encodes" / "mediabunny_rotated.mp4"
    with open_media(path) as media:
        assert (media.info.width, media.info.height) == (1080, 1920)
        last = list(media.frames(Fraction(4)))[-1]
    assert last.pixels.shape == (1024, 576, 3)
    # Turned clockwise, the trees at the lower edge of the film lie at the left: green over red
    # there.
    left, right = (
        last.pixels[700:, :80].mean(axis=(0, 1)),
        last.pixels[700:, -80:].mean(axis=(0, 1)),
    )
    assert left.mean() < right.mean() - 30


def test_every_video_gives_frames_with_increasing_times(real_media: Path) -> None:
    kinds = (".mp4", ".webm", ".mkv", ".flv", ".mpg")
    seen = Counter[str]()
    for path in sorted(path for path in real_media.rglob("*") if path.suffix in kinds):
        with open_media(path) as media:
            frames = list(islice(media.frames(Fraction(10)), 4))
            seen[media.info.container] += 1
        times = [frame.timestamp_s for frame in frames]
        assert times[0] == pytest.approx(0.0, abs=0.05), path.name
        assert len(times) == 4, path.name
        assert times == sorted(set(times)), path.name
        assert all(frame.duration_s > 0 for frame in frames), path.name
    assert set(seen) == {"mov", "matroska", "flv", "mpeg"}
