"""Which references have lost their file, and are not just out of reach.

Owns the caution of it: a disk that is not mounted looks like a library that was deleted, and a
reference that came from another machine never had a file here.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from framematch.ingest.absolute import absolute
from framematch.ingest.presence import is_folder
from framematch.records import Reference

#: Says whether this index read a file of this content under this path.
WasHere = Callable[[Path, str], bool]

_ADVICE = "framematch index remove takes them out"


def missing_below(
    folders: Sequence[Path], references: Iterable[Reference], was_here: WasHere
) -> tuple[list[Reference], list[str]]:
    """Return the references from below `folders` whose files were here and are gone.

    A file counts as out of reach where the folder directly below the given one that it lay in, or
    the nearest folder that is left of its path, is not there or empty but for hidden names: that is
    what remains where a disk is mounted no more.

    Parameters
    ----------
    folders : sequence of Path
        Where a reference may lose its place.
    references : iterable of Reference
        Those of the index.
    was_here : callable
        Says of a path and a digest whether this index read such a file there. What it never read,
        such as what was merged, cannot have gone.

    Returns
    -------
    list of Reference
        Those whose file is gone.
    list of str
        What was left alone, and why.
    """
    gone: list[Reference] = []
    empty: Counter[Path] = Counter()
    unseen: Counter[Path] = Counter()
    roots = [absolute(folder) for folder in folders]
    for reference in references:
        path = absolute(reference.path)
        root = next((root for root in roots if path.is_relative_to(root)), None)
        if root is None or not _is_gone(path):
            continue
        hollow = _hollow(path, root)
        if hollow is not None:
            empty[hollow] += 1
        elif was_here(path, reference.sha256):
            gone.append(reference)
        else:
            unseen[root] += 1
    return gone, [
        *(
            f"{folder}: empty or not there, so the references of {_files(number)} stay; {_ADVICE}"
            for folder, number in sorted(empty.items())
        ),
        *(
            f"{root}: {_files(number)} never read here by this index, as after a merge,"
            f" so the references stay; {_ADVICE}"
            for root, number in sorted(unseen.items())
        ),
    ]


def _files(number: int) -> str:
    return f"{number} missing {'file' if number == 1 else 'files'}"


def _hollow(path: Path, root: Path) -> Path | None:
    """Return the folder that may be one of a disk that is not mounted; ``None`` where none is."""
    below = path.relative_to(root).parts
    top = root / below[0] if len(below) > 1 else root
    left = next((folder for folder in path.parents if is_folder(folder)), root)
    for folder in (root, top, left):
        if not _holds_something(folder):
            return folder
    return None


def _is_gone(path: Path) -> bool:
    """Return whether there certainly is no such file; one that cannot be asked for may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _holds_something(folder: Path) -> bool:
    """Return whether there is more in a folder than markers, such as ``.nomount``."""
    try:
        return any(not entry.name.startswith(".") for entry in folder.iterdir())
    except OSError:
        return False
