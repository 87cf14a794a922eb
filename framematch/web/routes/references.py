"""References: what they are, their files where at hand, and the index's pictures of them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.types import Receive, Scope, Send

from framematch.index import Index
from framematch.media import encode_evidence
from framematch.records import Reference
from framematch.report.inert import visible
from framematch.web.problems import Refusal
from framematch.web.references import (
    FRAME_SIDE,
    OpenedReference,
    OutOfReachError,
    ReferenceFiles,
    rows_around,
    rows_of,
)
from framematch.web.routes.opened import OpenMatcher

router = APIRouter(prefix="/references/{sha256}", tags=["references"])

_RANGE = re.compile(r"bytes=\s*(\d{0,19})-(\d{0,19})\s*")
_KEPT = {"Cache-Control": "private, max-age=3600"}
#: Times of a reference; a day is longer than any.
_At = Query(ge=0, le=86_400, description="Seconds of the reference.")


@dataclass(frozen=True, slots=True)
class Found:
    """A reference of the index, by the digest in the address."""

    index: Index
    position: int
    reference: Reference
    files: ReferenceFiles


class ReferenceSaid(BaseModel):
    """A reference, and whether its file can be shown now."""

    sha256: str
    path: str = Field(description="As it was given when it was indexed.")
    show: str
    episode: str | None
    kind: str
    media: str = Field(description="`image`, `animation` or `video`.")
    duration_s: float
    frames: int = Field(description="Frames that the index holds of it.")
    reachable: bool = Field(description="Whether its file is there, and the indexed one.")
    why_not: str | None = Field(description="Why not, for a person.")
    media_type: str | None = Field(description="What `media` answers; `null` where it refuses.")
    plays: bool = Field(description="Whether a browser may be able to play it.")
    fps: float | None = Field(description="Frames in a second, where the file is at hand.")


class StripFrame(BaseModel):
    """A frame that the index holds."""

    timestamp_s: float
    duration_s: float
    picture: str = Field(description="Address of its picture.")


class Strip(BaseModel):
    """Frames of a reference around a time, in order of time."""

    frames: list[StripFrame]


def _found(
    request: Request,
    matcher: OpenMatcher,
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", description="Digest of its bytes.")],
) -> Found:
    for position, reference in enumerate(matcher.index.references()):
        if reference.sha256 == sha256:
            return Found(matcher.index, position, reference, request.app.state.files)
    raise Refusal(404, "no-reference", "the index has no reference of this digest")


FoundReference = Annotated[Found, Depends(_found)]


@router.get("")
def reference(found: FoundReference) -> ReferenceSaid:
    """Return what a reference is, and whether its file can be shown now."""
    why, kind, plays, fps = None, None, False, None
    try:
        with found.files.opened(found.reference) as opened:
            kind, plays, fps = opened.media_type, opened.plays, opened.fps()
    except OutOfReachError as error:
        why = visible(str(error))
    one = found.reference
    return ReferenceSaid(
        sha256=one.sha256,
        path=visible(one.path),
        show=visible(one.show),
        episode=None if one.episode is None else str(one.episode),
        kind=one.kind,
        media=one.media,
        duration_s=round(one.duration_s, 3),
        frames=len(rows_of(found.index, found.position)),
        reachable=why is None,
        why_not=why,
        media_type=kind,
        plays=plays,
        fps=fps,
    )


@router.get(
    "/media",
    response_class=Response,
    responses={
        200: {"content": {"video/*": {}, "image/*": {}}, "description": "The file."},
        206: {"content": {"video/*": {}, "image/*": {}}, "description": "A range of its bytes."},
        304: {"description": "It is the one that `If-None-Match` names."},
    },
)
def media(found: FoundReference, request: Request) -> Response:
    """Return the file of a reference, or one range of its bytes."""
    return _media(found, request)


@router.head("/media", response_class=Response, include_in_schema=False)
def media_head(found: FoundReference, request: Request) -> Response:
    """Return the headers of the same."""
    return _media(found, request)


@router.get(
    "/frame",
    response_class=Response,
    responses={
        200: {
            "content": {"image/webp": {}, "image/jpeg": {}},
            "description": "A WebP file of the file's frame, or a JPEG file of the index's.",
        }
    },
)
def frame(found: FoundReference, at: Annotated[float, _At] = 0.0) -> Response:
    """Return the frame on screen at a time: of the file where it is at hand, else of the index.

    The headers `X-FrameMatch-Source` (`file` or `index`), `X-FrameMatch-Time` and
    `X-FrameMatch-Duration` (seconds) say what it is.
    """
    try:
        shown = found.files.frame(found.reference, at)
        content = encode_evidence(shown.pixels, FRAME_SIDE)
        said = ("file", shown.timestamp_s, shown.duration_s)
        kind = "image/webp"
    except OutOfReachError as error:
        row = next(iter(rows_around(found.index, found.position, at, 1)), None)
        if row is None:
            raise Refusal(404, "no-picture", visible(str(error))) from error
        table = found.index.rows
        content, kind = found.index.thumbnail(row), "image/jpeg"
        said = ("index", float(table.timestamp_s[row]), float(table.duration_s[row]))
    headers = {
        "X-FrameMatch-Source": said[0],
        "X-FrameMatch-Time": f"{said[1]:.6f}",
        "X-FrameMatch-Duration": f"{said[2]:.6f}",
    }
    return Response(content, media_type=kind, headers=headers)


@router.get("/strip")
def strip(
    found: FoundReference,
    at: Annotated[float, _At] = 0.0,
    n: Annotated[int, Query(ge=1, le=60, description="How many.")] = 9,
) -> Strip:
    """Return the frames that the index holds around a time."""
    table, base = found.index.rows, f"/api/v1/references/{found.reference.sha256}/thumbnails"
    return Strip(
        frames=[
            StripFrame(
                timestamp_s=round(float(table.timestamp_s[row]), 3),
                duration_s=round(float(table.duration_s[row]), 3),
                picture=f"{base}/{row}",
            )
            for row in rows_around(found.index, found.position, at, n)
        ]
    )


@router.get(
    "/thumbnails/{row}",
    response_class=Response,
    responses={200: {"content": {"image/jpeg": {}}, "description": "A JPEG file."}},
)
def thumbnail(found: FoundReference, row: Annotated[int, Path(ge=0)]) -> Response:
    """Return the index's picture of a row, as `strip` names it."""
    if row not in rows_of(found.index, found.position):
        raise Refusal(404, "no-picture", "the reference has no frame of this number")
    return Response(found.index.thumbnail(row), media_type="image/jpeg", headers=_KEPT)


