"""References over HTTP: what is played, what is shown instead, and what is never served."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from drawings import drawing, resized
from fastapi.testclient import TestClient
from known import FILM, Known, desk_of
from PIL import Image
from scenes import SIZE

from framematch.media import sha256_of


@pytest.fixture(scope="module")
def client(known: Known) -> Iterator[TestClient]:
    with desk_of(known) as opened:
        yield opened


def at(path: Path, what: str = "") -> str:
    return f"/api/v1/references/{sha256_of(path)}{what}"


@pytest.fixture
def address(known: Known) -> str:
    return at(known.film)


def picture(content: bytes) -> Any:  # noqa: ANN401
    with Image.open(io.BytesIO(content)) as opened:
        return np.asarray(opened.convert("RGB").resize(SIZE), dtype=np.float64)


def is_scene(content: bytes, seed: int) -> bool:
    """Tell whether a picture shows a scene of the film, rather than another one."""
    seen = picture(content)
    apart = [np.abs(seen - resized(drawing(one), *SIZE)).mean() for one in FILM]
    return FILM[int(np.argmin(apart))] == seed and min(apart) < 12


def test_reference_at_hand_says_what_it_is(client: TestClient, address: str, known: Known) -> None:
    said = client.get(address).json()

    assert (said["show"], said["episode"], said["media"]) == ("Alpha", "S01E01", "video")
    assert (said["reachable"], said["why_not"], said["media_type"]) == (True, None, "video/mp4")
    assert (said["plays"], said["fps"], said["path"]) == (True, 8.0, str(known.film))


@pytest.mark.parametrize("change", ["gone", "other content", "a link to another file", "a pipe"])
def test_reference_that_is_not_the_indexed_file_is_not_served(
    client: TestClient, known: Known, change: str, tmp_path: Path
) -> None:
    film, kept = known.film, known.film.with_suffix(".kept")
    assert client.get(at(film, "/media")).status_code == 200  # its digest is remembered now
    address = at(film)
    film.rename(kept)
    try:
        if change == "other content":  # of the same size and time
            changed = bytearray(kept.read_bytes())
            changed[-1] ^= 1
            film.write_bytes(changed)
            os.utime(film, ns=(kept.stat().st_atime_ns, kept.stat().st_mtime_ns))
        elif change == "a link to another file":
            film.symlink_to(known.still)
        elif change == "a pipe":
            os.mkfifo(film)

        said, media = client.get(address).json(), client.get(f"{address}/media")
        frame = client.get(f"{address}/frame", params={"at": 3})
    finally:
        film.unlink(missing_ok=True)
        kept.rename(film)

    assert (said["reachable"], said["media_type"]) == (False, None)
    assert str(film) in said["why_not"]
    assert (media.status_code, media.json()["error"]["code"]) == (404, "out-of-reach")
    assert frame.headers["X-FrameMatch-Source"] == "index"
    assert is_scene(frame.content, FILM[1])


@pytest.mark.parametrize(
    ("asked", "first", "last"), [("bytes=0-3", 0, 3), ("bytes=5-", 5, None), ("bytes=-7", -7, None)]
)
def test_media_range_is_those_bytes(
    client: TestClient, known: Known, address: str, asked: str, first: int, last: int | None
) -> None:
    whole = known.film.read_bytes()

    answer = client.get(f"{address}/media", headers={"Range": asked})

    wanted = whole[first:] if last is None else whole[first : last + 1]
    start = len(whole) - 7 if first < 0 else first
    assert (answer.status_code, answer.content) == (206, wanted)
    said = f"bytes {start}-{start + len(wanted) - 1}/{len(whole)}"
    assert answer.headers["Content-Range"] == said


def test_media_without_a_range_is_the_file(client: TestClient, known: Known, address: str) -> None:
    answer, head = client.get(f"{address}/media"), client.head(f"{address}/media")

    assert (answer.status_code, answer.content) == (200, known.film.read_bytes())
    assert (head.status_code, head.content) == (200, b"")
    for one in (answer, head):
        assert one.headers["Content-Length"] == str(known.film.stat().st_size)
        assert one.headers["Content-Type"] == "video/mp4"
        assert one.headers["Accept-Ranges"] == "bytes"
        assert one.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=0-1,4-5", "bytes=-0"])
def test_media_range_that_is_not_served_says_so(
    client: TestClient, known: Known, address: str, asked: str
) -> None:
    answer = client.get(f"{address}/media", headers={"Range": asked})

    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{known.film.stat().st_size}"


@pytest.mark.parametrize("asked", ["bytes=5-3", "frames=1-2", "bytes=a-b", "bytes=-"])
def test_media_range_that_is_none_gives_the_file(
    client: TestClient, address: str, asked: str
) -> None:
    assert client.get(f"{address}/media", headers={"Range": asked}).status_code == 200


def test_media_known_by_its_tag_is_not_sent_again(client: TestClient, address: str) -> None:
    tag = client.head(f"{address}/media").headers["ETag"]

    again = client.get(f"{address}/media", headers={"If-None-Match": tag})
    same = client.get(f"{address}/media", headers={"Range": "bytes=0-0", "If-Range": tag})
    other = client.get(f"{address}/media", headers={"Range": "bytes=0-0", "If-Range": '"old"'})

    assert (again.status_code, same.status_code, other.status_code) == (304, 206, 200)


def test_media_type_is_that_of_the_content(client: TestClient, known: Known) -> None:
    still, layered = client.get(at(known.still, "/media")), client.get(at(known.layered, "/media"))

    assert still.headers["Content-Type"] == "image/png"
    assert (layered.status_code, layered.json()["error"]["code"]) == (415, "not-shown")


@pytest.mark.parametrize(
    ("digest", "status"),
    [("0" * 64, 404), ("x", 422), ("..%2f..%2fetc%2fpasswd", 404), ("%2fetc%2fpasswd", 404)],
)
@pytest.mark.parametrize("what", ["", "/media", "/frame", "/strip", "/thumbnails/0"])
def test_nothing_but_a_reference_is_served(
    client: TestClient, digest: str, status: int, what: str
) -> None:
    answer = client.get(f"/api/v1/references/{digest}{what}")

    assert answer.status_code == status
    assert answer.json()["error"]["status"] == status


@pytest.mark.parametrize(
    ("at_s", "seed", "shown_s"),
    [(0, FILM[0], 0), (2.0, FILM[1], 2), (2.99, FILM[1], 2.875), (5.9, FILM[2], 5.875)],
)
def test_frame_of_a_film_at_hand_is_that_on_screen(
    client: TestClient, address: str, at_s: float, seed: int, shown_s: float
) -> None:
    answer = client.get(f"{address}/frame", params={"at": at_s})

    assert answer.headers["Content-Type"] == "image/webp"
    assert answer.headers["X-FrameMatch-Source"] == "file"
    assert float(answer.headers["X-FrameMatch-Time"]) == pytest.approx(shown_s)
    assert float(answer.headers["X-FrameMatch-Duration"]) == pytest.approx(1 / 8)
    assert is_scene(answer.content, seed)


def test_frame_of_a_picture_is_the_picture(client: TestClient, known: Known) -> None:
    answer = client.get(at(known.layered, "/frame"), params={"at": 0})

    assert answer.headers["X-FrameMatch-Source"] == "file"
    assert np.abs(picture(answer.content) - resized(drawing(10), *SIZE)).mean() < 12


@pytest.mark.parametrize("at_s", ["-1", "nan", "inf", "1e99", "x"])
def test_frame_at_no_time_is_refused(client: TestClient, address: str, at_s: str) -> None:
    assert client.get(f"{address}/frame", params={"at": at_s}).status_code == 422


def test_strip_is_the_frames_around_a_time(client: TestClient, known: Known, address: str) -> None:
    frames = client.get(f"{address}/strip", params={"at": 2.5, "n": 3}).json()["frames"]

    assert len(frames) == 3
    times = [one["timestamp_s"] for one in frames]
    assert times == sorted(times)
    nearest = max(
        (one for one in frames if one["timestamp_s"] <= 2.5), key=lambda one: one["timestamp_s"]
    )
    shown = client.get(nearest["picture"])
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert is_scene(shown.content, FILM[1])
    row = nearest["picture"].rpartition("/")[2]
    assert client.get(at(known.still, f"/thumbnails/{row}")).status_code == 404
