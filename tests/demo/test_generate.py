import fcntl
import json
import os
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from framematch.demo import STAGES, Studio, StudioSettings, Truth, generate, read_truth
from framematch.errors import ConfigError, FrameMatchError
from framematch.records import EpisodeId

TINY = StudioSettings(
    n_shows=2, n_episodes=2, episode_s=12.0, width=320, height=180, leak_per_stage=1, n_strangers=16
)
SMALLEST = StudioSettings(
    n_shows=1, n_episodes=1, episode_s=8.0, width=160, height=120, leak_per_stage=0, n_strangers=3
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    out = tmp_path_factory.mktemp("studio") / "studio"
    return out, generate(out, TINY, workers=1)


def files_in(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_generate_truth_names_exactly_the_files_on_disk(made: tuple[Path, Truth]) -> None:
    out, truth = made
    named = {episode.path for episode in truth.library} | {file.path for file in truth.leak}
    assert files_in(out) == named | {"truth.json"}
    assert read_truth(out) == truth


def test_generate_library_is_laid_out_by_show_and_season(made: tuple[Path, Truth]) -> None:
    _, truth = made
    assert len(truth.library) == 4
    for episode in truth.library:
        show = episode.show
        assert episode.path.startswith(f"library/{show}/Season 01/{show} - {episode.episode} - ")


def test_generate_episodes_are_h264_and_show_what_the_studio_draws(
    made: tuple[Path, Truth],
) -> None:
    out, truth = made
    studio = Studio(TINY)
    for episode in truth.library:
        with av.open(str(out / episode.path)) as container:
            stream = container.streams.video[0]
            assert (stream.codec.name, stream.width, stream.height) == ("h264", 320, 180)
            assert stream.codec_context.pix_fmt == "yuv420p"
            frames = list(container.decode(stream))
        assert len(frames) == 12 * 12
        assert sum(frame.key_frame for frame in frames) >= 3
        for i in range(7, 144, 23):
            drawn = studio.draw(episode.show, EpisodeId.parse(episode.episode), i / 12)
            seen = frames[i].to_ndarray(format="rgb24", src_colorspace="ITU709")
            assert np.abs(seen.astype(int) - drawn).mean() < 6


def test_generate_leak_files_open_and_are_what_truth_says(made: tuple[Path, Truth]) -> None:
    out, truth = made
    for file in truth.leak:
        path = out / file.path
        assert file.stage in STAGES
        assert list(file.edits) == sorted(file.edits)
        assert len(file.episodes) == len(file.times_s)
        if file.kind == "video":
            with av.open(str(path)) as container:
                seconds = float(container.duration or 0) / 1e6
            assert seconds == pytest.approx(file.duration_s, abs=0.1)
            continue
        with Image.open(path) as image:
            image.load()
            assert getattr(image, "n_frames", 1) > 1 or file.kind == "image"


def test_generate_leak_has_every_stage_of_every_show_and_strangers(
    made: tuple[Path, Truth],
) -> None:
    _, truth = made
    for show in ("Tumbledock", "Captain Quillfoot"):
        stages = {file.stage for file in truth.leak if file.show == show}
        assert stages == set(STAGES) - {"unknown"}
        assert any(file.kind == "video" for file in truth.leak if file.show == show)
    strangers = [file for file in truth.leak if file.show is None]
    assert len(strangers) == 16
    assert all(file.episodes == () for file in strangers)
    assert {"video", "image"} <= {file.kind for file in strangers}
    suffixes = {Path(file.path).suffix for file in truth.leak}
    assert {".png", ".jpg", ".mp4", ".tiff"} <= suffixes


def test_generate_unedited_still_shows_the_instant_it_claims(made: tuple[Path, Truth]) -> None:
    out, truth = made
    studio = Studio(TINY)
    checked = 0
    for file in truth.leak:
        if file.show is None or set(file.edits) - {"paper"} or not file.episodes:
            continue
        if file.drawing not in ("flat-colour", "line-art", "rough", "line-art-background"):
            continue
        with Image.open(out / file.path) as image:
            seen = np.asarray(image.convert("RGB"), int)
        for episode, time_s in zip(file.episodes, file.times_s, strict=True):
            scale = seen.shape[0] / 180
            drawn = studio.draw(
                file.show,
                EpisodeId.parse(episode),
                time_s,
                file.drawing,
                scale,
            )
            assert np.abs(seen - drawn).mean() < 5
            checked += 1
    assert checked >= 2


def test_generate_same_settings_with_more_workers_gives_same_bytes(
    tmp_path: Path, made: tuple[Path, Truth]
) -> None:
    out, _ = made
    generate(tmp_path / "again", TINY, workers=2)
    assert files_in(tmp_path / "again") == files_in(out)
    for name in sorted(files_in(out)):
        assert (tmp_path / "again" / name).read_bytes() == (out / name).read_bytes(), name


def test_drawing_does_not_depend_on_what_was_drawn_before() -> None:
    where = ("Captain Quillfoot", EpisodeId(1, 2), 7.083333)
    fresh, used = Studio(TINY), Studio(TINY)
    used.draw(*where, "flat-colour", 2.0)

    assert np.array_equal(
        used.draw(*where, "storyboard", 2.0), fresh.draw(*where, "storyboard", 2.0)
    )


def test_generate_other_seed_gives_other_truth(tmp_path: Path) -> None:
    one = generate(tmp_path / "one", SMALLEST, workers=1)
    settings = StudioSettings(**{**SMALLEST.to_dict(), "seed": 8})
    assert generate(tmp_path / "two", settings, workers=1).leak != one.leak


def test_generate_again_reuses_the_studio_and_keeps_other_files(tmp_path: Path) -> None:
    out = tmp_path / "studio"
    first = generate(out, SMALLEST, workers=1)
    stamps = {name: (out / name).stat().st_mtime_ns for name in files_in(out)}
    (out / "notes.txt").write_text("mine")
    assert generate(out, SMALLEST, workers=1) == first
    assert {name: (out / name).stat().st_mtime_ns for name in stamps} == stamps
    with pytest.raises(ConfigError, match="other settings"):
        generate(out, TINY, workers=1)
    (out / first.library[0].path).unlink()
    with pytest.raises(ConfigError, match="incomplete"):
        generate(out, SMALLEST, workers=1)


def test_generate_into_a_foreign_folder_is_refused_and_leaves_it_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ConfigError, match="holds no studio"):
        generate(tmp_path, SMALLEST, workers=1)
    with pytest.raises(ConfigError, match="is a file"):
        generate(tmp_path / "thesis.txt", SMALLEST, workers=1)
    assert files_in(tmp_path) == {"thesis.txt"}


def test_generate_with_a_foreign_truth_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "truth.json").write_text(json.dumps({"format": "something", "version": 1}))
    with pytest.raises(ConfigError, match="another format"):
        generate(tmp_path, SMALLEST, workers=1)
    (tmp_path / "truth.json").write_text("[")
    with pytest.raises(ConfigError, match="not the answer sheet"):
        generate(tmp_path, SMALLEST, workers=1)


