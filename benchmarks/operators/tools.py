"""Line art by tools of other hands: ffmpeg's edge filters and Pillow's, as people use them.

What the tool gives is not mended: faint, doubled and noisy lines stay. Kept for testing, as
`benchmarks.operators.kept`.
"""

from fractions import Fraction
from functools import partial

import av
import av.filter
import numpy as np
from PIL import Image, ImageChops, ImageFilter, ImageOps

from framematch.calibration.operators.pixels import Operator, Pixels

#: ffmpeg's filter chains; the options are the documentation's or the defaults.
_CHAINS = {
    "ffmpeg-wires": "format=gray,edgedetect=mode=wires:low=0.1:high=0.4",
    "ffmpeg-edges": "format=gray,edgedetect=low=0.08:high=0.2,negate",
    "ffmpeg-sobel": "format=gray,sobel,negate",
    "ffmpeg-prewitt": "format=gray,prewitt,negate",
    "ffmpeg-kirsch": "format=gray,gblur=sigma=1.5,kirsch=scale=0.3,negate",
    "ffmpeg-roberts": "format=gray,roberts=scale=3,negate",
    "ffmpeg-laplacian": "format=gray,gblur=sigma=1,convolution='-1 -1 -1 -1 8 -1 -1 -1 -1',negate",
}


def filtered(pixels: Pixels, chain: str) -> Pixels:
    """Return the picture after a chain of ffmpeg filters, such as ``"sobel,negate"``."""
    graph = av.filter.Graph()
    height, width = pixels.shape[:2]
    source = graph.add_buffer(
        width=width, height=height, format=av.VideoFormat("rgb24"), time_base=Fraction(1, 25)
    )
    last = source
    for step in chain.split(","):
        name, _, options = step.partition("=")
        context = graph.add(name, options.strip("'")) if options else graph.add(name)
        last.link_to(context)
        last = context
    sink = graph.add("buffersink")
    last.link_to(sink)
    graph.configure()
    source.push(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24"))
    found = sink.pull()
    if not isinstance(found, av.VideoFrame):
        raise TypeError(f"{chain}: gives no picture")
    made: Pixels = found.to_ndarray(format="rgb24").astype(np.uint8)
    return made


def _ffmpeg(pixels: Pixels, _: np.random.Generator, chain: str) -> Pixels:
    return filtered(pixels, chain)


def _contour(pixels: Pixels, _: np.random.Generator) -> Pixels:
    grey = Image.fromarray(pixels).convert("L").filter(ImageFilter.SMOOTH_MORE)
    return np.asarray(grey.filter(ImageFilter.CONTOUR).convert("RGB"))


def _find_edges(pixels: Pixels, _: np.random.Generator) -> Pixels:
    edges = Image.fromarray(pixels).convert("L").filter(ImageFilter.FIND_EDGES)
    return np.asarray(ImageOps.invert(edges).convert("RGB"))


def _dodge(pixels: Pixels, _: np.random.Generator) -> Pixels:
    """Return a pencil drawing by the colour dodge of image editors: grey over its blurred self."""
    grey = Image.fromarray(pixels).convert("L")
    radius = 6 * pixels.shape[0] / 360
    base = np.asarray(grey, dtype=np.float32)
    blurred = np.asarray(grey.filter(ImageFilter.GaussianBlur(radius)), dtype=np.float32)
    sketch = np.clip(256 * base / (blurred + 1), 0, 255).astype(np.uint8)
    return np.repeat(sketch[..., None], 3, axis=2)


def _difference(pixels: Pixels, _: np.random.Generator) -> Pixels:
    """Return what a morphological gradient leaves: the brightest minus the darkest neighbour."""
    grey = Image.fromarray(pixels).convert("L")
    edges = ImageChops.difference(
        grey.filter(ImageFilter.MaxFilter(3)), grey.filter(ImageFilter.MinFilter(3))
    )
    return np.asarray(ImageOps.invert(ImageOps.autocontrast(edges, 1)).convert("RGB"))


BY_OTHERS: dict[str, Operator] = {
    **{name: partial(_ffmpeg, chain=chain) for name, chain in _CHAINS.items()},
    "pillow-contour": _contour,
    "pillow-edges": _find_edges,
    "pillow-gradient": _difference,
    "editor-dodge": _dodge,
}
