"""Files that people decided on: what is asked, what is left out, and how much they weigh."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from evidence import FEATURES, TRUE_WEIGHTS, drawn
from PIL import Image
from scenes import scene, write_image, write_library, write_video

from framematch.calibration import Reviewed, Skipped, calibrate
from framematch.calibration.cases import MOST_REVIEWED, REVIEWED, cases_of
from framematch.calibration.fit import Fit, fit
from framematch.calibration.outcome import Fold, folds_of, reviewed_as_they_are
from framematch.calibration.reviewed import collect_reviewed
from framematch.calibration.sightings import Sightings
from framematch.errors import ConfigError
from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import add, plan
from framematch.matching.confidence import MOST_CONFIDENT, shipped_model
from framematch.media import sha256_of

START = np.ones(FEATURES)
Made = Callable[..., Reviewed]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder = tmp_path_factory.mktemp("reviewed")
    items, _ = plan([write_library(folder / "library")])
    add(folder / "index", items)
    return Index.open(folder / "index", min_information=MINIMUM)


@pytest.fixture
def made(tmp_path: Path, index: Index) -> Made:
    """Return a writer of still files that people decided on, by default seen in Alpha at 3 s."""
    first = next(one for one in index.references() if one.show == "Alpha")

    def write(name: str, pixels: np.ndarray, **said: object) -> Reviewed:
        file = write_image(tmp_path / name, pixels)
        one = Reviewed(
            file=file,
            name=f"case: {name}",
            sha256=sha256_of(file),
            part=None,
            time_s=0.0,
            show="Alpha",
            judgement="confirmed",
            group="(not ours) case",
            places=((first.sha256, 3.0),),
        )
        return replace(one, **said)  # type: ignore[arg-type]

    return write


def collected(index: Index, *files: Reviewed) -> tuple[Sightings, list[Skipped]]:
    skipped: list[Skipped] = []
    found = collect_reviewed(index, files, 1, skipped.append, lambda *_: None)
    return found, skipped


def _right(found: Sightings) -> list[bool]:
    """Return of each query whether the best sighting of its own show is at a right place."""
    likely = found.evidence @ np.array(shipped_model().weights)
    names = np.array(found.shows)[found.sighted]
    right = []
    for row, show in enumerate(found.show):
        own = np.flatnonzero((found.query == row) & (names == show))
        right.append(bool(len(own) and found.right[own[likely[own].argmax()]]))
    return right


def test_reviewed_files_are_asked_as_they_are_and_right_where_they_were_seen(
    made: Made, index: Index
) -> None:
    found, skipped = collected(
        index,
        made("seen.png", scene(1)),
        made("elsewhere.png", scene(3)),
        made("other.png", scene(2), judgement="other-show", places=()),
        made("nobody.png", scene(77), show=None, judgement="not-ours", places=()),
    )

    assert skipped == []
    assert found.title == ("Alpha", "Alpha", "Alpha", "(not ours) case")
    assert found.show == ("Alpha", "Alpha", "Alpha", "")
    assert found.operator == ("confirmed", "confirmed", "other-show", "not-ours")
    assert set(found.family) == {REVIEWED}
    # Alpha at 3 s is scene 1; of the third nobody has said where in Alpha it is.
    assert _right(found) == [True, False, False, False]
    assert (found.query == 2).any()
    assert set(found.rows) == {len(index)}


def test_moment_of_a_clip_and_page_of_a_document_are_what_is_asked_about(
    made: Made, index: Index, tmp_path: Path
) -> None:
    clip = write_video(tmp_path / "clip.mp4", [scene(3), scene(1)])
    pages = tmp_path / "pages.tif"
    first, second = (Image.fromarray(scene(seed)) for seed in (3, 1))
    first.save(pages, save_all=True, append_images=[second])
    still = made("still.png", scene(1))

    found, skipped = collected(
        index,
        replace(still, file=clip, sha256=sha256_of(clip), time_s=0.5),
        replace(still, file=clip, sha256=sha256_of(clip), time_s=3.0),
        replace(still, file=pages, sha256=sha256_of(pages), part=None),
        replace(still, file=pages, sha256=sha256_of(pages), part="page/2"),
        replace(still, file=pages, sha256=sha256_of(pages), part="page/9"),
    )

    assert _right(found) == [False, True, False, True]
    assert [skip.reason for skip in skipped] == ["case: still.png: has no such picture"]


def test_what_cannot_be_asked_about_is_named_with_its_reason(made: Made, index: Index) -> None:
    changed = made("changed.png", scene(1))
    write_image(changed.file, scene(2))
    broken = made("broken.png", scene(1))
    broken.file.write_bytes(b"no picture")
    gone = made("gone.png", scene(1))
    gone.file.unlink()

    found, skipped = collected(
        index,
        changed,
        replace(broken, sha256=sha256_of(broken.file)),
        gone,
        made("flat.png", np.full((144, 256, 3), 9, dtype=np.uint8)),
        made("unknown.png", scene(1), show="Alfa"),
    )

    assert found.title == ()
    reasons = {skip.reason.split(":")[1].strip(): skip.reason for skip in skipped}
    for name, said in (
        ("changed.png", "has changed since people decided on it"),
        ("broken.png", "cannot be used"),
        ("gone.png", "cannot be used"),
        ("flat.png", "has too little to see on it"),
        ("unknown.png", "is of Alfa, a show that the index does not hold"),
    ):
        assert said in reasons[name]


def _reviewed(queries: int, strangers: int, seed: int) -> Sightings:
    given = drawn(queries=queries, strangers=strangers, seed=seed)
    return replace(given, family=(REVIEWED,) * len(given.title))


@pytest.mark.parametrize(("queries", "strangers"), [(6, 3), (6, 0), (0, 4), (600, 300)])
def test_reviewed_ones_weigh_as_any_query_a_quarter_at_most_and_leave_the_halves(
    queries: int, strangers: int
) -> None:
    library, own = drawn(queries=60, strangers=0, seed=1), _reviewed(queries, strangers, 2)
    cases = cases_of(Sightings.joined([library, own]), START)
    known, reviewed = cases.answer >= 0, cases.family == REVIEWED

    assert cases.weight.sum() == pytest.approx(1)
    assert cases.weight[known].sum() == pytest.approx(0.5)
    for half in (known, ~known):
        share = min((half & reviewed).sum() / half.sum(), MOST_REVIEWED)
        assert cases.weight[half & reviewed].sum() == pytest.approx(0.5 * share)
        assert len(set(cases.weight[half & reviewed].round(12))) <= 1
    # The library's own among them weigh as before.
    alone = cases_of(library, START).weight
    assert np.ptp(cases.weight[~reviewed & known] / alone[alone > 0][0]) == pytest.approx(0)


def test_fit_leaves_the_shipped_weights_no_further_for_more_reviewed_files_than_count() -> None:
    library, earlier = (
        drawn(queries=60, strangers=0, seed=3),
        Fit(np.full(FEATURES, 3.0), -9.0, 0.3),
    )

    def away(queries: int) -> float:
        both = Sightings.joined([library, _reviewed(queries, 0, 4)])
        return float(np.abs(fit(both, START, earlier=earlier).weights - earlier.weights).mean())

    alone = float(np.abs(fit(library, START, earlier=earlier).weights - earlier.weights).mean())
    assert away(20) > alone
    assert away(2000) < 1.5 * away(20)


def test_reviewed_outcome_has_each_file_once_under_a_fit_that_has_not_seen_its_show() -> None:
    own = _reviewed(12, 4, 6)
    both = Sightings.joined([drawn(queries=60, strangers=0, seed=5), own])

    outcome = reviewed_as_they_are(both, folds_of(both, START))

    assert sorted(outcome.title) == sorted(own.title)
    assert outcome.weight == pytest.approx(1 / 16)
    assert (~outcome.known).sum() == 4
    sure = reviewed_as_they_are(both, [Fold(tuple(set(both.title)), Fit(TRUE_WEIGHTS, 99.0, 0.0))])
    by_hand = (sure.confidence - sure.right) ** 2
    assert sure.brier() == pytest.approx(float(by_hand.mean()))
    # Nothing is left for "none of them": every stranger costs the most.
    assert sure.loss[~sure.known] == pytest.approx(-np.log(1 - MOST_CONFIDENT))


def test_calibrate_reports_reviewed_files_apart_and_only_where_they_are_given(
    index: Index, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, own = drawn(queries=90, strangers=0, seed=7), _reviewed(9, 5, 8)
    monkeypatch.setattr("framematch.calibration.refit.LEAST_SHOWS", 2)
    monkeypatch.setattr("framematch.calibration.refit.collect", lambda *_: library)
    monkeypatch.setattr("framematch.calibration.refit.collect_reviewed", lambda *_: own)

    plain, with_people = (
        calibrate(index, "today"),
        calibrate(index, "today", reviewed=[made("a.png", scene(1))]),
    )

    assert plain.reviewed is None
    assert plain.to_dict()["reviewed"] is None
    assert "people" not in plain.model.provenance
    part = with_people.reviewed
    assert part is not None
    assert (part.files, part.strangers, part.shows) == (14, 5, 6)
    assert (with_people.queries, with_people.shows) == (plain.queries, plain.shows)
    assert with_people.model.weights != plain.model.weights
    assert "14 files that people decided on, 5 of them of none" in with_people.model.provenance
    assert part.shipped != part.refit
    none = replace(own, title=(), show=(), family=(), operator=())
    monkeypatch.setattr("framematch.calibration.refit.collect_reviewed", lambda *_: none)
    with pytest.raises(ConfigError, match="none of the 1 files that people decided on"):
        calibrate(index, "today", reviewed=[made("a.png", scene(1))])
