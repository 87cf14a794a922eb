"""What every test may use: no network, a browser and the development footage where there are."""

import os

# As the command line does: more threads of the linear algebra only wait for each other. Read when
# numpy is imported, so it comes first.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            raise RuntimeError(f"a test tried to reach {host}: tests have no network")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _ordinary_priority() -> Iterator[None]:
    """Hold that no test leaves its process before all others: an encoder of AV1 does."""
    yield
    policy = os.sched_getscheduler(0)
    if policy != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        pytest.fail(f"the test has left its process with the scheduling policy {policy}")


@pytest.fixture(scope="session")
def real_media() -> Path:
    """Return the folder of the development footage, or skip."""
    given = os.environ.get("FRAMEMATCH_MEDIA")
    folder = Path(given) if given else Path(__file__).resolve().parents[2] / "shared" / "media"
    if not (folder / "README.md").is_file():
        pytest.skip(f"no development footage at {folder}; set FRAMEMATCH_MEDIA to where it is")
    return folder


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return Chromium, or skip."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if program is None:
        pytest.skip("chromium is not on the path; install Debian's chromium to test the pages")
    driver = pytest.importorskip("playwright.sync_api")
    with driver.sync_playwright() as started:
        # Without its own sandbox, which root in a container may not use: the pages are ours.
        chromium = started.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chromium
        chromium.close()
