"""The one shape of every answer that is an error: `{"error": {"status", "code", "message"}}`.

A message says what happened and what to do; nothing of the inside leaves in it.
"""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from framematch.errors import (
    CaseError,
    CaseLockedError,
    ConfigError,
    FrameMatchError,
    IndexStoreError,
    InputError,
    MediaTooLargeError,
)

_log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What went wrong."""

    status: int = Field(description="The HTTP status once more.")
    code: str = Field(description="A word for programs, such as `not-found`.")
    message: str = Field(description="What happened and what to do, for a person.")


class ProblemAnswer(BaseModel):
    """The body of every answer with a status of 400 and above."""

    error: Problem


class Refusal(HTTPException):
    """A request that is not served.

    Parameters
    ----------
    status : int
        HTTP status, 400 and above.
    code, message : str
        As in `Problem`.
    headers : dict, optional
        Headers of the answer.
    """

    def __init__(
        self, status: int, code: str, message: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(status, message, headers)
        self.code = code

    def answer(self) -> AsciiAnswer:
        """Return the answer that says so."""
        return problem(self.status_code, self.code, self.detail, dict(self.headers or {}))


class AsciiAnswer(JSONResponse):
    """JSON in ASCII, as the command line writes it: names on a disk are any bytes."""

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - starlette's own signature
        """Return the bytes of the body."""
        return json.dumps(content, ensure_ascii=True, allow_nan=False).encode("ascii")


def problem(
    status: int, code: str, message: str, headers: dict[str, str] | None = None
) -> AsciiAnswer:
    """Return an answer that is an error."""
    said = {"error": {"status": status, "code": code, "message": message}}
    return AsciiAnswer(said, status, headers)


def add_handlers(app: FastAPI) -> None:
    """Have every error of an app answered in the one shape."""
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _of_framework)
    app.add_exception_handler(FrameMatchError, _of_product)
    app.add_exception_handler(Exception, _unforeseen)


#: Documents the errors that every path may answer.
ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ProblemAnswer, "description": "Refused; the body says why."},
    "5XX": {"model": ProblemAnswer, "description": "Failed; the body says why."},
}


async def _refused(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - starlette hands on what it was told to
    return error.answer()


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    said = "; ".join(
        f"{'.'.join(str(part) for part in one['loc'])}: {one['msg']}" for one in error.errors()
    )
    return problem(422, "invalid", f"the request is not as the API says: {said}")


async def _of_framework(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101
    name = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    said = {
        404: "there is nothing at this address; see docs/api.md",
        405: "this address does not take this method; see docs/api.md",
    }.get(error.status_code, str(error.detail))
    return problem(error.status_code, name, said, dict(error.headers or {}))


async def _of_product(_: Request, error: Exception) -> JSONResponse:
    for kind, status, code in _PRODUCT:
        if isinstance(error, kind):
            return problem(status, code, str(error))
    return problem(500, "failed", str(error))


_PRODUCT: tuple[tuple[type[FrameMatchError], int, str], ...] = (
    (ConfigError, 422, "invalid"),
    (MediaTooLargeError, 413, "too-large"),
    (InputError, 422, "unreadable"),
    (CaseLockedError, 409, "locked"),
    (CaseError, 503, "case"),
    (IndexStoreError, 503, "index"),
)


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(
        500, "failed", "this is a mistake of FrameMatch; start it with --debug and report"
    )
