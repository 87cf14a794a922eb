"""What queries are told becomes evidence; what is kept for testing never does."""

import subprocess
import sys
from dataclasses import dataclass

import numpy as np

from framematch.calibration.asking import Told, gathered
from framematch.calibration.operators import FINISHED, LINE_ART
from framematch.calibration.turns import edited, turns
from framematch.matching.confidence import EVIDENCE


@dataclass(frozen=True)
class Asked:
    title: str
    show: str | None
    family: str = "finished"
    operator: str = "plain"


def _told(show: str, right: bool, value: float) -> Told:
    return Told(show, right, (value,) * len(EVIDENCE))


def test_gathered_evidence_says_who_sighted_what_and_leaves_out_what_was_not_asked() -> None:
    answers = [
        (Asked("Alpha", "Alpha"), [_told("Beta", False, 0.1), _told("Alpha", True, 0.9)]),
        (Asked("Alpha", "Alpha"), None),
        (Asked("photos", None), [_told("Beta", False, 0.2)]),
        (Asked("Gamma", "Gamma"), []),
    ]
    found = gathered(answers, {"Alpha": 10, "Beta": 20, "Gamma": 30, "Omega": 40}, 100)
    assert found.title == ("Alpha", "photos", "Gamma")
    assert found.show == ("Alpha", "", "Gamma")
    assert [found.shows[show] for show in found.sighted] == ["Beta", "Alpha", "Beta"]
    assert found.query.tolist() == [0, 0, 1]
    assert found.right.tolist() == [False, True, False]
    assert found.evidence[:, 0].tolist() == [0.1, 0.9, 0.2]
    # Gamma was asked about and never sighted; Omega is nobody's business.
    assert dict(zip(found.shows, found.show_rows.tolist(), strict=True)) == {
        "Alpha": 10,
        "Beta": 20,
        "Gamma": 30,
    }
    assert found.rows.tolist() == [100, 100, 100]


def test_gathered_without_any_sighting_is_empty_evidence() -> None:
    found = gathered([(Asked("Alpha", "Alpha"), [])], {"Alpha": 10}, 10)
    assert found.evidence.shape == (0, len(EVIDENCE))
    assert found.shows == ("Alpha",)


def test_turns_use_every_operator_before_one_comes_again() -> None:
    generator = np.random.default_rng(1)
    edits = [
        edit for _, frame in zip(range(16), turns(1, 1, generator), strict=False) for edit in frame
    ]
    for family, names in (("finished", {"plain", *FINISHED}), ("line-art", set(LINE_ART))):
        assert {edit.operator for edit in edits if edit.family == family} == names
    assert len({edit.seed for edit in edits}) == len(edits)


def test_edited_by_the_same_seed_is_the_same_and_plain_is_nearly_the_frame() -> None:
    frame = np.full((72, 128, 3), (150, 190, 230), dtype=np.uint8)
    frame[20:50, 30:60] = (200, 90, 70)
    np.testing.assert_array_equal(edited(frame, "rough", 3), edited(frame, "rough", 3))
    assert np.abs(edited(frame, "plain", 3).astype(int) - frame).mean() < 6


def test_nothing_that_fits_imports_what_is_kept_for_testing() -> None:
    program = (
        "import sys\n"
        "import framematch.calibration, benchmarks.calibration.__main__\n"
        "sys.exit(' '.join(m for m in sys.modules if m.startswith('benchmarks.operators')) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
