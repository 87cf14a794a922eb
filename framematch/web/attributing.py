"""Files that are sent to the desk: attributed one after the other, with the pictures that show why.

Owns the queue and its threads. They share one `Matcher`; an answer is the one that
``framematch query`` gives for the same file.
"""

from __future__ import annotations

import contextlib
import queue
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from framematch.errors import FrameMatchError
from framematch.matcher import Examined, Matcher
from framematch.matching.difference import seen_as
from framematch.media import decode_thumbnail
from framematch.records import Frame
from framematch.released import held_against_release
from framematch.triage.evidence import evidence_of
from framematch.web.outline import OUTLINE_COLOUR, outline_of_pixels
from framematch.web.problems import Refusal
from framematch.web.scratch import Scratch, ScratchFile
from framematch.web.settings import DeskLimits

#: Bytes of pictures that are kept for those who ask for them; the latest answers' ones.
_MOST_PICTURES = 64 << 20
#: Pictures of an answer, as `Evidence` calls them.
_SHOWN = ("whole", "query", "reference")
#: Seconds that work under way is given to end when the desk is closed.
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said of a file.

    Attributes
    ----------
    id : str
        What its pictures are asked for by.
    attribution : dict
        The object that ``query --json`` writes.
    release : dict or None
        How it stands to the released frame, as in a finding.
    stage_reasons : list of str
        What decided the stage, as in a finding.
    query_s, reference_s : float or None
        When the pictures are shown, in seconds of the file and of the reference.
    pictures : mapping of str to bytes
        WebP files by ``whole``, ``query`` and ``reference``, as far as there are any.
    laid : uint8 (144, 256, 3) or None
        What ``query`` shows.
    """

    id: str
    attribution: dict[str, Any]
    release: dict[str, Any] | None
    stage_reasons: list[str]
    query_s: float | None
    reference_s: float | None
    pictures: Mapping[str, bytes]
    laid: npt.NDArray[np.uint8] | None

    @property
    def size(self) -> int:
        """Bytes that its pictures take."""
        laid = 0 if self.laid is None else self.laid.nbytes
        return laid + sum(map(len, self.pictures.values()))


class Waiting:
    """One file from its first byte to its answer; a context manager that takes all of it away.

    Attributes
    ----------
    name : str
        What the answer calls it.
    file : ScratchFile
        Where it is put.
    answered : Future
        Its answer, once there is one.
    """

    def __init__(self, owner: Attributing, name: str, file: ScratchFile) -> None:
        self.name, self.file = name, file
        self.answered: Future[Answer] = Future()
        self._owner = owner

    def __enter__(self) -> Waiting:
        return self

    def __exit__(self, *error: object) -> None:
        self.answered.cancel()  # where nobody waits for it any more, it is not begun
        self.file.remove()
        self._owner.forget(self)


class Attributing:
    """Attributes files on a few threads, in the order in which they were sent completely.

    Parameters
    ----------
    matcher : Matcher
        What is asked; the caller closes its index, after this.
    limits : DeskLimits
        How many at once, how many may wait, how much space they may take.
    scratch_within : Path, optional
        Folder for the files that wait; by default the system's for temporary files.
    """

    def __init__(
        self, matcher: Matcher, limits: DeskLimits, scratch_within: Path | None = None
    ) -> None:
        self._matcher, self._limits = matcher, limits
        self._scratch = Scratch(limits.max_waiting_bytes, scratch_within)
        self._lock = threading.Lock()
        self._inside: set[Waiting] = set()
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        self._kept_bytes = 0

    @property
    def n_inside(self) -> int:
        """Files that are being sent, wait, or are looked at."""
        return len(self._inside)

    def admit(self, name: str) -> Waiting:
        """Return the place of a file that is about to be sent.

        Raises
        ------
        Refusal
            With status 503: too many wait already, or the desk is being closed.
        """
        with self._lock:
            if self._is_closed:
                raise _stopped()
            if len(self._inside) >= self._limits.max_waiting + self._limits.workers:
                raise Refusal(
                    503,
                    "busy",
                    f"{len(self._inside)} files wait already; try again in a few seconds",
                    {"Retry-After": "5"},
                )
            waiting = Waiting(self, name, self._scratch.file())
            self._inside.add(waiting)
            return waiting

    def begin(self, waiting: Waiting) -> None:
        """Have a file attributed that was sent completely."""
        waiting.file.finish()
        with self._lock:
            if self._is_closed:
                raise _stopped()
            self._queue.put(waiting)
            if len(self._threads) < min(self._limits.workers, len(self._inside)):
                # Daemons: the desk ends, whatever takes long.
                thread = threading.Thread(target=self._work, name="attributing", daemon=True)
                self._threads.append(thread)
                thread.start()

    def forget(self, waiting: Waiting) -> None:
        """Let another file have the place of one that was answered or given up."""
        with self._lock:
            self._inside.discard(waiting)

    def picture(self, answer: str, which: str) -> bytes:
        """Return a picture of an answer: a WebP file, its outline a PNG file.

        Raises
        ------
        LookupError
            There is none, or it is not kept any more.
        """
        with self._lock:
            kept = self._kept[answer]
            self._kept.move_to_end(answer)
        if which == "outline" and kept.laid is not None:
            return outline_of_pixels(kept.laid, OUTLINE_COLOUR)
        return kept.pictures[which]

    def get_ready(self) -> None:
        """Look for a picture of the index itself, in the background: what is read once then is.

        Of a million rows the first answer takes seconds longer than those after it.
        """
        threading.Thread(target=self._look_once, name="getting ready", daemon=True).start()

    def _look_once(self) -> None:
        # Whatever is wrong with the index is said to who asks.
        with contextlib.suppress(FrameMatchError, IndexError):
            picture = decode_thumbnail(self._matcher.index.thumbnail(0))
            self._matcher.attribute_still(Frame(picture, 0.0, 0.0))

    def stop(self) -> None:
        """Take nothing more, and tell all who wait."""
        with self._lock:
            self._is_closed = True
            for waiting in self._inside:
                _settle(waiting.answered, _stopped())

    def close(self) -> None:
        """Take nothing more, and remove what waits; a file that takes long is not waited for."""
        self.stop()
        for _ in self._threads:
            self._queue.put(None)
        until_s = time.monotonic() + _PATIENCE_S
        for thread in self._threads:
            thread.join(max(0.0, until_s - time.monotonic()))
        self._scratch.close()

    def _work(self) -> None:
        while (waiting := self._queue.get()) is not None:
            with self._lock:
                answered = waiting.answered
                if answered.done() or not answered.set_running_or_notify_cancel():
                    continue  # nobody waits for it any more
            try:
                answer = self._answer(waiting)
            except BaseException as error:  # noqa: BLE001 - whoever waits is told
                _settle(waiting.answered, error)
            else:
                self._keep(answer)
                _settle(waiting.answered, answer)

    def _answer(self, waiting: Waiting) -> Answer:
        path = waiting.file.path
        examined = _called(self._matcher.examine(path), path, waiting.name)
        index, told = self._matcher.index, secrets.token_urlsafe(12)
        drawn = evidence_of(index, examined, told, None)
        release = held_against_release(index, examined)
        shown, stage = drawn.evidence, examined.attribution.stage
        names = {} if shown is None else {which: getattr(shown, which) for which in _SHOWN}
        return Answer(
            id=told,
            attribution=examined.attribution.to_dict(),
            release=None if release is None else release.to_dict(),
            stage_reasons=[] if stage is None else list(stage.reasons),
            query_s=None if shown is None else shown.query_s,
            reference_s=None if shown is None else shown.reference_s,
            pictures={which: drawn.pictures[name] for which, name in names.items() if name},
            laid=_laid(examined),
        )

    def _keep(self, answer: Answer) -> None:
        """Keep the pictures of an answer in place of the oldest ones."""
        with self._lock:
            self._kept[answer.id] = answer
            self._kept_bytes += answer.size
            while self._kept_bytes > _MOST_PICTURES and len(self._kept) > 1:
                _, old = self._kept.popitem(last=False)
                self._kept_bytes -= old.size


def _laid(examined: Examined) -> npt.NDArray[np.uint8] | None:
    """Return the picture as it lies on the frame that it was matched to."""
    if examined.frame is None or examined.matched is None:
        return None
    return seen_as(examined.frame.pixels, examined.matched.view)


def _called(examined: Examined, path: Path, name: str) -> Examined:
    """Return an answer that calls the file by the name that it was sent under."""
    said = examined.attribution
    error = None if said.error is None else said.error.replace(str(path), name)
    return replace(examined, attribution=replace(said, file=name, error=error))


def _settle(future: Future[Answer], outcome: Answer | BaseException) -> None:
    """Hand an outcome over, unless the desk was closed meanwhile and has said so."""
    with contextlib.suppress(InvalidStateError):
        if isinstance(outcome, BaseException):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _stopped() -> Refusal:
    return Refusal(503, "stopped", "the desk is being stopped; start it again and send it anew")
