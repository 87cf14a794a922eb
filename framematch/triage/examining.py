"""Every content of a dump looked into once, by processes, each result kept as it comes.

Owns the order of the work: what was answered is not asked again, an archive's members follow it
before the next one is unpacked, and what is unpacked goes once its members are done.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from framematch.crew import Crew, Done, Fault
from framematch.errors import CaseError, IndexStoreError, WorkerError
from framematch.ingest.seen import Stamp
from framematch.records import IndexInfo
from framematch.triage.found import Found
from framematch.triage.identity import without_path
from framematch.triage.journal import Journal
from framematch.triage.looking import Answer, Looking, Task, failed, look_into
from framematch.triage.outcome import Outcome
from framematch.triage.paths import member_path
from framematch.triage.sequences import Numbered, numbered

#: Seconds that a file may take by default, and so many more for each MiB.
_LIMIT_S, _LIMIT_S_PER_MIB = 600.0, 2.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the work stands.

    Attributes
    ----------
    done, total : int
        Contents looked into and known of, in this run.
    share : float
        Share of the bytes, small files counted as larger than they are.
    failed : int
        How many could not be read.
    running : tuple of str
        What is being looked into.
    """

    done: int
    total: int
    share: float
    failed: int
    running: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Unpacked:
    """An archive's scratch folder, and how many tasks still want files of it."""

    folder: Path
    wanted: int = 0


@dataclass(slots=True, eq=False)
class _Job:
    """A task, and what it belongs to."""

    task: Task
    name: str
    paths: tuple[str, ...]
    size: int
    depth: int
    source: _Unpacked | None
    # Of a numbered sequence: its files one by one, should they turn out to be no shot.
    singles: tuple[_Job, ...] = ()


@dataclass(frozen=True, slots=True)
class Local:
    """A found thing whose bytes lie at hand: in the dump, or unpacked."""

    found: Found
    file: Path
    stamp: Stamp | None


