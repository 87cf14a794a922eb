"""Archives that unfold in one another are one bomb, and cost no picture beside them."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from dumps import Triage, small

from framematch.config import ArchiveLimits
from framematch.triage import looking as looking_module


def _bomb(depth: int, mark: int = 0) -> bytes:
    """Return archives in archives, no two of them equal, each larger than what it came from."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            content = _bomb(depth - 1, 3 * mark + number) if depth else bytes(40_000)
            name = f"{number}.zip" if depth else f"{number}.bin"
            archive.writestr(zipfile.ZipInfo(name), content + str(mark).encode() * (not depth))
    return out.getvalue()


def test_triage_nested_bomb_is_refused_and_the_picture_behind_it_is_looked_at(
    run: Triage,
    zipped: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = ArchiveLimits(ratio_from_bytes=300_000, max_ratio=1)
    given = looking_module.Looking.__init__

    def limited(self: looking_module.Looking, *args: object, **asked: object) -> None:
        given(self, *args, **{**asked, "archives": limits})  # type: ignore[arg-type]

    monkeypatch.setattr(looking_module.Looking, "__init__", limited)
    (tmp_path / "dump").mkdir()
    zipped(tmp_path / "dump" / "a.zip", {"b/bomb.zip": _bomb(3), "z.png": small(1)})
    report = run(tmp_path / "dump", tmp_path / "case")
    uses = {entry.path: entry.use for entry in report.case.entries}
    refused = [entry for entry in report.case.entries if entry.use == "refused"]
    assert uses["a.zip!/z.png"] == "media"
    assert refused
    assert "as bombs do" in (refused[0].reason or "")
    n_unpacked = sum(entry.size or 0 for entry in report.case.entries if entry.path.endswith("bin"))
    assert n_unpacked < 600_000 < 27 * 3 * 40_000
