"""What the network is trained on: strokes of frames, and of edits and drawings of them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.structure.fitted import Matrix
from benchmarks.structure.material import in_place
from benchmarks.structure.network.model import COLUMNS, ROWS
from benchmarks.structure.ranking import Truth
from benchmarks.structure.samples import PLAIN, Samples, Split
from framematch.hashing import structure
from framematch.hashing.strokes import strokes

_CHUNK = 16

#: Drawn shows beside `samples.FIT`; no seed is used anywhere else.
MORE = Split(
    name="network",
    films=(),
    studios=tuple(range(401, 411)),
    episode_s=12.0,
    per_episode=2,
    view_every=0,
)


def fine_cells(lumas: npt.NDArray[np.uint8]) -> Matrix:
    """Return strokes on the finer grid, float32 (N, 8, 18, 32), of uint8 (N, 144, 256) lumas."""
    parts = [
        structure.pool(strokes(part.astype(np.float32)), ROWS, COLUMNS)
        for part in np.split(lumas, range(_CHUNK, len(lumas), _CHUNK))
    ]
    return np.concatenate(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Strokes of P pictures, and which show the same.

    Attributes
    ----------
    cells : float16 (P, 8, 18, 32)
        Strokes; first of N references, then of questions.
    drawn : bool (P,)
        Whether it is taken for a drawing on paper.
    asked : int64 (M,)
        Rows of questions that leave their picture where it is.
    right : bool (M, N)
        References that show the scene of each of them.
    """

    cells: npt.NDArray[np.float16]
    drawn: npt.NDArray[np.bool_]
    asked: npt.NDArray[np.int64]
    right: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, samples: Samples) -> "Pictures":
        """Return the pictures of gathered splits."""
        is_question = samples.question >= 0
        references, questions = samples[~is_question], samples[is_question]
        truth = Truth.of(questions, references)
        usable = (in_place(questions) | (questions.kind == PLAIN)) & truth.right.any(axis=1)
        rows = np.flatnonzero(usable)
        ordered = Samples.joined([references, questions])
        return cls(
            fine_cells(ordered.lumas).astype(np.float16),
            ordered.drawn,
            len(references) + rows,
            truth.right[rows],
        )
