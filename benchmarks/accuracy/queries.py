"""What a query is, and how frames become queries under operators. Owns no footage."""

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.operators.kept import FINISHED_TEST, LINE_ART_TEST
from benchmarks.operators.tools import BY_OTHERS
from framematch.calibration.operators import FINISHED, LINE_ART, Operator
from framematch.calibration.operators.pixels import Pixels, as_jpeg

_SEED = 31


def _as_it_is(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return pixels


def _posted(pixels: Pixels, rng: np.random.Generator) -> Pixels:
    return as_jpeg(pixels, int(rng.integers(50, 95)))


def _on_grey(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return (pixels * 0.7 + 20).astype(np.uint8)


def _half(pixels: Pixels, _: np.random.Generator) -> Pixels:
    return np.ascontiguousarray(pixels[::2, ::2])


#: What else may be done to a query: nothing, or what happens to any file on its way.
PLAIN: dict[str, Operator] = {
    "plain": _as_it_is,
    "posted": _posted,
    "on-grey": _on_grey,
    "half": _half,
}
#: The registries of each group; those at the end of a list no fit has ever seen.
REGISTRIES: dict[str, tuple[Mapping[str, Operator], ...]] = {
    "C": (FINISHED, FINISHED_TEST),
    "D": (LINE_ART, LINE_ART_TEST),
    "E": (BY_OTHERS,),
}
#: Operators that nothing was fitted on.
KEPT = frozenset([*FINISHED_TEST, *LINE_ART_TEST, *BY_OTHERS])
# What a drawing is, where it is not plain line art.
_STAGES = {"rough": "rough"}
_OPERATORS: dict[str, Operator] = {
    **PLAIN,
    **{name: one[name] for several in REGISTRIES.values() for one in several for name in one},
}


@dataclass(frozen=True, slots=True)
class Instant:
    """A reference file and a time in it, in seconds, that shows what a query shows."""

    file: str
    time_s: float


@dataclass(frozen=True, slots=True)
class Query:
    """One question and its answer.

    Attributes
    ----------
    pixels : uint8 (H, W, 3)
        What is asked for once the operator has run.
    group : str
        Row of the table: A, C, D, E, F-lines, F-flat, S (the studio's stages), F-poses, U.
    operator : str
        What was done to it; a stage or a source where nothing was.
    family : str
        Name under which its figures are gathered.
    title : str
        Where it is from.
    show : str or None
        What is right, ``None`` for the unknown.
    episodes : tuple of str
        The episode that it was taken from, then all others that show it too.
    instants : tuple of Instant
        Where and when references show it; empty where that is not asked.
    stage : str or None
        Its production stage, ``None`` where that is not asked.
    without : str
        Show that is taken out of the index for this query, ``""`` for none.
    seed : int
        Of the operator.
    """

    pixels: Pixels
    group: str
    operator: str
    family: str
    title: str
    show: str | None
    episodes: tuple[str, ...] = ()
    instants: tuple[Instant, ...] = ()
    stage: str | None = None
    without: str = ""
    seed: int = 0

    def picture(self) -> Pixels:
        """Return the picture that is asked for."""
        return _OPERATORS[self.operator](self.pixels, np.random.default_rng(self.seed))


@dataclass(frozen=True, slots=True)
class Amounts:
    """How many queries are made.

    Attributes
    ----------
    per_operator : int
        Queries under each operator of C, D and E.
    bunny, penny, drawn : int
        Frames of the film, of each clip and of each drawn show that they are made of.
    encodes, encoded : int
        Frames of every excerpt by another hand, and of the film's other encode.
    degraded : int
        Frames of each title's poor re-encodes.
    staged : int
        Drawings of each stage per drawn show.
    strange : int
        Frames of each unknown title of ten seconds or more.
    computed : int
        Pictures of each sort of computed stranger.
    """

    per_operator: int = 10
    bunny: int = 30
    penny: int = 2
    drawn: int = 5
    encodes: int = 3
    encoded: int = 24
    degraded: int = 3
    staged: int = 2
    strange: int = 6
    computed: int = 2


#: Of every family this share is asked in a quick run, and of the unknown.
_QUICK, _QUICK_UNKNOWN = 1 / 7, 1 / 4


def generator(*key: object) -> np.random.Generator:
    """Return a generator that depends on its key only."""
    return np.random.default_rng([_SEED, *(zlib.crc32(str(part).encode()) for part in key)])


def stage_of(group: str, operator: str) -> str:
    """Return the production stage of a frame under an operator."""
    return "final" if group == "C" else _STAGES.get(operator, "line-art")


def through(bases: Sequence[Query], per_operator: int) -> Iterator[Query]:
    """Yield frames under every operator of C, D and E, `per_operator` frames for each.

    The frames of an operator do not depend on the other operators.
    """
    for group, registries in REGISTRIES.items():
        for operator in (name for registry in registries for name in registry):
            rng = generator("through", operator)
            for number in rng.permutation(len(bases))[:per_operator].tolist():
                yield replace(
                    bases[number],
                    group=group,
                    operator=operator,
                    family=operator,
                    stage=stage_of(group, operator),
                    seed=int(rng.integers(1 << 31)),
                )


def unknown(
    bases: Iterable[Query], turns: Sequence[str] = ("C", "D", "E"), first: int = 0
) -> Iterator[Query]:
    """Yield every frame of no indexed show once per turn.

    The operators take turns, from number `first` of a fixed rotation on.
    """
    names = {group: [n for one in several for n in one] for group, several in REGISTRIES.items()}
    names["C"] = ["plain", *names["C"]]
    rotation = {group: generator("unknown", group).permutation(names[group]) for group in names}
    for number, base in enumerate(bases, first):
        for group in turns:
            operator = str(rotation[group][number % len(rotation[group])])
            yield replace(
                base,
                group="U",
                operator=operator,
                show=None,
                stage=stage_of(group, operator) if base.stage else None,
                seed=1000 + number,
            )


def spread(length_s: float, count: int, rng: np.random.Generator) -> list[float]:
    """Return `count` times over `length_s` seconds, off the quarter seconds of the references."""
    times = (np.arange(count) + rng.random(count)) * length_s / count
    quarters = np.floor(4 * times) + rng.uniform(0.3, 0.7, count)
    return [float(time_s) for time_s in np.unique(quarters / 4)]


def some(queries: Sequence[Query], limit: int) -> list[Query]:
    """Return `limit` queries spread evenly over all of them."""
    if limit >= len(queries):
        return list(queries)
    return [queries[number * len(queries) // limit] for number in range(limit)]


def quick(queries: Sequence[Query]) -> list[Query]:
    """Return some of every family, one at least."""
    families: dict[tuple[str, str], list[Query]] = {}
    for query in queries:
        families.setdefault((query.group, query.family), []).append(query)
    chosen = []
    for (group, _), own in families.items():
        share = _QUICK_UNKNOWN if group == "U" else _QUICK
        chosen += some(own, max(1, round(share * len(own))))
    return chosen
