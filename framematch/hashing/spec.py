"""The hash specifications that this release writes and reads."""

from framematch.hashing.appearance import SPEC as APPEARANCE
from framematch.hashing.structure import SPEC as STRUCTURE
from framematch.records import CodeName, HashSpec

SPECS: dict[CodeName, HashSpec] = {"appearance": APPEARANCE, "structure": STRUCTURE}
