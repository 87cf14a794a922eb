"""Train the network: an edit or drawing, moved and masked, must find its scene among many."""

import math
import time
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from benchmarks.structure.network.model import COLUMNS, ROWS, Network
from benchmarks.structure.network.pictures import Pictures
from framematch.hashing.strokes import ORIENTATIONS

_BATCH, _OTHERS = 128, 192
_RATE, _DECAY = 1e-3, 1e-2
# The projections are fitted already, so they move slowly.
_SLOWER = 0.05
_TEMPERATURE = 0.06
_REPORT_STEPS, _WARM_STEPS = 100, 30
# Share of questions that are moved, of which only a box is known, and of pairs that are mirrored.
_MOVED, _MASKED, _MIRRORED = 0.6, 0.3, 0.5
# In shares of the picture; .2 at most.
_SHIFT, _SCALE, _TURN = 0.04, 0.08, math.radians(2.0)
_LEAST_SIDE = 0.55
# A cell of the finer grid counts as drawn from this much stroke on.
_DRAWN = 0.06


def mirrored(cells: Tensor) -> Tensor:
    """Return strokes of pictures mirrored left to right, float32 (N, 8, R, C)."""
    turned = -torch.arange(ORIENTATIONS) % ORIENTATIONS
    return cells[:, turned].flip(-1)


def moved(cells: Tensor, known: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Return strokes and what is known, shifted, scaled and turned a little; beyond is unknown."""
    count = len(cells)

    def around(size: float, *shape: int) -> Tensor:
        return (2 * torch.rand(count, *shape, generator=generator) - 1) * size

    chosen = torch.rand(count, generator=generator) < _MOVED
    scale = 1 + around(_SCALE, 2)
    turn = around(_TURN)
    affine = torch.zeros(count, 2, 3)
    affine[:, 0, 0], affine[:, 1, 1] = scale[:, 0], scale[:, 1]
    affine[:, 0, 1], affine[:, 1, 0] = -turn, turn
    affine[:, :, 2] = around(2 * _SHIFT, 2)
    affine[~chosen] = torch.eye(2, 3)
    places = nn.functional.affine_grid(affine, [count, 1, ROWS, COLUMNS], align_corners=False)
    both = torch.cat([cells, known[:, None]], dim=1)
    seen = nn.functional.grid_sample(both, places, align_corners=False)
    return seen[:, :-1], torch.where(chosen[:, None, None], seen[:, -1], known)


def boxes(count: int, generator: torch.Generator) -> Tensor:
    """Return what is known where of some pictures only a box is, float32 (N, 18, 32) of 0 and 1."""
    known = torch.ones(count, ROWS, COLUMNS)
    side = _LEAST_SIDE + (1 - _LEAST_SIDE) * torch.rand(count, 2, generator=generator)
    side[torch.rand(count, generator=generator) >= _MASKED] = 1.0
    start = torch.rand(count, 2, generator=generator) * (1 - side)
    for axis, size in ((0, ROWS), (1, COLUMNS)):
        middle = (torch.arange(size) + 0.5) / size
        first, last = start[:, axis, None], (start + side)[:, axis, None]
        inside = ((middle >= first) & (middle <= last)).float()
        known = known * (inside[:, :, None] if axis == 0 else inside[:, None])
    return known


def drawn_share(cells: Tensor) -> Tensor:
    """Return how far each cell holds any stroke, float32 (N, R, C), 0 to 1."""
    return (cells.sum(dim=1) / _DRAWN).clamp(max=1.0)


def _codes(network: Network, cells: Tensor, known: Tensor) -> Tensor:
    """Return what stands for signs while training, unit vectors, float32 (N, 512)."""
    return nn.functional.normalize(torch.tanh(2 * network(cells, known)), dim=1)


class Batches:
    """Random batches of pictures.

    Parameters
    ----------
    pictures : Pictures
        All there are.
    seed : int
        Of everything that is random.
    """

    def __init__(self, pictures: Pictures, seed: int) -> None:
        self._pictures = pictures
        self._rng = np.random.default_rng(seed)
        self._generator = torch.Generator().manual_seed(seed)
        self._rights = [np.flatnonzero(row) for row in pictures.right]

    def draw(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return questions, what is known of them, references, and which of them are no negatives.

        Float32 (B, 8, 18, 32), (B, 18, 32), (R, 8, 18, 32), bool (B, R). The right reference of
        each question has its number.
        """
        pictures = self._pictures
        chosen = self._rng.choice(len(pictures.asked), _BATCH, replace=False)
        right = np.array([self._rng.choice(self._rights[row]) for row in chosen])
        others = self._rng.choice(pictures.right.shape[1], _OTHERS)
        keys = np.concatenate([right, others])
        excused = pictures.right[np.ix_(chosen, keys)]
        excused[np.arange(_BATCH), np.arange(_BATCH)] = False
        rows = pictures.asked[chosen]
        asked, held = self._strokes(rows), self._strokes(keys)
        flip = torch.rand(len(keys), generator=self._generator) < _MIRRORED
        held = torch.where(flip[:, None, None, None], mirrored(held), held)
        asked = torch.where(flip[:_BATCH, None, None, None], mirrored(asked), asked)
        paper = torch.from_numpy(pictures.drawn[rows])
        paper &= torch.rand(_BATCH, generator=self._generator) < 0.5
        known = torch.where(paper[:, None, None], drawn_share(asked), 1.0)
        asked, known = moved(asked, known, self._generator)
        box = boxes(_BATCH, self._generator)
        return asked * box[:, None], known * box, held, torch.from_numpy(excused)

    def _strokes(self, rows: npt.NDArray[np.int64]) -> Tensor:
        return torch.from_numpy(self._pictures.cells[rows].astype(np.float32))


def train(network: Network, pictures: Pictures, minutes: float, seed: int = 1) -> Iterator[str]:
    """Train a network in place for so many minutes; yield lines about the loss.

    Contrastive, with one right reference among many (InfoNCE: van den Oord, Li and Vinyals, 2018).
    The rate falls to nothing along half a cosine of the time.
    """
    torch.manual_seed(seed)
    batches = Batches(pictures, seed)
    fast = list(network.convolutions.parameters())
    groups = [
        {"params": fast, "factor": 1.0},
        {"params": [network.projections], "factor": _SLOWER, "weight_decay": 0.0},
    ]
    optimiser = torch.optim.AdamW(groups, lr=_RATE, weight_decay=_DECAY)
    start, step, losses = time.monotonic(), 0, []
    network.train()
    while (spent := (time.monotonic() - start) / (60 * minutes)) < 1:
        rate = _RATE * min(1.0, (step + 1) / _WARM_STEPS) * (1 + math.cos(math.pi * spent)) / 2
        for group in optimiser.param_groups:
            group["lr"] = rate * group["factor"]
        asked, known, held, excused = batches.draw()
        whole = torch.ones(len(held), ROWS, COLUMNS)
        alike = _codes(network, asked, known) @ _codes(network, held, whole).T / _TEMPERATURE
        alike = alike.masked_fill(excused, -math.inf)
        loss = nn.functional.cross_entropy(alike, torch.arange(len(asked)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
        step += 1
        if step % _REPORT_STEPS == 0:
            yield f"{step} steps, {60 * minutes * spent:.0f} s, loss {np.mean(losses):.3f}"
            losses = []
    network.eval()
    yield f"{step} steps"
