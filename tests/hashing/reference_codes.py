"""Files as decoders get them, and the codes that the decoders of `REFERENCE_DECODERS` made of them.

    python -m tests.hashing.reference_codes     make both anew, in tests/hashing/reference/

To be made anew only where a code is meant to change; CONTRIBUTING.md says what else that takes.
"""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from framematch.hashing import encode
from framematch.media import installed_decoders, open_media

FOLDER = Path(__file__).parent / "reference"
FILES = ("picture.png", "picture.jpg", "clip.mp4")


def drawn(shift: int = 0) -> npt.NDArray[np.uint8]:
    """Return a drawn scene, uint8 (180, 320, 3): a sky, hills, a house, a sun that moves."""
    picture = Image.new("RGB", (320, 180), (120, 180, 220))
    pen = ImageDraw.Draw(picture)
    pen.ellipse((40 + shift, 20, 80 + shift, 60), fill=(250, 220, 90), outline=(60, 40, 20))
    pen.polygon(
        [(0, 180), (0, 110), (90, 70), (200, 140), (320, 90), (320, 180)], fill=(60, 130, 70)
    )
    pen.rectangle((180, 80, 260, 150), fill=(200, 90, 70), outline=(40, 20, 20), width=2)
    pen.polygon([(170, 82), (220, 45), (270, 82)], fill=(110, 50, 40), outline=(40, 20, 20))
    pen.rectangle((210, 115, 230, 150), fill=(70, 50, 40))
    for step in range(12):
        pen.line((8 * step, 178, 8 * step + 5, 160), fill=(20, 60, 30), width=2)
    return np.asarray(picture)


def codes(path: Path) -> dict[str, list[str]]:
    """Return the codes of a file's frames in hexadecimal, by name."""
    with open_media(path) as media:
        pixels = np.stack([frame.pixels for frame in media.frames()])
    made = encode(pixels)
    return {
        "appearance": [code.tobytes().hex() for code in made.appearance],
        "structure": [code.tobytes().hex() for code in made.structure],
    }


def _make() -> None:
    import av

    FOLDER.mkdir(exist_ok=True)
    Image.fromarray(drawn()).save(FOLDER / "picture.png")
    Image.fromarray(drawn()).save(FOLDER / "picture.jpg", quality=80)
    with av.open(str(FOLDER / "clip.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=2, options={"crf": "24", "bf": "2"})
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number in range(6):
            frame = av.VideoFrame.from_ndarray(drawn(20 * number), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    made = {name: codes(FOLDER / name) for name in FILES}
    text = json.dumps({"decoders": installed_decoders(), "codes": made}, indent=1)
    (FOLDER / "codes.json").write_text(text + "\n")


if __name__ == "__main__":
    _make()
