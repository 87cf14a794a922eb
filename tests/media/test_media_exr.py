from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import OpenEXR
import pytest

from framematch.config import MediaLimits
from framematch.errors import MediaTooLargeError, UnreadableMediaError
from framematch.media import exr, open_media, parts_of, sort_of
from tests.media.conftest import Pixels

Plane = npt.NDArray[np.float32]


def write(path: Path, channels: dict[str, Any], **header: object) -> Path:
    OpenEXR.File(header, channels).write(str(path))
    return path


def pixels_of(path: Path) -> Pixels:
    with open_media(path) as media:
        (frame,) = media.frames()
    return frame.pixels


def filled(*colour: float, size: tuple[int, int] = (20, 30)) -> Plane:
    return np.full((*size, len(colour)), colour, np.float32)


def test_linear_light_becomes_srgb(tmp_path: Path) -> None:
    # IEC 61966-2-1: 0.2159 is 128 of 255, 0.5 is 188.
    path = write(tmp_path / "a.exr", {"RGB": filled(0.5, 0.2159, 0.0)})
    assert pixels_of(path)[10, 10].tolist() == [188, 128, 0]


def test_light_over_white_in_places_is_cut_and_moves_nothing_else(tmp_path: Path) -> None:
    picture = filled(0.5, 0.5, 0.5)
    picture[:2, :5] = 40.0
    picture[5, 5] = np.nan
    picture[6, 6] = -3.0
    shown = pixels_of(write(tmp_path / "a.exr", {"RGB": picture}))
    assert shown[0, 0].tolist() == [255, 255, 255]
    assert shown[10, 10].tolist() == [188, 188, 188]
    assert shown[5, 5].tolist() == shown[6, 6].tolist() == [0, 0, 0]


@pytest.mark.parametrize("scale", [30.0, 0.001])
def test_picture_in_another_unit_of_light_is_brought_to_white(tmp_path: Path, scale: float) -> None:
    picture = np.linspace(0, scale, 600, dtype=np.float32).reshape(20, 30)
    shown = pixels_of(write(tmp_path / "a.exr", {"Y": picture}))
    assert shown[-1, -1].tolist() == [255, 255, 255]
    assert 150 < shown[10, 15, 0] < 200


def test_transparency_lies_over_white_and_colour_is_unweighted(tmp_path: Path) -> None:
    picture = filled(0.0, 0.0, 0.0, 0.0)
    picture[:, 15:] = (0.25, 0.0, 0.0, 0.5)
    shown = pixels_of(write(tmp_path / "a.exr", {"RGBA": picture}))
    assert shown[10, 2].tolist() == [255, 255, 255]
    # Half of a red of 0.5, which is 188, over white.
    assert np.abs(shown[10, 20].astype(int) - (222, 127, 127)).max() <= 2


def test_missing_colour_is_no_light_and_a_single_one_is_grey(tmp_path: Path) -> None:
    half = np.full((20, 30), 0.5, np.float32)
    assert pixels_of(write(tmp_path / "a.exr", {"R": half, "B": half}))[5, 5].tolist() == [
        188,
        0,
        188,
    ]
    assert pixels_of(write(tmp_path / "b.exr", {"G": half}))[5, 5].tolist() == [188, 188, 188]


def test_data_window_lies_where_it_belongs_in_the_display_window(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.exr",
        {"RGBA": filled(0.0, 0.0, 0.0, 1.0, size=(10, 10))},
        dataWindow=(np.array([20, 5], np.int32), np.array([29, 14], np.int32)),
        displayWindow=(np.array([0, 0], np.int32), np.array([39, 19], np.int32)),
    )
    shown = pixels_of(path)
    assert shown.shape == (20, 40, 3)
    assert (shown[5:15, 20:30] == 0).all()
    assert (shown[:, :20] == 255).all()
    assert (shown[15:] == 255).all()


def test_layers_of_one_part_and_of_several_are_parts(tmp_path: Path) -> None:
    light, dark = filled(0.9, 0.9, 0.9), filled(0.1, 0.1, 0.1)
    channels = {"RGB": light, "line.R": dark[..., 0].copy(), "depth.Z": dark[..., 0].copy()}
    path = write(tmp_path / "a.exr", channels)
    assert sort_of(path) == "document"
    found = {part.name: part for part in parts_of(path)}
    assert list(found) == [None, "layer/line", "layer/depth"]
    assert found["layer/line"].frame is not None
    assert found["layer/line"].frame.pixels.mean() < 100
    assert found["layer/depth"].frame is None
    assert "no picture" in str(found["layer/depth"].error)

    parts = [OpenEXR.Part({"name": name}, {"RGB": light.copy()}) for name in ("beauty", "shadow")]
    OpenEXR.File(parts).write(str(tmp_path / "b.exr"))
    assert [part.name for part in parts_of(tmp_path / "b.exr")] == [None, "layer/shadow"]


def test_plain_picture_is_a_picture(tmp_path: Path) -> None:
    assert sort_of(write(tmp_path / "a.exr", {"RGB": filled(0.5, 0.5, 0.5)})) == "picture"


@pytest.mark.usefixtures("decoded_here")
def test_size_is_checked_in_the_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.exr", {"RGB": filled(0.5, 0.5, 0.5)})
    with pytest.raises(MediaTooLargeError, match="30 x 20 pixels exceed the limit of 599"):
        open_media(path, MediaLimits(max_pixels=599))
    monkeypatch.setattr(exr, "_MOST_SAMPLES", 20 * 30 * 3 - 1)
    with pytest.raises(MediaTooLargeError, match="samples"):
        open_media(path)


def test_file_that_is_cut_short_is_unreadable(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.exr", {"RGB": np.random.default_rng(3).random((40, 60, 3), np.float32)}
    )
    whole = path.read_bytes()
    for length in (20, 200, len(whole) // 2):
        path.write_bytes(whole[:length])
        with pytest.raises(UnreadableMediaError, match=r"a\.exr"), open_media(path) as media:
            list(media.frames())
