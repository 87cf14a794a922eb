"""The confidence fitted to a library: evidence, fit, and what it is worth on shows held out.

Writes nothing; `framematch.calibration.writing` does.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from framematch.calibration.cases import cases_of
from framematch.calibration.fit import Fit, fit
from framematch.calibration.library import (
    OnProgress,
    OnSkip,
    Settings,
    collect,
    files_by_show,
)
from framematch.calibration.outcome import (
    Fold,
    Outcome,
    folds_of,
    judged_held_out,
    reviewed_as_they_are,
)
from framematch.calibration.reviewed import Reviewed, collect_reviewed
from framematch.calibration.sightings import Sightings
from framematch.errors import ConfigError
from framematch.index import Index
from framematch.matching.confidence import Model, shipped_model
from framematch.records import IndexInfo
from framematch.version import __version__
from framematch.workers import usable_processors

#: With one show held out, two are left, each of them the stranger of the other.
LEAST_SHOWS = 3
#: Fewer queries that were found tell little about the weights.
LEAST_FOUND = 30
# Fits that figures are taken from, each without its share of the shows: more of them take longer.
_FOLDS = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model is worth on queries that it was not fitted on.

    Attributes
    ----------
    auc : float
        How often a right answer is surer than a stranger.
    calibration_error : float
        Mean distance between confidence and how often it is right.
    found_at_80 : float
        Share of the queries whose show is named with confidence .8 and over.
    strangers_at_80, strangers_at_90 : float
        Share of the strangers that get some show's name with that confidence and over.
    log_loss : float
        Mean negative logarithm of the probability that the right answer got; smaller is better.
    """

    auc: float
    calibration_error: float
    found_at_80: float
    strangers_at_80: float
    strangers_at_90: float
    log_loss: float

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return the figures of an outcome."""
        return cls(
            auc=outcome.auc(),
            calibration_error=outcome.calibration_error(),
            found_at_80=outcome.found_from(0.8),
            strangers_at_80=outcome.strangers_from(0.8),
            strangers_at_90=outcome.strangers_from(0.9),
            log_loss=outcome.log_loss(),
        )

    def to_dict(self) -> dict[str, float]:
        """Return the figures to four places."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class ReviewedFigures:
    """What a model is worth on files that people decided on, as they are, each counted once.

    Attributes
    ----------
    calibration_error : float
        As in `Figures`; of few files it is mostly noise.
    brier : float
        Mean square of what the confidence of the first candidate lacks to 1 where it is right, to 0
        where it is not.
    log_loss : float
        As in `Figures`.
    """

    calibration_error: float
    brier: float
    log_loss: float

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return the figures of an outcome."""
        return cls(outcome.calibration_error(), outcome.brier(), outcome.log_loss())

    def to_dict(self) -> dict[str, float]:
        """Return the figures to four places."""
        return {name: round(value, 4) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class ReviewedPart:
    """What files that people decided on had to do with a fit.

    Attributes
    ----------
    files : int
        Pictures that were asked about.
    strangers : int
        Those of them that are of none of the shows.
    shows : int
        Shows that the others are from.
    shipped, refit : ReviewedFigures
        Of the shipped model, and of fits that had not seen the show or, of strangers, the case.
    """

    files: int
    strangers: int
    shows: int
    shipped: ReviewedFigures
    refit: ReviewedFigures

    @property
    def better(self) -> bool:
        """Whether the fit loses no more than the shipped model on these files."""
        return self.refit.log_loss <= self.shipped.log_loss

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``reviewed``."""
        return {
            "files": self.files,
            "strangers": self.strangers,
            "shows": self.shows,
            "shipped": self.shipped.to_dict(),
            "refit": self.refit.to_dict(),
        }


@dataclass(frozen=True, slots=True)
class Refit:
    """A model fitted to a library.

    Attributes
    ----------
    model : Model
        Fitted to all its shows.
    index : IndexInfo
        The index that was asked.
    shows, queries : int
        Shows asked about, and queries, each of which was asked again without its show.
    shipped, refit : Figures
        Of the shipped model, and of fits that had not seen the show they are judged on.
    reviewed : ReviewedPart or None
        Files that people decided on, where there were any.
    """

    model: Model
    index: IndexInfo
    shows: int
    queries: int
    shipped: Figures
    refit: Figures
    reviewed: ReviewedPart | None = None

    @property
    def better(self) -> bool:
        """Whether the fit loses no more than the shipped model, on shows that it has not seen."""
        return self.refit.log_loss <= self.shipped.log_loss

    def to_dict(self) -> dict[str, Any]:
        """Return the object that ``calibrate --json`` writes, less what the command adds."""
        return {
            "index": self.index.to_dict(),
            "shows": self.shows,
            "queries": self.queries,
            "shipped": self.shipped.to_dict(),
            "refit": self.refit.to_dict(),
            "reviewed": None if self.reviewed is None else self.reviewed.to_dict(),
            "better": self.better,
        }


