"""The desk on the loopback address, until somebody stops it."""

from __future__ import annotations

import errno
import secrets
import socket
from collections.abc import Callable

import uvicorn

from framematch.errors import ConfigError
from framematch.web.app import create_app
from framematch.web.attributing import Attributing
from framematch.web.desk import Desk
from framematch.web.settings import DeskLimits, Door

#: Seconds that running requests are given to end.
_PATIENCE_S = 5


def serve(
    desk: Desk,
    port: int,
    token: str | None,
    *,
    limits: DeskLimits | None = None,
    on_ready: Callable[[Door], None],
) -> None:
    """Serve a desk until the process is told to end.

    Parameters
    ----------
    desk : Desk
        What is open.
    port : int
        Port on 127.0.0.1; 0 for any that is free.
    token : str or None
        The token; ``None`` draws one.
    limits : DeskLimits, optional
        What the desk takes.
    on_ready : callable
        Called once connections are taken.

    Raises
    ------
    ConfigError
        The port is taken, or may not be used.
    """
    with _listening(port) as listener:
        door = Door(listener.getsockname()[1], token or secrets.token_urlsafe(32))
        app = create_app(desk, door, limits)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # addresses can hold the token
            server_header=False,
            timeout_graceful_shutdown=_PATIENCE_S,
            lifespan="on",
        )
        if app.state.attributing is not None:
            app.state.attributing.get_ready()
        on_ready(door)  # the socket listens already: whoever connects now waits
        _Server(config, app.state.attributing).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Tells those whose files wait that it ends, before it waits for them."""

    def __init__(self, config: uvicorn.Config, attributing: Attributing | None) -> None:
        super().__init__(config)
        self._attributing = attributing

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End; see uvicorn."""
        if self._attributing is not None:
            self._attributing.stop()
        await super().shutdown(sockets)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise ConfigError(
                f"port {port} is taken, perhaps by another desk; stop it, or name another with"
                " --port, or --port 0 for any that is free"
            ) from error
        raise ConfigError(
            f"port {port} cannot be used ({error.strerror or error}); name another with --port"
        ) from error
    return listener
