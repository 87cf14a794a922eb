"""Choose a recipe for learned projections inside the fitted titles: each title held out once."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.structure import gathered
from benchmarks.structure.fitted import Matrix
from benchmarks.structure.hadamard import random_signs
from benchmarks.structure.learned import Recipe
from benchmarks.structure.material import Material, in_place, masked
from benchmarks.structure.pairs import Pairs
from benchmarks.structure.ranking import Ranking, Truth
from benchmarks.structure.samples import Split, Views
from benchmarks.structure.variants import Scores, by_signs, signs

_FOLDS = 4
_MASK_SEED = 77

#: What is compared: everything about the fit that is not a plain consequence of the issue.
RECIPES: tuple[Recipe, ...] = (
    *(Recipe(shrinkage) for shrinkage in (10.0, 3.0, 1.0, 0.3, 0.1)),
    *(Recipe(1.0, masked=weight) for weight in (0.3, 1.0)),
    *(Recipe(1.0, viewed=weight) for weight in (0.3, 1.0)),
    *(Recipe(shrinkage, masked=1.0) for shrinkage in (0.3, 0.1)),
    *(Recipe(shrinkage, masked=0.3, viewed=0.3) for shrinkage in (3.0, 1.0, 0.3)),
    *(Recipe(shrinkage, masked=1.0, viewed=1.0) for shrinkage in (1.0, 0.3, 0.1, 0.03)),
    *(Recipe(1.0, directions=size) for size in (768, 512, 256)),
    Recipe(1.0, directions=512, rotation="itq"),
    *(Recipe(1.0, power=power) for power in (0.25, 0.5)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Fitting:
    """The fitted titles.

    Attributes
    ----------
    references, questions : Material
        Rows of the library, and what is asked.
    views : Views
        Of some of the questions.
    """

    references: Material
    questions: Material
    views: Views

    @classmethod
    def of_split(cls, media: Path, split: Split, scratch: Path | None) -> "Fitting":
        """Return a split, gathered at most once where there is a scratch folder to keep it in."""
        samples, views = gathered.kept(media, split, scratch)
        asked = samples.question >= 0
        references, questions = samples[~asked], samples[asked]
        return cls(Material.of(references), Material.of(questions), taken(views, asked))

    def of_titles(self, titles: npt.NDArray[np.str_], *, library: bool = False) -> "Fitting":
        """Return the part of some titles; with the whole library if wanted."""
        asked = np.isin(self.questions.samples.title, titles)
        known = np.isin(self.references.samples.title, titles)
        references = self.references if library else self.references[known]
        return Fitting(references, self.questions[asked], taken(self.views, asked))

    def pairs(self) -> Pairs:
        """Return what projections are fitted to."""
        return Pairs.of(self.references, self.questions, self.views)


def taken(views: Views, chosen: npt.NDArray[np.bool_]) -> Views:
    """Return the views of chosen rows, their numbers counted among the chosen ones."""
    kept = chosen[views.row]
    return Views((np.cumsum(chosen) - 1)[views.row[kept]], views.apart[kept])


def view_scores(
    matrix: Matrix,
    views: Views,
    references: Material,
    kept: Callable[[Matrix], Matrix] = signs,
) -> Scores:
    """Return the score of each question's best view, float32 (Q, N).

    By what is kept of projections, signs by default. Q questions have views, in the order of
    `numpy.unique(views.row)`.
    """
    stored = kept(references.plain @ matrix.T).T
    rows, starts = np.unique(views.row, return_index=True)
    stops = [*starts[1:].tolist(), len(views.row)]
    scores = [
        (kept(views.apart[start:stop].astype(np.float32) @ matrix.T) @ stored).max(axis=0)
        for start, stop in zip(starts.tolist(), stops, strict=True)
    ]
    return np.stack(scores) if len(rows) else np.zeros((0, stored.shape[1]), dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What projections are judged by: three ways to ask, and the truth."""

    fitting: Fitting
    hidden: Matrix
    truth: Truth

    @classmethod
    def of(cls, fitting: Fitting) -> "Held":
        """Return the questions of titles that are held out."""
        questions = fitting.questions
        truth = Truth.of(questions.samples, fitting.references.samples)
        return cls(fitting, masked(questions.cells, _MASK_SEED), truth)

    def rankings(self, matrix: Matrix) -> tuple[Ranking, Ranking, Ranking]:
        """Return what whole pictures, boxes of pictures, and the best of all views give."""
        fitting = self.fitting
        whole = Ranking.of(by_signs(matrix)(fitting.questions, fitting.references), self.truth)
        place = in_place(fitting.questions.samples)
        stored = signs(fitting.references.plain @ matrix.T).T
        boxes = signs(self.hidden[place] @ matrix.T) @ stored
        asked = np.unique(fitting.views.row)
        viewed = view_scores(matrix, fitting.views, fitting.references)
        return (
            whole,
            Ranking.of(boxes, self.truth[place]),
            Ranking.of(viewed, self.truth[asked]),
        )


def joined(rankings: Sequence[Ranking]) -> Ranking:
    """Return several rankings as one."""
    return Ranking(
        np.concatenate([ranking.rank for ranking in rankings]),
        np.concatenate([ranking.true for ranking in rankings]),
        np.concatenate([ranking.stranger for ranking in rankings]),
    )


def compared(fitting: Fitting, recipes: Sequence[Recipe] = RECIPES) -> Iterator[tuple[str, float]]:
    """Yield a line and the figure to choose by of random projections, then of each recipe.

    The figure is the mean of rank 1, within 24 and found at 1 % over the three ways to ask.
    """
    titles = np.unique(fitting.questions.samples.title)
    folds = []
    for fold in range(_FOLDS):
        out = np.arange(len(titles)) % _FOLDS == fold
        held = Held.of(fitting.of_titles(titles[out], library=True))
        folds.append((fitting.of_titles(titles[~out]).pairs(), held))
    for recipe in (None, *recipes):
        found = [
            held.rankings(random_signs() if recipe is None else recipe.fitted(pairs))
            for pairs, held in folds
        ]
        ways = [joined(way) for way in zip(*found, strict=True)]
        cells = [_figures(way) for way in ways]
        name = "random signs" if recipe is None else recipe.name
        line = f"{name:44}" + " |".join("".join(f"{value:6.3f}" for value in row) for row in cells)
        line += f" | {np.mean(cells):.4f}"
        yield line, float(np.mean(cells))


def _figures(ranking: Ranking) -> tuple[float, float, float]:
    everything = np.ones(len(ranking.rank), dtype=np.bool_)
    return (
        ranking.within(1, everything),
        ranking.within(24, everything),
        ranking.found_at(0.01, everything),
    )