def calibrate(
    index: Index,
    date: str,
    settings: Settings | None = None,
    *,
    reviewed: Sequence[Reviewed] = (),
    on_skip: OnSkip = lambda _: None,
    on_progress: OnProgress = lambda *_: None,
) -> Refit:
    """Fit the confidence to the library that an index was made from.

    Frames between the sampled instants are edited and made into line drawings and asked about;
    the same sightings without those of the frame's own show are a stranger's. A library says less
    than what the shipped model was fitted on, so its weights are where the fit starts from, and
    left only as far as the library demands.

    Parameters
    ----------
    index : Index
        Its files are opened at the paths under which they were added.
    date : str
        For the provenance.
    settings : Settings, optional
        How much is asked.
    reviewed : sequence of Reviewed, optional
        Files that people decided on: fitted on and judged by like the library's frames.
    on_skip : callable, optional
        Told of each file that is missing, has changed or cannot be read.
    on_progress : callable, optional
        Told after each frame: show, frames done, frames in all.

    Raises
    ------
    ConfigError
        There are too few files, shows, or queries that were found.
    IndexStoreError
        The index was changed meanwhile.
    """
    settings = settings or Settings()
    shows = files_by_show(index, on_skip)
    if not shows:
        raise ConfigError(
            f"{index.path}: none of its files is where it was when it was added; mount or move"
            " them there, call this from the same folder, or index them where they are now"
        )
    if len(shows) < LEAST_SHOWS:
        raise _too_few_shows(index, len(shows))
    of_people = _asked_of_people(index, reviewed, settings, on_skip, on_progress)
    sightings = collect(index, shows, settings, on_skip, on_progress)
    shipped = Fit.of(shipped_model())
    _check_found(index, sightings, shipped)
    both = sightings if of_people is None else Sightings.joined([sightings, of_people])
    cases = cases_of(both, shipped.weights)
    folds = folds_of(both, shipped.weights, folds=_FOLDS, earlier=shipped)
    outcome = judged_held_out(both, folds)
    found = fit(both, shipped.weights, earlier=shipped)
    figures = Figures.of(Outcome.of(cases, shipped.confidence(cases))), Figures.of(outcome)
    part = None if of_people is None else _reviewed_part(both, of_people, shipped, folds)
    said = _provenance(index, sightings, settings, date, *figures, part)
    return Refit(
        model=found.model(said),
        index=index.info,
        shows=len(set(sightings.title)),
        queries=len(sightings.title),
        shipped=figures[0],
        refit=figures[1],
        reviewed=part,
    )


def _asked_of_people(
    index: Index,
    reviewed: Sequence[Reviewed],
    settings: Settings,
    on_skip: OnSkip,
    on_progress: OnProgress,
) -> Sightings | None:
    """Return the evidence of the files that people decided on, `None` where none are given."""
    if not reviewed:
        return None
    processes = settings.processes or usable_processors()
    found = collect_reviewed(index, reviewed, processes, on_skip, on_progress)
    if not found.title:
        raise ConfigError(
            f"{index.path}: none of the {len(reviewed)} files that people decided on can be asked"
            " about; mount or move the dump where it was, or leave --verdicts out"
        )
    return found


def _reviewed_part(
    both: Sightings, of_people: Sightings, shipped: Fit, folds: list[Fold]
) -> ReviewedPart:
    unseen = [Fold(tuple(set(both.title)), shipped)]
    return ReviewedPart(
        files=len(of_people.title),
        strangers=of_people.show.count(""),
        shows=len({*of_people.show} - {""}),
        shipped=ReviewedFigures.of(reviewed_as_they_are(both, unseen)),
        refit=ReviewedFigures.of(reviewed_as_they_are(both, folds)),
    )


def _check_found(index: Index, sightings: Sightings, shipped: Fit) -> None:
    """Refuse evidence that is too little to fit weights to, or to hold shows out of."""
    n_queries = len(sightings.title)
    if not n_queries:
        raise _too_few_shows(index, 0)
    cases = cases_of(sightings, shipped.weights)
    # The whole index comes first.
    shows = cases.title[:n_queries][cases.fits[:n_queries]].tolist()
    if len(set(shows)) < LEAST_SHOWS:
        raise _too_few_shows(index, len(set(shows)))
    if len(shows) < LEAST_FOUND:
        raise ConfigError(
            f"{index.path}: only {len(shows)} of {n_queries} queries were found in it, a"
            f" calibration needs {LEAST_FOUND}; ask more with --frames, or add more shows"
        )


def _too_few_shows(index: Index, number: int) -> ConfigError:
    return ConfigError(
        f"{index.path}: has files to ask about of {number} show{'s'[: number != 1]}, a calibration"
        f" needs {LEAST_SHOWS}: with one held out, two are left, each the stranger that must not be"
        " taken for the other; add more shows"
    )


def _provenance(
    index: Index,
    sightings: Sightings,
    settings: Settings,
    date: str,
    shipped: Figures,
    refit: Figures,
    reviewed: ReviewedPart | None,
) -> str:
    """Return in a few sentences where the weights come from and what they are worth."""
    of_people = (
        ""
        if reviewed is None
        else f" Beside them {reviewed.files} files that people decided on, {reviewed.strangers} of"
        f" them of none of the shows; held out, log loss {reviewed.refit.log_loss:.3f}, the shipped"
        f" calibration {reviewed.shipped.log_loss:.3f}."
    )
    return (
        f"framematch calibrate, {date}, version {__version__}, index {index.info.id} of"
        f" {index.info.frames} rows: {len(sightings.title)} queries of {len(set(sightings.title))}"
        f" shows, edits and line drawings of up to {settings.frames} frames of each, seed"
        f" {settings.seed}, each asked again without its show.{of_people} Held out by show: AUC"
        f" {refit.auc:.3f}, calibration error {refit.calibration_error:.3f}, found at confidence .8"
        f" {refit.found_at_80:.2f}, strangers at .8 {refit.strangers_at_80:.4f} and at .9"
        f" {refit.strangers_at_90:.4f}, log loss {refit.log_loss:.3f}; the shipped calibration"
        f" {shipped.log_loss:.3f}. Fitted from the shipped weights, whose weight of the size it"
        " keeps."
    )
