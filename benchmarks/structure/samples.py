"""Pairs of what a library holds and what is asked: frames, and edits and drawings of frames.

Everything is kept as the 256 by 144 luma that structure codes are made of. Titles are split: what
is fitted sees `FIT` only, what is reported is measured on `TEST`. Knows nothing of codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from framematch.calibration.operators.pixels import Pixels
from framematch.demo.settings import Drawing
from framematch.hashing import structure
from framematch.hashing.panels import WHOLE
from framematch.hashing.preprocess import luma, shrink
from framematch.hashing.strokes import strokes
from framematch.hashing.views import View, cut, query_views
from framematch.matching.query import Picture, code_given

#: Stages that the studio draws itself: the only drawings here that no operator made of a frame.
DRAWN: tuple[Drawing, ...] = (
    "line-art",
    "line-art-background",
    "rough",
    "layout-sheet",
    "flat-colour",
)
#: The name of a frame before any edit.
PLAIN = "frame"


@dataclass(frozen=True, slots=True)
class Split:
    """Which titles, and how many of their frames are asked about.

    Attributes
    ----------
    name : str
        Names its file in a scratch folder.
    films : tuple of (str, int)
        Title of `footage.TITLES`, and its number of questions.
    studios : tuple of int
        Seeds of drawn studios, four shows of two episodes each.
    episode_s : float
        Length of the studios' episodes, in seconds.
    per_episode : int
        Questions per drawn episode.
    view_every : int
        Every so many questions are also asked with all views of a still; 0 for none.
    """

    name: str
    films: tuple[tuple[str, int], ...]
    studios: tuple[int, ...]
    episode_s: float
    per_episode: int
    view_every: int

    def views_of(self, question: int) -> bool:
        """Say whether a question is also asked with all views."""
        return self.view_every > 0 and question % self.view_every == 0


FIT = Split(
    name="fit",
    films=tuple(
        (title, 14)
        for title in (
            "sintel-trailer",
            "sintel-clip",
            "steamboat-willie",
            "turbine",
            "dragon",
            "ecmg",
            "flag",
            "forest",
            "glyphs",
        )
    ),
    studios=(101, 102),
    episode_s=24.0,
    per_episode=7,
    view_every=8,
)
TEST = Split(
    name="test",
    films=(
        ("big-buck-bunny", 40),
        ("penny-and-chip", 24),
        ("chair", 8),
        ("doorknob", 8),
        ("pattern", 8),
    ),
    studios=(301,),
    episode_s=60.0,
    per_episode=5,
    view_every=5,
)


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Pictures and where they are from.

    Attributes
    ----------
    lumas : uint8 (N, 144, 256)
        What structure codes are made of.
    title, file, kind : str (N,)
        Titles are held out together; `kind` is an operator, a stage or `PLAIN`.
    time_s : float64 (N,)
        On the file's timeline.
    question : int64 (N,)
        What was made of one frame has one number within its title; -1 for references.
    drawn : bool (N,)
        Whether the picture is taken for a drawing on paper.
    """

    lumas: npt.NDArray[np.uint8]
    title: npt.NDArray[np.str_]
    file: npt.NDArray[np.str_]
    kind: npt.NDArray[np.str_]
    time_s: npt.NDArray[np.float64]
    question: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, rows: Sequence["Sample"]) -> Self:
        """Return single samples as one."""
        return cls(
            np.stack([row.luma for row in rows]),
            np.array([row.title for row in rows]),
            np.array([row.file for row in rows]),
            np.array([row.kind for row in rows]),
            np.array([row.time_s for row in rows]),
            np.array([row.question for row in rows]),
            np.array([row.drawn for row in rows]),
        )

    @classmethod
    def joined(cls, parts: Sequence["Samples"]) -> Self:
        """Return the rows of several, one after the other."""
        arrays = [
            np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)
        ]
        return cls(*arrays)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.int64]) -> "Samples":
        """Return some of the rows."""
        return Samples(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def __len__(self) -> int:
        return len(self.lumas)

    def cells(self) -> npt.NDArray[np.float32]:
        """Return the pooled strokes of every picture, float32 (N, 8, 9, 16)."""
        parts = [
            structure.pool(
                strokes(self.lumas[start : start + 16].astype(np.float32)),
                structure.ROWS,
                structure.COLUMNS,
            )
            for start in range(0, len(self), 16)
        ]
        return np.concatenate(parts)


@dataclass(frozen=True, slots=True, eq=False)
class Views:
    """What questions look like in all their views.

    Attributes
    ----------
    row : int64 (V,)
        The question's row of its `Samples`, rising.
    apart : float16 (V, 1152)
        What the product projects, unit vectors.
    """

    row: npt.NDArray[np.int64]
    apart: npt.NDArray[np.float16]

    @classmethod
    def of(cls, rows: Sequence["Sample"]) -> Self:
        """Return the views of single samples."""
        return cls(
            np.repeat(np.arange(len(rows)), [len(row.apart) for row in rows]),
            np.concatenate([row.apart for row in rows]),
        )

    @classmethod
    def joined(cls, parts: Sequence["Views"], lengths: Sequence[int]) -> Self:
        """Return the views of several `Samples` of given lengths, joined."""
        starts = np.cumsum([0, *lengths[:-1]])
        return cls(
            np.concatenate([part.row + start for part, start in zip(parts, starts, strict=True)]),
            np.concatenate([part.apart for part in parts]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """One row of `Samples`, and the vectors of its views, float16 (V, 1152)."""

    luma: npt.NDArray[np.uint8]
    title: str
    file: str
    kind: str
    time_s: float
    question: int
    drawn: bool
    apart: npt.NDArray[np.float16]

    @classmethod
    def of(cls, pixels: Pixels, title: str, file: str, time_s: float) -> Self:
        """Return a reference, uint8 (H, W, 3)."""
        small = luma(shrink(pixels[np.newaxis], structure.HEIGHT, structure.WIDTH))[0]
        seen = np.rint(small).astype(np.uint8)
        return cls(seen, title, file, PLAIN, time_s, -1, False, _no_views())

    @classmethod
    def asked(
        cls,
        pixels: Pixels,
        about: tuple[str, str, float, int],
        kind: str,
        *,
        views: bool,
    ) -> Self:
        """Return a question, uint8 (H, W, 3), reduced as `framematch.matching.query` does it.

        Parameters
        ----------
        pixels : uint8 (H, W, 3)
            The edit or drawing.
        about : tuple of str, str, float, int
            Title, file, seconds and question of the frame.
        kind : str
            Operator, stage or `PLAIN`.
        views : bool
            Whether to keep the vectors of all its views.
        """
        title, file, time_s, question = about
        picture = Picture.of(pixels)
        small = cut(picture.grey, View(WHOLE, mirrored=False), structure.HEIGHT, structure.WIDTH)
        seen = np.clip(np.rint(small), 0, 255).astype(np.uint8)
        apart = _no_views()
        if views:
            apart = code_given(picture, query_views(picture.grey)).apart.astype(np.float16)
        return cls(seen, title, file, kind, time_s, question, picture.drawn, apart)


def _no_views() -> npt.NDArray[np.float16]:
    return np.zeros((0, structure.N_FEATURES), dtype=np.float16)
