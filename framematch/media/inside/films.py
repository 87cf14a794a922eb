"""Videos, and the search for a frame in one."""

from __future__ import annotations

from pathlib import Path

import av

from framematch.config import MediaLimits
from framematch.media import video as _video
from framematch.media.closest import Sketch
from framematch.media.inside.all_of import import_all
from framematch.media.inside.pictures import media, times_of
from framematch.media.moments import closest_moments
from framematch.media.unnoticed import given
from framematch.sandbox import Call, Operation

_NEEDED = (_video,)
import_all(av)


def closest(call: Call) -> None:
    """Ask how far each frame of a stretch is from what is looked for, and give the closest."""
    told = call.told
    path = Path(told["path"])

    def distances(sketch: Sketch) -> list[float]:
        found: list[float] = call.ask({"asked": "distances"}, [sketch])["distances"]
        return found

    with given(path, call.files[0]):
        for found in closest_moments(
            path,
            told["start_s"],
            told["end_s"],
            distances,
            limits=MediaLimits(**told["limits"]),
            most=told["most"],
        ):
            call.say({"distance": found.distance, "around": len(found.around)})
            for shown in (found.shown, *found.around):
                frame = shown.frame()
                call.say(times_of(frame), [shown.sketch, frame.pixels])


OPERATIONS: dict[str, Operation] = {"media": media, "closest": closest}
