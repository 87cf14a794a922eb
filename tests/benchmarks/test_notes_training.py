"""The network's gradients are written by hand: held against differences."""

import numpy as np
import pytest

from benchmarks.notes import training
from framematch.notes.model import network_of


@pytest.mark.parametrize("name", ["filters_0", "filters_1", "shifts_2", "dense", "last"])
def test_step_gradient_agrees_with_what_the_loss_does(name: str) -> None:
    rng = np.random.default_rng(4)
    arrays = training.started(rng)
    planes = rng.random((6, 40, 72, 2)).astype(np.float32)
    label, weight = np.array([0, 1, 2, 3, 4, 0]), np.ones(6)
    _, gradients = training._step(arrays, planes, label, weight)
    direction = rng.normal(0, 1, arrays[name].shape).astype(np.float32)
    direction /= np.linalg.norm(direction)
    step = np.float32(2e-3)
    losses = []
    for sign in (1, -1):
        moved = {**arrays, name: arrays[name] + sign * step * direction}
        losses.append(training._step(moved, planes, label, weight)[0])
    by_difference = (losses[0] - losses[1]) / (2 * step)
    by_hand = float((gradients[name] * direction).sum())
    assert by_difference == pytest.approx(by_hand, rel=0.08, abs=2e-3)


def test_fit_windows_that_differ_are_told_apart() -> None:
    rng = np.random.default_rng(5)
    windows = np.zeros((256, 2, 40, 72), np.uint8)
    label = np.arange(256) % 2
    windows[label == 1, :, 10:30, 10:60] = 255
    arrays = training.started(rng)
    training.fit(arrays, windows, label, 12, rng, lambda _epoch, _loss: None)
    told = network_of(arrays).odds(windows).argmax(axis=1)
    assert (told == label).mean() > 0.95
