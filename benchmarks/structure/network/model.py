"""The network: strokes on a grid of 32 by 18 cells in, 512 numbers out whose signs are the code.

Learned projections of the product's own features, plus what a few convolutions over the finer grid
add to them: so it starts as good as the projections are.
"""

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.structure.fitted import Matrix
from framematch.hashing import structure
from framematch.hashing.projection import mean_features
from framematch.hashing.strokes import ORIENTATIONS, blur_matrix

#: The finer grid.
ROWS, COLUMNS = 2 * structure.ROWS, 2 * structure.COLUMNS
# What a blur of half a cell of the finer grid lacks to one of half a cell of the product's.
_MORE_BLUR = float(np.sqrt(1.0 - structure.CELL_BLUR**2))
_CHANNELS = (24, 48, 64, 64)
# Projections of unit vectors are about 1 / sqrt(1152).
_SCALE = 30.0


def _blur(size: int, sigma: float) -> Tensor:
    return torch.from_numpy(blur_matrix(size, sigma))


class Network(nn.Module):
    """The network.

    Parameters
    ----------
    matrix : float32 (512, 1152)
        The projections to start from.
    """

    def __init__(self, matrix: Matrix) -> None:
        super().__init__()
        first, second, third, last = _CHANNELS
        self.convolutions = nn.Sequential(
            nn.Conv2d(ORIENTATIONS + 1, first, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(first, second, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Conv2d(second, third, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(third, last, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(last * -(-structure.ROWS // 2) * (structure.COLUMNS // 2), len(matrix)),
        )
        nn.init.zeros_(self.convolutions[-1].weight)
        nn.init.zeros_(self.convolutions[-1].bias)
        self.projections = nn.Parameter(torch.from_numpy(matrix * np.float32(_SCALE)))
        for name, value in (
            ("mean", torch.from_numpy(mean_features())),
            ("down", _blur(ROWS, _MORE_BLUR)),
            ("across", _blur(COLUMNS, _MORE_BLUR)),
            ("spread_down", _blur(structure.ROWS, 1.5)),
            ("spread_across", _blur(structure.COLUMNS, 1.5)),
            ("fine_down", _blur(ROWS, 3.0)),
            ("fine_across", _blur(COLUMNS, 3.0)),
        ):
            self.register_buffer(name, value)

    def forward(self, cells: Tensor, known: Tensor) -> Tensor:
        """Return float32 (N, 512) of strokes, (N, 8, 18, 32), and what is known, (N, 18, 32)."""
        spread = self.fine_down @ cells.sum(1, keepdim=True) @ self.fine_across.T
        relative = torch.sqrt(cells / (spread + 0.02) + 1e-6)
        seen = torch.cat([relative * known[:, None], known[:, None]], dim=1)
        return self.apart(cells, known) @ self.projections.T + self.convolutions(seen)

    def apart(self, cells: Tensor, known: Tensor) -> Tensor:
        """Return what `structure.apart_from_mean` gives of the pooled cells, float32 (N, 1152)."""
        pooled = nn.functional.avg_pool2d(self.down @ cells @ self.across.T, 2)
        share = nn.functional.avg_pool2d(known[:, None], 2).expand(pooled.shape).flatten(1)
        energy = pooled.sum(1, keepdim=True)
        spread = self.spread_down @ energy @ self.spread_across.T
        relative = torch.sqrt(pooled / (spread + 0.02)).flatten(1)
        whole = relative - relative.mean(1, keepdim=True)
        whole = nn.functional.normalize(whole, dim=1) - self.mean
        part = (relative / 6.4 - self.mean) * share
        level = (part * share).sum(1) / (share * share).sum(1).clamp(min=1e-3)
        part = part - level[:, None] * share
        entire = share.amin(1, keepdim=True) >= 1
        return nn.functional.normalize(torch.where(entire, whole, part), dim=1)
