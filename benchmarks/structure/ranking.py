"""Where the right scene comes in a ranking, and how well true and chance scores are told apart."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.structure.samples import PLAIN, Samples
from framematch.calibration.operators.pixels import Plane

Scores = npt.NDArray[np.float32]

#: Rows of one file within so many seconds are one scene, as in `framematch.matching.leads`.
SCENE_S = 1.6
# Frames of one title that correlate so much, unedited, cannot be told apart by anybody.
_ALIKE = 0.95
_SHOWN_RANKS = (1, 24, 48)


def _looks(lumas: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Return small greys of unit length and mean 0, float32 (N, 2304)."""
    small = lumas.reshape(len(lumas), 36, 4, 64, 4).mean(axis=(2, 4), dtype=np.float32)
    looks = small.reshape(len(lumas), -1)
    looks -= looks.mean(axis=1, keepdims=True)
    return np.asarray(
        looks / np.maximum(np.linalg.norm(looks, axis=1, keepdims=True), 1e-6), dtype=np.float32
    )


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Which references are right for which questions.

    Attributes
    ----------
    right : bool (Q, N)
        The same scene: near in time in the same file, or in the same title and too much alike for
        anybody to tell apart.
    same_title : bool (Q, N)
        Neither right nor a stranger, where not right.
    scene : int64 (N,)
        Number of the reference's scene.
    """

    right: npt.NDArray[np.bool_]
    same_title: npt.NDArray[np.bool_]
    scene: npt.NDArray[np.int64]

    @classmethod
    def of(cls, questions: Samples, references: Samples) -> "Truth":
        """Return the truth of Q questions, every one with its `PLAIN` frame, and N references."""
        same_title = questions.title[:, None] == references.title[None]
        near = np.abs(questions.time_s[:, None] - references.time_s[None]) <= SCENE_S
        right = near & (questions.file[:, None] == references.file[None])
        plain = np.flatnonzero(questions.kind == PLAIN)
        alike = _looks(questions.lumas[plain]) @ _looks(references.lumas).T >= _ALIKE
        names = np.char.add(np.char.add(questions.title, " "), questions.question.astype(str))
        place = {name: number for number, name in enumerate(names[plain].tolist())}
        frame = np.array([place[name] for name in names.tolist()])
        right |= same_title & alike[frame]
        slots = np.floor(references.time_s / SCENE_S).astype(np.int64).astype(str)
        _, scene = np.unique(
            np.char.add(np.char.add(references.file, " "), slots), return_inverse=True
        )
        return cls(right, same_title, scene.astype(np.int64))

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Truth":
        """Return the truth of some of the questions."""
        return Truth(self.right[chosen], self.same_title[chosen], self.scene)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What a score makes of Q questions.

    Attributes
    ----------
    rank : int64 (Q,)
        1 where the right scene comes first: one more than the scenes that score as high or higher.
    true, stranger : float32 (Q,)
        The best score of a right reference, and of one of another title.
    """

    rank: npt.NDArray[np.int64]
    true: Plane
    stranger: Plane

    @classmethod
    def of(cls, scores: Scores, truth: Truth) -> "Ranking":
        """Return the ranking by float32 (Q, N) scores, the higher the better."""
        by_scene = np.argsort(truth.scene, kind="stable")
        starts = np.flatnonzero(np.diff(truth.scene[by_scene], prepend=-1))
        true = np.where(truth.right, scores, -np.inf).max(axis=1)
        wrong = np.where(truth.right, -np.inf, scores)
        scenes = np.maximum.reduceat(wrong[:, by_scene], starts, axis=1)
        stranger = np.where(truth.same_title, -np.inf, scores).max(axis=1)
        rank = 1 + (scenes >= true[:, None]).sum(axis=1)
        return cls(rank, true.astype(np.float32), stranger.astype(np.float32))

    def within(self, places: int, chosen: npt.NDArray[np.bool_]) -> float:
        """Return the share of the chosen questions whose right scene is among the first places."""
        return float((self.rank[chosen] <= places).mean())

    def separation(self, chosen: npt.NDArray[np.bool_]) -> float:
        """Return how often a true score beats another question's best stranger (area under ROC)."""
        strangers = np.sort(self.stranger[chosen])
        below = np.searchsorted(strangers, self.true[chosen], "left")
        return float(below.mean() / len(strangers))

    def found_at(self, false_share: float, chosen: npt.NDArray[np.bool_]) -> float:
        """Return the share ranked first, above all but that share of the best strangers."""
        least = np.quantile(self.stranger[chosen], 1 - false_share)
        return float(((self.rank == 1) & (self.true > least))[chosen].mean())

    def cells(self, chosen: npt.NDArray[np.bool_]) -> str:
        """Return the figures of the chosen questions as one line of a table."""
        shares = [f"{self.within(places, chosen):8.3f}" for places in _SHOWN_RANKS]
        return "".join(shares) + f"{self.separation(chosen):8.3f}{self.found_at(0.01, chosen):8.3f}"
