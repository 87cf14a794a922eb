"""A desk on a real port of this machine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socket import create_server

import uvicorn
from desks import TOKEN

from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.settings import DeskLimits, Door


@contextmanager
def listening(desk: Desk, limits: DeskLimits | None = None) -> Iterator[str]:
    """Serve a desk on a free port, and yield its address without the token."""
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        app = create_app(desk, Door(port, TOKEN), limits)
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="on"))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join()
