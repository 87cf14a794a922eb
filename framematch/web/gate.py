"""What every request passes before anything is looked at: who asks, from where, and how much.

The desk runs beside a browser that opens any page of the web. Such a page must neither read from
the desk nor act on it: so a request needs the token that was printed at start, in a header or in a
cookie that no other site's request carries; the `Host` must be the desk's own (else a foreign name
that was made to point here would be let in); and what changes something must come from the desk's
own page or from a program that sends the token itself.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from framematch.web.problems import Refusal
from framematch.web.settings import DeskLimits, Door

#: The page asks nothing of anybody else, and nothing of it is put into another page.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
        " media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
#: Where files are sent to: the one path that takes more than a few lines.
UPLOADS = "/api/v1/attributions"


class Gate:
    """The outermost layer of the app.

    Parameters
    ----------
    app : ASGI application
        What is behind it.
    door : Door
        Hosts, origins and token that are let in.
    limits : DeskLimits
        Sizes of bodies.
    """

    def __init__(self, app: ASGIApp, door: Door, limits: DeskLimits) -> None:
        self._app, self._door, self._limits = app, door, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # nothing here speaks anything else
            await send({"type": "websocket.close", "code": 1008})
            return
        guarded = _guarded(send)
        try:
            self._check(scope)
            await self._app(scope, self._counted(scope, receive), guarded)
        except Refusal as refusal:
            await refusal.answer()(scope, receive, guarded)

    def _check(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self._door.hosts:
            raise Refusal(
                403, "foreign-host", "this is no name of the desk; use the address it printed"
            )
        origin = headers.get("origin")
        if origin is not None and origin not in self._door.origins:
            raise Refusal(403, "foreign-origin", "another page asks; only the desk's own may")
        if is_entrance(scope):
            return  # the page route looks at the token itself
        by_header = self._bears_token(headers)
        if not by_header and not self._has_cookie(headers.getlist("cookie")):
            raise Refusal(
                401,
                "no-token",
                "open the address that framematch serve printed, or send the token in it as"
                " Authorization: Bearer TOKEN",
                {"WWW-Authenticate": "Bearer"},
            )
        if not by_header:
            self._check_own_page(scope["method"], headers)
        self._check_length(scope, headers)

    def _check_own_page(self, method: str, headers: Headers) -> None:
        """Refuse what a browser sends with the cookie for another page than the desk's."""
        site = headers.get("sec-fetch-site")
        foreign = site not in (None, "same-origin", "none")
        unsaid = site is None and headers.get("origin") is None
        if foreign or (method not in _SAFE and unsaid):
            raise Refusal(403, "foreign-origin", "another page asks; only the desk's own may")

    def _bears_token(self, headers: Headers) -> bool:
        kind, _, token = headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and matches(token.strip(), self._door.token)

    def _has_cookie(self, lines: Iterable[str]) -> bool:
        wanted = pass_of(self._door)
        for line in lines:
            try:
                found = SimpleCookie(line).get(self._door.cookie)
            except CookieError:
                continue
            if found is not None and matches(found.value, wanted):
                return True
        return False

    def _most(self, scope: Scope) -> int:
        upload = scope["path"] == UPLOADS and scope["method"] == "POST"
        return self._limits.max_upload_bytes if upload else self._limits.max_body_bytes

    def _check_length(self, scope: Scope, headers: Headers) -> None:
        said = headers.get("content-length", "0")
        if not said.isascii() or not said.isdigit():
            raise Refusal(400, "invalid", "the length of the body is no number")
        if int(said) > self._most(scope):
            raise _too_large(self._most(scope))

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """Return what hands a body on as long as it is not too long, whatever its header says."""
        most, seen = self._most(scope), 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise _too_large(most)
            return message

        return counted


def is_entrance(scope: Scope) -> bool:
    """Return whether a request is for the page itself, whose address may hold the token."""
    return scope["path"] == "/" and scope["method"] in ("GET", "HEAD")


def has_pass(door: Door, cookies: dict[str, str]) -> bool:
    """Return whether cookies hold the desk's pass."""
    return matches(cookies.get(door.cookie, ""), pass_of(door))


def pass_of(door: Door) -> str:
    """Return the value of the cookie: proves the token, but is none."""
    return hmac.new(door.token.encode(), b"FrameMatch desk", hashlib.sha256).hexdigest()


def matches(given: str, wanted: str) -> bool:
    """Return whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())


def _too_large(most: int) -> Refusal:
    return Refusal(
        413, "too-large", f"the body is longer than {most:,} bytes, which is the most here"
    )


def _guarded(send: Send) -> Send:
    """Return what sends an answer with the headers that every one has."""

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return guarded
