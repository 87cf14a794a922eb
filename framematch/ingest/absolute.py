"""Paths that can be held against each other: absolute, without ``..``, links not followed."""

import os
from pathlib import Path


def absolute(path: Path | str) -> Path:
    """Return a path from the root on; a link stays what it is, as in what a person wrote."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - resolve() follows links
