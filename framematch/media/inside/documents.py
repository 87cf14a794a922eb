"""Files that hold several pictures, and pictures of which that has to be found out."""

from __future__ import annotations

import encodings
from pathlib import Path

import numpy.ma
import OpenEXR
import psd_tools.api.typesetting
import pypdfium2

from framematch.config import MediaLimits, PartLimits
from framematch.media import layers as _layers
from framematch.media import pages as _pages
from framematch.media.inside.all_of import import_all
from framematch.media.inside.pictures import media, times_of
from framematch.media.parts import parts_of, sort_of
from framematch.media.unnoticed import given
from framematch.sandbox import Call, Operation

_NEEDED = (_layers, _pages, numpy.ma, OpenEXR, psd_tools.api.typesetting, pypdfium2)


def sort(call: Call) -> None:
    """Say what sort of file it is."""
    path = Path(call.told["path"])
    with given(path, call.files[0]):
        call.say({"sort": sort_of(path)})


def parts(call: Call) -> None:
    """Give the pictures of a file one by one."""
    told = call.told
    path = Path(told["path"])
    with given(path, call.files[0]):
        for part in parts_of(path, PartLimits(**told["parts"]), MediaLimits(**told["limits"])):
            body = {"name": part.name, "role": part.role, "error": part.error}
            if part.frame is None:
                call.say(body)
            else:
                call.say({**body, **times_of(part.frame)}, [part.frame.pixels])


# Names in archives and layers may be in any encoding.
import_all(encodings)
OPERATIONS: dict[str, Operation] = {"media": media, "sort": sort, "parts": parts}
