"""Which numbered pictures of a dump may be the frames of one shot, judged by their names.

`framematch.media.group_sequences` groups whatever is numbered; here it is kept from counting
versions, scenes and shots. Whether such pictures are one shot is then seen by looking at them
(`framematch.triage.shot`). Opens no file.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from framematch.media import NumberedSequence, group_sequences

#: Numbers that say which drawing, not which frame: those after a word for a version, and those
#: glued to a word for a scene, a shot, an episode or a page.
_NO_FRAME = re.compile(
    r"(?:(?<![a-z])(?:v|ver|version|rev|take|tk)[ _.-]?"
    r"|(?<![a-z])(?:sc|scene|sh|shot|sq|seq|s|ep|e|episode|c|cut|p|pg|page|panel|sb|bg|x))(\d{1,9})",
    re.IGNORECASE,
)
#: Where such digits are hidden: characters that no path of a case holds.
_HIDDEN = {ord(str(digit)): 0xF0000 + digit for digit in range(10)}
_SHOWN = {hidden: digit for digit, hidden in _HIDDEN.items()}
#: Drawings of several layers, each of which is looked at by itself.
_DOCUMENTS = frozenset((".clip", ".psb", ".psd"))


@dataclass(frozen=True, slots=True)
class Numbered:
    """Files of one folder that may be the frames of one shot.

    Attributes
    ----------
    name : str
        How they are called together: ``cut/045_[0001-0024].png``.
    paths : tuple of str
        The files, by number.
    numbers : tuple of int
        Their numbers, rising.
    """

    name: str
    paths: tuple[str, ...]
    numbers: tuple[int, ...]

    def key(self, digests: Mapping[str, str]) -> str:
        """Return its identity: the digest of its files' digests, a line each."""
        lines = "".join(f"{digests[path]}\n" for path in self.paths)
        return hashlib.sha256(lines.encode("ascii")).hexdigest()


def numbered(paths: Iterable[str]) -> list[str | Numbered]:
    """Return paths in the order given, what may be a shot in the place of its first file.

    Paths that only look different (``./a.png`` beside ``a.png``) come last, one by one.
    """
    masked: dict[Path, str] = {}
    # An archive may hold both ./a.png and a.png: one place to a file system, two to a case.
    same = [path for path in paths if masked.setdefault(Path(_masked(path)), path) != path]
    found: list[str | Numbered] = []
    for one in group_sequences(masked):
        if isinstance(one, NumberedSequence):
            name = one.name.translate(_SHOWN)
            found.append(Numbered(name, tuple(masked[path] for path in one.paths), one.numbers))
        else:
            found.append(masked[one])
    return found + same


def _masked(path: str) -> str:
    """Hide the digits of a name that are no frame's, so that they cannot be counted."""
    head, separator, name = path.rpartition("/")
    if name.lower().endswith(tuple(_DOCUMENTS)):
        return f"{head}{separator}{name.translate(_HIDDEN)}"
    hidden = _NO_FRAME.sub(lambda found: found[0].translate(_HIDDEN), name)
    return f"{head}{separator}{hidden}"
