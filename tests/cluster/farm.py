"""A Ray cluster of this machine: every node a group of processes that a test can kill at once."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: A lost node is noticed within some seconds, where a farm waits for half a minute; but a busy
#: machine shall not lose nodes that are alive.
_IMPATIENT = {
    "RAY_health_check_initial_delay_ms": "1000",
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "3000",
    "RAY_health_check_failure_threshold": "3",
}

_START_S = 60.0


class Farm:
    """A head with one processor; further nodes are started and killed by the test.

    Parameters
    ----------
    token : str or None
        What clients have to present; a cluster that lets everybody in where it is ``None``.
    """

    def __init__(self, token: str | None) -> None:
        # Not the folder of the test: a socket's path has 107 characters at most.
        self._folder = Path(tempfile.mkdtemp(prefix="fm-ray-"))
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("RAY_")},
            **_IMPATIENT,
            "RAY_AUTH_MODE": "disabled" if token is None else "token",
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        if token is not None:
            self.environment["RAY_AUTH_TOKEN"] = token
        self._nodes: list[subprocess.Popen[bytes]] = []
        port = _free_port()
        self.address = f"127.0.0.1:{port}"
        self._start(
            *("--head", f"--port={port}", f"--temp-dir={self._folder}"),
            "--include-dashboard=false",
        )

    def add_node(self) -> int:
        """Start another node with one processor; return the id of its group of processes."""
        return self._start(f"--address={self.address}").pid

    def kill(self, node: int) -> None:
        """End a node as a power failure does."""
        os.killpg(node, signal.SIGKILL)

    def close(self) -> None:
        """Kill everything."""
        for node in self._nodes:
            if node.poll() is None:
                os.killpg(node.pid, signal.SIGKILL)
            node.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, *options: str) -> subprocess.Popen[bytes]:
        log = self._folder / f"node-{len(self._nodes)}.log"
        with log.open("wb") as out:
            node = subprocess.Popen(
                [
                    *(Path(sys.executable).with_name("ray"), "start", *options, "--block"),
                    *("--num-cpus=1", "--num-gpus=0", "--object-store-memory=80000000"),
                    "--disable-usage-stats",
                ],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._nodes.append(node)
        until = time.monotonic() + _START_S
        while b"Ray runtime started" not in log.read_bytes():
            if node.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"a node did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        return node


def new_token() -> str:
    return secrets.token_hex(32)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port
