"""References by what a person calls them."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.records import Reference

#: Shortest start of a digest that is taken for one.
_SHA_START = re.compile(r"[0-9a-f]{4,64}")


def find_reference(references: "Iterable[Reference]", which: str) -> "Reference":
    """Return the one reference that `which` names.

    Raises
    ------
    ConfigError
        None or several are named.
    """
    references = tuple(references)
    found = [reference for reference in references if reference.path == which]
    if not found and _SHA_START.fullmatch(which.lower()):
        found = [ref for ref in references if ref.sha256.startswith(which.lower())]
    if not found and Path(which).is_file():
        from framematch.media import sha256_of

        digest = sha256_of(Path(which))
        found = [reference for reference in references if reference.sha256 == digest]
    if not found:
        raise ConfigError(f"{which}: not in the index; framematch index list shows what is")
    if len(found) > 1:
        digests = ", ".join(reference.sha256[:16] for reference in found)
        raise ConfigError(f"{which}: names several references ({digests}); give more digits")
    return found[0]
