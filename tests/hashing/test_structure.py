"""The structure code: the same for what is drawn alike, whatever the colour."""

import io
import json

import make_goldens
import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from PIL import Image

from framematch.errors import ConfigError
from framematch.hashing import structure
from framematch.hashing.interchange import from_hex
from framematch.hashing.projection import mean_features
from framematch.hashing.strokes import ORIENTATIONS, strokes

Pixels = npt.NDArray[np.uint8]
Code = npt.NDArray[np.uint8]

N_SCENES = 31


@pytest.fixture(scope="module")
def frames() -> Pixels:
    return np.stack([drawing(seed) for seed in range(N_SCENES)])


@pytest.fixture(scope="module")
def codes(frames: Pixels) -> Code:
    return structure.encode(frames)


def table(queries: Code, codes: Code) -> npt.NDArray[np.int64]:
    """Return differing bits, (Q, N)."""
    return np.bitwise_count(queries[:, None] ^ codes[None]).sum(axis=2, dtype=np.int64)


def strangers(distances: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return each query's distance to the nearest frame that is not its own."""
    return np.where(np.eye(len(distances), dtype=bool), 999, distances).min(axis=1)


@pytest.mark.parametrize("case", make_goldens.STRUCTURE_CASES, ids=lambda case: case.name)
def test_encode_drawn_scene_gives_golden_code(case: make_goldens.Case) -> None:
    kept = json.loads(make_goldens.STRUCTURE.read_text(encoding="utf-8"))[case.name]
    code = structure.encode(case.draw()[None])[0]
    # Matrix products are added up in another order on another machine, which turns the few bits
    # that hang in the balance.
    assert np.bitwise_count(code ^ from_hex(kept["code"], structure.SPEC)).sum() <= 4


def test_goldens_file_has_exactly_the_structure_cases() -> None:
    kept = json.loads(make_goldens.STRUCTURE.read_text(encoding="utf-8"))
    assert {name: entry["why"] for name, entry in kept.items()} == {
        case.name: case.why for case in make_goldens.STRUCTURE_CASES
    }


def test_encode_inverted_polarity_gives_the_same_code(frames: Pixels, codes: Code) -> None:
    inverted = structure.encode(255 - frames)
    assert np.bitwise_count(inverted ^ codes).sum(axis=1).max() <= 4


def test_encode_line_drawing_is_far_nearer_to_its_frame_than_to_thirty_others(
    codes: Code,
) -> None:
    lines = structure.encode(np.stack([drawing(seed, "lines") for seed in range(N_SCENES)]))
    distances = table(lines, codes)
    assert np.diag(distances).max() <= 60
    assert strangers(distances).min() >= 140


@pytest.mark.parametrize("edit", ["small", "dark", "low-contrast", "recoloured", "jpeg"])
def test_encode_edited_frame_stays_near(frames: Pixels, codes: Code, edit: str) -> None:
    queries = structure.encode(np.stack([EDITS[edit](frame) for frame in frames[:8]]))
    assert np.bitwise_count(queries ^ codes[:8]).sum(axis=1).max() <= 60


def jpeg(picture: Pixels) -> Pixels:
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=30)
    return np.asarray(Image.open(data).convert("RGB"))


EDITS = {
    "small": lambda p: resized(p, 160, 90),
    "dark": lambda p: (p * 0.4).astype(np.uint8),
    "low-contrast": lambda p: (100 + p * 0.3).astype(np.uint8),
    "recoloured": lambda p: np.ascontiguousarray(p[..., [1, 0, 2]]),
    "jpeg": jpeg,
}


def test_encode_of_strangers_is_as_far_as_chance(codes: Code) -> None:
    distances = table(codes, codes)[np.triu_indices(N_SCENES, 1)]
    assert 225 < distances.mean() < 275
    assert distances.min() > 130


def test_encode_batch_gives_the_codes_of_its_pictures(frames: Pixels, codes: Code) -> None:
    assert (codes.dtype, codes.shape) == (np.uint8, (N_SCENES, structure.SPEC.n_bytes))
    # More pictures than are worked off at once, and a batch of one.
    for number in (0, 15, 16, N_SCENES - 1):
        single = structure.encode(frames[number : number + 1])
        assert np.bitwise_count(single[0] ^ codes[number]).sum() <= 2


def test_encode_twice_gives_the_same_bytes(frames: Pixels, codes: Code) -> None:
    np.testing.assert_array_equal(structure.encode(frames), codes)


def test_encode_leaves_its_input_as_it_was(frames: Pixels) -> None:
    small = np.stack([resized(frame, structure.WIDTH, structure.HEIGHT) for frame in frames[:2]])
    before = small.copy()
    structure.encode(small)
    np.testing.assert_array_equal(small, before)


