"""The answer sheet's notes lie where the ink is, also after what happens to files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from framematch.demo import Studio, StudioSettings, generate, read_truth
from framematch.demo.dice import Dice
from framematch.demo.edits import apply_written
from framematch.demo.sheets import draw
from framematch.demo.writing import Written
from framematch.errors import ConfigError

SETTINGS = StudioSettings(
    n_shows=1, n_episodes=1, episode_s=12.0, width=320, height=180, leak_per_stage=1, n_strangers=5
)


def inked(picture: np.ndarray, line: Written) -> tuple[float, float]:
    """Return the shares of pixels unlike the ground inside a line's box and just around it."""
    height, width = picture.shape[:2]
    x, y, wide, high = line.box
    left, right = round(x * width), round((x + wide) * width)
    top, lower = round(y * height), round((y + high) * height)
    ground = np.median(picture.reshape(-1, 3), axis=0)
    away = (np.abs(picture - ground).max(axis=2) > 60).astype(float)
    around = away[max(top - 4, 0) : lower + 4, max(left - 4, 0) : right + 4].copy()
    inside = away[top:lower, left:right]
    ring = (around.sum() - inside.sum()) / max(around.size - inside.size, 1)
    return float(inside.mean()), float(ring)


def on_ink(picture: np.ndarray, lines: Sequence[Written]) -> float:
    found = [inked(picture, line) for line in lines]
    return float(np.mean([inside > 0.05 and inside > 1.5 * ring for inside, ring in found]))


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(SETTINGS)


def test_sheet_lines_lie_on_ink_and_say_three_scripts(studio: Studio) -> None:
    sheet = draw(studio, studio.shows[0], studio.episodes[0], 5.0, "layout-sheet", 2.0)
    remarks = [line for line in sheet.lines if line.purpose == "remark"]
    assert {line.script for line in remarks} == {"Han", "Hangul", "Latin"}
    assert on_ink(sheet.pixels, sheet.lines) > 0.8
    blocks = {line.block for line in remarks if line.script == "Hangul"}
    assert len(blocks) == sum(line.script == "Hangul" for line in remarks)


@pytest.mark.parametrize("edit", ["mirrored", "cropped", "small", "letterboxed"])
def test_sheet_lines_edited_follow_the_picture(studio: Studio, edit: str) -> None:
    sheet = draw(studio, studio.shows[0], studio.episodes[0], 5.0, "storyboard", 2.0)
    picture, lines = apply_written(sheet.pixels, sheet.lines, (edit,), Dice(3))
    if edit == "letterboxed":
        picture = np.where(picture == 0, 255, picture)
    assert len(lines) >= len(sheet.lines) - 2
    assert on_ink(picture, lines) > 0.8
    assert any(line.text for line in lines) == (edit != "mirrored")


def test_marks_laid_over_a_picture_are_lines_of_it() -> None:
    plain = np.full((360, 640, 3), 90, np.uint8)
    picture, lines = apply_written(plain, (), ("timecode", "watermark"), Dice(1), "TDK 00:00:01:02")
    assert {line.purpose for line in lines} == {"mark"}
    assert "TDK 00:00:01:02" in {line.text for line in lines}
    assert len({line.block for line in lines}) == len(lines)
    # The clock stands on a plate of its own, which is unlike the ground too.
    assert on_ink(picture, [line for line in lines if line.text != "TDK 00:00:01:02"]) == 1.0


def test_truth_keeps_notes_and_says_where_they_are_not_kept(tmp_path: Path) -> None:
    truth = generate(tmp_path / "studio", SETTINGS, workers=1)
    assert read_truth(tmp_path / "studio") == truth
    by_drawing = {file.drawing: file.notes for file in truth.leak}
    assert by_drawing["clip"] is None
    assert by_drawing["text page"] is None
    assert by_drawing["landscape photo"] == ()
    assert by_drawing["layout-sheet"]


def test_truth_of_the_first_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text('{"format": "framematch-studio", "version": 1}')
    with pytest.raises(ConfigError, match="another format"):
        read_truth(tmp_path)
