"""The calibration file on disk: written whole or not at all, and never over something else."""

import json
import os
from pathlib import Path

from framematch.durable import write_durably
from framematch.errors import ConfigError
from framematch.matching.confidence import Model


def check_place(path: Path) -> None:
    """Refuse a place where no calibration file can go, before any work is done.

    Raises
    ------
    ConfigError
        There is something else, no folder, or no permission.
    """
    if not path.parent.is_dir():
        raise ConfigError(f"{path}: no such folder; create {path.parent} first")
    if path.exists() and not _is_calibration(path):
        raise ConfigError(f"{path}: is no calibration file and stays; give another --out")
    if not os.access(path.parent, os.W_OK):
        raise ConfigError(f"{path}: {path.parent} cannot be written to; give another --out")


def write_calibration(path: Path, model: Model) -> None:
    """Write a model as a calibration file, in place of an older one if there is one.

    Raises
    ------
    ConfigError
        The model would not be read again.
    OSError
        The file could not be written; what was there stays.
    """
    content = model.to_dict()
    Model.from_dict(content)
    write_durably(path, [(json.dumps(content, indent=2) + "\n").encode("utf-8")])


def _is_calibration(path: Path) -> bool:
    """Return whether a file is one of any release: of other evidence too, for it is outdated."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(content, dict) and {"evidence", "weights", "provenance"} <= set(content)
