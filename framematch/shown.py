"""Text that a terminal shows and does not obey: the one place that decides what is written out.

Names, metadata, layers and the messages of decoders come from files that mean harm. What goes to a
terminal passes `printable`, piece by piece where it is written, and once more as a whole in the
streams of the process (`guard_streams`): tracebacks, warnings of libraries and the words of the
command line's own parser go there as well. This module imports nothing of ours.
"""

import sys
import unicodedata
from typing import Any, TextIO

#: Categories of characters that a terminal obeys or hides instead of showing: control and format
#: characters (escape sequences, reversed writing direction), lone surrogates, line separators.
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

_STREAMS = ("stdout", "stderr")


def printable(text: str) -> str:
    """Return `text` with every character that a terminal would obey written as an escape."""
    if text.isprintable():  # nearly all there is: it must not cost a step for each character
        return text
    return "".join(
        character.encode("unicode_escape", "backslashreplace").decode("ascii")
        if unicodedata.category(character) in _UNSHOWN
        else character
        for character in text
    )


def printable_lines(text: str) -> str:
    """Return the same, line feeds and tabs as they are: they are ours, between names."""
    return "\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n"))


class Guarded:
    """A text stream that writes nothing that a terminal obeys, apart from line feeds and tabs.

    It has no `buffer`, so that nobody writes past it unawares.

    Parameters
    ----------
    stream : TextIO
        Where the text goes.

    Attributes
    ----------
    unguarded : TextIO
        The same, for what is ours to write: colours and a moving bar.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unguarded = stream

    def write(self, text: str) -> int:
        """Write text; as a stream of text does, refuse bytes."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self.unguarded.write(printable_lines(text))
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the stream has
        if name in ("buffer", "detach"):
            raise AttributeError(name)
        return getattr(self.unguarded, name)


def guard_streams() -> None:
    """Have everything that this process writes to stdout and stderr shown, not obeyed.

    A name need not be text, either: it must not stop the answer for all the others.
    """
    for name in _STREAMS:
        stream = getattr(sys, name)
        if stream is None or isinstance(stream, Guarded):
            continue
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
        setattr(sys, name, Guarded(stream))


def unguarded(stream: TextIO) -> TextIO:
    """Return the stream under a guarded one, or the stream itself: for colours and bars of ours."""
    return stream.unguarded if isinstance(stream, Guarded) else stream
