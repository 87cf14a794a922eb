import numpy as np

from framematch.notes.model import CLASSES, patches_of, shapes, shipped_network


def test_patches_of_planes_times_a_filter_is_a_convolution_at_half_the_size() -> None:
    rng = np.random.default_rng(3)
    planes = rng.random((2, 6, 8, 3)).astype(np.float32)
    weights = rng.random((3, 3, 3)).astype(np.float32)
    padded = np.pad(planes, ((0, 0), (1, 1), (1, 1), (0, 0)))
    got = patches_of(planes) @ weights.reshape(-1)
    assert got.shape == (2, 3, 4)
    for y in range(3):
        for x in range(4):
            window = padded[:, 2 * y : 2 * y + 3, 2 * x : 2 * x + 3]
            wanted = (window * weights).sum(axis=(1, 2, 3))
            np.testing.assert_allclose(got[:, y, x], wanted, rtol=1e-5)


def test_shipped_network_answers_every_window_on_its_own() -> None:
    windows = np.random.default_rng(1).integers(0, 256, (300, 2, 40, 72), dtype=np.uint8)
    network = shipped_network()
    together = network.odds(windows)
    assert together.shape == (300, len(CLASSES))
    np.testing.assert_allclose(network.odds(windows[130:131])[0], together[130], atol=1e-3)
    assert network.odds(windows[:0]).shape == (0, len(CLASSES))
    assert sum(int(np.prod(shape)) for shape in shapes().values()) == 39557
