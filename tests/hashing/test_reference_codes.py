"""Files whose codes are known: what a decoder of another version changes shows here first."""

import json

import numpy as np
import pytest

from framematch.hashing import REFERENCE_DECODERS, SPECS
from framematch.index import differing
from framematch.media import installed_decoders
from framematch.records import CodeName
from tests.hashing.reference_codes import FILES, FOLDER, codes

#: Bits that decoders of other versions may cost. With those of the reference: none.
TOLERANCE: dict[CodeName, int] = {"appearance": 8, "structure": 12}

REFERENCE = json.loads((FOLDER / "codes.json").read_text())


def test_reference_codes_were_made_with_the_decoders_that_the_specification_names() -> None:
    assert REFERENCE_DECODERS.items() <= REFERENCE["decoders"].items()


@pytest.mark.parametrize("name", FILES)
def test_codes_of_a_known_file_are_the_reference_codes(name: str) -> None:
    made, known = codes(FOLDER / name), REFERENCE["codes"][name]
    same = not differing(REFERENCE_DECODERS, installed_decoders())
    for code in SPECS:
        assert len(made[code]) == len(known[code])
        for ours, theirs in zip(made[code], known[code], strict=True):
            apart = bytes.fromhex(ours), bytes.fromhex(theirs)
            bits = [np.unpackbits(np.frombuffer(one, np.uint8)) for one in apart]
            differ = int((bits[0] != bits[1]).sum())
            assert differ <= (0 if same else TOLERANCE[code])


def test_decoders_of_one_picture_agree_within_the_tolerance() -> None:
    # PNG is exact; what JPEG loses at quality 80 is the most that a decoder is allowed to add.
    png, jpeg = REFERENCE["codes"]["picture.png"], REFERENCE["codes"]["picture.jpg"]
    for code, allowed in TOLERANCE.items():
        first, second = (int(one[code][0], 16) for one in (png, jpeg))
        assert (first ^ second).bit_count() <= allowed
