"""The clips that speed is measured on: a film as it is, and 1080p encodes of it, made in scratch.

Enlarged and sharpened, since the film is there at 360p only: detail costs bits, as at 1080p.
"""

import subprocess
from pathlib import Path

FILM = "big-buck-bunny/bbb_360p_full.mp4"

_LARGE = "scale=1920:1080:flags=lanczos,unsharp=5:5:0.8"
_X264 = ("-an", "-c:v", "libx264", "-threads", "2", "-bf", "3", "-pix_fmt", "yuv420p")
# Name, first second, picture filter, encoder.
_MADE = (
    ("1080p-low", 120, _LARGE, ("-preset", "fast", "-crf", "26")),
    (
        "1080p-high",
        300,
        f"{_LARGE},noise=alls=8:allf=t",
        ("-preset", "veryfast", "-b:v", "18M", "-maxrate", "24M", "-bufsize", "36M"),
    ),
)
_LENGTH_S = 60


def clips(media: Path, scratch: Path) -> dict[str, Path]:
    """Return the clips by name; those that are not in `scratch` yet are made."""
    film = media / FILM
    found = {"film 360p": film}
    for name, start_s, picture, encoder in _MADE:
        path = scratch / f"{name}.mp4"
        if not path.exists():
            part = scratch / f"{name}.part.mp4"
            command = ["ffmpeg", "-v", "error", "-y", "-ss", str(start_s), "-t", str(_LENGTH_S)]
            command += ["-i", str(film), "-vf", picture, *_X264, *encoder, str(part)]
            subprocess.run(command, check=True)
            part.rename(path)
        found[name] = path
    return found
