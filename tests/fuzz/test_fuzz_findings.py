"""Every input that was found to break something, once more. A file is TARGET.WHAT.bin, or
media.FORMAT.WHAT.bin for what is opened as a file of that format.
"""

from pathlib import Path

import pytest

from benchmarks.fuzz.media import judge
from benchmarks.fuzz.parsers import judged
from benchmarks.fuzz.targets import TARGETS

FINDINGS = sorted((Path(__file__).parent / "findings").glob("*.bin"))


@pytest.mark.parametrize("path", FINDINGS, ids=lambda path: path.stem)
def test_input_that_broke_something_breaks_nothing_now(path: Path, tmp_path: Path) -> None:
    name, _, _ = path.stem.rpartition(".")
    if name.startswith("media."):
        copy = tmp_path / f"a.{name.removeprefix('media.')}"
        copy.write_bytes(path.read_bytes())
        assert judge(copy).findings == ()
    else:
        assert judged(TARGETS[name], path.read_bytes(), tmp_path) is None
