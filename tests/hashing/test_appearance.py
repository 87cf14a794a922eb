import json
import os
import tracemalloc
from pathlib import Path

import av
import make_goldens
import numpy as np
import numpy.typing as npt
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from framematch.errors import ConfigError
from framematch.hashing import appearance
from framematch.hashing.interchange import from_hex, parse_vpdq, to_hex

REGENERATE = "FRAMEMATCH_REGENERATE_GOLDENS" in os.environ

#: What the package threatexchange publishes as PDQ of the images in pdq/data/bridge-mods
#: (facebook/ThreatExchange, python-threatexchange, signal_type/pdq/signal.py).
BRIDGE_MODS = {
    "aaa-orig": "f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22",
    "blur-a-lot": "f8f8f0cee0f4a84f0637022a038f67f0b36e26d596621e1d33e6b39c4e9c9b22",
    "high-contrast": "f8f8f0cee0f4a84f06370a2a068f67f0b36e26d596621e1d33e6339c4e9c9b22",
    "sharpen-a-lot": "d8f8f0cec0f4a84f8e370a22038f67f0b36a2ed597231e1d72e6b39c4a9c9b22",
    "shrink-a-lot": "d0f8f1ccc0f4a84d0a370a3a228f67f0b36e2ed5b6623e1d33e6339c4e9c9b22",
    "square-128x128": "d8f8f1eec0f4a84f0e37022a078f63f0b36e2ed596621e1d33e6239c4e9c9b22",
}


def distance(a: npt.NDArray[np.uint8], b: npt.NDArray[np.uint8]) -> int:
    return int(np.bitwise_count(a ^ b).sum())


def smooth(height: int, width: int, seed: int) -> npt.NDArray[np.uint8]:
    coarse = np.random.default_rng(seed).integers(0, 256, (7, 9, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


def code_of(picture: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return appearance.encode(picture[None])[0][0]


def test_goldens_while_regeneration_is_on_fail() -> None:
    if REGENERATE:
        make_goldens.write()
    assert not REGENERATE, (
        "the goldens were rewritten: read the difference, then unset the variable"
    )


def test_goldens_file_has_exactly_the_cases() -> None:
    kept = json.loads(make_goldens.APPEARANCE.read_text(encoding="utf-8"))
    assert {name: entry["why"] for name, entry in kept.items()} == {
        case.name: case.why for case in make_goldens.CASES
    }


@pytest.mark.parametrize("case", make_goldens.CASES, ids=lambda case: case.name)
def test_encode_drawn_scene_gives_golden_code(case: make_goldens.Case) -> None:
    kept = json.loads(make_goldens.APPEARANCE.read_text(encoding="utf-8"))[case.name]
    codes, quality = appearance.encode(case.draw()[None])
    assert (to_hex(codes[0]), int(quality[0])) == (kept["code"], kept["quality"])


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(64, 300),
    width=st.integers(64, 300),
    seed=st.integers(0, 2**32 - 1),
)
def test_encode_any_size_agrees_with_pdqhash(height: int, width: int, seed: int) -> None:
    picture = smooth(height, width, seed)
    codes, quality = appearance.encode(picture[None])
    bits, reference_quality = pdqhash.compute(picture)
    assert distance(codes[0], np.packbits(bits.astype(np.uint8))) <= 2
    assert abs(int(quality[0]) - reference_quality) <= 1


@settings(max_examples=40, deadline=None)
@given(
    height=st.integers(5, 70),
    width=st.integers(5, 70),
    seed=st.integers(0, 2**32 - 1),
)
def test_encode_tiny_picture_agrees_with_pdqhash_outside_ties(
    height: int, width: int, seed: int
) -> None:
    picture = smooth(height, width, seed)
    # Samples repeat in a picture below 64, so that whole frequencies are exactly 0: there the
    # reference's bits are rounding noise.
    coefficients, _ = pdqhash.compute_float(picture)
    margin = coefficients - np.sort(coefficients)[127]
    clear = abs(margin) > 0.01
    bits = np.unpackbits(code_of(picture)).astype(bool)
    assert np.array_equal(bits[clear], (margin > 0)[clear])


@pytest.mark.parametrize(
    ("height", "width"), [(576, 1024), (1024, 1023), (5, 1500), (1500, 6), (128, 129), (64, 64)]
)
def test_encode_awkward_size_agrees_with_pdqhash(height: int, width: int) -> None:
    picture = smooth(height, width, seed=height)
    codes, quality = appearance.encode(picture[None])
    bits, reference_quality = pdqhash.compute(picture)
    assert distance(codes[0], np.packbits(bits.astype(np.uint8))) <= 2
    assert abs(int(quality[0]) - reference_quality) <= 1


def test_encode_noise_agrees_with_pdqhash() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    bits, _ = pdqhash.compute(picture)
    assert distance(code_of(picture), np.packbits(bits.astype(np.uint8))) <= 2


def test_encode_batch_gives_the_codes_of_its_pictures() -> None:
    batch = np.stack([smooth(90, 160, seed) for seed in range(5)])
    codes, quality = appearance.encode(batch)
    assert codes.shape == (5, 32)
    assert len({to_hex(code) for code in codes}) == 5
    for i, picture in enumerate(batch):
        one_code, one_quality = appearance.encode(picture[None])
        assert np.array_equal(one_code[0], codes[i])
        assert one_quality[0] == quality[i]


def test_encode_mirrored_view_equals_its_copy() -> None:
    batch = np.stack([smooth(90, 161, seed) for seed in range(2)])[:, 1:-1:2, ::-1]
    assert np.array_equal(appearance.encode(batch)[0], appearance.encode(batch.copy())[0])


def test_encode_empty_batch_gives_empty_codes() -> None:
    codes, quality = appearance.encode(np.zeros((0, 10, 10, 3), dtype=np.uint8))
    assert codes.shape == (0, 32)
    assert codes.dtype == np.uint8
    assert quality.shape == (0,)
    assert appearance.encode_dihedral(np.zeros((0, 10, 10, 3), np.uint8))[0].shape == (0, 8, 32)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((2, 10, 10, 3), dtype=np.float32),
        np.zeros((10, 10, 3), dtype=np.uint8),
        np.zeros((2, 10, 10, 4), dtype=np.uint8),
        np.zeros((2, 0, 10, 3), dtype=np.uint8),
    ],
    ids=["float", "no-batch", "alpha", "no-rows"],
)
def test_encode_wrong_array_is_refused(pixels: npt.NDArray[np.uint8]) -> None:
    with pytest.raises(ConfigError, match=r"uint8 \(N, H, W, 3\)"):
        appearance.encode(pixels)


