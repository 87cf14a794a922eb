"""A dump of every sort of file over the shows of the small index."""

import os
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from drawings import drawing, resized
from PIL import Image
from scenes import SIZE, Pixels, write_image

from framematch.triage import Report

#: Runs a triage of a dump into a case; more arguments are those of `Wanted`.
Triage = Callable[..., Report]

#: Scenes of Alpha S03E05 and of Beta S01E01.
ALPHA, BETA = (1, 2, 3, 4), (11, 12, 13)
STRANGER = 900


def small(seed: int) -> Pixels:
    """Return a drawn scene at the size of the index's video."""
    return resized(drawing(seed), *SIZE)


def shifted(seed: int, pixels: int) -> Pixels:
    """Return a scene that has moved to the right."""
    return np.roll(small(seed), pixels, axis=1).copy()


def write_dump(dump: Path) -> Path:
    """Write a dump: pictures of two shows, a sequence, an archive, what is broken, what is none."""
    cut = dump / "cut"
    write_image(cut / "AL_305_sc001_v01.png", drawing(1, "lines"))
    write_image(cut / "AL_305_sc001_v02.png", small(1))
    write_image(cut / "AL_305_sc002.jpg", small(2))
    write_image(cut / "stranger.png", drawing(STRANGER))
    for number in range(1, 7):
        write_image(dump / "shot" / f"sc003.{number:04d}.png", shifted(3, number))
    write_image(dump / "beta.png", small(12))
    (dump / "copy of beta.png").write_bytes((dump / "beta.png").read_bytes())
    with zipfile.ZipFile(dump / "old.zip", "w") as archive:
        archive.write(dump / "beta.png", "in/beta.png")
        Image.fromarray(small(13)).save(dump / "tmp.png")
        archive.write(dump / "tmp.png", "in/other.png")
        archive.writestr("in/read me.txt", "nothing")
        (dump / "tmp.png").unlink()
    (dump / "notes.txt").write_text("call me")
    (dump / "empty.png").write_bytes(b"")
    (dump / "broken.png").write_bytes((dump / "beta.png").read_bytes()[:100])
    (dump / ".hidden.png").write_bytes((dump / "beta.png").read_bytes())
    os.symlink("/etc/passwd", dump / "link.png")
    os.mkfifo(dump / "pipe.png")
    with socket.socket(socket.AF_UNIX) as plug:
        here = Path.cwd()
        os.chdir(dump)  # the name of a socket has no room for a long path
        try:
            plug.bind("plug.png")
        finally:
            os.chdir(here)
    Path(os.fsdecode(os.fsencode(dump) + b"/bad\xff\n<b>.png")).write_bytes(
        (dump / "beta.png").read_bytes()
    )
    return dump
