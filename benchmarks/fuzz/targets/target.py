"""What a target is: one parser of ours, what it may raise, and what must hold of its answer."""

from __future__ import annotations

import contextlib
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.fuzz.media import Finding


class BrokenError(Exception):
    """A parser gave an answer that cannot be."""


@dataclass(frozen=True, slots=True)
class Target:
    """One parser.

    Attributes
    ----------
    name : str
        How it is called on the command line.
    seeds : callable
        Gives whole input, a few of each sort.
    run : callable
        Parses input, with a folder of its own for files; holds its answer against what must hold.
    allowed : tuple of exception types
        What it may raise: errors of ours, or what its own documentation names.
    tokens : tuple of bytes
        Words of its language.
    is_json : bool
        Whether the input, or each line of it, is JSON.
    """

    name: str
    seeds: Callable[[], tuple[bytes, ...]]
    run: Callable[[bytes, Path], None]
    allowed: tuple[type[BaseException], ...] = ()
    tokens: tuple[bytes, ...] = ()
    is_json: bool = False

    def judge(self, data: bytes, folder: Path) -> Finding | None:
        """Return what is wrong with the parser's dealing with `data`, ``None`` where nothing is."""
        try:
            with contextlib.suppress(*self.allowed):
                self.run(data, folder)
        except BrokenError as error:
            return Finding("nonsense", self.name, str(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            return Finding("raised", f"{self.name} {_place(error)}", repr(error)[:300])
        return None


def hold(condition: object, what: str) -> None:
    """Raise where something that must hold does not."""
    if not condition:
        raise BrokenError(what)


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [each for each in frames if "/framematch/" in each.filename]
    last = (ours or frames)[-1]
    return f"{type(error).__name__} {Path(last.filename).name}:{last.name}"