def test_encode_long_batch_needs_little_memory() -> None:
    batch = np.zeros((200, 180, 320, 3), dtype=np.uint8)
    appearance.encode(batch[:1])
    tracemalloc.start()
    appearance.encode(batch)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < batch.nbytes / 4


def test_quality_orders_flat_soft_and_busy_pictures() -> None:
    flat = np.full((100, 160, 3), 90, dtype=np.uint8)
    soft = np.repeat(np.linspace(80, 120, 160).astype(np.uint8)[None, :, None], 100, axis=0)
    soft = np.repeat(soft, 3, axis=2)
    busy = make_goldens.scene(100, 160)
    _, quality = appearance.encode(np.stack([flat, soft, busy]))
    assert quality[0] == 0
    assert quality[0] <= quality[1] < 50 < quality[2] <= 100


def test_encode_flat_picture_has_no_bit_whatever_its_colour() -> None:
    flats = np.stack([np.full((70, 110, 3), grey, dtype=np.uint8) for grey in (0, 1, 77, 255)])
    assert not appearance.encode(flats)[0].any()


def test_encode_dihedral_agrees_with_pdqhash() -> None:
    picture = smooth(150, 260, seed=11)
    codes, _ = appearance.encode_dihedral(picture[None])
    expected, _ = pdqhash.compute_dihedral(picture)
    for code, bits in zip(codes[0], expected, strict=True):
        assert distance(code, np.packbits(bits.astype(np.uint8))) <= 2


def turned(picture: npt.NDArray[np.uint8]) -> list[npt.NDArray[np.uint8]]:
    """Return the picture turned as `appearance.DIHEDRAL` says."""
    return [
        picture,
        np.rot90(picture),
        np.rot90(picture, 2),
        np.rot90(picture, 3),
        picture[::-1],
        picture[:, ::-1],
        picture.transpose(1, 0, 2),
        np.rot90(picture, 2).transpose(1, 0, 2),
    ]


def test_encode_dihedral_at_grid_size_equals_codes_of_turned_pictures() -> None:
    picture = smooth(64, 64, seed=5)
    codes, _ = appearance.encode_dihedral(picture[None])
    for name, code, other in zip(appearance.DIHEDRAL, codes[0], turned(picture), strict=True):
        assert np.array_equal(code, code_of(other)), name