def test_mirror_cells_equals_cells_of_the_mirrored_picture(frames: Pixels) -> None:
    mirrored = structure.mirror_cells(structure.cells_of(frames[:4]))
    expected = structure.cells_of(frames[:4, :, ::-1])
    np.testing.assert_allclose(mirrored, expected, atol=1e-5)
    assert np.abs(structure.cells_of(frames[:4]) - expected).max() > 0.05


def test_strokes_of_straight_lines_stand_in_their_orientation() -> None:
    y, x = np.mgrid[0:144, 0:256].astype(np.float32)
    for orientation in range(8):
        turn = np.pi * orientation / 8
        away = (x - 128) * np.cos(turn) + (y - 72) * np.sin(turn)
        picture = np.where(np.abs(away) < 1.5, 0.0, 255.0).astype(np.float32)
        amounts = strokes(picture[None])[0].sum(axis=(1, 2))
        assert int(amounts.argmax()) == orientation
        assert amounts[orientation] > 2 * np.delete(amounts, orientation).max()


def test_strokes_stay_within_their_bounds(frames: Pixels) -> None:
    grey = frames[:2, :144, :256, 1].astype(np.float32)
    shared = strokes(grey)
    assert shared.shape == (2, 8, 72, 128)
    assert shared.min() >= 0
    assert shared.sum(axis=1).max() <= 1.5 + 1e-5


def test_features_are_unit_vectors_and_zero_for_a_flat_picture(frames: Pixels) -> None:
    batch = np.concatenate([frames[:2], np.full_like(frames[:1], 90)])
    vectors = structure.features(structure.cells_of(batch))
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 0], atol=1e-5)


def test_encode_flat_pictures_have_one_code_whatever_their_grey() -> None:
    flats = np.stack([np.full((72, 128, 3), grey, dtype=np.uint8) for grey in (0, 77, 255)])
    flat_codes = structure.encode(flats)
    np.testing.assert_array_equal(flat_codes[1:], flat_codes[:-1])


def test_encode_partial_tells_figures_without_background_from_strangers(codes: Code) -> None:
    cells = structure.cells_of(np.stack([drawing(seed, "figure") for seed in range(N_SCENES)]))
    distances = table(structure.encode_partial(cells), codes)
    own = np.diag(distances)
    assert (strangers(distances) - own).mean() > 20
    assert (own < strangers(distances)).mean() > 0.8
    # Half of the bits would say nothing.
    assert own.mean() < 230


def test_encode_partial_of_a_full_drawing_is_near_the_plain_code() -> None:
    cells = structure.cells_of(np.stack([drawing(seed, "lines") for seed in range(6)]))
    apart = structure.encode_cells(cells) ^ structure.encode_partial(cells)
    # Of a stranger's 256, less than half.
    assert np.bitwise_count(apart).sum(axis=1).max() < 128


def test_encode_partial_of_empty_paper_is_finite_and_does_not_warn() -> None:
    cells = structure.cells_of(np.full((1, 144, 256, 3), 255, dtype=np.uint8))
    assert structure.encode_partial(cells).shape == (1, structure.SPEC.n_bytes)


def test_pack_features_round_trip_is_within_half_a_step(frames: Pixels) -> None:
    cells = structure.cells_of(frames)
    packed = structure.pack_features(cells)
    assert (packed.dtype, packed.shape) == (np.uint8, (N_SCENES, structure.FEATURE_BYTES))
    step = float(dict(structure.SPEC.parameters)["feature_step"])
    given = structure.features(cells) - mean_features()
    kept = structure.unpack_features(packed)
    assert kept.dtype == np.float32
    within = (given > -8.5 * step) & (given < 7.5 * step)
    assert np.abs(kept - given)[within].max() <= step / 2 + 1e-6
    # What lies beyond the last step is few, and kept as that.
    assert within.mean() > 0.95
    assert set(np.unique((kept[~within] / step).round())) <= {-8.0, 7.0}
    # The even feature stands in the upper half of its byte.
    levels = np.rint(kept[0, :2] / step).astype(int) + 8
    assert packed[0, 0] == levels[0] * 16 + levels[1]


def test_unpack_features_of_every_byte_is_what_was_packed() -> None:
    every = np.arange(256, dtype=np.uint8)
    kept = structure.unpack_features(np.tile(every, (1, 3))[:, : structure.FEATURE_BYTES])
    step = float(dict(structure.SPEC.parameters)["feature_step"])
    levels = np.rint(kept / step).astype(int) + 8
    assert levels.min() == 0
    assert levels.max() == 15
    np.testing.assert_array_equal(levels[0, 0:512:2] * 16 + levels[0, 1:512:2], every)


