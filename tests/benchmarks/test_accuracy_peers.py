from pathlib import Path

import imagehash
import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from scipy import ndimage

from benchmarks.accuracy.colour_layout import WEIGHTS, colour_layout, distances
from benchmarks.accuracy.crop_resistant import crop_resistant
from benchmarks.accuracy.crop_resistant import distances as segment_distances
from benchmarks.accuracy.peers import PEERS, nearest


def scene(seed: int) -> npt.NDArray[np.uint8]:
    """Return some coloured boxes on a ground."""
    rng = np.random.default_rng(seed)
    pixels = np.full((144, 256, 3), rng.integers(60, 200, 3), dtype=np.uint8)
    for _ in range(6):
        top, left = rng.integers(0, 90), rng.integers(0, 180)
        pixels[top : top + 50, left : left + 70] = rng.integers(0, 255, 3)
    return pixels


def test_colour_layout_of_one_colour_has_means_and_no_waves() -> None:
    found = colour_layout(np.full((90, 160, 3), (200, 40, 90), dtype=np.uint8))
    assert np.abs(found[[1, 2, 3, 4, 5, 7, 8, 10, 11]]).max() < 1e-9
    assert np.abs(found[[0, 6, 9]]).min() > 1


def test_colour_layout_ignores_size_and_sees_a_mirror() -> None:
    given = scene(1)
    larger = given.repeat(3, axis=0).repeat(3, axis=1)
    assert distances(colour_layout(given), colour_layout(larger)[None])[0] < 0.2
    assert distances(colour_layout(given), colour_layout(given[:, ::-1])[None])[0] > 1


def test_colour_layout_tells_left_from_right_before_above_from_below() -> None:
    pixels = np.zeros((80, 80, 3), dtype=np.uint8)
    pixels[:, 40:] = 255
    found = colour_layout(pixels)
    assert abs(found[1]) > 1
    assert abs(found[2]) < 1e-9


def test_colour_layout_distance_adds_the_roots_of_three_planes() -> None:
    query, other = np.zeros(12), np.zeros(12)
    other[[0, 6, 9]] = 1.0
    expected = np.sqrt(WEIGHTS[0]) + np.sqrt(WEIGHTS[6]) + np.sqrt(WEIGHTS[9])
    assert distances(query, other[None])[0] == pytest.approx(expected)


def test_segment_distances_agree_with_imagehash() -> None:
    pictures = [scene(seed) for seed in range(4)]
    pictures.append(np.roll(pictures[0], 9, axis=1))
    rng = np.random.default_rng(7)
    texture = ndimage.gaussian_filter(rng.normal(0, 1, (144, 256)), 5)
    pictures.append((128 + 400 * texture).clip(0, 255).astype(np.uint8)[..., None].repeat(3, 2))
    hashes = [imagehash.crop_resistant_hash(Image.fromarray(one)) for one in pictures]
    rows = [crop_resistant(one) for one in pictures]
    for one, hashed in zip(rows, hashes, strict=True):
        own = {segment.tobytes() for segment in one}
        assert own == {np.packbits(segment.hash).tobytes() for segment in hashed.segment_hashes}
    first = np.cumsum([0, *(len(one) for one in rows)])[:-1]
    found = segment_distances(rows[0], np.concatenate(rows), first)
    assert found.tolist() == pytest.approx([hashes[0] - other for other in hashes])


@pytest.mark.parametrize("name", list(PEERS))
def test_peer_finds_the_frame_again_after_light_editing(name: str, tmp_path: Path) -> None:
    peer = PEERS[name]
    pictures = [scene(seed) for seed in range(6)]
    rows = [peer.describe(one) for one in pictures]
    first = np.cumsum([0, *(len(one) for one in rows)])[:-1]
    shows = np.array([f"show {number}" for number in range(6)])
    Image.fromarray(pictures[3]).save(tmp_path / "query.jpg", quality=60)
    edited = np.asarray(Image.open(tmp_path / "query.jpg"))
    references = (np.concatenate(rows), first, shows)
    show, score = nearest(peer, peer.describe(edited), references, "")
    assert show == "show 3"
    assert score <= 0 or name == "crop-resistant"


def test_peer_never_answers_with_the_show_that_is_taken_out() -> None:
    peer = PEERS["pHash 64"]
    rows = np.concatenate([peer.describe(scene(seed)) for seed in range(3)])
    references = (rows, np.arange(3), np.array(["a", "b", "c"]))
    assert nearest(peer, peer.describe(scene(1)), references, "b")[0] != "b"
