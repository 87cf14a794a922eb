"""The desk as an application: the gate, the paths, the page.

`create_app` makes one without any network, for a server or a test to run.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from functools import cache

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from framematch.version import __version__
from framematch.web import page as pages
from framematch.web.attributing import Attributing
from framematch.web.desk import Desk
from framematch.web.gate import Gate, has_pass, matches, pass_of
from framematch.web.limits import Bucket
from framematch.web.problems import ERRORS, AsciiAnswer, Refusal, add_handlers
from framematch.web.references import ReferenceFiles
from framematch.web.routes import (
    about,
    attributions,
    findings,
    recall,
    references,
    timelines,
    verdicts,
)
from framematch.web.settings import DeskLimits, Door

API = "/api/v1"
_MONTH_S = 30 * 24 * 3600


def create_app(desk: Desk, door: Door, limits: DeskLimits | None = None) -> FastAPI:
    """Return the application of a desk.

    Parameters
    ----------
    desk : Desk
        What is open; whoever has opened it closes it when nothing is served any more.
    door : Door
        Where it will listen, and its token.
    limits : DeskLimits, optional
        What it takes.
    """
    limits = limits or DeskLimits()
    app = FastAPI(
        title="FrameMatch review desk",
        version=__version__,
        description="Attributes files, lists findings, keeps verdicts. See docs/desk.md.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,  # both would load scripts from elsewhere
        redoc_url=None,
        default_response_class=AsciiAnswer,
        generate_unique_id_function=_name_of,
        lifespan=_open_hours,
    )
    app.state.desk, app.state.door, app.state.limits = desk, door, limits
    app.state.writes = Bucket(limits.writes_per_minute, "changes")
    app.state.uploads = Bucket(limits.uploads_per_minute, "files")
    app.state.attributing = None if desk.matcher is None else Attributing(desk.matcher, limits)
    app.state.files = ReferenceFiles()
    api = APIRouter(prefix=API, responses=ERRORS)
    for part in (about, attributions, findings, references, timelines, verdicts, recall):
        api.include_router(part.router)
    app.include_router(api)
    app.include_router(_page)
    add_handlers(app)
    app.add_middleware(Gate, door=door, limits=limits)
    return app


@contextlib.asynccontextmanager
async def _open_hours(app: FastAPI) -> AsyncIterator[None]:
    """Let go of what waits once nothing is served any more."""
    yield
    if app.state.attributing is not None:
        await run_in_threadpool(app.state.attributing.close)


_page = APIRouter(include_in_schema=False)


@_page.get("/")
def _entrance(request: Request, token: str | None = None) -> Response:
    """Return the page to whoever has the token in the address or has been here with it.

    The cookie comes with the page itself: after a redirect that began elsewhere, as in a mail, a
    browser would not send it. The page's script takes the token out of the address.
    """
    door, desk = request.app.state.door, request.app.state.desk
    entered = token is not None and matches(token, door.token)
    if not entered and not has_pass(door, request.cookies):
        if "text/html" in request.headers.get("accept", ""):
            return Response(pages.CLOSED, 401, media_type="text/html; charset=utf-8")
        raise Refusal(
            401, "no-token", "open the address that framematch serve printed: it holds the token"
        )
    answer = Response(pages.page(desk), media_type="text/html; charset=utf-8")
    if entered:
        answer.set_cookie(
            door.cookie, pass_of(door), max_age=_MONTH_S, httponly=True, samesite="strict"
        )
    return answer


@_page.get("/desk.js")
def _script() -> Response:
    return Response(_cached_script(), media_type="text/javascript; charset=utf-8")


@_page.get("/desk.css")
def _style() -> Response:
    return Response(_cached_style(), media_type="text/css; charset=utf-8")


_cached_script, _cached_style = cache(pages.script), cache(pages.style)


def _name_of(route: APIRoute) -> str:
    """Return the name of an operation in the OpenAPI document: that of its function."""
    return route.name
