"""Attributing a file that is sent, and the pictures that show why."""

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from framematch.web.attributing import Answer, Attributing, Waiting
from framematch.web.limits import Bucket
from framematch.web.problems import Refusal
from framematch.web.routes.opened import OpenMatcher

router = APIRouter(tags=["attributions"])

#: Bytes that are put down at once, and seconds in which the next ones must come.
_PIECE, _NEXT_S = 128 << 10, 60.0
_MOST_NAME = 1024
_BODY = {
    "required": True,
    "description": "The file's bytes; anything that `framematch query` takes.",
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}
Which = Literal["whole", "query", "reference", "outline"]


class AnswerPictures(BaseModel):
    """Addresses of the pictures that show why; `null` where there is none."""

    whole: str | None = Field(description="The picture that was judged, small.")
    query: str | None = Field(
        description="The part of it that was matched, as it lies on the frame."
    )
    reference: str | None = Field(description="The frame of the reference.")
    outline: str | None = Field(description="The lines of `query`, on nothing.")


class Attributed(BaseModel):
    """What is said of a file."""

    id: str = Field(description="What its pictures are asked for by.")
    attribution: dict[str, Any] = Field(
        description="The object that `framematch query --json` writes; see docs/cli.md."
    )
    release: dict[str, Any] | None = Field(
        description="How it stands to the released frame, as in findings.jsonl."
    )
    stage_reasons: list[str] = Field(description="What decided the stage, as in findings.jsonl.")
    query_s: float | None = Field(description="When `whole` and `query` are shown in the file.")
    reference_s: float | None = Field(description="When `reference` is shown.")
    pictures: AnswerPictures


def _attributing(request: Request, _: OpenMatcher) -> Attributing:
    found = request.app.state.attributing
    assert isinstance(found, Attributing)  # noqa: S101 - `create_app` put it there
    return found


def _one_upload(request: Request) -> None:
    bucket: Bucket = request.app.state.uploads
    bucket.take()


OpenAttributing = Annotated[Attributing, Depends(_attributing)]


@router.post(
    "/attributions",
    dependencies=[Depends(_one_upload)],
    openapi_extra={"requestBody": _BODY},
)
async def attribute(
    request: Request,
    attributing: OpenAttributing,
    name: Annotated[
        str,
        Query(
            min_length=1,
            max_length=_MOST_NAME,
            description="What the answer calls the file. A label only: nothing is opened by it.",
        ),
    ],
) -> Attributed:
    """Say which show and episodes a file belongs to, how sure that is, and its stage."""
    with attributing.admit(name) as waiting:
        await _receive(request, waiting)
        attributing.begin(waiting)
        return _said(await _answer_unless_gone(request, waiting))


@router.get(
    "/attributions/{id}/pictures/{which}",
    response_class=Response,
    responses={
        200: {
            "content": {"image/webp": {}, "image/png": {}},
            "description": "A WebP file, the outline a transparent PNG.",
        }
    },
)
def attribution_picture(attributing: OpenAttributing, id: str, which: Which) -> Response:  # noqa: A002
    """Return a picture of an answer; those of the latest answers are kept."""
    try:
        content = attributing.picture(id, which)
    except LookupError as error:
        raise Refusal(
            404, "no-picture", "there is no such picture, or not any more; send the file again"
        ) from error
    kind = "image/png" if content.startswith(b"\x89PNG") else "image/webp"
    return Response(content, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})


async def _receive(request: Request, waiting: Waiting) -> None:
    """Put the body of a request down, piece by piece."""
    told = int(request.headers.get("content-length", "0"))
    if told:
        waiting.file.keep_place(told)
    piece = bytearray()
    stream = request.stream()
    try:
        while True:
            async with asyncio.timeout(_NEXT_S):
                chunk = await anext(stream, None)
            piece += chunk or b""
            if piece and (chunk is None or len(piece) >= _PIECE):
                await run_in_threadpool(waiting.file.write, bytes(piece))
                piece.clear()
            if chunk is None:
                break
    except TimeoutError as error:
        raise Refusal(
            408, "too-slow", f"nothing came for {_NEXT_S:.0f} s; send it again"
        ) from error
    except ClientDisconnect as error:
        raise Refusal(400, "cut-short", "the file did not come in full; send it again") from error
    if waiting.file.size == 0:
        raise Refusal(400, "empty", "there is nothing in the file (0 bytes); get another copy")


async def _answer_unless_gone(request: Request, waiting: Waiting) -> Answer:
    """Wait for an answer as long as whoever asked does."""
    answered = asyncio.wrap_future(waiting.answered)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait((answered, gone), return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
    if not answered.done():
        answered.cancel()
        raise Refusal(400, "gone", "whoever sent the file went away")
    return answered.result()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _said(answer: Answer) -> Attributed:
    base = f"/api/v1/attributions/{answer.id}/pictures"
    there = {*answer.pictures, *([] if answer.laid is None else ["outline"])}
    shown = {
        which: f"{base}/{which}" if which in there else None
        for which in AnswerPictures.model_fields
    }
    return Attributed(
        id=answer.id,
        attribution=answer.attribution,
        release=answer.release,
        stage_reasons=answer.stage_reasons,
        query_s=answer.query_s,
        reference_s=answer.reference_s,
        pictures=AnswerPictures(**shown),
    )
