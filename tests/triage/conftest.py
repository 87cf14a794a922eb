"""A small index, and runs over it."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from dumps import ALPHA, BETA, Triage, small
from PIL import Image
from scenes import Pixels, write_video

from framematch.hashing.information import MINIMUM
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.records import EpisodeId
from framematch.triage import Report, Wanted, triage


@pytest.fixture(scope="session")
def index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of two shows of one episode each."""
    root = tmp_path_factory.mktemp("known")
    alpha = write_video(root / "alpha.mp4", [small(seed) for seed in ALPHA])
    beta = write_video(root / "beta.mp4", [small(seed) for seed in BETA])
    items = [
        IngestItem(alpha, "Alpha", EpisodeId(3, 5), "episode"),
        IngestItem(beta, "Beta", EpisodeId(1, 1), "episode"),
    ]
    assert not add(root / "index", items).failures
    return root / "index"


@pytest.fixture(scope="session")
def run(index_path: Path) -> Triage:
    """Return a triage by one process that reads no notes: those have tests of their own."""

    def run_(dump: Path, case: Path, **asked: object) -> Report:
        wanted = Wanted(dump, case, **{"processes": 1, "reads_notes": False, **asked})  # type: ignore[arg-type]
        with Index.open(index_path, min_information=MINIMUM) as index:
            return triage(wanted, index)

    return run_


@pytest.fixture
def zipped() -> Callable[..., Path]:
    """Return a writer of archives from names to pictures or bytes."""

    def write(path: Path, held: Mapping[str, Pixels | bytes]) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            for name, what in held.items():
                data = what
                if not isinstance(data, bytes):
                    stream = io.BytesIO()
                    Image.fromarray(data).save(stream, "PNG")
                    data = stream.getvalue()
                archive.writestr(zipfile.ZipInfo(name), data)
        return path

    return write
