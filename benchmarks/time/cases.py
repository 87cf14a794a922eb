"""The clips that are asked for: rates, speeds, lengths, cuts, montages, drawings, strangers."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.time.clips import Clip, Piece
from benchmarks.time.library import OTHER_ENCODE, Library, penny_clips

# The film's story ends here and its credits begin, in seconds.
_CREDITS_S = 490.0
_DRAWN = ("xdog", "thin-edges", "rough", "white-on-black", "erased-40", "pencil", "threshold")


def clips(library: Library) -> list[Clip]:
    """Return every clip; the same ones on every run."""
    film = library.media / OTHER_ENCODE
    made = [*_rates(film), *_speeds(film), *_lengths(film), *_cut(film), *_montages(film)]
    made += [*_drawings(film), *_series(library.media), *_studio(library), *_sequences(library)]
    return made + _strangers(library.media)


def _starts(n: int, length_s: float, seed: int) -> list[float]:
    """Return odd places in the film, spread over its story."""
    rng = np.random.default_rng(seed)
    step_s = (_CREDITS_S - 12.0 - length_s) / n
    return [float(12.0 + step_s * (k + rng.uniform())) for k in range(n)]


def _rates(film: Path) -> list[Clip]:
    rates = (12, 15, 25, 30, 60)
    return [
        Clip(f"rate-{fps}", "rate", (Piece(film, start_s, 9.0),), fps=fps)
        for fps, start_s in zip(rates, _starts(len(rates), 9.0, 1), strict=True)
    ]


def _speeds(film: Path) -> list[Clip]:
    kinds = [(1.04, 12.0), (1.04, 40.0), (0.95, 12.0), (0.95, 40.0), (1 / 1.05, 60.0), (1.05, 60.0)]
    starts = _starts(len(kinds), 60.0, 2)
    return [
        Clip(f"speed-{rate:.2f}-{length_s:.0f}s", "speed", (Piece(film, start_s, length_s, rate),))
        for (rate, length_s), start_s in zip(kinds, starts, strict=True)
    ]


def _lengths(film: Path) -> list[Clip]:
    made = []
    for seed, (length_s, n) in enumerate([(3.0, 5), (5.0, 2), (20.0, 2), (60.0, 1)]):
        for number, start_s in enumerate(_starts(n, length_s, 10 + seed)):
            piece = Piece(film, start_s, length_s)
            made.append(
                Clip(f"plain-{length_s:.0f}s-{number}", f"plain {length_s:.0f} s", (piece,))
            )
    backwards = [
        Clip(f"reversed-{n}", "reversed", (Piece(film, start_s, 8.0, -1.0),))
        for n, start_s in enumerate(_starts(3, 8.0, 3))
    ]
    poor = [
        Clip(f"poor-{n}", "low quality", (Piece(film, start_s, 8.0),), fps=10, height=72, crf=42)
        for n, start_s in enumerate(_starts(3, 8.0, 4))
    ]
    return made + backwards + poor


def _cut(film: Path) -> list[Clip]:
    """Return clips out of which stretches are missing."""
    made = []
    for number, start_s in enumerate(_starts(3, 50.0, 5)):
        rng = np.random.default_rng(number)
        pieces, at_s = [], start_s
        for _ in range(4):
            length_s = float(rng.uniform(3.0, 7.0))
            pieces.append(Piece(film, at_s, length_s))
            at_s += length_s + float(rng.uniform(2.0, 8.0))
        made.append(Clip(f"cut-{number}", "cut", tuple(pieces)))
    return made


def _montages(film: Path) -> list[Clip]:
    made = []
    for number, (n, length_s) in enumerate([(3, 4.0), (3, 5.0), (8, 2.5), (5, 4.0)]):
        rng = np.random.default_rng(60 + number)
        starts = rng.permutation(_starts(n, length_s, 6 + number))
        pieces = tuple(Piece(film, float(start_s), length_s) for start_s in starts)
        made.append(Clip(f"montage-{number}", "montage", pieces))
    drawn = tuple(Piece(film, start_s, 5.0) for start_s in _starts(3, 5.0, 66))
    return [*made, Clip("montage-drawn", "montage", drawn, operator="xdog")]


def _drawings(film: Path) -> list[Clip]:
    made = [
        Clip(f"drawn-{name}", "line art", (Piece(film, start_s, 8.0),), fps=12, operator=name)
        for name, start_s in zip(_DRAWN, _starts(len(_DRAWN), 8.0, 7), strict=True)
    ]
    short = [
        Clip(f"drawn-3s-{n}", "line art 3 s", (Piece(film, start_s, 3.0),), 12, operator="dog-wide")
        for n, start_s in enumerate(_starts(4, 3.0, 8))
    ]
    slow = Piece(film, 204.3, 20.0, 1.04)
    return [*made, *short, Clip("drawn-pal", "line art", (slow,), fps=12, operator="xdog")]


def _series(media: Path) -> list[Clip]:
    """Return trimmed clips of the series whose episodes share their backgrounds."""
    made = []
    for number, path in enumerate(penny_clips(media)):
        drawn = number % 2 == 1
        group, operator = ("series, line art", "xdog") if drawn else ("series", "")
        piece = Piece(path, 1.3 + 0.17 * number, 4.0)
        made.append(Clip(f"series-{number}", group, (piece,), fps=15, operator=operator))
    return made


def _studio(library: Library) -> list[Clip]:
    """Return clips of drawn episodes: openings that all share, own shots, several episodes."""
    made, sources = [], list(library.drawn)
    for number, path in enumerate(sources):
        middle = Piece(path, 14.3 + number, 5.0)
        operator = "" if number % 2 else "thin-edges"
        made.append(Clip(f"studio-{number}", "studio", (middle,), operator=operator))
    made += [
        Clip(f"opening-{n}", "shared opening", (Piece(sources[n], 0.2, 5.0),), operator=operator)
        for n, operator in ((0, ""), (4, "xdog"))
    ]
    several = tuple(Piece(path, 20.1, 4.0) for path in sources[:2])
    return [*made, Clip("studio-montage", "montage", several)]


def _sequences(library: Library) -> list[Clip]:
    """Return line art as numbered files, on ones and on twos."""
    film = library.media / OTHER_ENCODE
    starts = _starts(3, 4.0, 9)
    made = [
        Clip(f"sequence-{n}", "sequence", (Piece(film, start_s, 3.0),), operator=name, sequence=ons)
        for n, (start_s, name, ons) in enumerate(
            zip(starts, ("xdog", "rough", "pencil"), (2, 1, 4), strict=True)
        )
    ]
    drawn = Piece(next(iter(library.drawn)), 18.0, 4.0)
    return [*made, Clip("sequence-studio", "sequence", (drawn,), operator="thin-edges", sequence=2)]


def _strangers(media: Path) -> list[Clip]:
    """Return clips of nothing that is indexed."""
    sources: Sequence[tuple[Path, float]] = [
        (media / "sintel-trailer" / "sintel_trailer_480x204_3.2MB.mp4", 15.0),
        (media / "sintel-trailer" / "sintel_film-clip_848x480_26s.mp4", 20.0),
        (media / "steamboat-willie" / "steamboat_clip.mp4", 20.0),
        (media / "vpdq" / "chair-orig-22-sd-bar.mp4", 8.0),
        (media / "synfig-shorts" / "ecmg_24.mp4", 5.0),
        (media / "synfig-shorts" / "glyphs_2x_crf13k.mp4", 4.0),
    ]
    made = []
    for number, (path, length_s) in enumerate(sources):
        piece = Piece(path, 1.3, length_s)
        made.append(Clip(f"stranger-{number}", "stranger", (piece,)))
        made.append(
            Clip(f"stranger-drawn-{number}", "stranger, line art", (piece,), 12, operator="xdog")
        )
    return made
