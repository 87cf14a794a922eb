"""Frames and drawings of the studios: bases of C, D and E, the stages, poor re-encodes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.accuracy.films import FrameShelf
from benchmarks.accuracy.library import UNKNOWN_SEED, settings
from benchmarks.accuracy.queries import Instant, Query, generator, spread, unknown
from benchmarks.accuracy.reencode import KINDS, reencode
from benchmarks.calibration.library import DrawnStudio
from framematch.calibration.operators.pixels import Pixels
from framematch.demo import Studio
from framematch.demo.settings import Drawing
from framematch.matching.clips import telling
from framematch.records import EpisodeId, Frame

#: Drawings of the studio, and the stage that each is.
STAGES: dict[Drawing, str] = {
    "flat-colour": "flat-colour",
    "line-art": "line-art",
    "line-art-background": "line-art",
    "rough": "rough",
    "layout-sheet": "line-art",
    "storyboard": "storyboard",
}
_PIECE_S = 16.0


def asked_about(studio: Studio, show: str, episode: EpisodeId, time_s: float) -> bool:
    """Say whether an instant is asked about.

    Openings' bursts, title cards and credits are laid out alike in all shows of all studios, as no
    two real shows' are: there another show would not be wrong.
    """
    shot, _ = studio.shot_at(show, episode, time_s)
    return shot.plan.framing not in ("burst", "card", "credits")


def _moments(
    studio: Studio, show: str, count: int, stage: Drawing, rng: np.random.Generator
) -> Iterator[tuple[EpisodeId, float, Pixels]]:
    """Yield `count` telling pictures of a show at a stage, in any order, with their instants."""
    wanted = count
    for time_s in rng.permutation(spread(studio.settings.episode_s, 6 * count, rng)).tolist():
        if not wanted:
            return
        episode = studio.episodes[int(rng.integers(len(studio.episodes)))]
        if not asked_about(studio, show, episode, time_s):
            continue
        pixels = studio.draw(show, episode, time_s, stage)
        if telling(Frame(pixels, 0.0, 0.0)):
            wanted -= 1
            yield episode, time_s, pixels


def _instants(
    drawn: DrawnStudio, studio: Studio, show: str, episode: EpisodeId, time_s: float
) -> tuple[Instant, ...]:
    """Return where the library shows a drawing: here, and wherever its shot is used again."""
    shot, _ = studio.shot_at(show, episode, time_s)
    files = {f.episode: Path(f.path).name for f in drawn.truth.library if f.show == show}
    found = [Instant(files[str(episode)], time_s)]
    found += [
        Instant(files[str(other)], first_s)
        for other, first_s in studio.occurrences(show, episode, time_s)
    ]
    since_s = time_s - shot.start_s
    for file in drawn.truth.library:
        if file.show == show:
            found += [
                Instant(Path(file.path).name, record.start_s + since_s)
                for record in file.shots
                if record.key == shot.plan.key and since_s <= record.duration_s
            ]
    return tuple(dict.fromkeys(found))


def _episodes(studio: Studio, show: str, episode: EpisodeId, time_s: float) -> tuple[str, ...]:
    """Return the episode, then the others that show the same drawing."""
    others = [str(other) for other, _ in studio.occurrences(show, episode, time_s)]
    return tuple(dict.fromkeys([str(episode), *others]))


def _query(
    drawn: DrawnStudio,
    studio: Studio,
    show: str,
    episode: EpisodeId,
    time_s: float,
    pixels: Pixels,
) -> Query:
    return Query(
        pixels,
        group="A",
        operator="plain",
        family="",
        title=drawn.show(show),
        show=drawn.show(show),
        episodes=_episodes(studio, show, episode, time_s),
        instants=_instants(drawn, studio, show, episode, time_s),
        stage="final",
    )


def drawn_bases(drawn: DrawnStudio, count: int) -> Iterator[Query]:
    """Yield finished frames of every show of a studio, `count` each."""
    studio = Studio(drawn.truth.settings)
    for show in studio.shows:
        rng = generator("drawn", drawn.show(show))
        for episode, time_s, pixels in _moments(studio, show, count, "final", rng):
            yield _query(drawn, studio, show, episode, time_s, pixels)


def staged(drawn: DrawnStudio, count: int) -> Iterator[Query]:
    """Yield drawings of every stage of every show of a studio, `count` each."""
    studio = Studio(drawn.truth.settings)
    for show in studio.shows:
        for stage, label in STAGES.items():
            rng = generator("staged", drawn.show(show), stage)
            for episode, time_s, pixels in _moments(studio, show, count, stage, rng):
                yield replace(
                    _query(drawn, studio, show, episode, time_s, pixels),
                    group="F-flat" if stage == "flat-colour" else "S",
                    operator="posted",
                    family=stage,
                    stage=label,
                    seed=int(rng.integers(1 << 31)),
                )


def degraded(drawn: DrawnStudio, shelf: FrameShelf, scratch: Path, count: int) -> Iterator[Query]:
    """Yield frames of poor re-encodes of one episode of every show, every kind in turn."""
    studio = Studio(drawn.truth.settings)
    for turn, show in enumerate(studio.shows):
        kind = list(KINDS)[turn % len(KINDS)]
        file = next(f for f in drawn.truth.library if f.show == show)
        source = drawn.folder / file.path
        made = scratch / "degraded" / f"{drawn.show(show)}-{kind}.mkv".replace(" ", "-")
        first_s = reencode(source, made, kind, 4.0, _PIECE_S)
        episode = EpisodeId.parse(file.episode)
        times = spread(_PIECE_S - 1, 2 * count, generator("degraded", made.name))
        wanted = count
        for frame in shelf.frames(made, times):
            time_s = first_s + frame.timestamp_s
            if wanted and asked_about(studio, show, episode, time_s):
                wanted -= 1
                query = _query(drawn, studio, show, episode, time_s, frame.pixels)
                yield replace(query, family=kind)


def strange_studio(count: int) -> Iterator[Query]:
    """Yield drawings and frames of a studio of which nothing is indexed, of every show."""
    studio = Studio(settings(UNKNOWN_SEED))
    stages = list(STAGES)
    for number, show in enumerate([*studio.shows, *studio.unknown_shows]):
        title = f"{show} {UNKNOWN_SEED}"
        for turn in range(count):
            stage = stages[(number + turn) % len(stages)]
            rng = generator("strange", title, turn)
            for _, _, pixels in _moments(studio, show, 1, stage, rng):
                query = Query(pixels, "U", "posted", "unknown drawings", title, None)
                yield replace(query, stage=STAGES[stage], seed=int(rng.integers(1 << 31)))
        rng = generator("strange", title)
        moments = _moments(studio, show, max(1, count // 2), "final", rng)
        frames = [
            Query(pixels, "U", "plain", "unknown studio", title, None, stage="final")
            for _, _, pixels in moments
        ]
        yield from unknown(frames, first=number * max(1, count // 2))
