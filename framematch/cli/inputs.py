"""The files that a command is given, with a word about those that were left out."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.cli.render import counted, note
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.ingest import FoundFile
    from framematch.media import NumberedSequence

#: Skipped files named one by one; beyond it only their number is said.
_NAMED_AT_MOST = 10


def find(paths: Sequence[Path], *, apart_from: Path | None = None) -> "tuple[FoundFile, ...]":
    """Return the files that `paths` mean, after saying on stderr what is left out and why.

    Raises
    ------
    ConfigError
        No file is meant.
    """
    from framematch.ingest import walk

    found = walk(paths, apart_from=apart_from)
    if len(found.skipped) <= _NAMED_AT_MOST:
        for skip in found.skipped:
            note(f"skipped {skip.path}: {skip.reason}")
    else:
        for reason, number in sorted(Counter(skip.reason for skip in found.skipped).items()):
            note(f"skipped {counted(number, 'path')}: {reason}")
    if not found.files:
        given = ", ".join(str(path) for path in paths)
        raise ConfigError(f"{given}: no files to look at; give files or a folder that holds some")
    return found.files


def find_files(paths: Sequence[Path], *, apart_from: Path | None = None) -> list[Path]:
    """Return what `find` does, the paths alone."""
    return [found.path for found in find(paths, apart_from=apart_from)]


def find_queries(
    paths: Sequence[Path], *, apart_from: Path | None = None, sequences: bool
) -> "Sequence[Path | NumberedSequence]":
    """Return the files that `paths` mean, numbered pictures of one shot together if wanted.

    Where they are not, but look as if they were meant to be, that is said on stderr.
    """
    from framematch.media import group_sequences

    files = find_files(paths, apart_from=apart_from)
    grouped = group_sequences(files)
    if sequences:
        return grouped
    found = [query for query in grouped if not isinstance(query, Path)]
    if not found:
        return files
    note(
        f"{counted(sum(len(one.paths) for one in found), 'file')} are numbered like the frames of"
        f" a shot, such as {found[0].name}; --sequences answers each shot as one clip"
    )
    return files