class _FileAnswer(StreamingResponse):
    """A range of a file, which is closed whether or not all of it is wanted."""

    def __init__(
        self, opened: OpenedReference, span: range, status: int, headers: dict[str, str]
    ) -> None:
        self._opened = opened
        pieces: Iterator[bytes] = opened.pieces(span.start, span.stop)
        super().__init__(pieces, status, headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._opened:
            await super().__call__(scope, receive, send)


def _media(found: Found, request: Request) -> Response:
    try:
        opened = found.files.opened(found.reference)
    except OutOfReachError as error:
        raise Refusal(404, "out-of-reach", visible(str(error))) from error
    if opened.media_type is None:
        with opened:
            raise Refusal(
                415, "not-shown", "no browser shows this format; ask for its frames instead"
            )
    try:
        return _ranged(found, opened, opened.media_type, request)
    except BaseException:
        with opened:
            raise


def _ranged(found: Found, opened: OpenedReference, kind: str, request: Request) -> Response:
    tag = f'"{found.reference.sha256}"'
    headers = {
        "Content-Type": kind,
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Cache-Control": "private, no-cache",
    }
    if tag in request.headers.get("if-none-match", ""):
        with opened:
            return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range")
    if request.headers.get("if-range", tag) != tag:
        wanted = None
    span = None if wanted is None else _span(wanted, opened.size)
    if span is None:
        status, span = 200, range(opened.size)
    else:
        status = 206
        headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{opened.size}"
    headers["Content-Length"] = str(len(span))
    if request.method == "HEAD":
        with opened:
            return Response(status_code=status, headers=headers)
    return _FileAnswer(opened, span, status, headers)


def _span(wanted: str, size: int) -> range | None:
    """Return the bytes of a range header; ``None`` where it is none, and all are sent.

    Raises
    ------
    Refusal
        With status 416: the file has no such bytes, or several ranges are asked for.
    """
    nothing = {"Content-Range": f"bytes */{size}"}
    if "," in wanted:
        raise Refusal(416, "many-ranges", "one range is sent at a time; ask for each", nothing)
    said = _RANGE.fullmatch(wanted)
    if said is None or said.group(1) == said.group(2) == "":
        return None
    first, last = said.groups()
    if first == "":
        start, stop = max(0, size - int(last)), size
    else:
        start, stop = int(first), size if last == "" else min(size, int(last) + 1)
        if last != "" and int(last) < int(first):
            return None
    if start >= stop:
        raise Refusal(416, "no-such-range", f"the file ends at byte {size}", nothing)
    return range(start, stop)
