"""Joining a running Ray cluster: only one that refuses strangers, and whose nodes agree with us.

Owns the checks before any work is sent: the extra, the token, the address, the versions.
"""

import contextlib
import importlib.util
import logging
import os
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from framematch.cluster.nodes import Cluster
from framematch.cluster.stranger import Reception, reception
from framematch.errors import ConfigError, MissingExtraError

#: Seconds that the head is given to accept a connection.
_CONNECT_S = 5.0

_SEE = "docs/scale.md says how a cluster is started"


@contextlib.contextmanager
def connected(address: str) -> Iterator[Cluster]:
    """Join the cluster at `address` for the length of a block.

    Parameters
    ----------
    address : str
        ``HOST:PORT`` of its head, or ``auto`` for the cluster that this machine is a node of. The
        machine has to be a node either way.

    Raises
    ------
    MissingExtraError
        Ray is not installed.
    ConfigError
        There is no token, or the cluster works without one, cannot be reached, or runs another
        release than this one.
    """
    _check_address(address)
    if importlib.util.find_spec("ray") is None:
        raise _missing()
    _require_token()
    with ThreadPoolExecutor(2) as asking:
        if address != "auto":
            _check_reachable(address)
            # Asked while Ray is imported here.
            known = asking.submit(reception, address, with_token=True)
            stranger = asking.submit(reception, address, with_token=False)
            ray = _load_ray()
            _check_known(address, known.result())
            _init(ray, address)
        else:
            ray = _load_ray()
            _init(ray, address)
            head = ray.get_runtime_context().gcs_address
            stranger = asking.submit(reception, head, with_token=False)
        try:
            cluster = Cluster(ray)
            _check_stranger(cluster.place()[0], stranger.result())
            cluster.check_releases()
            yield cluster
        finally:
            ray.shutdown()


def joined(address: str) -> Any:  # noqa: ANN401 - a module
    """Join a cluster that `connected` has let another process of this machine into; stay.

    Returns
    -------
    module
        The library.

    Raises
    ------
    ConfigError
        The cluster is gone.
    """
    ray = _load_ray()
    _init(ray, address)
    return ray


def _init(ray: Any, address: str) -> None:  # noqa: ANN401 - a module
    try:
        ray.init(
            address=address,
            configure_logging=False,
            log_to_driver=False,
            logging_level=logging.ERROR,
        )
    except (ConnectionError, RuntimeError, ray.exceptions.RayError) as error:
        raise ConfigError(_cannot_join(address, error)) from error


def _check_address(address: str) -> None:
    host, colon, port = address.rpartition(":")
    if address == "auto" or (host and colon and port.isdecimal() and "/" not in host):
        return
    raise ConfigError(
        f"--cluster {address}: not an address of a cluster; pass HOST:PORT of its head, such as"
        " 10.0.0.1:6379, or auto on a machine that is one of its nodes"
    )


def _require_token() -> None:
    """See to it that Ray presents a token, whatever its default.

    Raises
    ------
    ConfigError
        There is none, or token authentication is switched off.
    """
    mode = os.environ.get("RAY_AUTH_MODE")
    if mode not in (None, "token"):
        raise ConfigError(
            f"RAY_AUTH_MODE is {mode!r}: a cluster is used with token authentication only;"
            f" set RAY_AUTH_MODE=token here and on every node: {_SEE}"
        )
    given = os.environ.get("RAY_AUTH_TOKEN")
    named = os.environ.get("RAY_AUTH_TOKEN_PATH")
    file = Path(named) if named else Path.home() / ".ray" / "auth_token"
    if not given and not file.is_file():
        raise ConfigError(
            f"no token for the cluster: RAY_AUTH_TOKEN is not set and {file} is not there; put the"
            f" token of the cluster into that file: {_SEE}"
        )
    os.environ["RAY_AUTH_MODE"] = "token"


def _load_ray() -> Any:  # noqa: ANN401 - a module
    """Return the library; its usage statistics stay off."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        ray: Any = importlib.import_module("ray")
        # It would print what happens to nodes on stdout, which is for results; there is no setting.
        printing: Any = importlib.import_module("ray._private.worker")
        printing._worker_logs_enabled = False
    except ImportError as error:
        raise _missing() from error
    return ray


def _missing() -> MissingExtraError:
    return MissingExtraError(
        "a cluster needs Ray; install it with: pip install 'framematch[cluster]'"
    )


def _check_reachable(address: str) -> None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=_CONNECT_S).close()
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"{address}: no cluster can be reached there ({error}); check that its head is running"
            f" and that this machine may connect to it: {_SEE}"
        ) from error


def _check_known(address: str, received: Reception) -> None:
    """Refuse a cluster that does not answer a client with our token."""
    if received == "refused":
        raise ConfigError(
            f"{address}: the cluster refused the token of this process; use the one that its nodes"
            f" were started with: {_SEE}"
        )
    if received == "silent":
        raise ConfigError(
            f"{address}: what listens there does not answer as the head of a cluster does; check"
            f" the port, which is 6379 unless another one was chosen: {_SEE}"
        )


def _check_stranger(address: str, received: Reception) -> None:
    """Refuse a cluster that answers a client without a token.

    Whoever reaches such a cluster runs what he likes on all of its nodes.
    """
    if received == "silent":
        raise ConfigError(
            f"{address}: the cluster did not say whether it lets in clients without a token; make"
            f" sure that it does not, and try again when it is less busy: {_SEE}"
        )
    if received == "answered":
        raise ConfigError(
            f"{address}: this cluster lets in clients without a token, so everybody who reaches it"
            " can run programs on it; stop it and start every node with RAY_AUTH_MODE=token:"
            f" {_SEE}"
        )


def _cannot_join(address: str, error: Exception) -> str:
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return (
        f"{address}: the cluster cannot be joined ({first}); run this on a machine that is one of"
        f" its nodes, with the Ray and Python of the others: {_SEE}"
    )
