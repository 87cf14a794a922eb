"""FrameMatch: which known show and episodes an unknown animation file belongs to.

::

    from framematch import Matcher

    answer = Matcher.open("index").attribute("leak/sc045.png")
    print(answer.verdict, answer.show, answer.episodes, answer.confidence)

The names below are imported when they are first used, so that importing the package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from framematch.comparison import compare
    from framematch.index import Index, merge
    from framematch.ingest import InProcessExecutor, LocalExecutor, add, plan
    from framematch.matcher import Matcher
    from framematch.media import open_media
    from framematch.records import Attribution

_HOME = {
    "Attribution": "framematch.records",
    "InProcessExecutor": "framematch.ingest",
    "Index": "framematch.index",
    "LocalExecutor": "framematch.ingest",
    "Matcher": "framematch.matcher",
    "add": "framematch.ingest",
    "compare": "framematch.comparison",
    "merge": "framematch.index",
    "open_media": "framematch.media",
    "plan": "framematch.ingest",
}

__all__ = [
    "Attribution",
    "InProcessExecutor",
    "Index",
    "LocalExecutor",
    "Matcher",
    "add",
    "compare",
    "merge",
    "open_media",
    "plan",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'framematch' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
