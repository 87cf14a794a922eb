"""What has to be the same on every node, so that equal files give equal segments.

Owns the comparison. Imports no Ray.
"""

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from framematch.errors import ConfigError
from framematch.hashing import SPECS
from framematch.version import __version__


@dataclass(frozen=True, slots=True)
class Release:
    """What a process codes and searches with.

    Attributes
    ----------
    framematch : str
        Version of this package.
    codes : tuple of str
        Specifications of the codes.
    av, pillow, numpy : str
        Versions of what decodes and computes.
    """

    framematch: str
    codes: tuple[str, ...]
    av: str
    pillow: str
    numpy: str


def release_here() -> Release:
    """Return what this process runs."""
    return Release(
        framematch=__version__,
        codes=tuple(str(spec) for spec in SPECS.values()),
        av=version("av"),
        pillow=version("pillow"),
        numpy=version("numpy"),
    )


def check_agreement(answers: Iterable[tuple[str, Release | str]]) -> None:
    """Refuse nodes that would not do what this process does.

    Parameters
    ----------
    answers : iterable of (str, Release or str)
        Hosts, and what each runs or why it cannot say.

    Raises
    ------
    ConfigError
        They differ; the message names the first host and everything that differs there.
    """
    ours = release_here()
    wrong = [(host, answer) for host, answer in answers if answer != ours]
    if not wrong:
        return
    host, answer = wrong[0]
    others = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
    said = answer if isinstance(answer, str) else f"runs {_differences(answer, ours)}"
    raise ConfigError(
        f"node {host}{others} {said}; install framematch {ours.framematch} with the same"
        " requirements on every node, and start the nodes again"
    )


def _differences(theirs: Release, ours: Release) -> str:
    return ", ".join(
        f"{field.name} {_written(getattr(theirs, field.name))}"
        f" where this machine has {_written(getattr(ours, field.name))}"
        for field in dataclasses.fields(Release)
        if getattr(theirs, field.name) != getattr(ours, field.name)
    )


def _written(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else " and ".join(value)
