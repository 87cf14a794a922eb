"""Decoders as the rest of the program sees them: asked one thing each at a time, and replaced.

A decoder that dies, or says nothing for too long, costs the file it was at. Safe to be used by many
threads at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from typing import Any

from framematch import errors
from framematch.errors import DecodeTimeoutError, UnreadableMediaError, WorkerStartError
from framematch.sandbox.confine import Confinement, DecoderLimits
from framematch.sandbox.wire import Message, NonsenseError, SilentError, Wire, WireError

_START = (
    "import sys; sys.path[:] = sys.argv[3:];"
    " from framematch.sandbox.zygote import serve; serve(*map(int, sys.argv[1:3]))"
)
#: Files that one decoder reads before another takes its place: what one of them has spoilt, or has
#: left lying in memory, goes with it.
_MOST_FILES = 256
_IDLE_KEPT = 2
_STARTING_S, _STOPPING_S = 120.0, 1.0
#: What a decoder may claim to have met: errors about the file.
_CLAIMS = {
    name: getattr(errors, name)
    for name in (
        *("ConfigError", "DecodeTimeoutError", "InputError", "MediaTooLargeError"),
        *("UnreadableMediaError", "UnsupportedFormatError"),
    )
}
_MOST_REASON = 4096


@dataclasses.dataclass(slots=True, eq=False)
class _Decoder:
    """A process, what it was forked from, and what it has been made able to do."""

    pid: int
    zygote: subprocess.Popen[bytes]
    wire: Wire
    modules: frozenset[str]
    files: int = 0


class Conversation:
    """One request to a decoder, and what it says until it is done. A context manager."""

    def __init__(self, broker: Broker, decoder: _Decoder, name: str, processor_s: int) -> None:
        self._broker = broker
        self._decoder: _Decoder | None = decoder
        self._name = name
        self._processor_s = processor_s

    def __enter__(self) -> Conversation:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def hear(self) -> Message | None:
        """Return what the decoder says next, ``None`` once it is done.

        Raises
        ------
        InputError
            It cannot read the file; it died, said nothing for too long, or talks nonsense.
        """
        if self._decoder is None:
            return None
        try:
            message = self._decoder.wire.receive(self._broker.limits.clock_s)
        except WireError as error:
            raise self._lost(error) from None
        for file in message.files:  # nobody asked for any
            os.close(file)
        said = message.body.get("said")
        if isinstance(said, dict):
            return Message(said, message.arrays)
        if not message.body.keys() & {"ended", "error", "stopped"}:
            raise self._lost(NonsenseError("neither an answer nor an end"))
        self._broker.give_back(self._decoder)
        self._decoder = None
        if "error" in message.body:
            raise _claimed(message.body, self._name)
        return None

    def tell(self, body: dict[str, Any]) -> None:
        """Answer what the decoder asked."""
        if self._decoder is not None:
            with contextlib.suppress(WireError):  # hearing it will show that it died
                self._decoder.wire.send({"told": body})

    def makes_no_sense(self, what: str) -> errors.InputError:
        """Return the error for an answer that the file cannot have, and end who gave it."""
        return self._lost(NonsenseError(what))

    def rest(self) -> Generator[Message]:
        """Yield all that the decoder says until it is done."""
        while (message := self.hear()) is not None:
            yield message

    def close(self) -> None:
        """Have the decoder stop, where it is not done."""
        decoder, self._decoder = self._decoder, None
        if decoder is None:
            return
        until_s = time.monotonic() + _STOPPING_S
        try:
            decoder.wire.send({"stop": True})
            while "said" in decoder.wire.receive(max(1e-3, until_s - time.monotonic())).body:
                pass
        except WireError:
            self._broker.dismiss(decoder)
        else:
            self._broker.give_back(decoder)

    def _lost(self, error: WireError) -> errors.InputError:
        """Do away with a decoder that died or is to, and say so of the file."""
        decoder, self._decoder = self._decoder, None
        if decoder is None:
            return UnreadableMediaError(f"{self._name}: {error}")
        if isinstance(error, SilentError):
            self._broker.dismiss(decoder)
            return DecodeTimeoutError(
                f"{self._name}: its decoder said nothing for {self._broker.limits.clock_s:.0f} s"
                " and was stopped; leave the file out, or convert it"
            )
        status = self._broker.dismiss(decoder)
        if isinstance(error, NonsenseError):
            return UnreadableMediaError(
                f"{self._name}: its decoder said what makes no sense ({error}) and was stopped;"
                " leave the file out"
            )
        if status == -signal.SIGXCPU:
            return DecodeTimeoutError(
                f"{self._name}: its decoder worked for {self._processor_s} s without"
                " a result and was stopped; leave the file out, or convert it"
            )
        return UnreadableMediaError(
            f"{self._name}: its decoder {_ending(status)}; leave the file out, or convert it"
        )


class Broker:
    """Has decoders forked, hands them requests, and keeps a few for the next ones.

    Parameters
    ----------
    limits : DecoderLimits, optional
        What a decoder may take.
    walls : tuple of str, optional
        As of `framematch.sandbox.confine.confine`.
    """

    def __init__(
        self, limits: DecoderLimits | None = None, *, walls: tuple[str, ...] | None = None
    ) -> None:
        self.limits = limits or DecoderLimits()
        self._walls = walls
        self._lock = threading.Lock()
        self._idle: list[_Decoder] = []
        self._zygote: subprocess.Popen[bytes] | None = None
        self._anothers: subprocess.Popen[bytes] | None = None
        self._control: Wire | None = None
        self._life = -1
        self._confinement: Confinement | None = None

    def __enter__(self) -> Broker:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def start(self) -> None:
        """Start what decoders are forked from; it comes up while others work."""
        with self._lock:
            self._started()

    def confinement(self, modules: Sequence[str]) -> Confinement:
        """Return what holds of the decoders, having one started where none was yet."""
        if self._confinement is None:
            self.give_back(self._taken(frozenset(modules)))
        if self._confinement is None:
            raise WorkerStartError("a decoder did not say what holds of it")
        return self._confinement

    def ask(
        self,
        modules: Sequence[str],
        operation: str,
        told: dict[str, Any],
        *,
        name: str,
        files: Sequence[int] = (),
        processor_s: int = 0,
    ) -> Conversation:
        """Put a request to a decoder.

        Parameters
        ----------
        modules : sequence of str
            Where the operation is found, with all that it imports: after a decoder was confined it
            can import nothing.
        operation : str
            Its name in ``OPERATIONS`` of one of them.
        told : dict
            JSON.
        name : str
            What errors call the file.
        files : sequence of int
            Descriptors that it is handed; they stay the caller's to close.
        processor_s : int
            Seconds of a processor from one message to the next, where the limits allow less.

        Raises
        ------
        WorkerStartError
            No decoder could be started.
        """
        decoder = self._taken(frozenset(modules))
        request = {
            "operation": operation,
            "told": told,
            "name": name,
            "processor_s": processor_s,
        }
        with contextlib.suppress(WireError):  # hearing it will show that it died
            decoder.wire.send(request, files=files)
        return Conversation(self, decoder, name, max(self.limits.processor_s, processor_s))

    def give_back(self, decoder: _Decoder) -> None:
        """Keep a decoder that is done for the next request, if it is wanted."""
        decoder.files += 1
        with self._lock:
            if decoder.files < _MOST_FILES and len(self._idle) < _IDLE_KEPT:
                self._idle.append(decoder)
                return
        self.dismiss(decoder)

    def dismiss(self, decoder: _Decoder) -> int:
        """Do away with a decoder, and return its exit status, negative for a signal."""
        with self._lock:
            decoder.wire.close()
            if self._control is None or decoder.zygote is not self._zygote:
                return 0  # it ended with what it was forked from, and its number may be another's
            # Its number is its own as long as nobody has asked how it ended; what has ended
            # already is not killed by it.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(decoder.pid, signal.SIGKILL)
            try:
                self._control.send({"ended": decoder.pid})
                return int(self._control.receive(_STARTING_S).body["status"])
            except (WireError, KeyError):
                return 0

    def close(self) -> None:
        """End every decoder."""
        with self._lock:
            while self._idle:
                self._idle.pop().wire.close()
            self._end_zygote()

    def forget(self) -> None:
        """Let go of everything without ending it: another process forked this one, and has it."""
        self._lock = threading.Lock()
        for decoder in self._idle:
            decoder.wire.close()
        if self._control is not None:
            self._control.close()
            os.close(self._life)
        # Kept, so that nobody takes it for a process that was not waited for.
        self._anothers = self._zygote
        self._idle, self._control, self._zygote = [], None, None

    def _taken(self, modules: frozenset[str]) -> _Decoder:
        """Return a decoder that can do what is wanted: one that is idle, or another."""
        with self._lock:
            for decoder in self._idle:
                if modules <= decoder.modules:
                    self._idle.remove(decoder)
                    known = decoder
                    break
            else:
                known = None
            full = known is None and len(self._idle) == _IDLE_KEPT
            spare = self._idle.pop(0) if full else None
        if known is not None:
            if _is_in_step(known):
                return known
            self.dismiss(known)
        if spare is not None:
            # One that can do what both can takes its place.
            modules |= spare.modules
            self.dismiss(spare)
        with self._lock:
            return self._spawned(modules)

    def _spawned(self, modules: frozenset[str]) -> _Decoder:
        control, zygote = self._started()
        ours, theirs = socket.socketpair()
        wire = Wire(ours)
        wanted = {
            "spawn": sorted(modules),
            "limits": dataclasses.asdict(self.limits),
            "walls": self._walls,
        }
        try:
            with theirs:
                control.send(wanted, files=[theirs.fileno()])
                pid = int(control.receive(_STARTING_S).body["pid"])
            first = wire.receive(_STARTING_S).body
            self._confinement = Confinement(tuple(first["holds"]), tuple(first["lacks"]))
        except (WireError, KeyError) as error:
            wire.close()
            self._end_zygote()
            raise WorkerStartError(
                f"a decoder could not be started ({error}); what it wrote stands above. Make room"
                " for it, and run again"
            ) from error
        return _Decoder(pid, zygote, wire, modules)

    def _started(self) -> tuple[Wire, subprocess.Popen[bytes]]:
        """Return the connection to what decoders are forked from, and that, started first."""
        if self._control is not None and self._zygote is not None and self._zygote.poll() is None:
            return self._control, self._zygote
        self._end_zygote()
        ours, theirs = socket.socketpair()
        life_of_child, self._life = os.pipe()
        with theirs:
            descriptors = (theirs.fileno(), life_of_child)
            self._zygote = subprocess.Popen(  # noqa: S603 - this interpreter, a constant program
                [sys.executable, "-c", _START, *map(str, descriptors), *sys.path],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=descriptors,
                process_group=0,
                cwd="/",
                env=_environment(),
            )
        os.close(life_of_child)
        self._control = Wire(ours)
        return self._control, self._zygote

    def _end_zygote(self) -> None:
        if self._control is not None:
            self._control.close()
            os.close(self._life)
        if self._zygote is not None:
            self._zygote.kill()
            self._zygote.wait()
        self._control = self._zygote = None


def _is_in_step(decoder: _Decoder) -> bool:
    """Tell whether a decoder is there, and says nothing any more of the file before."""
    nonce = secrets.token_hex(8)
    try:
        decoder.wire.send({"ping": nonce})
        return decoder.wire.receive(_STOPPING_S).body == {"pong": nonce}
    except WireError:
        return False


def _environment() -> dict[str, str]:
    """Return the little that a decoder knows of where it runs: nothing that could be a secret."""
    kept = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")
    return {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        **{name: os.environ[name] for name in kept if name in os.environ},
    }


def _claimed(body: dict[str, Any], name: str) -> errors.FrameMatchError:
    """Return the error that a decoder claims to have met."""
    kind = _CLAIMS.get(str(body["error"]), UnreadableMediaError)
    reason = str(body.get("reason"))[:_MOST_REASON]
    error: errors.FrameMatchError = kind(reason if reason.startswith(name) else f"{name}: {reason}")
    return error


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with exit status {status}"
    try:
        killed_by = signal.Signals(-status).name
    except ValueError:
        killed_by = f"signal {-status}"
    return f"was killed by {killed_by}" + (
        ", perhaps for want of memory" if killed_by == "SIGKILL" else ""
    )
