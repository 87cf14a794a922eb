"""The benchmark of stages: its cases lie where they say, its fit finds what there is to find."""

import json

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing

from benchmarks.stage.__main__ import write
from benchmarks.stage.cases import lies_on, thumbnail, view_of, worked_on
from benchmarks.stage.fit import fit
from benchmarks.stage.numbers import FLAGS, Numbers
from benchmarks.stage.pages import storyboard
from benchmarks.stage.report import precision_table
from framematch.hashing.panels import find_frames
from framematch.hashing.preprocess import luma
from framematch.matching.difference import seen_as
from framematch.matching.stage_model import NUMBERS, StageModel

Floats = npt.NDArray[np.float64]


@pytest.mark.parametrize(
    "operator", ["plain", "crop-10", "crop-30", "letterbox", "padding", "mirror", "web-page"]
)
def test_view_of_an_edit_lays_it_over_its_frame(operator: str) -> None:
    frame = drawing(3)
    case = worked_on(frame, thumbnail(frame), "title", "source", operator, 1)
    matched = lies_on(case)
    assert matched is not None
    seen = luma(seen_as(case.pixels, view_of(operator) or matched.view))
    known = luma(matched.thumbnail)
    within = slice(30, 114), slice(54, 202)
    assert np.corrcoef(seen[within].ravel(), known[within].ravel())[0, 1] > 0.95
    off = np.array(matched.view.box) - np.array(case.view.box if case.view else ())
    assert 0 < np.abs(off).max() < 0.12


def test_lies_on_is_the_same_every_time() -> None:
    frame = drawing(3)
    case = worked_on(frame, thumbnail(frame), "title", "source", "jpeg-20", 1)
    one, other = lies_on(case), lies_on(case)
    assert one is not None
    assert other is not None
    assert one.view == other.view


def _two_heaps(seed: int) -> tuple[Floats, list[str]]:
    dice = np.random.default_rng(seed)
    answers = ["final", "line-art"] * 100
    numbers = dice.normal(0.5, 0.1, (200, 2))
    numbers[:, 0] += np.where(np.array(answers) == "final", 0.2, -0.2)
    return numbers, answers


def test_fit_finds_the_number_that_tells() -> None:
    numbers, answers = _two_heaps(1)
    model = fit(numbers, ("thick", "thin"), answers, np.ones(200))
    others, right = _two_heaps(2)
    said = np.array(model.stages)[model.probabilities(others).argmax(axis=1)]
    assert (said == np.array(right)).mean() > 0.93
    assert np.abs(model.weights[:, [0, 2]]).sum() > 5 * np.abs(model.weights[:, [1, 3]]).sum()


def test_write_gives_a_file_that_the_product_reads(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    path = tmp_path_factory.mktemp("models") / "stages.json"
    dice = np.random.default_rng(3)
    numbers = NUMBERS["alone"]
    values = dice.random((40, len(numbers)))
    model = fit(values, numbers, ["final", "rough"] * 20, np.ones(40))
    write(path, {"alone": model}, "made up")
    data = json.loads(path.read_text("utf-8"))
    assert data["provenance"] == "made up"
    read = StageModel.from_dict(data["alone"], numbers)
    np.testing.assert_allclose(read.probabilities(values), model.probabilities(values), atol=0.02)


@pytest.mark.parametrize("n_panels", [1, 2, 4])
def test_storyboard_holds_its_panels(n_panels: int) -> None:
    panels = [drawing(seed, "lines") for seed in range(n_panels)]
    page = storyboard(panels, np.random.default_rng(n_panels))
    assert len(find_frames(luma(page))) == n_panels


def test_precision_table_counts_what_is_and_what_was_said() -> None:
    stages = np.array(["final", "final", "rough|line-art", "line-art"])
    n, names = len(stages), np.array([""] * len(stages))
    none = np.zeros((n, len(FLAGS)), dtype=bool)
    numbers = Numbers(names, names, names, stages, np.zeros((n, 25)), np.zeros((n, 14)), none, none)
    rows = precision_table(numbers, np.array(["final", "line-art", "line-art", "line-art"]))
    told = {line.split()[0]: line.split()[1:] for line in rows.splitlines()}
    assert told["final"] == ["2", "1", "1", "1.000", "0.500"]
    assert told["line-art"] == ["2", "3", "2", "0.667", "1.000"]
    assert told["all"] == ["4", "4", "3", "0.750"]
