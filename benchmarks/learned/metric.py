"""A linear map of structure features, trained so that a drawing lies nearest to its own frame.

Contrastive training with the other frames of a batch as the wrong answers (InfoNCE: van den Oord,
Li and Vinyals, arXiv 1807.03748, 2018), with gradients written out, so that nothing but NumPy is
needed. Pure functions on arrays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float32]

_DECAY_FIRST, _DECAY_SECOND, _FLOOR = 0.9, 0.99, 1e-8


@dataclass(frozen=True, slots=True)
class Training:
    """How the map is trained.

    Attributes
    ----------
    size : int
        Dimensions of the result.
    rounds : int
        Batches.
    batch : int
        Pairs per batch, each the wrong answer of all others.
    temperature : float
        By which similarities are divided before they compete.
    step : float
        Of Adam, falling to nothing along half a cosine.
    pull : float
        How much the map is drawn back to where it started, per round and step.
    seed : int
        Of the order of pairs.
    """

    size: int = 256
    rounds: int = 600
    batch: int = 256
    temperature: float = 0.07
    step: float = 2e-3
    pull: float = 0.0
    seed: int = 1


@dataclass(slots=True)
class _Adam:
    """Kingma and Ba, ICLR 2015."""

    first: Matrix
    second: Matrix
    rounds: int = 0

    def step(self, gradient: Matrix) -> Matrix:
        self.rounds += 1
        self.first += (1 - _DECAY_FIRST) * (gradient - self.first)
        self.second += (1 - _DECAY_SECOND) * (gradient * gradient - self.second)
        first = self.first / (1 - _DECAY_FIRST**self.rounds)
        second = self.second / (1 - _DECAY_SECOND**self.rounds)
        return np.asarray(first / (np.sqrt(second) + _FLOOR), dtype=np.float32)


def _unit(vectors: Matrix) -> tuple[Matrix, Matrix]:
    lengths = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.float32(1e-6))
    return vectors / lengths, lengths


def loss_and_gradient(
    matrix: Matrix,
    asked: Matrix,
    frames: Matrix,
    same: npt.NDArray[np.bool_],
    temperature: float,
) -> tuple[float, Matrix]:
    """Return the mean loss of a batch and its gradient.

    Parameters
    ----------
    matrix : float32 (K, D)
        The map.
    asked, frames : float32 (B, D)
        Features of drawings and of the frames that they were made of, pair by pair.
    same : bool (B, B)
        Which other frames are no wrong answers, because they show the same scene.
    temperature : float
        As `Training`.

    Returns
    -------
    float, float32 (K, D)
    """
    count = len(asked)
    mapped_asked, lengths_asked = _unit(asked @ matrix.T)
    mapped_frames, lengths_frames = _unit(frames @ matrix.T)
    own = np.eye(count, dtype=bool)
    logits = (mapped_asked @ mapped_frames.T) / temperature
    logits[same & ~own] = -np.inf
    logits -= logits.max(axis=1, keepdims=True)
    shares = np.exp(logits)
    shares /= shares.sum(axis=1, keepdims=True)
    loss = float(-np.log(np.maximum(shares[own], 1e-30)).mean())
    wrong = ((shares - own) / (count * temperature)).astype(np.float32)
    gradient = np.zeros_like(matrix)
    for pull, mapped, lengths, given in (
        (wrong @ mapped_frames, mapped_asked, lengths_asked, asked),
        (wrong.T @ mapped_asked, mapped_frames, lengths_frames, frames),
    ):
        across = (pull - (pull * mapped).sum(axis=1, keepdims=True) * mapped) / lengths
        gradient += across.T @ given
    return loss, gradient


def train(
    start: Matrix,
    asked: Matrix,
    frames: Matrix,
    scene: npt.NDArray[np.int64],
    training: Training,
) -> Iterator[tuple[float, Matrix]]:
    """Yield the loss and the map after every round.

    Parameters
    ----------
    start : float32 (K, D)
        The map to begin with.
    asked, frames : float32 (N, D)
        Pairs: features of a drawing, and of the frame that it was made of.
    scene : int64 (N,)
        Pairs of one number are not each other's wrong answers.
    training : Training
        How.
    """
    generator = np.random.default_rng(training.seed)
    matrix = start.copy()
    adam = _Adam(np.zeros_like(start), np.zeros_like(start))
    for number in range(training.rounds):
        chosen = generator.choice(len(asked), min(training.batch, len(asked)), replace=False)
        same = scene[chosen, None] == scene[None, chosen]
        loss, gradient = loss_and_gradient(
            matrix, asked[chosen], frames[chosen], same, training.temperature
        )
        step = training.step * 0.5 * (1 + np.cos(np.pi * number / training.rounds))
        scale = np.float32(step * np.sqrt((start**2).mean()) * 10)
        matrix -= scale * adam.step(gradient) + np.float32(training.pull * step) * (matrix - start)
        yield loss, matrix
