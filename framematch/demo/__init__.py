"""A small generated animation studio: shows, production drawings, and a leak with its answers.

Everything is drawn by this package from a seed, so nothing in it belongs to anybody else. Importing
it is cheap; drawing needs the extra ``demo`` (skia-python).
"""

from collections.abc import Callable
from pathlib import Path

from framematch.demo.settings import STAGES, StudioSettings
from framematch.demo.studio import Studio
from framematch.demo.truth import EpisodeFile, LeakFile, Truth, read_truth

__all__ = [
    "STAGES",
    "EpisodeFile",
    "LeakFile",
    "Studio",
    "StudioSettings",
    "Truth",
    "generate",
    "read_truth",
]


def generate(
    out: Path,
    settings: StudioSettings | None = None,
    workers: int = 2,
    progress: Callable[[str, int, int], None] | None = None,
) -> Truth:
    """Write a studio into `out`, or return the one of the same settings that is there already.

    Parameters
    ----------
    out : Path
        Folder of the studio: new, empty, or a studio of the same settings.
    settings : StudioSettings, optional
        Size and seed.
    workers : int
        Processes that draw, at least 1; the result does not depend on it. They are spawned: a
        script that asks for more than one needs the ``if __name__ == "__main__"`` guard.
    progress : callable, optional
        Called as ``progress(part, done, total)`` with the part ``episodes`` or ``leak``.

    Returns
    -------
    Truth
        What `out` holds; the same as its truth.json.

    Raises
    ------
    ConfigError
        `out` holds something else, or a studio of other settings or with files missing.
    MissingExtraError
        The drawing library is not installed.
    """
    settings = settings or StudioSettings()
    Studio(settings)  # says in plain words what is missing, before anything that needs it is loaded
    from framematch.demo.production import generate as write_studio

    return write_studio(out, settings, workers, progress)
