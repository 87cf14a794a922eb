"""Draws and writes one file of the leak, and says what it truly is. Owns formats and qualities."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.demo import ink, sheets, strangers
from framematch.demo.dice import Dice
from framematch.demo.edits import apply_written, resized
from framematch.demo.leak import STAGE_OF, Job
from framematch.demo.settings import Drawing
from framematch.demo.sheets import timecode
from framematch.demo.shots import Plan
from framematch.demo.studio import Studio
from framematch.demo.truth import LeakFile
from framematch.demo.video import encode
from framematch.demo.writing import Writing, Written
from framematch.records import EpisodeId, MediaKind

#: How long a drawing of an animated line test stands, in milliseconds.
_TEST_MS = 160


def make(studio: Studio, job: Job, folder: Path) -> LeakFile:
    """Draw and write one file below `folder`, and return what it truly is."""
    path = folder / job.path
    path.parent.mkdir(parents=True, exist_ok=True)
    dice = Dice(studio.settings.seed, "make", job.path)
    if job.show is None or job.episode is None:
        picture = strangers.draw(job.drawing, dice)
        _save(path, [picture], dice)
        blank = None if job.drawing in strangers.LETTERED else ()
        return LeakFile(job.path, None, (), (), 0.0, "unknown", (), "image", job.drawing, blank)
    notes: tuple[Written, ...] | None = None
    kind: MediaKind = "image"
    duration_s = 0.0
    if job.drawing == "clip":
        _clip(studio, job, dice, path)
        kind, duration_s = "video", job.duration_s
    else:
        pictures, notes = _pictures(studio, job, dice)
        _save(path, pictures, dice, worn="reencoded" in job.edits)
        if len(pictures) > 1:
            kind, duration_s = "animation", len(pictures) * _TEST_MS / 1000
    places = _places(studio, job.show, job.episode, job)
    known = job.show in studio.shows
    return LeakFile(
        path=job.path,
        show=job.show if known else None,
        episodes=tuple(str(place) for place, _ in places),
        times_s=tuple(round(time_s, 6) for _, time_s in places),
        duration_s=round(duration_s, 6),
        stage=STAGE_OF.get(job.drawing, job.drawing),
        edits=job.edits,
        kind=kind,
        drawing=job.drawing if known else f"unknown show, {job.drawing}",
        notes=None if notes is None else tuple(line.rounded() for line in notes),
    )


def _places(
    studio: Studio, show: str, episode: EpisodeId, job: Job
) -> tuple[tuple[EpisodeId, float], ...]:
    """Return every episode that the file is from, with the time there."""
    if show not in studio.shows or job.drawing == "model-sheet":
        return ()
    if job.drawing == "clip":
        return ((episode, job.time_s),)
    if job.drawing == "background-only":
        return _with_background(studio, show, episode, job.time_s)
    return studio.occurrences(show, episode, job.time_s)


def _with_background(
    studio: Studio, show: str, episode: EpisodeId, time_s: float
) -> tuple[tuple[EpisodeId, float], ...]:
    """Return the first shot on the same background in every episode that has one."""
    place = studio.shot_at(show, episode, time_s)[0].plan.place
    found = []
    for other in studio.episodes:
        shots = [shot for shot in studio.shots(show, other) if shot.plan.place == place]
        if other == episode:
            found.append((other, time_s))
        elif shots:
            found.append((other, shots[0].start_s))
    return tuple(found)


def _pictures(
    studio: Studio, job: Job, dice: Dice
) -> tuple[list[npt.NDArray[np.uint8]], tuple[Written, ...] | None]:
    """Return the pictures of a file, and what is written on all of them, ``None`` if not kept."""
    show, episode = job.show or "", job.episode or studio.episodes[0]
    clock = f"{studio.code(show)} {timecode(job.time_s, studio.settings.fps)}"
    scale = dice.pick((1.0, 1.5, 2.0)) if job.drawing not in ("final", "pencil-test") else 1.0
    shot, frame = studio.shot_at(show, episode, job.time_s)
    artist = studio.artist(show)
    lines: tuple[Written, ...] = ()
    if job.drawing in sheets.STAGES:
        sheet = sheets.draw(studio, show, episode, job.time_s, job.drawing, scale)
        pictures, lines = [sheet.pixels], sheet.lines
    elif job.drawing in ("flat-plain", "rough-plain"):
        surface, canvas = studio.canvas(scale)
        if job.drawing == "flat-plain":
            plain = dice.pick((0xFFFFFF, 0xB8C4CC, 0x7FA37A, 0xE6DCC8))
            artist.paint_flat(canvas, shot.plan, frame, plain)
        else:
            artist.paint_rough(canvas, shot.plan, frame, background=False)
        pictures = [ink.pixels(surface)]
    elif job.drawing == "pencil-test":
        pictures = _pencil_test(studio, show, episode, job.time_s)
    else:
        stage: Drawing = job.drawing  # type: ignore[assignment]  # the rest are the studio's own stages
        pictures = [studio.draw(show, episode, job.time_s, stage, scale)]
        if stage == "final":
            lines = _titled(studio, show, shot.plan)
    edited = []
    for picture in pictures:
        done, written = apply_written(picture, lines, job.edits, dice.child("edit"), clock)
        edited.append(done)
    # A card or rolling credits are pictures of letters: nobody's notes.
    on_card = shot.plan.place < 0 and bool(shot.plan.text)
    return edited, None if on_card else written


def _titled(studio: Studio, show: str, plan: Plan) -> tuple[Written, ...]:
    """Return the letters over a finished frame."""
    writing = Writing()
    writing.add(studio.artist(show).lettering(plan), "title", " ".join(plan.text))
    unit = studio.settings.height / 360
    width = studio.settings.width
    return writing.on_page(width, studio.settings.height, (width - 640 * unit) / 2, unit)


def _pencil_test(
    studio: Studio, show: str, episode: EpisodeId, time_s: float
) -> list[npt.NDArray[np.uint8]]:
    """Return up to six line drawings of one shot in a row, each unlike the one before."""
    shot, inside = studio.shot_at(show, episode, time_s)
    pictures: list[npt.NDArray[np.uint8]] = []
    for frame in range(shot.first + inside, shot.first + shot.n_frames):
        picture = studio.draw(show, episode, frame / studio.settings.fps, "line-art")
        if not pictures or not np.array_equal(picture, pictures[-1]):
            pictures.append(picture)
        if len(pictures) == 6:
            break
    return pictures


def _save(
    path: Path, pictures: list[npt.NDArray[np.uint8]], dice: Dice, worn: bool = False
) -> None:
    images = [Image.fromarray(picture) for picture in pictures]
    suffix = path.suffix
    red, green, blue = np.moveaxis(pictures[0], 2, 0)
    grey = np.array_equal(red, green) and np.array_equal(green, blue)
    first = images[0].convert("L") if grey and dice.chance(0.7) else images[0]
    if suffix == ".gif":
        frames = [image.quantize(64) for image in images]
        frames[0].save(path, save_all=True, append_images=frames[1:], duration=_TEST_MS, loop=0)
    elif suffix == ".webp" and len(images) > 1:
        images[0].save(
            path, save_all=True, append_images=images[1:], duration=_TEST_MS, lossless=True
        )
    elif suffix == ".webp":
        images[0].save(path, quality=dice.whole(60, 90))
    elif suffix == ".jpg":
        first.save(path, quality=dice.whole(18, 40) if worn else dice.whole(50, 92))
    elif suffix == ".tiff":
        first.save(path, compression="tiff_lzw")
    else:
        first.save(path)


def _clip(studio: Studio, job: Job, dice: Dice, path: Path) -> None:
    """Write an excerpt at another size, frame rate and quality."""
    show, episode = job.show or "", job.episode or studio.episodes[0]
    settings = studio.settings
    fps = dice.pick((24, 25, 30, 15))
    share = dice.pick((0.5, 0.75, 1.5))
    width, height = (round(side * share / 2) * 2 for side in (settings.width, settings.height))
    n = round(job.duration_s * fps)
    runs: list[tuple[npt.NDArray[np.uint8], int]] = []
    last: object = None
    for i in range(n):
        time_s = job.time_s + i / fps
        step = studio.step(show, episode, int(time_s * settings.fps + 1e-3))
        if step == last:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((resized(studio.draw(show, episode, time_s), width, height), 1))
            last = step
    encode(path, runs, fps, dice.whole(24, 32))
