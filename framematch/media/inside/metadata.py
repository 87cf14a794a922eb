"""What files say of themselves."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import defusedxml.ElementTree
from PIL import ExifTags, TiffTags

from framematch.media.inside import documents as _documents
from framematch.media.inside import films as _films
from framematch.media.metadata import containers as _containers
from framematch.media.metadata.reading import metadata_of
from framematch.media.unnoticed import given
from framematch.sandbox import Call, Operation

_NEEDED = (_containers, _documents, _films, defusedxml.ElementTree, ExifTags, TiffTags)


def metadata(call: Call) -> None:
    """Say what a file says of itself."""
    path = Path(call.told["path"])
    with given(path, call.files[0]):
        call.say({"items": [dataclasses.asdict(item) for item in metadata_of(path)]})


OPERATIONS: dict[str, Operation] = {"metadata": metadata}
