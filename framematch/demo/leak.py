"""The leak: which files it holds, under which names. Decides by lot and draws nothing.

Deciding and drawing (`leakfiles`) are apart so that several processes can draw and the files still
come out the same.
"""

from dataclasses import dataclass

from framematch.demo import strangers
from framematch.demo.dice import Dice
from framematch.demo.filenames import Names
from framematch.demo.shots import Shot
from framematch.demo.studio import Studio
from framematch.records import EpisodeId

#: Production stage of every drawing that is not one itself.
STAGE_OF: dict[str, str] = {
    "layout-sheet": "line-art",
    "line-art-background": "line-art",
    "flat-plain": "flat-colour",
    "rough-plain": "rough",
    "clip": "final",
    "pencil-test": "line-art",
}
_FORMATS: dict[str, tuple[str, ...]] = {
    "final": ("jpg", "png", "jpg", "webp"),
    "flat-colour": ("png", "tga", "jpg", "webp"),
    "line-art": ("png", "tga", "tiff", "png"),
    "layout-sheet": ("jpg", "png", "tiff"),
    "rough": ("png", "jpg", "tiff"),
    "storyboard": ("jpg", "png"),
    "model-sheet": ("png", "jpg"),
    "background-only": ("jpg", "png", "tga"),
    "clip": ("mp4",),
    "pencil-test": ("gif", "webp"),
}
_EDITS: tuple[tuple[str, ...], ...] = (
    ("reencoded",),
    ("letterboxed", "reencoded"),
    ("cropped",),
    ("mirrored",),
    ("small", "reencoded"),
    ("watermark",),
    ("timecode",),
    ("darkened", "small"),
    ("cropped", "watermark"),
)


@dataclass(frozen=True, slots=True)
class Job:
    """One file of the leak to be made.

    Attributes
    ----------
    path : str
        Relative to the studio.
    show : str or None
        Show that it is drawn from, also one that no library holds; ``None`` for other strangers.
    episode : EpisodeId or None
        Episode that it is drawn from.
    time_s, duration_s : float
        Instant, and length of a clip.
    drawing : str
        What to draw.
    edits : tuple of str
        What to do to it.
    """

    path: str
    show: str | None
    episode: EpisodeId | None
    time_s: float
    duration_s: float
    drawing: str
    edits: tuple[str, ...]


def plan(studio: Studio) -> list[Job]:
    """Return every file of the leak, in the order of truth.json."""
    settings = studio.settings
    names = Names(studio)
    jobs: list[Job] = []
    for show in studio.shows:
        dice = Dice(settings.seed, "leak", show)
        used: set[tuple[str, int]] = set()
        for drawing in _drawings(settings.leak_per_stage):
            jobs.append(_job(studio, show, drawing, dice, used, names, len(jobs)))
    dice = Dice(settings.seed, "strangers")
    for i in range(settings.n_strangers):
        kind = strangers.KINDS[i % len(strangers.KINDS)]
        if kind in strangers.DRAWN:
            show = studio.unknown_shows[i // len(strangers.KINDS) % len(studio.unknown_shows)]
            drawing = strangers.DRAWN[kind]
            jobs.append(_job(studio, show, drawing, dice, set(), names, len(jobs)))
        else:
            path = names.neutral(dice, dice.pick(strangers.FORMATS[kind]))
            jobs.append(Job(path, None, None, 0.0, 0.0, kind, ()))
    return sorted(jobs, key=lambda job: job.path)


def _drawings(n: int) -> list[str]:
    if n == 0:
        return []
    drawings = ["final", "layout-sheet", "storyboard"] * n
    drawings += [("flat-colour", "flat-plain")[i % 2] for i in range(n)]
    drawings += [("line-art", "line-art", "line-art-background")[i % 3] for i in range(n)]
    drawings += [("rough", "rough-plain")[i % 2] for i in range(n)]
    return [*drawings, "model-sheet", "background-only", "clip", "pencil-test"]


def _job(
    studio: Studio,
    show: str,
    drawing: str,
    dice: Dice,
    used: set[tuple[str, int]],
    names: Names,
    number: int,
) -> Job:
    episode, shot = _shot(studio, show, drawing, dice, used)
    fps = studio.settings.fps
    # Neither in a fade nor on the very edge of a shot.
    first = shot.first + max(shot.fade_in, 1)
    last = shot.first + shot.n_frames - 1 - max(shot.fade_out, 1)
    frame = dice.whole(first, max(last, first))
    duration = 0.0
    edits: tuple[str, ...] = ()
    if drawing == "clip":
        whole = studio.settings.episode_s
        duration = min(dice.between(4.0, 6.0), whole / 3)
        frame = dice.whole(round(whole * 0.4 * fps), round((whole * 0.9 - duration) * fps))
        edits = ("reencoded", "resized", "retimed")
    elif drawing == "final":
        edits = _EDITS[(number + dice.whole(0, 1)) % len(_EDITS)]
    elif drawing == "layout-sheet":
        edits = ("annotations", "paper")
    elif drawing in ("storyboard", "model-sheet"):
        edits = ("paper",)
    elif dice.chance(0.2):
        edits = (dice.pick(("mirrored", "watermark", "timecode", "cropped")),)
    if drawing in ("line-art", "rough", "rough-plain", "line-art-background"):
        edits = (*edits, "paper")
    formats = _FORMATS.get(drawing) or _FORMATS[STAGE_OF[drawing]]
    if "reencoded" in edits and drawing == "final":
        formats = ("jpg",)
    path = names.of(dice, show, episode, dice.pick(formats))
    return Job(path, show, episode, frame / fps, duration, drawing, tuple(sorted(edits)))


def _shot(
    studio: Studio, show: str, drawing: str, dice: Dice, used: set[tuple[str, int]]
) -> tuple[EpisodeId, Shot]:
    """Return a shot to draw, each once per kind of drawing as far as there are enough."""
    for attempt in range(40):
        episode = dice.pick(studio.episodes)
        shot = dice.pick(studio.shots(show, episode))
        plan_ = shot.plan
        if {"title", "credits"} & set(shot.tags) or (plan_.framing == "burst" and attempt < 30):
            continue
        if drawing == "background-only" and plan_.place < 0:
            continue
        if drawing not in ("background-only", "final", "storyboard") and not plan_.actors:
            continue
        if drawing == "pencil-test" and plan_.held and attempt < 30:
            continue
        if (plan_.key, _group(drawing)) in used and attempt < 30:
            continue
        used.add((plan_.key, _group(drawing)))
        break
    return episode, shot


def _group(drawing: str) -> int:
    return sum(map(ord, STAGE_OF.get(drawing, drawing)))
