"""A user's patterns of production codes, by show, from a YAML file; and how long one may take.

Owns what such a file may say and what is wrong with it, named by file and line.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from framematch.errors import ConfigError
from framematch.given import read_given
from framematch.triage.codes import LONGEST_NAME, ShowPattern, read_name

#: What a group of a pattern may be called.
GROUPS = frozenset(("season", "episode", "scene", "shot", "version"))

#: Seconds of a processor that all patterns may take for one name: they take microseconds, and those
#: that go back over the same characters again and again take for ever.
_LIMIT_S = 1.0
#: No file of patterns is so large.
_MOST_BYTES = 1 << 20


def read_patterns(path: Path) -> tuple[ShowPattern, ...]:
    """Return the patterns of a file, in its order.

    Raises
    ------
    ConfigError
        It cannot be read, says something else, or a pattern of it is none, has a group that nobody
        knows, or takes too long; the message names file and line.
    """
    import yaml

    try:
        text = read_given(path, _MOST_BYTES, "file of patterns").decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is no UTF-8 text; save it as such") from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}, line {mark.line + 1}" if mark is not None else str(path)
        problem = getattr(error, "problem", None) or "is nested too deep"
        raise ConfigError(f"{where}: is no YAML ({problem})") from error
    found = list(_patterns(path, root))
    if not found:
        raise ConfigError(
            f"{path}: holds no patterns; write them as"
            " shows: {Name: ['CODE_(?P<season>\\d)(?P<episode>\\d\\d)']}"
        )
    return tuple(found)


def _patterns(path: Path, root: Any) -> Iterator[ShowPattern]:  # noqa: ANN401 - YAML's nodes
    shows = [
        node
        for key, node in _pairs(path, root, "a file of patterns has the key shows")
        if _known(path, key, "shows")
    ]
    for node in shows:
        for show, patterns in _pairs(path, node, "under shows stand names, each with a list"):
            if patterns.id != "sequence":
                raise ConfigError(
                    f"{_line(path, patterns)}: write the patterns of a show as a list"
                )
            for pattern in patterns.value:
                yield _pattern(path, show.value, pattern)


def _pairs(path: Path, node: Any, what: str) -> list[tuple[Any, Any]]:  # noqa: ANN401
    if node is None or node.id != "mapping":
        where = str(path) if node is None else _line(path, node)
        raise ConfigError(f"{where}: {what}")
    pairs: list[tuple[Any, Any]] = node.value
    for key, _ in pairs:
        if key.id != "scalar" or not key.value:
            raise ConfigError(f"{_line(path, key)}: {what}")
    return pairs


def _known(path: Path, key: Any, wanted: str) -> bool:  # noqa: ANN401
    if key.value != wanted:
        raise ConfigError(f"{_line(path, key)}: nobody knows the key {key.value!r}; use {wanted!r}")
    return True


def _pattern(path: Path, show: str, node: Any) -> ShowPattern:  # noqa: ANN401
    where = _line(path, node)
    if node.id != "scalar" or not node.value:
        raise ConfigError(f"{where}: a pattern is text, in single quotes at best")
    try:
        with warnings.catch_warnings():
            # Python wants to know whether [[ is meant as it says: it is.
            warnings.simplefilter("ignore", FutureWarning)
            pattern = re.compile(node.value, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ConfigError(f"{where}: {node.value!r} is no pattern ({error})") from error
    unknown = set(pattern.groupindex) - GROUPS
    if unknown:
        raise ConfigError(
            f"{where}: nobody knows the group {sorted(unknown)[0]!r}; groups are called"
            f" {', '.join(sorted(GROUPS))}"
        )
    one = ShowPattern(show, pattern)
    try:
        for name in _probes():
            with in_time():
                read_name(name, (one,))
    except TimeoutError as error:
        raise ConfigError(
            f"{where}: {node.value!r} takes too long to read a name; a repeat inside a repeat, such"
            " as (a+)+, does that: take one of them away"
        ) from error
    return one


def _probes() -> Iterator[str]:
    """Yield names that make a pattern go back and forth where it can."""
    for piece in (
        "a",
        "A",
        "1",
        "0",
        "_",
        "-",
        ".",
        " ",
        "a1",
        "a_",
        "_1",
        "sc1_",
        "INV_305_sc045_",
    ):
        for end in ("", "!"):
            yield (piece * LONGEST_NAME)[: LONGEST_NAME - 1] + end


def _line(path: Path, node: Any) -> str:  # noqa: ANN401
    return f"{path}, line {node.start_mark.line + 1}"


@contextlib.contextmanager
def in_time() -> Iterator[None]:
    """Raise `TimeoutError` in what takes too long: the matching of a pattern hears signals.

    Only the main thread can; another one has no limit.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def late(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
