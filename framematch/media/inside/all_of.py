"""Importing of a library together with what it would import only once it is needed."""

import importlib
import pkgutil
from types import ModuleType


def import_all(library: ModuleType) -> None:
    """Import every module of a library that can be imported here."""
    for found in pkgutil.walk_packages(library.__path__, f"{library.__name__}.", lambda _: None):
        if found.name.rpartition(".")[2] != "__main__":
            try:
                importlib.import_module(found.name)
            except ImportError:  # of another system, or of something that is not installed
                continue