@dataclass(slots=True, eq=False)
class Examiner:
    """Looks into contents that have no answer yet.

    Parameters
    ----------
    journal : Journal
        Where results are kept.
    answer_key : str
        Digest of what decides the answers.
    looking : Looking
        How files are looked at.
    index : IndexInfo
        The index that is asked.
    scratch : Path
        An empty folder for what is unpacked.
    time_limit_s : float or None
        Seconds that a file may take; by default more for a larger one.
    """

    journal: Journal
    answer_key: str
    looking: Looking
    index: IndexInfo
    scratch: Path
    time_limit_s: float | None = None
    on_progress: Callable[[Standing], None] = lambda _: None
    #: What was done: contents looked into anew, and those that had their answer.
    counts: Counter[str] = field(default_factory=Counter)
    #: Paths of files that changed while they were looked at.
    changed: set[str] = field(default_factory=set)
    _jobs: list[_Job] = field(default_factory=list)
    _known: set[str] = field(default_factory=set)
    _total: int = 0
    _done: int = 0
    _failed: int = 0
    _weight: float = 0.0
    _weight_done: float = 0.0

    def run(self, found: Iterable[Local], processes: int) -> None:
        """Look into everything that lies in the dump, and into what that holds.

        Raises
        ------
        IndexStoreError
            The index changed meanwhile.
        CaseError
            The case cannot be written.
        """
        # A stack: what an archive holds comes before the next archive.
        self._jobs = list(reversed(self._planned(list(found), 0, None)))
        under_way: dict[int, _Job] = {}
        position = 0
        with Crew(partial(look_into, self.looking), processes, limit_s=self._limit_s) as crew:
            while True:
                while self._jobs and crew.has_room:
                    job = self._jobs.pop()
                    under_way[position] = job
                    crew.give(position, job.task)
                    position += 1
                self._tell(under_way)
                if not crew.is_busy:
                    return
                for done in crew.wait():
                    self._settle(under_way.pop(done.position), done)

    def _planned(self, found: list[Local], depth: int, source: _Unpacked | None) -> list[_Job]:
        """Return the jobs of what lies in one folder tree or archive, as far as not answered."""
        at = {local.found.path: local for local in found if local.found.size}
        digests = {path: local.found.sha256 or "" for path, local in at.items()}
        jobs: list[_Job] = []
        for one in numbered(at):
            if isinstance(one, Numbered):
                jobs += self._of_sequence(one, at, digests, depth, source)
            else:
                jobs += self._of_file(at[one], depth, source)
        return jobs

    def _of_sequence(
        self,
        sequence: Numbered,
        at: dict[str, Local],
        digests: dict[str, str],
        depth: int,
        source: _Unpacked | None,
    ) -> list[_Job]:
        key = sequence.key(digests)
        locals_ = [at[path] for path in sequence.paths]
        known = self.journal.outcome(key, self.answer_key)
        if known is not None and known.sort == "single":
            return [job for local in locals_ for job in self._of_file(local, depth, source)]
        if known is not None or key in self._known:
            self._reuse(key)
            return []
        task = Task(
            key,
            tuple(local.file for local in locals_),
            tuple(local.stamp for local in locals_),
            sequence.numbers,
            self.scratch / key[:32],
        )
        size = sum(local.found.size or 0 for local in locals_)
        job = _Job(task, sequence.name, sequence.paths, size, depth, source)
        job.singles = tuple(self._job(local, depth, source) for local in locals_)
        self._add(job)
        return [job]

    def _of_file(self, local: Local, depth: int, source: _Unpacked | None) -> list[_Job]:
        key = local.found.sha256
        if key is None or key in self._known:
            return []
        known = self.journal.outcome(key, self.answer_key)
        if known is not None and not self._is_wanting(known, depth):
            self._reuse(key)
            return []
        job = self._job(local, depth, source)
        self._add(job)
        return [job]

    def _job(self, local: Local, depth: int, source: _Unpacked | None) -> _Job:
        key = local.found.sha256 or ""
        task = Task(key, (local.file,), (local.stamp,), (), self.scratch / key[:32])
        path = local.found.path
        return _Job(task, path, (path,), local.found.size or 0, depth, source)

    def _is_wanting(self, outcome: Outcome, depth: int) -> bool:
        """Return whether a known archive holds anything that has no answer yet."""
        if outcome.sort != "archive" or depth >= self.looking.archives.max_depth:
            return False
        digests = {
            member_path("", held.name): held.sha256
            for held in outcome.held
            if held.sha256 is not None and held.size
        }
        for one in numbered(digests):
            keys = (one,) if isinstance(one, str) else one.paths
            if isinstance(one, Numbered):
                shot = self.journal.outcome(one.key(digests), self.answer_key)
                if shot is None:
                    return True
                if shot.sort != "single":
                    continue
            for path in keys:
                known = self.journal.outcome(digests[path], self.answer_key)
                if known is None or self._is_wanting(known, depth + 1):
                    return True
        return False

    def _add(self, job: _Job) -> None:
        self._known.add(job.task.key)
        if job.source is not None:
            job.source.wanted += 1
        self._total += 1
        self._weight += _weight(job)

    def _reuse(self, key: str) -> None:
        if key not in self._known:
            self._known.add(key)
            self.counts["reused"] += 1

    def _settle(self, job: _Job, done: Done[Answer]) -> None:
        """Keep a result, and plan what follows from it."""
        self._done += 1
        self._weight_done += _weight(job)
        self.counts["examined"] += 1
        answer = done.answer if done.fault is None else self._failed_by(job, done.fault)
        if answer is None or answer.outcome is None:
            self.changed.update(job.paths)
            self._release(job)
            return
        outcome = answer.outcome
        if outcome.sort in ("unreadable", "refused"):
            self._failed += 1
        if self.journal.was_answered(job.task.key):
            self.counts["again"] += 1
        self.journal.keep(job.task.key, self.answer_key, outcome, answer.pictures)
        if outcome.sort == "single":
            for single in reversed(job.singles):
                key = single.task.key
                if key not in self._known and self.journal.outcome(key, self.answer_key) is None:
                    self._add(single)
                    self._jobs.append(single)
        elif outcome.sort == "archive":
            self._enter(job, outcome, answer.extracted)
        self._release(job)

    def _enter(self, job: _Job, outcome: Outcome, extracted: dict[str, Path]) -> None:
        """Plan what an archive holds."""
        unpacked = _Unpacked(job.task.scratch)
        depth = job.depth + 1
        if depth <= self.looking.archives.max_depth:
            locals_ = [
                Local(
                    Found(
                        member_path(job.name, held.name),
                        "file",
                        held.size,
                        None,
                        held.sha256,
                        held.md5,
                        None,
                        depth,
                    ),
                    extracted[held.sha256],
                    None,
                )
                for held in outcome.held
                if held.sha256 is not None
            ]
            self._jobs += reversed(self._planned(locals_, depth, unpacked))
        if not unpacked.wanted:
            shutil.rmtree(unpacked.folder, ignore_errors=True)

    def _release(self, job: _Job) -> None:
        """Let go of an archive's files once nothing wants them."""
        if job.source is not None:
            job.source.wanted -= 1
            if not job.source.wanted:
                shutil.rmtree(job.source.folder, ignore_errors=True)

    def _failed_by(self, job: _Job, fault: Fault) -> Answer | None:
        """Return the answer for a file that took its process down, was late or raised."""
        if isinstance(fault.error, IndexStoreError | CaseError | WorkerError):
            raise fault.error
        shutil.rmtree(job.task.scratch, ignore_errors=True)
        if fault.error is None:
            reason = fault.reason
        else:
            said = without_path(str(fault.error), job.task.files[0])
            reason = f"could not be looked at ({type(fault.error).__name__}: {said})"
        if job.singles:
            return Answer(Outcome("single", reason))
        return Answer(failed(job.task.key, self.index, reason, is_limit=fault.kind == "late"))

    def _limit_s(self, task: Task) -> float:
        if self.time_limit_s is not None:
            return self.time_limit_s
        size = sum(0 if stamp is None else stamp.size for stamp in task.stamps)
        return _LIMIT_S + _LIMIT_S_PER_MIB * size / (1 << 20)

    def _tell(self, under_way: dict[int, _Job]) -> None:
        share = self._weight_done / self._weight if self._weight else 1.0
        running = tuple(job.name for job in under_way.values())
        self.on_progress(Standing(self._done, self._total, share, self._failed, running))


def _weight(job: _Job) -> float:
    """Return what a job costs, roughly: a picture as much as two megabytes of anything."""
    return 1.0 + job.size / 2e6