def test_generate_interrupted_leaves_nothing_behind(tmp_path: Path) -> None:
    class StopError(FrameMatchError):
        pass

    def stop(part: str, done: int, total: int) -> None:
        if part == "leak":
            raise StopError

    with pytest.raises(StopError):
        generate(tmp_path / "studio", SMALLEST, workers=1, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_generate_reports_progress_to_the_end(tmp_path: Path) -> None:
    calls: list[tuple[str, int, int]] = []
    generate(
        tmp_path / "studio",
        SMALLEST,
        workers=1,
        progress=lambda part, done, total: calls.append((part, done, total)),
    )
    assert calls == [("episodes", 1, 1), ("leak", 1, 3), ("leak", 2, 3), ("leak", 3, 3)]


def test_generate_without_workers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="at least 1"):
        generate(tmp_path / "studio", SMALLEST, workers=0)


def test_generate_called_twice_through_the_package_stays_a_function(tmp_path: Path) -> None:
    import framematch.demo

    framematch.demo.generate(tmp_path / "one", SMALLEST, workers=1)
    framematch.demo.generate(tmp_path / "two", SMALLEST, workers=1)
    assert files_in(tmp_path / "one") == files_in(tmp_path / "two")


def test_generate_after_a_kill_leaves_the_studio_and_nothing_else(tmp_path: Path) -> None:
    left = tmp_path / ".studio.partial" / "library" / "half.mp4"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    truth = generate(tmp_path / "studio", SMALLEST, workers=1)
    assert [path.name for path in tmp_path.iterdir()] == ["studio"]
    expected = {one.path for one in (*truth.library, *truth.leak)} | {"truth.json"}
    assert files_in(tmp_path / "studio") == expected


def test_generate_where_another_process_draws_is_refused(tmp_path: Path) -> None:
    partial = tmp_path / ".studio.partial"
    partial.mkdir()
    (partial / "drawn.mp4").touch()
    held = os.open(partial, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(ConfigError, match="another process is drawing this studio"):
            generate(tmp_path / "studio", SMALLEST, workers=1)
    finally:
        os.close(held)
    assert (partial / "drawn.mp4").exists()
