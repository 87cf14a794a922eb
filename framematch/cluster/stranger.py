"""What a cluster says to whoever has these credentials: ``python -m framematch.cluster.stranger``.

Owns nothing but one question to the head of a cluster, asked in a process of its own: Ray settles
at its import whether it presents a token, so that this process cannot ask as somebody else.
"""

import os
import subprocess
import sys
from typing import Literal, get_args

Reception = Literal["answered", "refused", "silent"]

#: Seconds that a cluster is given to say anything, the start of the asking process included.
_PATIENCE_S = 60.0


def reception(address: str, *, with_token: bool) -> Reception:
    """Return how the head at ``HOST:PORT`` receives a client with the token of this process.

    Parameters
    ----------
    address : str
        Of the head.
    with_token : bool
        Whether to present the token that the environment of this process holds, or none.
    """
    environment = {name: os.environ[name] for name in os.environ if not _is_about_tokens(name)}
    environment["RAY_AUTH_MODE"] = "disabled"
    if with_token:
        environment |= {name: os.environ[name] for name in os.environ if _is_about_tokens(name)}
    try:
        asked = subprocess.run(  # noqa: S603 - this interpreter, with a module of this package
            [sys.executable, "-m", "framematch.cluster.stranger", address],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # Ray tells there what the answer says
            stdin=subprocess.DEVNULL,
            timeout=_PATIENCE_S,
            check=False,
            text=True,
        )
    except subprocess.TimeoutExpired:
        return "silent"
    word = asked.stdout.strip()
    return next((known for known in get_args(Reception) if known == word), "silent")


def _is_about_tokens(name: str) -> bool:
    return name.startswith("RAY_AUTH_") or name == "RAY_ENABLE_K8S_TOKEN_AUTH"


def _ask(address: str) -> Reception:
    """Ask the head for the identity of its cluster, the first thing that every client does."""
    from ray import _raylet
    from ray.exceptions import AuthenticationError

    try:
        # The public way, ray.init, tries a wrong token for 20 s.
        _raylet.GcsClient(address=address)  # type: ignore[attr-defined]  # compiled
    except AuthenticationError:
        return "refused"
    except Exception:  # noqa: BLE001 - whatever it is, it is no answer
        return "silent"
    return "answered"


if __name__ == "__main__":
    sys.stdout.write(_ask(sys.argv[1]))
