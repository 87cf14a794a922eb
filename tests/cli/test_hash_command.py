"""`hash`: the text formats of the field, line by line."""

from pathlib import Path

import imagehash
import numpy as np
import pdqhash
import pytest
from PIL import Image
from scenes import FPS, scene, write_image, write_video
from typer.testing import CliRunner

from framematch.cli import app


def _lines(*arguments: object) -> list[list[str]]:
    answer = CliRunner().invoke(app, ["hash", *map(str, arguments)])
    assert answer.exit_code == 0, answer.stderr
    return [line.split("\t") for line in answer.stdout.splitlines()]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    return write_image(tmp_path / "picture.png", scene(1))


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write_video(tmp_path / "video.mp4", [scene(1), scene(2)])


def test_hash_pdq_of_a_picture_is_that_of_the_reference_implementation(picture: Path) -> None:
    ((code, quality, seconds, name),) = _lines(picture)
    bits, expected_quality = pdqhash.compute(np.asarray(Image.open(picture)))
    expected = np.packbits(bits)
    found = np.frombuffer(bytes.fromhex(code), dtype=np.uint8)
    assert np.bitwise_count(found ^ expected).sum() <= 2
    assert abs(int(quality) - expected_quality) <= 1
    assert (seconds, name) == ("0.000", str(picture))


def test_hash_phash_is_what_imagehash_says(picture: Path) -> None:
    ((code, _, _),) = _lines("--format", "phash", picture)
    assert code == str(imagehash.phash(Image.open(picture)))


def test_hash_structure_has_512_bits(picture: Path) -> None:
    ((code, _, name),) = _lines("--format", "structure", picture)
    assert len(bytes.fromhex(code)) == 64
    assert name == str(picture)


def test_hash_video_has_a_line_per_sampled_frame(video: Path) -> None:
    rows = _lines("--format", "pdq", video)
    assert [row[2] for row in rows] == [f"{n / 2:.3f}" for n in range(8)]


def test_hash_vpdq_of_every_frame_is_the_text_that_threatexchange_reads(video: Path) -> None:
    rows = [row[0].split(",") for row in _lines("--format", "vpdq", "--fps", 0, video)]
    assert [int(row[0]) for row in rows] == list(range(4 * FPS))
    assert [row[3] for row in rows[:3]] == ["0.000", "0.125", "0.250"]
    assert {len(row[2]) for row in rows} == {64}


def test_hash_vpdq_sampled_keeps_the_numbers_of_the_frames(video: Path) -> None:
    rows = [row[0].split(",") for row in _lines("--format", "vpdq", video)]
    assert [int(row[0]) for row in rows] == list(range(0, 4 * FPS, FPS // 2))


def test_hash_vpdq_of_two_files_is_refused(picture: Path, video: Path) -> None:
    answer = CliRunner().invoke(app, ["hash", "--format", "vpdq", str(picture), str(video)])
    assert answer.exit_code == 2
    assert "one file at a time" in answer.stderr


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.jpg"
    large = Image.fromarray(scene(1)).resize((1600, 900), Image.Resampling.BICUBIC)
    large.save(path, quality=90)
    return path


def test_hash_quick_of_a_jpeg_is_nearly_that_of_the_whole_and_decodes_less(
    photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ((whole, quality, *others),) = _lines(photo)
    monkeypatch.setenv("FRAMEMATCH_SANDBOX", "off")

    def whole_picture(*_: object) -> None:
        raise AssertionError("decoded in full")

    monkeypatch.setattr("framematch.media.images.to_pixels", whole_picture)
    ((quick, quick_quality, *quick_others),) = _lines("--quick", photo)
    one, other = (np.frombuffer(bytes.fromhex(code), dtype=np.uint8) for code in (whole, quick))
    assert np.bitwise_count(one ^ other).sum() <= 8
    assert abs(int(quality) - int(quick_quality)) <= 3
    assert quick_others == others


def test_hash_quick_of_a_turned_jpeg_is_upright(photo: Path) -> None:
    with Image.open(photo) as image:
        exif = image.getexif()
        exif[0x0112] = 6
        image.save(photo, exif=exif)
    ((whole, *_),), ((quick, *_),) = _lines(photo), _lines("--quick", photo)
    one, other = (np.frombuffer(bytes.fromhex(code), dtype=np.uint8) for code in (whole, quick))
    assert np.bitwise_count(one ^ other).sum() <= 2


def test_hash_quick_of_other_files_changes_nothing(picture: Path, video: Path) -> None:
    assert _lines("--quick", picture) == _lines(picture)
    assert _lines("--quick", video) == _lines(video)


def test_hash_quick_of_a_damaged_jpeg_warns(photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[: photo.stat().st_size * 2 // 3])
    answer = CliRunner().invoke(app, ["hash", "--quick", str(photo)])
    assert (answer.exit_code, len(answer.stdout.splitlines())) == (0, 1)
    assert "damaged" in answer.stderr


def test_hash_quick_is_for_pdq_only(photo: Path) -> None:
    answer = CliRunner().invoke(app, ["hash", "--quick", "--format", "phash", str(photo)])
    assert answer.exit_code == 2
    assert "--quick is for --format pdq" in answer.stderr


def test_hash_single_unreadable_file_exits_four(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"nothing")
    answer = CliRunner().invoke(app, ["hash", str(broken)])
    assert (answer.exit_code, answer.stdout) == (4, "")
    assert answer.stderr.startswith("framematch: error: ")


def test_hash_several_with_a_failure_exits_six(tmp_path: Path, picture: Path) -> None:
    answer = CliRunner().invoke(app, ["hash", str(tmp_path / "gone.png"), str(picture)])
    assert answer.exit_code == 6
    assert len(answer.stdout.splitlines()) == 1
    assert "1 of 2 files could not be read" in answer.stderr
