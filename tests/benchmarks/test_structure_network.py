"""Needs torch, which is no dependency of the project; skipped without it."""

from pathlib import Path

import numpy as np
import pytest

from benchmarks.structure.fitted import orthonormal
from framematch.hashing import structure
from framematch.hashing.strokes import ORIENTATIONS, strokes

torch = pytest.importorskip("torch")

from benchmarks.structure.network.model import COLUMNS, ROWS, Network  # noqa: E402
from benchmarks.structure.network.pictures import Pictures, fine_cells  # noqa: E402
from benchmarks.structure.network.scored import outputs, read, write  # noqa: E402
from benchmarks.structure.network.train import boxes, mirrored, moved, train  # noqa: E402


def lumas(count: int, seed: int = 1) -> np.ndarray:
    """Return pictures of soft blocks, uint8 (N, 144, 256)."""
    blocks = np.random.default_rng(seed).integers(0, 255, (count, 9, 16)).astype(np.uint8)
    return np.repeat(np.repeat(blocks, 16, axis=1), 16, axis=2)


def product_cells(pictures: np.ndarray) -> np.ndarray:
    drawn = strokes(pictures.astype(np.float32))
    return structure.pool(drawn, structure.ROWS, structure.COLUMNS)


@pytest.fixture
def network() -> Network:
    torch.manual_seed(1)
    return Network(orthonormal(64, structure.N_FEATURES, 1)).eval()


def test_features_inside_the_network_are_those_of_the_product(network: Network) -> None:
    known = np.ones((4, structure.ROWS, structure.COLUMNS), dtype=np.float32)
    known[2:, :, :6] = 0
    fine = torch.from_numpy(known.repeat(2, axis=1).repeat(2, axis=2))
    pictures = lumas(4)
    inside = network.apart(torch.from_numpy(fine_cells(pictures)), fine).numpy()
    cells = product_cells(pictures)
    assert inside[:2] == pytest.approx(structure.apart_from_mean(cells[:2]), abs=2e-3)
    assert inside[2:] == pytest.approx(structure.apart_from_mean(cells[2:], known[2:]), abs=2e-3)


def test_untrained_network_has_the_signs_of_its_projections(network: Network) -> None:
    pictures = lumas(6)
    bits = outputs(network, fine_cells(pictures)) > 0
    features = structure.apart_from_mean(product_cells(pictures))
    wanted = features @ orthonormal(64, structure.N_FEATURES, 1).T > 0
    assert (bits == wanted).mean() > 0.98


def test_mirrored_strokes_are_those_that_the_product_mirrors() -> None:
    cells = fine_cells(lumas(2))
    found = mirrored(torch.from_numpy(cells)).numpy()
    assert (found == structure.mirror_cells(cells)).all()


def test_moved_strokes_are_unknown_where_they_come_from_outside() -> None:
    cells = torch.ones(40, ORIENTATIONS, ROWS, COLUMNS)
    seen, known = moved(cells, torch.ones(40, ROWS, COLUMNS), torch.Generator().manual_seed(2))
    assert seen.shape == cells.shape
    assert seen[:, 0].numpy() == pytest.approx(known.numpy(), abs=1e-5)
    assert 0 < int((known.amin(dim=(1, 2)) < 0.9).sum()) < 40


def test_boxes_leave_some_pictures_whole_and_no_picture_empty() -> None:
    share = boxes(60, torch.Generator().manual_seed(3)).mean(dim=(1, 2))
    assert 0 < int((share < 1).sum()) < 60
    assert float(share.min()) > 0.2


def test_training_changes_the_network_and_it_is_read_back(tmp_path: Path) -> None:
    torch.manual_seed(1)
    network = Network(orthonormal(structure.BITS, structure.N_FEATURES, 1))
    cells = fine_cells(lumas(32)).repeat(5, axis=0).astype(np.float16)
    right = np.eye(32, dtype=bool).repeat(5, axis=0)
    pictures = Pictures(
        np.concatenate([cells[::5], cells]),
        np.zeros(192, dtype=bool),
        np.arange(32, 192),
        right,
    )
    before = outputs(network.eval(), cells[:3].astype(np.float32))
    lines = list(train(network, pictures, minutes=1e-3))
    assert lines[-1].endswith("steps")
    after = outputs(network, cells[:3].astype(np.float32))
    assert np.abs(after - before).max() > 0
    write(tmp_path / "network.npz", network)
    again = outputs(read(tmp_path / "network.npz"), cells[:3].astype(np.float32))
    assert again == pytest.approx(after, abs=1e-5)
