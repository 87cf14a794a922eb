"""Messages between a process and its decoder: a JSON object, then raw bytes, then descriptors.

Nothing is unpickled. What the other side claims of itself is held against limits before any memory
is taken for it, so that a decoder that a file has taken over can send numbers, text and pixels, and
nothing else.
"""

from __future__ import annotations

import array
import json
import os
import select
import socket
import struct
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.uint8]

_HEAD = struct.Struct("<II")
_MOST_TEXT, _MOST_BYTES = 32 << 20, 256 << 20
_MOST_ARRAYS, _MOST_SIDES, _MOST_FILES = 64, 4, 4
_AT_ONCE = 1 << 20


class WireError(Exception):
    """The other side is gone, said nothing in time, or said what is no message."""


class SilentError(WireError):
    """The other side said nothing in time."""


class NonsenseError(WireError):
    """The other side said what is no message."""


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """What one side says.

    Attributes
    ----------
    body : dict
        JSON.
    arrays : tuple of uint8 arrays
        Pictures, or bytes as arrays of one axis.
    files : tuple of int
        Descriptors, now of the one who receives them.
    """

    body: dict[str, Any]
    arrays: tuple[Array, ...] = ()
    files: tuple[int, ...] = ()


class Wire:
    """One end of a connected stream socket.

    Parameters
    ----------
    end : socket
        The end; closing the wire closes it.
    """

    def __init__(self, end: socket.socket) -> None:
        self._end = end
        self._files: list[int] = []

    def close(self) -> None:
        """Close the end, and every descriptor that nobody has taken."""
        self._end.close()
        while self._files:
            os.close(self._files.pop())

    def fileno(self) -> int:
        """Return the descriptor of the end."""
        return self._end.fileno()

    def has_news(self) -> bool:
        """Tell whether something can be received at once, the end of the connection included."""
        return bool(select.select([self._end], [], [], 0)[0])

    def send(
        self, body: dict[str, Any], arrays: Sequence[Array] = (), files: Sequence[int] = ()
    ) -> None:
        """Send a message.

        Raises
        ------
        WireError
            The other side is gone.
        """
        plain = [np.ascontiguousarray(each) for each in arrays]
        text = json.dumps({**body, "_shapes": [each.shape for each in plain]}).encode("ascii")
        head = _HEAD.pack(len(text), sum(each.nbytes for each in plain))
        try:
            self._wait(None)
            if files:
                passed = array.array("i", files)
                self._end.sendmsg([head], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
            else:
                text = head + text
            self._end.sendall(text)
            for each in plain:
                self._end.sendall(each.reshape(-1).data)
        except OSError as error:
            raise WireError(str(error)) from error

    def receive(self, within_s: float | None = None) -> Message:
        """Return the next message.

        Parameters
        ----------
        within_s : float or None
            Seconds to wait for all of it; ``None`` for ever.

        Raises
        ------
        SilentError
            It did not come in time.
        WireError
            The other side is gone.
        NonsenseError
            This is no message.
        """
        until_s = None if within_s is None else time.monotonic() + within_s
        head = bytearray(_HEAD.size)
        self._fill(memoryview(head), until_s)
        n_text, n_bytes = _HEAD.unpack(head)
        if n_text > _MOST_TEXT or n_bytes > _MOST_BYTES:
            raise NonsenseError(f"a message of {n_text} and {n_bytes} bytes")
        text = bytearray(n_text)
        self._fill(memoryview(text), until_s)
        try:
            body = json.loads(text)
            shapes = _shapes(body.pop("_shapes"), n_bytes)
            arrays = tuple(np.empty(shape, np.uint8) for shape in shapes)
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise NonsenseError(f"no message: {error}") from error
        for each in arrays:
            self._fill(memoryview(each.reshape(-1).data), until_s)
        files, self._files = tuple(self._files), []
        return Message(body, arrays, files)

    def _wait(self, seconds: float | None) -> None:
        """Set how long is waited; a decoder, which may not change that, never does."""
        if self._end.gettimeout() != seconds:
            self._end.settimeout(seconds)

    def _fill(self, into: memoryview, until_s: float | None) -> None:
        while into:
            self._wait(None if until_s is None else max(1e-3, until_s - time.monotonic()))
            try:
                taken = self._some(into)
            except TimeoutError as error:
                raise SilentError("nothing was said in time") from error
            except OSError as error:
                raise WireError(str(error)) from error
            if not taken:
                raise WireError("the connection was closed")
            into = into[taken:]

    def _some(self, into: memoryview) -> int:
        room = socket.CMSG_SPACE(_MOST_FILES * array.array("i").itemsize)
        taken, passed, _, _ = self._end.recvmsg_into(
            [into[:_AT_ONCE]], room, socket.MSG_CMSG_CLOEXEC
        )
        for level, kind, data in passed:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                whole = array.array("i")
                whole.frombytes(data[: len(data) - len(data) % whole.itemsize])
                self._files += whole
        return taken


def _shapes(told: Any, n_bytes: int) -> list[tuple[int, ...]]:  # noqa: ANN401 - JSON
    """Return the shapes of the arrays that follow.

    Raises
    ------
    ValueError
        They are none, or take another number of bytes.
    """
    if not isinstance(told, list) or len(told) > _MOST_ARRAYS:
        raise ValueError("shapes of arrays are missing")
    shapes: list[tuple[int, ...]] = []
    left = n_bytes
    for shape in told:
        if not isinstance(shape, list) or not 1 <= len(shape) <= _MOST_SIDES:
            raise ValueError("an array has no shape")
        size = 1
        for side in shape:
            if type(side) is not int or not 0 <= side <= n_bytes:
                raise ValueError("an array has an impossible shape")
            size *= side
        left -= size
        shapes.append(tuple(shape))
    if left:
        raise ValueError("arrays take another number of bytes than announced")
    return shapes
