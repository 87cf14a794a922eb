"""A desk as its user starts it: ``framematch serve`` in its own process, asked over its port."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

_TOKEN, _MB = "a-token-of-the-benchmark", 1 << 20


@dataclass(slots=True)
class Desk:
    """A desk that runs, and how long it took to come up.

    Attributes
    ----------
    page_s : float
        Seconds from the start of the process to the whole page.
    """

    index: Path
    page_s: float = 0.0
    _process: subprocess.Popen[str] = field(init=False)
    _port: int = 0

    def __enter__(self) -> Self:
        command = [sys.executable, "-m", "framematch", "--index", str(self.index)]
        began = time.perf_counter()
        self._process = subprocess.Popen(
            [*command, "serve", "--port", "0", "--token", _TOKEN],
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            self._wait_for_the_page()
        except BaseException:
            self._process.kill()
            raise
        self.page_s = time.perf_counter() - began
        return self

    def _wait_for_the_page(self) -> None:
        address = "" if self._process.stdout is None else self._process.stdout.readline()
        self._port = urlsplit(address.strip()).port or 0
        self.get(f"/?token={_TOKEN}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def get(self, path: str) -> bytes:
        """Return what is at an address; it must be there."""
        return self._asked("GET", path, None)

    def attributed(self, file: Path) -> dict[str, Any]:
        """Send a file and return the object that is answered."""
        path = f"/api/v1/attributions?name={quote(str(file), safe='')}"
        said: dict[str, Any] = json.loads(self._asked("POST", path, file.read_bytes()))
        return said

    def _asked(self, method: str, path: str, body: bytes | None) -> bytes:
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", self._port, timeout=900)
        ) as connection:
            headers = {"Authorization": f"Bearer {_TOKEN}"}
            connection.request(method, f"{path}", body, headers)
            answer = connection.getresponse()
            content = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {content[:300]!r}")
            return content

    def memory(self) -> tuple[float, float]:
        """Return MB resident of the desk, and of all processes under it (shared pages counted)."""
        return _resident(self._process.pid), sum(map(_resident, self._below()))

    def processor_s(self) -> float:
        """Return seconds of a processor that the desk and its decoders have taken so far."""
        return sum(map(_processor_s, (self._process.pid, *self._below())))

    def _below(self) -> list[int]:
        children: dict[int, list[int]] = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                after = status.read_text().rpartition(")")[2].split()
                children.setdefault(int(after[1]), []).append(int(status.parent.name))
        below, found = [self._process.pid], []
        while below:
            for child in children.get(below.pop(), []):
                below.append(child)
                found.append(child)
        return found


def _processor_s(pid: int) -> float:
    """Return what a process has taken, with its children that ended and were waited for."""
    with contextlib.suppress(OSError):
        after = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(map(int, after[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024 / _MB
    return 0.0


@contextlib.contextmanager
def sampled(desk: Desk, every_s: float = 0.25) -> Iterator[list[tuple[float, float]]]:
    """Sample the memory of a desk while the block runs."""
    found: list[tuple[float, float]] = []
    over = threading.Event()

    def sample() -> None:
        while not over.wait(every_s):
            found.append(desk.memory())

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()