def test_likeness_of_a_picture_to_itself_and_to_strangers(frames: Pixels) -> None:
    cells = structure.cells_of(frames)
    kept = structure.unpack_features(structure.pack_features(cells))
    everywhere = np.ones((N_SCENES, structure.ROWS, structure.COLUMNS), dtype=np.float32)
    alike = structure.likeness(structure.apart_from_mean(cells), everywhere, kept)
    assert alike.shape == (N_SCENES, N_SCENES)
    assert np.diag(alike).min() > 0.97
    assert np.abs(alike[~np.eye(N_SCENES, dtype=bool)]).max() < 0.6
    # All cells known: the cosine of both vectors.
    np.testing.assert_allclose(
        alike,
        structure.apart_from_mean(cells) @ (kept / np.linalg.norm(kept, axis=1)[:, None]).T,
        atol=1e-5,
    )


def test_likeness_does_not_depend_on_what_is_in_unknown_cells(frames: Pixels) -> None:
    known = np.zeros((1, structure.ROWS, structure.COLUMNS), dtype=np.float32)
    known[:, 2:7, 3:9] = 1
    cells = structure.cells_of(frames[:3])
    apart = structure.apart_from_mean(cells[:1], known)
    kept = structure.unpack_features(structure.pack_features(cells))
    other = structure.unpack_features(structure.pack_features(structure.cells_of(frames[3:6])))
    here = np.tile(known.ravel(), ORIENTATIONS) > 0
    mixed = np.where(here, kept, other)
    np.testing.assert_allclose(
        structure.likeness(apart, known, kept), structure.likeness(apart, known, mixed), atol=1e-6
    )
    # Nor of the query itself.
    elsewhere = structure.cells_of(frames[6:7])
    changed = np.where(known[:, None] > 0, cells[:1], elsewhere)
    moved = structure.likeness(structure.apart_from_mean(changed, known), known, kept)
    assert moved[0, 0] > 0.75
    assert moved[0].argmax() == 0


def test_likeness_of_a_partial_drawing_is_the_highest_for_its_own_frame(frames: Pixels) -> None:
    cells = structure.cells_of(np.stack([drawing(seed, "figure") for seed in range(N_SCENES)]))
    known = structure.drawn_share(cells)
    kept = structure.unpack_features(structure.pack_features(structure.cells_of(frames)))
    alike = structure.likeness(structure.apart_from_mean(cells, known), known, kept)
    everywhere = np.ones_like(known)
    plain = structure.likeness(structure.apart_from_mean(cells), everywhere, kept)
    own = np.diag(alike)
    others = np.where(np.eye(N_SCENES, dtype=bool), -9, alike).max(axis=1)
    assert (own > others).all()
    others_plain = np.where(np.eye(N_SCENES, dtype=bool), -9, plain).max(axis=1)
    assert (own - others).mean() > (np.diag(plain) - others_plain).mean() + 0.1


def test_likeness_of_nothing_known_or_of_no_reference_is_no_error(frames: Pixels) -> None:
    cells = structure.cells_of(frames[:2])
    nothing = np.zeros((2, structure.ROWS, structure.COLUMNS), dtype=np.float32)
    kept = structure.unpack_features(structure.pack_features(cells))
    assert (
        np.abs(structure.likeness(structure.apart_from_mean(cells, nothing), nothing, kept)).max()
        == 0
    )
    none = structure.unpack_features(np.zeros((0, structure.FEATURE_BYTES), dtype=np.uint8))
    assert structure.likeness(structure.apart_from_mean(cells), nothing, none).shape == (2, 0)


def test_encode_bars_move_the_code_far_from_the_frame(frames: Pixels, codes: Code) -> None:
    # Why a query is also looked at without its borders.
    canvas = np.zeros((384, 512, 3), dtype=np.uint8)
    barred = structure.encode(inside(frames[3], canvas, 0, 48)[None])
    assert np.bitwise_count(barred[0] ^ codes[3]).sum() > 60


def test_encode_empty_batch_gives_empty_codes() -> None:
    assert structure.encode(np.zeros((0, 9, 16, 3), dtype=np.uint8)).shape == (0, 64)
    assert structure.encode_partial(np.zeros((0, 8, 9, 16), dtype=np.float32)).shape == (0, 64)


@pytest.mark.parametrize("shape", [(1, 1), (1, 64), (64, 1), (3, 2)])
def test_encode_tiny_picture_has_a_code(shape: tuple[int, int]) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (1, *shape, 3), dtype=np.uint8)
    assert structure.encode(picture).shape == (1, 64)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 9, 16, 3), dtype=np.float32),
        np.zeros((9, 16, 3), dtype=np.uint8),
        np.zeros((1, 9, 16), dtype=np.uint8),
    ],
    ids=["float", "no-batch", "grey"],
)
def test_encode_wrong_array_is_refused(pixels: Pixels) -> None:
    with pytest.raises(ConfigError, match=r"uint8 \(N, H, W, 3\)"):
        structure.encode(pixels)


def test_spec_describes_the_codes() -> None:
    assert str(structure.SPEC) == "gradient-512-v3"
    assert structure.SPEC.n_bytes == 64
    assert dict(structure.SPEC.parameters)["mean"] == "1"
