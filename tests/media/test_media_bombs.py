"""Small files that claim or unfold into much end in time: the bombs of `benchmarks.bombs`."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.bombs.__main__ import bombs
from benchmarks.bombs.bomb import Bomb
from benchmarks.bombs.look import look
from benchmarks.bombs.pictures import _apng, _gif, _jpeg_scans, _tiff_pages, _zeros
from framematch.config import MediaLimits, PartLimits
from framematch.errors import MediaTooLargeError
from framematch.media import open_media, parts_of

#: What a quick bomb must end with; those that are not here are read in part, or to their end.
REFUSED = {
    "png-claims-60000": "exceed the limit",
    "psd-claims-30000": "exceed the limit",
    "exr-tiles": "exceed the limit",
    "y4m-claims": "cannot be opened",
    "xz-dictionary": "Memory usage limit",
    "7z-claims-files": "exceeds limit",
    "7z-claims-streams": "exceeds limit",
    "tar-digits": "a number without an end",
    "tar-lengths": "attributes are damaged",
    "tar-sparse": "as bombs do",
    "mov-reference": "no video stream",
    "avi-claims": "cannot be opened",
}
#: A process of its own is what holds these: pdfium cannot be stopped from inside.
UNSTOPPABLE = ("pdf-forms", "pdf-form-loop")


@pytest.mark.parametrize(
    "bomb",
    [one for one in bombs() if one.quick and one.name not in UNSTOPPABLE],
    ids=lambda one: one.name,
)
def test_a_quick_bomb_is_refused_or_read_within_its_limits(bomb: Bomb, tmp_path: Path) -> None:
    said = look(bomb.made(tmp_path), tmp_path / "out")
    assert REFUSED.get(bomb.name, "") in said


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_an_animation_of_many_large_frames_is_refused_for_all_its_pixels(tmp_path: Path) -> None:
    limits = MediaLimits(max_moving_pixels=100 * 100 * 50)
    for name, data in (("a.gif", _gif(100, 51)), ("a.png", _apng(100, 51))):
        with pytest.raises(MediaTooLargeError, match="pixels in all"):
            open_media(_written(tmp_path / name, data), limits)
    with open_media(_written(tmp_path / "b.gif", _gif(100, 50)), limits) as media:
        assert media.info.kind == "animation"


def test_a_jpeg_of_many_scans_is_refused_and_one_with_such_bytes_in_a_comment_is_not(
    tmp_path: Path,
) -> None:
    with pytest.raises(MediaTooLargeError, match="scans"):
        open_media(_written(tmp_path / "a.jpg", _jpeg_scans(64, 201)))
    out = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), np.uint8)
    Image.fromarray(noise).save(out, "JPEG", progressive=True, comment=b"\xff\xda\0\1" * 400)
    with open_media(_written(tmp_path / "b.jpg", out.getvalue())) as media:
        assert next(media.frames()).pixels.shape == (64, 64, 3)


def test_pages_that_share_their_data_are_read_up_to_the_pixels_of_one_file(tmp_path: Path) -> None:
    path = _written(tmp_path / "a.tif", _tiff_pages(9, 400, _zeros(400 * 400)))
    limits = PartLimits(max_pixels=5 * 400 * 400)
    parts = list(parts_of(path, limits))
    assert [part.frame is not None for part in parts] == [True] * 6 + [False] * 3
    assert "pixels in one file" in (parts[-1].error or "")


@pytest.mark.usefixtures("decoded_here")
def test_a_very_large_jpeg_2000_is_decoded_smaller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from framematch.media import jpeg_cost

    out = io.BytesIO()
    Image.fromarray(np.full((256, 512, 3), 90, np.uint8)).save(out, "JPEG2000", no_jp2=True)
    path = _written(tmp_path / "a.j2k", out.getvalue())
    monkeypatch.setattr(jpeg_cost, "_FULL_PIXELS", 64 * 512)
    with open_media(path) as media:
        assert (media.info.width, media.info.height) == (512, 256)
        assert next(media.frames()).pixels.shape == (128, 256, 3)
