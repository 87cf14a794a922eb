"""What moved between the run before and this one. Pure functions on entries and places."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from framematch.case_records import Change, Entry
from framematch.triage.journal import Place
from framematch.triage.paths import INSIDE


def out_of_sight(entries: Iterable[Entry], before: Mapping[str, Place]) -> tuple[str, ...]:
    """Return the beginnings of paths of which nobody can say whether they are still there.

    What lay in a folder that cannot be listed now, or in an archive that is what it was and could
    not be unpacked, is not gone.
    """
    hidden = [entry for entry in entries if entry.use in ("unreadable", "refused")]
    folders = [f"{entry.path}/" for entry in hidden if entry.size is None and entry.sha256 is None]
    archives = [
        f"{entry.path}{INSIDE}"
        for entry in hidden
        if entry.sha256 is not None
        and (place := before.get(entry.path)) is not None
        and place.sha256 == entry.sha256
    ]
    return (*folders, *archives)


def changes(
    entries: Sequence[Entry], before: Mapping[str, Place], last_run: int
) -> tuple[Change, ...]:
    """Return what moved, in order of path.

    Parameters
    ----------
    entries : sequence of Entry
        What this run found.
    before : mapping of str to Place
        What earlier runs have found; nothing for a first run.
    last_run : int
        The last run that came to its end, 0 for none.
    """
    if not last_run:
        return ()
    now = {entry.path: entry.sha256 for entry in entries if entry.use != "own"}
    there = {path: place for path, place in before.items() if place.last_run == last_run}
    hidden = out_of_sight(entries, before)
    gone = {
        path: place.sha256
        for path, place in there.items()
        if path not in now and not path.startswith(hidden)
    }
    # Of each content the paths that it has left.
    left: dict[str, list[str]] = defaultdict(list)
    for path, sha256 in sorted(gone.items(), reverse=True):
        if sha256 is not None:
            left[sha256].append(path)
    # What has no digest, such as a link, is neither a copy nor a rename of anything.
    still = {place.sha256 for path, place in there.items() if now.get(path) == place.sha256}
    found: list[Change] = []
    for path, sha256 in sorted(now.items()):
        if path in there:
            then = there[path].sha256
            if then != sha256:
                found.append(Change(path, "changed", sha256, then))
        elif path in before:
            found.append(Change(path, "returned", sha256, before[path].sha256))
        elif sha256 is not None and sha256 not in still and left.get(sha256):
            was = left[sha256].pop()
            del gone[was]
            found.append(Change(path, "renamed", sha256, was))
        else:
            found.append(Change(path, "new", sha256, None))
    found += [Change(path, "gone", None, sha256) for path, sha256 in gone.items()]
    return tuple(sorted(found, key=lambda change: (change.path, change.moved)))
