"""What projections are fitted to: frames, and how edits, drawings and views differ from theirs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.structure.fitted import Matrix
from benchmarks.structure.material import Material, frame_rows, in_place, masked
from benchmarks.structure.samples import Views

_MASK_SEED = 5


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Frames, and differences between what was made of a frame and the frame.

    Attributes
    ----------
    frames : float32 (N, 1152)
        Features of frames.
    whole : float32 (M, 1152)
        Differences of edits and drawings that leave the picture where it is.
    masked : float32 (M, 1152)
        The same of which only a box, or only what is drawn, is known.
    viewed : float32 (L, 1152)
        Differences of the view that lies nearest to the frame.
    """

    frames: Matrix
    whole: Matrix
    masked: Matrix
    viewed: Matrix

    @classmethod
    def of(
        cls,
        references: Material,
        questions: Material,
        views: Views,
        *,
        kinds: npt.NDArray[np.bool_] | None = None,
    ) -> "Pairs":
        """Return the pairs of questions and of their views.

        Parameters
        ----------
        references, questions : Material
            Of titles that may be fitted on.
        views : Views
            Views of the questions.
        kinds : bool (Q,), optional
            Which questions may be used; all by default.
        """
        asked = questions.samples
        usable = np.ones(len(asked), dtype=np.bool_) if kinds is None else kinds
        frame = questions.plain[frame_rows(asked)]
        chosen = in_place(asked) & usable
        drawn = chosen & asked.drawn
        parts = [
            masked(questions.cells[chosen], _MASK_SEED) - frame[chosen],
            questions.partial[drawn] - frame[drawn],
        ]
        viewed = [
            (view - frame[row])[None]
            for row, view in nearest_views(views, frame)
            if usable[row] and asked.kind[row] != "frame"
        ]
        return cls(
            references.plain,
            (questions.plain - frame)[chosen],
            np.concatenate(parts),
            np.concatenate([np.zeros((0, frame.shape[1]), dtype=np.float32), *viewed]),
        )


def joined_differences(questions: Material) -> Matrix:
    """Return differences of self-similarity, then orientations, float32 (M, 3456 + 1152)."""
    vectors = np.concatenate([questions.alike, questions.plain], axis=1)
    chosen = in_place(questions.samples)
    joined: Matrix = vectors[chosen] - vectors[frame_rows(questions.samples)[chosen]]
    return joined


def nearest_views(views: Views, frames: Matrix) -> list[tuple[int, Matrix]]:
    """Return the view of each question that has views that is nearest to the question's frame.

    Parameters
    ----------
    views : Views
        Their rows count in `frames`.
    frames : float32 (Q, 1152)
        The features of every question's frame.

    Returns
    -------
    list of (int, float32 (1152,))
        Row of the question, and the view's vector.
    """
    found = []
    rows, starts = np.unique(views.row, return_index=True)
    for row, part in zip(rows.tolist(), np.split(views.apart, starts[1:]), strict=True):
        vectors = part.astype(np.float32)
        found.append((row, vectors[int((vectors @ frames[row]).argmax())]))
    return found
