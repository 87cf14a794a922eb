"""What a job does at its end for those who search: a large index is compacted.

Owns what a person is told of it. Must not parse options.
"""

from pathlib import Path

from framematch.cli.render import note
from framematch.errors import IndexStoreError


def compact_if_worth_it(index: Path) -> None:
    """Write the derived file of an index that is large and has outgrown the one it has.

    What was published is safe by then and is found without it, so that a failure is told and no
    more.
    """
    from framematch.index import compact

    try:
        done = compact(index, if_worth_it=True)
    except IndexStoreError as error:
        note(f"warning: not compacted: {error}. Later: framematch index compact")
        return
    if done.written:
        note(f"compacted: {index / done.file}, {done.bytes / 1e6:.1f} MB")
