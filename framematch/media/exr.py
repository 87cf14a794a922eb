"""OpenEXR pictures: scene-linear light to sRGB, and the layers beside the picture.

Owns which channels are the picture, how much light is white, and what is left out. Samples are
counted in the header, before anything is decoded.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

# Half or single precision, or whole numbers, as the file has them.
Plane = npt.NDArray[Any]

# Samples of all channels of all parts; they are decoded together, at up to four bytes each.
_MOST_SAMPLES = 400_000_000
# So many pixels are made over at once.
_BAND_PIXELS = 2_000_000
_COLOURS = {"R": "R", "RED": "R", "G": "G", "GREEN": "G", "B": "B", "BLUE": "B"}
_ALPHAS = ("A", "ALPHA")
# Pixels wider or higher than this are damage and not anamorphic.
_WIDEST_PIXEL = 4
# Where a twentieth of the picture is brighter than white, white is moved; and where nearly all of
# it is darker than a fiftieth of white.
_BRIGHT_SHARE, _DARK_SHARE, _DARKEST = 95.0, 99.9, 0.02


@dataclass(frozen=True, slots=True)
class _Layer:
    """Channels of one part that are one picture: what they are called, by colour."""

    part: int
    name: str
    channels: dict[str, str]


class ExrImageFile(ImageFile.ImageFile):
    """The picture of an OpenEXR file, as Pillow's plugins give theirs."""

    format = "EXR"
    format_description = "OpenEXR"

    def _open(self) -> None:
        assert self.fp is not None  # noqa: S101 - Pillow opened it.
        headers = _headers(self.fp)
        layer = next((each for each in _layers(headers) if each.channels), None)
        if layer is None:
            raise SyntaxError("no channel of it is a picture")
        self._size = _display_size(headers[layer.part])
        self._mode = "RGBA" if "A" in layer.channels else "RGB"
        self.tile = [ImageFile._Tile("raw", (0, 0, *self._size), 0, self._mode)]

    def load(self) -> Any:  # noqa: ANN401 - Pillow's own type of it is private.
        """Decode the picture."""
        if self.tile and not isinstance(self.fp, io.BytesIO):
            assert self.fp is not None  # noqa: S101 - as above.
            _, picture, error = next(layers_of(self.fp, only_first=True))
            if picture is None:
                raise OSError(error)
            self.fp = io.BytesIO(picture.convert(self.mode).tobytes())
        return super().load()


def count_layers(stream: IO[bytes]) -> int:
    """Return how many pictures the file holds, by its header."""
    return sum(1 for layer in _layers(_headers(stream)) if layer.channels)


def layers_of(
    stream: IO[bytes], *, only_first: bool = False
) -> Iterator[tuple[str, Image.Image | None, str | None]]:
    """Yield name, picture (RGB or RGBA, sRGB) and reason of each layer, the picture proper first.

    Raises
    ------
    OSError, RuntimeError, ValueError
        It cannot be decoded.
    """
    import OpenEXR

    layers = _layers(_headers(stream))
    layers.sort(key=lambda layer: not layer.channels)
    stream.seek(0)
    parts = OpenEXR.File(stream, separate_channels=True, num_threads=0).parts
    for layer in layers[:1] if only_first else layers:
        if not layer.channels:
            yield layer.name, None, "its channels are no picture (depth, numbers or directions)"
            continue
        part = parts[layer.part]
        planes = {
            colour: np.asarray(part.channels[name].pixels)
            for colour, name in layer.channels.items()
        }
        yield layer.name, _picture(planes, part.header), None


def _headers(stream: IO[bytes]) -> list[dict[str, Any]]:
    """Return the header of each part.

    Raises
    ------
    Image.DecompressionBombError
        There is more in it than is decoded.
    SyntaxError
        It holds samples in depth.
    """
    import OpenEXR

    stream.seek(0)
    parts = OpenEXR.File(stream, header_only=True, num_threads=0).parts
    headers = [dict(part.header) for part in parts]
    n_samples = 0
    for part, header in zip(parts, headers, strict=True):
        if part.type() not in (OpenEXR.scanlineimage, OpenEXR.tiledimage):
            raise SyntaxError("samples in depth (a deep picture) are not read")
        width, height = _size(header["dataWindow"])
        n_samples += width * height * len(header["channels"])
        display = _size(header["displayWindow"])
        if max(n_samples, display[0] * display[1]) > _MOST_SAMPLES:
            raise Image.DecompressionBombError(f"more than {_MOST_SAMPLES} samples in its channels")
    return headers


def _layers(headers: list[dict[str, Any]]) -> list[_Layer]:
    """Return the layers of all parts in their order; those that are no picture have no channels."""
    found = []
    for number, header in enumerate(headers):
        groups: dict[str, list[Any]] = {}
        for channel in header["channels"]:
            prefix, _, _ = channel.name.rpartition(".")
            groups.setdefault(prefix, []).append(channel)
        part = str(header.get("name") or "")
        for prefix in sorted(groups):
            name = "/".join(each for each in (part, prefix) if each)
            found.append(_Layer(number, name or "main", _chosen(groups[prefix])))
    return found


