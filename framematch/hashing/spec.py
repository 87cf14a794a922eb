"""The hash specifications that this release writes and reads.

They begin at pixels. With which decoders their reference codes were made from files is in
`framematch.hashing.decoders`: others are no other specification, but may cost a few bits.
"""

from framematch.hashing.appearance import SPEC as APPEARANCE
from framematch.hashing.structure import SPEC as STRUCTURE
from framematch.records import CodeName, HashSpec

SPECS: dict[CodeName, HashSpec] = {"appearance": APPEARANCE, "structure": STRUCTURE}
