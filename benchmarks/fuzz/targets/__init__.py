"""One small target for each parser of our own."""

from benchmarks.fuzz.targets import cases, index, media, names, texts
from benchmarks.fuzz.targets.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (index, texts, names, media, cases)
    for target in module.TARGETS
}

__all__ = ["TARGETS", "Target"]