def _chosen(channels: list[Any]) -> dict[str, str]:
    """Return which channel is which colour; nothing where they are no picture."""
    names = {
        channel.name.rpartition(".")[2].upper(): channel.name
        for channel in channels
        if (channel.xSampling, channel.ySampling) == (1, 1)
    }
    chosen = {colour: names[name] for name, colour in _COLOURS.items() if name in names}
    if not chosen and "Y" in names and "X" not in names:
        chosen = {"Y": names["Y"]}
    if chosen:
        chosen.update(("A", names[name]) for name in _ALPHAS if name in names)
    return chosen


def _picture(planes: dict[str, Plane], header: dict[str, Any]) -> Image.Image:
    """Return the picture within its display window; where there is no data is no light.

    Made in bands of rows: a few whole copies in floating point would take all the memory there is.
    """
    height, width = next(iter(planes.values())).shape
    exposure = _exposure(planes)
    image = Image.new("RGBA" if "A" in planes else "RGB", (width, height))
    for rows in _bands(height, width):
        light = _light(planes, rows)
        straight: Plane = light
        if "A" in planes:
            alpha = np.nan_to_num(planes["A"][rows].astype(np.float32), nan=0.0)
            alpha = np.clip(alpha, 0.0, 1.0).astype(np.float32)
            # Light is stored as it falls through the transparent parts: weighted by alpha.
            straight = (light / np.maximum(alpha, 1e-4)[..., None]).astype(np.float32)
        values = _encoded(straight * exposure)
        if "A" in planes:
            values = np.dstack([values, np.rint(alpha * 255).astype(np.uint8)])
        image.paste(Image.fromarray(np.ascontiguousarray(values)), (0, rows.start))
    return _placed(image, header)


def _bands(height: int, width: int) -> Iterator[slice]:
    step = max(1, _BAND_PIXELS // max(width, 1))
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _light(planes: dict[str, Plane], rows: slice) -> Plane:
    """Return red, green and blue of some rows, float32 (H, W, 3)."""
    colours = {
        name: plane[rows].astype(np.float32) for name, plane in planes.items() if name != "A"
    }
    if len(colours) == 1:
        light = np.repeat(next(iter(colours.values()))[..., None], 3, axis=2)
    else:
        # A colour that is missing is no light of that colour.
        nothing = np.zeros_like(next(iter(colours.values())))
        light = np.stack([colours.get(colour, nothing) for colour in "RGB"], axis=2)
    return np.nan_to_num(light, nan=0.0, posinf=65504.0, neginf=0.0).astype(np.float32)


def _exposure(planes: dict[str, Plane]) -> np.float32:
    """Return what light is multiplied by so that 1 is white: 1, as pictures are graded, or not."""
    height, width = next(iter(planes.values())).shape
    brightness = np.empty((height, width), np.float32)
    for rows in _bands(height, width):
        brightness[rows] = _light(planes, rows).max(axis=2)
    bright = np.percentile(brightness, _BRIGHT_SHARE, overwrite_input=True)
    if bright > 1:
        return np.float32(1 / bright)
    most = np.percentile(brightness, _DARK_SHARE, overwrite_input=True)
    return np.float32(1 / most) if 0 < most < _DARKEST else np.float32(1)


def _encoded(light: Plane) -> npt.NDArray[np.uint8]:
    """Return linear light as sRGB, IEC 61966-2-1, by a table: the same on every machine."""
    steps = np.linspace(0.0, 1.0, 65536)
    curve = np.where(steps <= 0.0031308, 12.92 * steps, 1.055 * steps ** (1 / 2.4) - 0.055)
    table = np.rint(curve * 255).astype(np.uint8)
    encoded: npt.NDArray[np.uint8] = table[
        np.rint(np.clip(light, 0.0, 1.0) * 65535).astype(np.uint16)
    ]
    return encoded


def _placed(image: Image.Image, header: dict[str, Any]) -> Image.Image:
    """Return the picture as large as its display window, with square pixels."""
    (left, top), _ = _window(header["dataWindow"])
    (shown_left, shown_top), _ = _window(header["displayWindow"])
    size = _size(header["displayWindow"])
    if image.size != size or (left, top) != (shown_left, shown_top):
        whole = Image.new(image.mode, size)
        whole.paste(image, (left - shown_left, top - shown_top))
        image = whole
    square = _display_size(header)
    return image if square == size else image.resize(square, Image.Resampling.HAMMING)


def _display_size(header: dict[str, Any]) -> tuple[int, int]:
    width, height = _size(header["displayWindow"])
    aspect = float(header.get("pixelAspectRatio", 1.0))
    if not 1 / _WIDEST_PIXEL <= aspect <= _WIDEST_PIXEL:
        aspect = 1.0
    return max(1, round(width * aspect)), height


def _size(window: Any) -> tuple[int, int]:  # noqa: ANN401 - two arrays of numpy.
    (left, top), (right, bottom) = _window(window)
    if right < left or bottom < top:
        raise SyntaxError("its window is empty")
    return right - left + 1, bottom - top + 1


def _window(window: Any) -> tuple[tuple[int, int], tuple[int, int]]:  # noqa: ANN401 - as above.
    (left, top), (right, bottom) = window
    return (int(left), int(top)), (int(right), int(bottom))
