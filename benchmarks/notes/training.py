"""Fits the network of `framematch.notes.model` with numpy alone: gradients by hand, Adam."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from framematch.notes.model import CLASSES, FILTERS, Floats, patches_of, shapes

_BATCH, _RATE, _DECAY = 64, 2e-3, 1e-4
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8
# A mistake on drawing counts more than one on writing: precision first.
_NONE_WEIGHT = 1.5
_SMOOTH = 0.02


def started(rng: np.random.Generator) -> dict[str, Floats]:
    """Return arrays to start from: random weights, no shifts."""
    arrays = {}
    for name, shape in shapes().items():
        if len(shape) == 1:
            arrays[name] = np.zeros(shape, np.float32)
        else:
            spread = np.sqrt(2 / shape[0])
            arrays[name] = rng.normal(0, spread, shape).astype(np.float32)
    return arrays


def fit(
    arrays: dict[str, Floats],
    windows: npt.NDArray[np.uint8],
    label: npt.NDArray[np.int64],
    epochs: int,
    rng: np.random.Generator,
    tell: Callable[[int, float], None],
) -> None:
    """Fit `arrays` in place to windows, uint8 (N, 2, 40, 72), and their classes, int64 (N,)."""
    moments = {name: (np.zeros_like(a), np.zeros_like(a)) for name, a in arrays.items()}
    share = np.bincount(label, minlength=len(CLASSES)) / len(label)
    weight = (1 / np.maximum(share, 0.02)) ** 0.5
    weight[0] *= _NONE_WEIGHT
    weight = weight / (weight * share).sum()
    steps, total = 0, epochs * (len(label) // _BATCH)
    for epoch in range(epochs):
        lost = 0.0
        order = rng.permutation(len(label))
        for first in range(0, len(order) - _BATCH + 1, _BATCH):
            chosen = order[first : first + _BATCH]
            planes = windows[chosen].transpose(0, 2, 3, 1).astype(np.float32) / np.float32(255)
            planes *= rng.uniform(0.6, 1.2, (len(chosen), 1, 1, 1)).astype(np.float32)
            if rng.random() < 0.5:
                down, along = rng.integers(-2, 3, 2)
                planes = np.roll(planes, (down, along), axis=(1, 2))
            loss, gradients = _step(arrays, planes, label[chosen], weight[label[chosen]])
            lost += loss
            steps += 1
            rate = _RATE * 0.5 * (1 + np.cos(np.pi * steps / total)) + 1e-5
            _moved(arrays, gradients, moments, steps, rate)
        tell(epoch, lost / max(len(order) // _BATCH, 1))


def _moved(
    arrays: dict[str, Floats],
    gradients: dict[str, Floats],
    moments: dict[str, tuple[Floats, Floats]],
    step: int,
    rate: float,
) -> None:
    for name, gradient in gradients.items():
        first, second = moments[name]
        first += (1 - _BETA1) * (gradient - first)
        second += (1 - _BETA2) * (gradient * gradient - second)
        ahead = first / (1 - _BETA1**step)
        spread = np.sqrt(second / (1 - _BETA2**step)) + _EPSILON
        decay = _DECAY if gradient.ndim > 1 else 0.0
        arrays[name] -= np.float32(rate) * (ahead / spread + np.float32(decay) * arrays[name])


def _step(
    arrays: dict[str, Floats],
    planes: Floats,
    label: npt.NDArray[np.int64],
    weight: npt.NDArray[np.float64],
) -> tuple[float, dict[str, Floats]]:
    """Return the loss of a batch and its gradient by every array."""
    seen: list[tuple[Floats, tuple[int, ...], Floats]] = []
    for number in range(len(FILTERS)):
        patches = patches_of(planes)
        flat = patches.reshape(-1, patches.shape[-1])
        out = np.maximum(flat @ arrays[f"filters_{number}"] + arrays[f"shifts_{number}"], 0)
        seen.append((flat, planes.shape, out))
        planes = out.reshape(*patches.shape[:3], -1)
    features = planes.reshape(len(planes), -1)
    hidden = np.maximum(features @ arrays["dense"] + arrays["dense_shift"], 0)
    odds = hidden @ arrays["last"] + arrays["last_shift"]
    odds = odds - odds.max(axis=1, keepdims=True)
    share = np.exp(odds)
    share /= share.sum(axis=1, keepdims=True)
    target = np.full_like(share, _SMOOTH / len(CLASSES))
    target[np.arange(len(label)), label] += 1 - _SMOOTH
    loss = float(-(weight[:, None] * target * np.log(share + 1e-9)).sum() / len(label))
    back = ((share - target) * weight[:, None] / len(label)).astype(np.float32)
    gradients = {"last": hidden.T @ back, "last_shift": back.sum(axis=0)}
    back = (back @ arrays["last"].T) * (hidden > 0)
    gradients |= {"dense": features.T @ back, "dense_shift": back.sum(axis=0)}
    back = back @ arrays["dense"].T
    for number in reversed(range(len(FILTERS))):
        flat, shape, out = seen[number]
        back = back.reshape(out.shape) * (out > 0)
        gradients[f"filters_{number}"] = flat.T @ back
        gradients[f"shifts_{number}"] = back.sum(axis=0)
        if number:
            back = _unpatched(back @ arrays[f"filters_{number}"].T, shape)
    return loss, gradients


def _unpatched(patches: Floats, shape: tuple[int, ...]) -> Floats:
    """Return the sum of patches where they were cut from: `patches_of` backwards."""
    n, height, width, depth = shape
    rows, columns = (height + 1) // 2, (width + 1) // 2
    parts = patches.reshape(n, rows, columns, 9, depth)
    padded = np.zeros((n, height + 3, width + 3, depth), np.float32)
    for place in range(9):
        y, x = divmod(place, 3)
        padded[:, y : y + 2 * rows : 2, x : x + 2 * columns : 2] += parts[:, :, :, place]
    return padded[:, 1 : height + 1, 1 : width + 1]
