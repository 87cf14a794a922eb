"""The reference libraries of this benchmark: films cut into episodes, then indexed."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.matcher import Matcher
from framematch.media import open_media
from framematch.records import EpisodeId, Frame


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a film cut into episodes."""

    path: Path
    episode: EpisodeId
    start_s: float


def cut_film(film: Path, n_parts: int, out: Path) -> list[Part]:
    """Cut a film into parts at key frames, without decoding; the parts lie in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    with av.open(str(film)) as source:
        stream = source.streams.video[0]
        packets = [(packet.pts, packet) for packet in source.demux(stream)]
        timed = [(pts, packet) for pts, packet in packets if pts is not None]
        keys = sorted(pts for pts, packet in timed if packet.is_keyframe)
        length = max(pts for pts, _ in timed)
        wanted = [keys[0] + number * (length - keys[0]) // n_parts for number in range(n_parts)]
        starts = [min(keys, key=lambda key: abs(key - want)) for want in wanted]
        parts = [
            Part(
                out / f"{film.stem} - S01E{number + 1:02d}.mp4",
                EpisodeId(1, number + 1),
                float((start - keys[0]) * (stream.time_base or Fraction(1))),
            )
            for number, start in enumerate(starts)
        ]
        outputs = [av.open(str(part.path), "w") for part in parts]
        copies = [output.add_stream_from_template(stream) for output in outputs]
        number = -1
        for pts, packet in timed:
            if packet.is_keyframe and number + 1 < n_parts and pts >= starts[number + 1]:
                number += 1
            packet.stream = copies[number]
            packet.pts = pts - starts[number]
            if packet.dts is not None:
                packet.dts -= starts[number]
            outputs[number].mux(packet)
        for output in outputs:
            output.close()
    return parts


def build(index_path: Path, items: Sequence[IngestItem]) -> Matcher:
    """Index the items, unless they are there already, and return a matcher."""
    report = add(index_path, items)
    if report.failures:
        raise SystemExit(f"could not index: {report.failures}")
    return Matcher(Index.open(index_path, min_information=MINIMUM))


def sample(path: Path, every_s: float, first_s: float) -> list[Frame]:
    """Return the frames of a video on screen at `first_s` and every so many seconds after."""
    wanted = first_s
    found: list[Frame] = []
    with open_media(path) as media:
        for frame in media.frames(None):
            if frame.timestamp_s + frame.duration_s > wanted:
                found.append(frame)
                wanted += every_s
    return found
