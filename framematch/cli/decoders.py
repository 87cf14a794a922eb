"""The processes that read files: begun early, and said where they have fewer walls than can be.

What they are is `framematch.sandbox`.
"""

from collections.abc import Sequence
from pathlib import Path

from framematch.cli.render import note


def begin_decoders(paths: Sequence[Path]) -> None:
    """Have decoders come up while the index is opened, where this process will read the file.

    Several files are shared out to processes that have decoders of their own.
    """
    if len(paths) == 1 and paths[0].is_file():
        from framematch.media import get_ready

        get_ready()


def note_missing_walls() -> None:
    """Say so where files are decoded with fewer walls than there can be.

    Raises
    ------
    ConfigError
        ``FRAMEMATCH_SANDBOX=require`` is set, and something is lacking.
    """
    from framematch.media import confinement

    found = confinement()
    if found is None:
        note(
            "warning: FRAMEMATCH_SANDBOX=off: files are decoded in this process, and a hostile one"
            " can do all that you can"
        )
    elif found.lacks:
        note(
            f"warning: files are decoded with fewer walls, this system lacks"
            f" {'; '.join(found.lacks)}; docs/security.md says what that means"
        )
