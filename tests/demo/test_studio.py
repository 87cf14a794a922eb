import itertools

import numpy as np
import numpy.typing as npt
import pytest

from framematch.demo import Studio, StudioSettings
from framematch.demo.settings import MAX_SHOWS, Drawing
from framematch.errors import ConfigError, MissingExtraError
from framematch.records import EpisodeId

TINY = StudioSettings(n_shows=4, n_episodes=2, episode_s=12.0, width=320, height=180)
FIRST, SECOND = EpisodeId(1, 1), EpisodeId(1, 2)

Picture = npt.NDArray[np.uint8]


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio(TINY)


def acted(studio: Studio, show: str) -> float:
    """Return an instant in the story with somebody on screen, outside of fades."""
    for shot in studio.shots(show, FIRST):
        if shot.plan.actors and not {"opening", "recap"} & set(shot.tags):
            return shot.start_s + shot.duration_s * 0.6
    raise AssertionError("no shot with actors")


def colourfulness(picture: Picture) -> float:
    """Return the mean spread between the channels, 0 to 255."""
    wide = picture.astype(int)
    return float((wide.max(axis=2) - wide.min(axis=2)).mean())


def test_draw_same_seed_twice_gives_same_pixels(studio: Studio) -> None:
    again = Studio(TINY)
    stages: tuple[Drawing, ...] = ("final", "rough", "storyboard", "layout-sheet", "model-sheet")
    for stage in stages:
        one = studio.draw(studio.shows[1], FIRST, 6.0, stage)
        other = again.draw(again.shows[1], FIRST, 6.0, stage)
        assert np.array_equal(one, other), stage


def test_draw_in_any_order_gives_same_pixels(studio: Studio) -> None:
    show = studio.shows[2]
    shots = studio.shots(show, SECOND)
    times = [shot.start_s + shot.duration_s / 2 for shot in shots]
    forward = [studio.draw(show, SECOND, time_s) for time_s in times]
    fresh = Studio(TINY)
    backward = [fresh.draw(show, SECOND, time_s) for time_s in reversed(times)]
    for one, other in zip(forward, reversed(backward), strict=True):
        assert np.array_equal(one, other)


def test_draw_other_seed_gives_other_show() -> None:
    one, other = (Studio(StudioSettings(seed=seed, episode_s=12.0)) for seed in (7, 8))
    for time_s in (1.0, 6.0, 9.0):
        first = one.draw(one.shows[0], FIRST, time_s).astype(int)
        assert np.abs(first - other.draw(other.shows[0], FIRST, time_s)).mean() > 10


def test_shows_eight_have_distinct_names_and_looks() -> None:
    studio = Studio(StudioSettings(n_shows=MAX_SHOWS, episode_s=12.0, width=320, height=180))
    assert len({*studio.shows, *studio.unknown_shows}) == MAX_SHOWS + len(studio.unknown_shows)
    frames = [studio.draw(show, FIRST, 6.0).astype(int) for show in studio.shows]
    for one, other in itertools.combinations(frames, 2):
        assert np.abs(one - other).mean() > 8


def saturated(picture: Picture) -> float:
    """Return the share of pixels whose channels are more than 60 of 255 apart."""
    wide = picture.astype(int)
    return float((wide.max(axis=2) - wide.min(axis=2) > 60).mean())


@pytest.mark.parametrize("episode_s", [8.0, 12.0, 60.0, 75.5])
def test_shots_cover_the_episode_without_gaps(episode_s: float) -> None:
    studio = Studio(StudioSettings(episode_s=episode_s))
    for show, episode in itertools.product(studio.shows, studio.episodes):
        shots = studio.shots(show, episode)
        at = 0
        for shot in shots:
            assert shot.first == at
            assert shot.n_frames > 0
            at += shot.n_frames
        assert at == round(episode_s * 12)


def test_shots_default_studio_has_openings_recaps_held_drawings_and_moves() -> None:
    studio = Studio()
    for show in studio.shows:
        tags = {tag for e in studio.episodes for shot in studio.shots(show, e) for tag in shot.tags}
        assert {"opening", "recap", "held", "stock", "title", "credits"} <= tags
        assert tags & {"pan", "zoom"}
        designs = [
            {actor.design for shot in studio.shots(show, e) for actor in shot.plan.actors}
            for e in studio.episodes
        ]
        assert set.intersection(*designs)


def test_opening_is_the_same_in_every_episode_pixel_for_pixel(studio: Studio) -> None:
    for show in studio.shows[:2]:
        starts = []
        for episode in (FIRST, SECOND):
            opening = [s for s in studio.shots(show, episode) if "opening" in s.tags]
            starts.append(opening[0].start_s)
        length = sum(s.n_frames for s in opening)
        for i in range(0, length, 3):
            one = studio.draw(show, FIRST, starts[0] + i / 12)
            other = studio.draw(show, SECOND, starts[1] + i / 12)
            assert np.array_equal(one, other)


def test_recap_shows_frames_of_the_episode_before(studio: Studio) -> None:
    show = studio.shows[0]
    recaps = [shot for shot in studio.shots(show, SECOND) if "recap" in shot.tags]
    assert recaps
    for shot in recaps:
        found = dict(studio.occurrences(show, SECOND, shot.start_s + 0.2))
        assert set(found) == {FIRST, SECOND}
        before = studio.draw(show, FIRST, found[FIRST])
        assert np.array_equal(before, studio.draw(show, SECOND, found[SECOND]))


