"""Where a running job stands, from what its executor tells. Owns the arithmetic of progress."""

from collections.abc import Callable, Sequence

from framematch.ingest.items import IngestItem
from framematch.ingest.report import IngestProgress, RunningFile
from framematch.ingest.task import Outcome


class Tracker:
    """Adds up what is known of the files of a job, and tells a listener.

    Parameters
    ----------
    items : sequence of IngestItem
        The job.
    on_progress : callable or None
        The listener.
    """

    def __init__(
        self, items: Sequence[IngestItem], on_progress: Callable[[IngestProgress], None] | None
    ) -> None:
        self._items = items
        self._on_progress = on_progress
        self._weights = [_weight(item) for item in items]
        self._all = sum(self._weights) or 1
        self._running: dict[int, float] = {}
        self._done = self._failed = 0
        self._through = self._coded = 0
        self._media_s = 0.0

    def largest_first(self) -> list[int]:
        """Return the positions of the files by falling size, equal ones in their order."""
        return sorted(range(len(self._items)), key=lambda position: -self._weights[position])

    def is_at(self, position: int, share: float) -> None:
        """Note how far a running file is."""
        self._running[position] = share
        self._tell(position, share)

    def is_over(self, outcome: Outcome) -> None:
        """Note that a file is through."""
        self._running.pop(outcome.position, None)
        self._done += 1
        self._failed += outcome.failure is not None
        weight = self._weights[outcome.position]
        self._through += weight
        self._coded += weight if outcome.coded is not None else 0
        if outcome.coded is not None and outcome.coded.info.kind != "image":
            self._media_s += outcome.coded.media_s
        self._tell(outcome.position, 1.0)

    def _tell(self, position: int, share: float) -> None:
        if self._on_progress is None:
            return
        under_way = sum(self._weights[at] * part for at, part in self._running.items())
        self._on_progress(
            IngestProgress(
                path=self._items[position].path,
                position=position,
                total=len(self._items),
                share=share,
                done=self._done,
                failed=self._failed,
                running=tuple(
                    RunningFile(self._items[at].path, part)
                    for at, part in sorted(self._running.items())
                ),
                media_s=self._media_s,
                share_of_bytes=(self._through + under_way) / self._all,
                coded_share_of_bytes=(self._coded + under_way) / self._all,
            )
        )


def _weight(item: IngestItem) -> int:
    """Return the bytes of a file, at least one."""
    try:
        return max(1, item.path.stat().st_size)
    except OSError:  # reading it will say so
        return 1
