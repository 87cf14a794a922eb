"""A small index of drawn files, and a desk that attributes by it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from drawings import drawing, resized
from fastapi.testclient import TestClient
from PIL import Image
from scenes import SIZE, write_image, write_video

from framematch.ingest import IngestItem, add
from framematch.matcher import Matcher
from framematch.records import EpisodeId
from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.settings import DeskLimits, Door

DOOR = Door(8765, "a-token-for-tests-only")
#: Scenes of the film, two seconds each, and of the still.
FILM, STILL, PLAYED = (1, 2, 3), 9, (5, 6)


@dataclass(frozen=True)
class Known:
    """An index, and the files that it was made of."""

    index: Path
    film: Path
    played: Path
    still: Path
    layered: Path
    unknown: Path


def make_known(root: Path) -> Known:
    """Index two films, of which browsers play one, and two stills, of which they show one."""
    film = write_video(root / "alpha.mp4", [resized(drawing(n), *SIZE) for n in FILM])
    still = write_image(root / "beta.png", drawing(STILL))
    layered = root / "gamma.tiff"
    Image.fromarray(drawing(STILL + 1)).save(layered)
    scenes = [resized(drawing(n), *SIZE) for n in PLAYED]
    played = write_video(root / "delta.webm", scenes, codec="libvpx")
    items = [
        IngestItem(film, "Alpha", EpisodeId(1, 1), "episode"),
        IngestItem(played, "Delta", EpisodeId(2, 3), "episode"),
        IngestItem(still, "Beta", None, "still"),
        IngestItem(layered, "Gamma", None, "still"),
    ]
    report = add(root / "index", items)
    assert report.failures == ()
    unknown = write_image(root / "unknown.png", drawing(FILM[1], "lines"))
    return Known(root / "index", film, played, still, layered, unknown)


@contextmanager
def desk_of(known: Known, limits: DeskLimits | None = None) -> Iterator[TestClient]:
    """Open a desk over an index, without a case, and close it."""
    with Desk(Matcher.open(known.index), None, None, "Kim") as desk:
        app = create_app(desk, DOOR, limits)
        with TestClient(
            app,
            base_url=f"http://127.0.0.1:{DOOR.port}",
            headers={"Authorization": f"Bearer {DOOR.token}"},
            raise_server_exceptions=False,
        ) as client:
            yield client