def test_held_drawing_is_one_picture_for_its_whole_length() -> None:
    studio = Studio(StudioSettings(width=320, height=180))
    for show in studio.shows:
        held = [s for s in studio.shots(show, FIRST) if "held" in s.tags and s.duration_s >= 1]
        assert held
        shot = held[0]
        frames = range(shot.fade_in, shot.n_frames - shot.fade_out, 5)
        pictures = [studio.draw(show, FIRST, shot.start_s + f / 12) for f in frames]
        assert all(np.array_equal(picture, pictures[0]) for picture in pictures)


def test_step_equal_means_equal_pixels_and_unequal_differs(studio: Studio) -> None:
    show = studio.shows[0]
    seen: dict[object, Picture] = {}
    for frame in range(100):
        step = studio.step(show, SECOND, frame)
        picture = studio.draw(show, SECOND, frame / 12)
        assert np.array_equal(seen.setdefault(step, picture), picture)
    assert 20 < len(seen) < 100


@pytest.mark.parametrize("number", range(4))
def test_line_art_is_lines_on_paper_without_background(studio: Studio, number: int) -> None:
    show = studio.shows[number]
    time_s = acted(studio, show)
    lines = studio.draw(show, FIRST, time_s, "line-art")
    paper = np.bincount(lines.min(axis=2).ravel()).argmax()
    assert paper > 200
    assert (lines.min(axis=2) >= paper - 4).mean() > 0.75
    assert (lines.max(axis=2) < 150).mean() > 0.0008
    assert saturated(lines) < 0.03
    behind = studio.draw(show, FIRST, time_s, "line-art-background")
    assert (behind.max(axis=2) < 200).sum() > 1.2 * (lines.max(axis=2) < 200).sum()


def test_line_art_has_blue_construction_lines() -> None:
    studio = Studio(StudioSettings())
    show = studio.shows[2]
    lines = studio.draw(show, FIRST, acted(studio, show), "line-art").astype(int)
    assert (lines[:, :, 2] - lines[:, :, 0] > 60).sum() > 50


@pytest.mark.parametrize("number", range(4))
def test_rough_strokes_are_grey_and_more_than_clean_lines(studio: Studio, number: int) -> None:
    show = studio.shows[number]
    time_s = acted(studio, show)
    rough = studio.draw(show, FIRST, time_s, "rough")
    assert (rough.min(axis=2) > 200).mean() > 0.5
    assert saturated(rough) < 0.01
    assert not np.array_equal(rough, studio.draw(show, FIRST, time_s, "line-art-background"))


@pytest.mark.parametrize("number", range(4))
def test_flat_colour_has_few_colours_beside_the_finished_frame(studio: Studio, number: int) -> None:
    show = studio.shows[number]
    time_s = acted(studio, show)

    def share_of_ten_colours(picture: Picture) -> float:
        words = picture.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
        counts = np.sort(np.unique(words, return_counts=True)[1])
        return float(counts[-10:].sum() / words.size)

    flat = studio.draw(show, FIRST, time_s, "flat-colour")
    assert colourfulness(flat) > 10
    assert share_of_ten_colours(flat) > 0.6
    assert share_of_ten_colours(flat) > share_of_ten_colours(studio.draw(show, FIRST, time_s))


def test_background_only_has_no_people(studio: Studio) -> None:
    show = studio.shows[0]
    time_s = acted(studio, show)
    empty = studio.draw(show, FIRST, time_s, "background-only").astype(int)
    changed = np.abs(empty - studio.draw(show, FIRST, time_s)).max(axis=2) > 12
    drawn = studio.draw(show, FIRST, time_s, "line-art").max(axis=2) < 120
    assert 0.005 < changed.mean() < 0.95
    assert changed[drawn].mean() > 0.6


def test_layout_sheet_holds_the_drawing_smaller_and_carries_coloured_notes(studio: Studio) -> None:
    sheet = studio.draw(studio.shows[0], FIRST, acted(studio, studio.shows[0]), "layout-sheet")
    assert sheet.shape[0] > 180
    wide = sheet.astype(int)
    assert (wide.min(axis=2) > 190).mean() > 0.6
    assert ((wide.max(axis=2) - wide.min(axis=2)) > 70).sum() > 100


def test_draw_scale_doubles_the_size(studio: Studio) -> None:
    assert studio.draw(studio.shows[0], FIRST, 3.0, "line-art", 2.0).shape == (360, 640, 3)


def test_draw_unknown_show_or_episode_says_which(studio: Studio) -> None:
    with pytest.raises(ConfigError, match="no show 'Nothing'"):
        studio.draw("Nothing", FIRST, 0.0)
    with pytest.raises(ConfigError, match="no episode S01E09"):
        studio.draw(studio.shows[0], EpisodeId(1, 9), 0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"n_shows": 0},
        {"n_shows": MAX_SHOWS + 1},
        {"n_episodes": 0},
        {"episode_s": 2.0},
        {"width": 321},
        {"width": 1200, "height": 300},
        {"fps": 0},
        {"n_strangers": -1},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="studio settings"):
        StudioSettings(**wrong)


def test_studio_without_the_drawing_library_names_the_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    for name in [name for name in sys.modules if name.startswith("framematch.demo.")]:
        if name.rpartition(".")[2] not in ("settings", "studio", "truth"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "skia", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'framematch\[demo\]'"):
        Studio(TINY)


def test_importing_the_package_loads_neither_drawing_nor_video_library() -> None:
    import subprocess
    import sys

    code = (
        "import sys, framematch.demo; print([m for m in ('skia', 'av', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
