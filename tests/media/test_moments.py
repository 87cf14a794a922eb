"""The frame of a film that comes closest to something, around a moment."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from scenes import FPS, scene, write_image, write_video

from framematch.errors import UnreadableMediaError
from framematch.media.moments import SKETCH_SIZE, Closest, closest_moments

Pixels = npt.NDArray[np.uint8]

N = 32


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pictures = [scene(n) for n in range(N)]
    return write_video(tmp_path_factory.mktemp("moments") / "film.mp4", pictures, each_s=1 / FPS)


def nearest_to(path: Path, picture: Pixels, start_s: float, end_s: float) -> list[Closest]:
    from PIL import Image

    wanted = np.asarray(Image.fromarray(picture).convert("L").resize(SKETCH_SIZE), np.float32)
    return closest_moments(
        path, start_s, end_s, lambda sketch: [float(np.abs(sketch - wanted).mean())]
    )


@pytest.mark.parametrize("number", [0, 1, 13, 30, 31])
def test_closest_moment_is_the_very_frame_with_its_neighbours(film: Path, number: int) -> None:
    (found,) = nearest_to(film, scene(number), (number - 3) / FPS, (number + 3) / FPS)
    assert found.shown.timestamp_s == pytest.approx(number / FPS, abs=1e-3)
    assert found.distance < 6
    assert np.abs(found.shown.frame().pixels.astype(int) - scene(number)).mean() < 8
    beside = [round(shown.timestamp_s * FPS) for shown in found.around]
    assert beside == [near for near in (number - 1, number + 1) if 0 <= near < N]


def test_closest_moments_outside_the_stretch_are_not_looked_at(film: Path) -> None:
    (found,) = nearest_to(film, scene(20), 4 / FPS, 8 / FPS)
    assert 4 <= round(found.shown.timestamp_s * FPS) <= 8
    assert found.distance > 15


def test_closest_moments_behind_the_end_are_none(film: Path) -> None:
    assert nearest_to(film, scene(1), 100.0, 101.0) == []


def test_closest_moment_of_a_picture_is_that_picture(tmp_path: Path) -> None:
    path = write_image(tmp_path / "one.png", scene(5))
    (found,) = nearest_to(path, scene(5), 7.0, 8.0)
    assert (found.around, found.shown.timestamp_s) == ((), 0.0)


def test_closest_moments_of_a_broken_film_say_which(film: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(film.read_bytes()[:400])
    with pytest.raises(UnreadableMediaError, match=r"broken\.mp4"):
        nearest_to(broken, scene(1), 0.0, 1.0)