@pytest.mark.parametrize("from_pixels", [True, False], ids=["pixels", "code"])
def test_dihedral_of_turned_picture_is_nearest_at_its_place(from_pixels: bool) -> None:
    picture = make_goldens.scene(180, 320)
    if from_pixels:
        codes = appearance.encode_dihedral(picture[None])[0][0]
    else:
        codes = appearance.dihedral(code_of(picture))
    assert codes.shape == (8, 32)
    for place, other in enumerate(turned(picture)):
        distances = np.bitwise_count(codes ^ code_of(other)).sum(axis=1)
        assert distances.argmin() == place
        assert distances[place] <= 31
        assert np.delete(distances, place).min() > 60


def test_dihedral_from_code_keeps_batch_shape_and_the_original() -> None:
    codes, _ = appearance.encode(np.stack([smooth(80, 80, seed) for seed in range(6)]))
    eight = appearance.dihedral(codes.reshape(2, 3, 32))
    assert eight.shape == (2, 3, 8, 32)
    assert np.array_equal(eight[:, :, 0].reshape(6, 32), codes)


def test_encode_of_shrunken_picture_with_its_original_size_is_nearer_to_the_original() -> None:
    # 1280 and 720 have even windows, 576 has an odd one: the shift between them is a pixel.
    originals = np.stack([smooth(1280, 720, seed) for seed in range(4)])
    shrunken = np.stack(
        [
            np.asarray(Image.fromarray(p).resize((576, 1024), Image.Resampling.HAMMING))
            for p in originals
        ]
    )
    wanted, _ = appearance.encode(originals)
    plain, _ = appearance.encode(shrunken)
    told, _ = appearance.encode(shrunken, original_size=(1280, 720))
    assert distance(told, wanted) < distance(plain, wanted) / 2
    assert np.array_equal(appearance.encode(shrunken, original_size=(1024, 576))[0], plain)


def test_encode_with_smaller_original_size_is_refused() -> None:
    with pytest.raises(ConfigError, match="cannot come from smaller"):
        appearance.encode(np.zeros((1, 20, 20, 3), dtype=np.uint8), original_size=(10, 20))


def test_spec_describes_the_codes() -> None:
    assert str(appearance.SPEC) == "pdq-256-v1"
    assert code_of(smooth(80, 80, seed=1)).size == appearance.SPEC.n_bytes


@pytest.mark.real_media
@pytest.mark.parametrize("name", sorted(BRIDGE_MODS))
def test_encode_published_image_gives_published_hash(real_media: Path, name: str) -> None:
    with Image.open(real_media / "pdq" / "bridge-mods" / f"{name}.jpg") as image:
        codes, quality = appearance.encode(np.asarray(image.convert("RGB"))[None])
    assert quality[0] == 100
    assert distance(codes[0], from_hex(BRIDGE_MODS[name])) <= 2


@pytest.mark.real_media
def test_dihedral_images_are_recognised_as_the_turns_of_the_first(real_media: Path) -> None:
    paths = sorted((real_media / "pdq" / "reg-test-input" / "dih").glob("bridge-*.jpg"))
    assert len(paths) == 8
    pictures = []
    for path in paths:
        with Image.open(path) as image:
            pictures.append(np.asarray(image.convert("RGB")))
    eight, _ = appearance.encode_dihedral(pictures[0][None])
    for place, picture in enumerate(pictures):
        distances = np.bitwise_count(eight[0] ^ code_of(picture)).sum(axis=1)
        assert distances.argmin() == place
        assert distances[place] <= 10


@pytest.mark.real_media
def test_encode_video_frames_give_published_hashes(real_media: Path) -> None:
    videos = sorted((real_media / "vpdq").glob("*.mp4"))
    assert len(videos) == 7
    for path in videos:
        text = (real_media / "vpdq" / "sample-hashes" / f"{path.stem}.txt").read_text("utf-8")
        rows = parse_vpdq(text)
        with av.open(str(path)) as container:
            for row, frame in zip(rows[:24], container.decode(video=0), strict=False):
                if row.frame_number % 6:
                    continue
                codes, quality = appearance.encode(frame.to_ndarray(format="rgb24")[None])
                assert row.quality >= 80
                assert distance(codes[0], from_hex(row.code_hex)) <= 10, (path.name, row)
                assert abs(int(quality[0]) - row.quality) <= 1
