"""The inside of a decoder: takes requests, calls what decodes, hands back what it says.

Runs in a process of its own that was confined before its first request.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Sequence
from typing import Any

from framematch.errors import ConfigError, FrameMatchError, InputError, MediaTooLargeError
from framematch.sandbox.confine import DecoderLimits, allow_processor_s, confine
from framematch.sandbox.wire import Array, Message, Wire, WireError


class StoppedError(BaseException):
    """Whoever asked wants no more; ends what is under way, past what catches every error."""


class Call:
    """A request as the function sees it that answers it.

    Attributes
    ----------
    told : dict
        What was asked for, JSON.
    files : tuple of int
        Descriptors of the files that may be read.
    """

    def __init__(self, wire: Wire, request: Message, limits: DecoderLimits) -> None:
        self.told: dict[str, Any] = request.body["told"]
        self.files = request.files
        self._wire = wire
        self._processor_s = max(limits.processor_s, int(request.body.get("processor_s", 0)))
        allow_processor_s(self._processor_s)

    def say(self, body: dict[str, Any], arrays: Sequence[Array] = ()) -> None:
        """Hand something back.

        Raises
        ------
        StoppedError
            Nobody wants it any more.
        """
        if self._wire.has_news():
            raise StoppedError
        self._wire.send({"said": body}, arrays)
        allow_processor_s(self._processor_s)

    def ask(self, body: dict[str, Any], arrays: Sequence[Array] = ()) -> dict[str, Any]:
        """Hand something back, and wait for an answer.

        Raises
        ------
        StoppedError
            There is none.
        """
        self._wire.send({"said": body}, arrays)
        answer = self._wire.receive().body
        if "told" not in answer:
            raise StoppedError
        allow_processor_s(self._processor_s)
        told: dict[str, Any] = answer["told"]
        return told


#: Answers a request; found by the name that stands in the request.
Operation = Callable[[Call], None]


def work(
    end: socket.socket,
    operations: dict[str, Operation],
    limits: DecoderLimits,
    walls: tuple[str, ...] | None,
) -> None:
    """Give up everything, say what holds, and answer requests until there are no more."""
    confinement = confine(limits, walls=walls)
    wire = Wire(end)
    with contextlib.suppress(WireError):  # nobody is left to work for
        wire.send({"holds": confinement.holds, "lacks": confinement.lacks})
        while True:
            request = wire.receive()
            if "ping" in request.body:
                wire.send({"pong": request.body["ping"]})
            if "operation" not in request.body:
                continue  # such as to stop what had just come to its end
            wire.send(_answered(wire, request, operations, limits))


def _answered(
    wire: Wire, request: Message, operations: dict[str, Operation], limits: DecoderLimits
) -> dict[str, Any]:
    """Answer a request, and return how that ended."""
    try:
        operations[request.body["operation"]](Call(wire, request, limits))
    except StoppedError:
        return {"stopped": True}
    except (InputError, ConfigError) as error:
        return {"error": type(error).__name__, "reason": str(error)}
    except MemoryError:
        size = limits.memory_bytes >> 20
        return {
            "error": MediaTooLargeError.__name__,
            "reason": f"{request.body['name']}: takes more than the {size} MiB of memory that"
            " decoding may take; make it smaller",
        }
    except WireError:
        raise
    except (Exception, FrameMatchError) as error:  # noqa: BLE001 - of a library, about this file
        said = f"{type(error).__name__}: {error}"
        return {"error": InputError.__name__, "reason": f"{request.body['name']}: {said}"}
    finally:
        for file in request.files:
            with contextlib.suppress(OSError):  # closed by what was given it
                os.close(file)
    return {"ended": True}
