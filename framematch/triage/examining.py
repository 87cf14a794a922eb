"""Every content of a dump looked into once, by processes, each result kept as it comes.

Owns the order of the work: what was answered is not asked again, an archive's members follow it
before the next one is unpacked, and what is unpacked goes once its members are done.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from framematch.config import ArchiveLimits
from framematch.crew import Crew, Done, Fault
from framematch.errors import CaseError, IndexStoreError, WorkerError
from framematch.ingest.seen import Stamp
from framematch.records import IndexInfo
from framematch.triage.found import Found
from framematch.triage.identity import without_path
from framematch.triage.journal import AnswerKeys, Journal
from framematch.triage.looking import Answer, Looking, Task, failed, look_into
from framematch.triage.outcome import Outcome
from framematch.triage.pace import Pace, sort_by_name
from framematch.triage.paths import member_path
from framematch.triage.sequences import Numbered, numbered
from framematch.triage.steps import Step, kept_of

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
        Share of the time, by what such files have taken.
    left_s : float or None
        Seconds that the rest of what is known takes, ``None`` where nobody can say yet.
    failed : int
        How many could not be read.
    running : tuple of str
        What is being looked into.
    """

    done: int
    total: int
    share: float
    left_s: float | None
    failed: int
    running: tuple[str, ...]


@dataclass(slots=True, eq=False)
class _Tree:
    """What came out of an archive and of all archives in it: bombs unfold in one another."""

    packed: int
    n_bytes: int = 0
    n_members: int = 0

    def is_spent(self, limits: ArchiveLimits) -> bool:
        """Return whether all of it together is more than one archive of that size may hold."""
        is_bomb = self.n_bytes > min(limits.bytes_by_ratio(self.packed), limits.max_bytes)
        return is_bomb or self.n_members > limits.max_members


@dataclass(slots=True, eq=False)
class _Unpacked:
    """An archive's scratch folder, and how many tasks still want files of it."""

    folder: Path
    tree: _Tree
    wanted: int = 0


@dataclass(slots=True, eq=False)
class _Job:
    """A task, and what it belongs to."""

    task: Task
    name: str
    paths: tuple[str, ...]
    depth: int
    source: _Unpacked | None
    # Of a numbered sequence: its files one by one, should they turn out to be no shot.
    singles: tuple[_Job, ...] = ()
    # What is known of it while it is under way.
    steps: list[Step] = field(default_factory=list)
    began_s: float = 0.0

    @property
    def sort(self) -> str:
        """What it is by its name, as far as that tells how long it takes."""
        return sort_by_name(self.paths[0], len(self.paths))


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
    keys : AnswerKeys
        What an outcome must have been made with to count.
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
    keys: AnswerKeys
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
    _pace: Pace = field(default_factory=lambda: Pace(1))

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
        self._pace.processes = processes
        self._jobs = list(reversed(self._planned(list(found), 0, None)))
        under_way: dict[int, _Job] = {}
        position = 0
        look = partial(look_into, self.looking)

        def note(position: int, step: Step) -> None:
            under_way[position].steps.append(step)

        with Crew(look, processes, limit_s=self._limit_s, on_note=note) as crew:
            while True:
                while self._jobs and crew.has_room:
                    job = self._jobs.pop()
                    under_way[position] = job
                    job.began_s = time.monotonic()
                    crew.give(position, self._task_of(job))
                    position += 1
                self._tell(under_way)
                if not crew.is_busy:
                    return
                for done in crew.wait():
                    self._settle(under_way.pop(done.position), done)

    def _task_of(self, job: _Job) -> Task:
        """Return the task; it unpacks no more where the archives around it have been a bomb."""
        is_spent = job.source is not None and job.source.tree.is_spent(self.looking.archives)
        return replace(job.task, unpacks=False) if is_spent else job.task

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
        known = self.journal.outcome(key, self.keys)
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
            sum(local.found.size or 0 for local in locals_),
        )
        job = _Job(task, sequence.name, sequence.paths, depth, source)
        job.singles = tuple(self._job(local, depth, source) for local in locals_)
        self._add(job)
        return [job]

    def _of_file(self, local: Local, depth: int, source: _Unpacked | None) -> list[_Job]:
        key = local.found.sha256
        if key is None or key in self._known:
            return []
        known = self.journal.outcome(key, self.keys)
        if known is not None and not self._is_wanting(known, depth):
            self._reuse(key)
            return []
        job = self._job(local, depth, source)
        self._add(job)
        return [job]

    def _job(self, local: Local, depth: int, source: _Unpacked | None) -> _Job:
        key = local.found.sha256 or ""
        path, size = local.found.path, local.found.size or 0
        task = Task(key, (local.file,), (local.stamp,), (), self.scratch / key[:32], size)
        return _Job(task, path, (path,), depth, source)

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
                shot = self.journal.outcome(one.key(digests), self.keys)
                if shot is None:
                    return True
                if shot.sort != "single":
                    continue
            for path in keys:
                known = self.journal.outcome(digests[path], self.keys)
                if known is None or self._is_wanting(known, depth + 1):
                    return True
        return False

    def _add(self, job: _Job) -> None:
        self._known.add(job.task.key)
        if job.source is not None:
            job.source.wanted += 1
        self._total += 1
        self._pace.add(job.sort)

    def _reuse(self, key: str) -> None:
        if key not in self._known:
            self._known.add(key)
            self.counts["reused"] += 1

    def _settle(self, job: _Job, done: Done[Answer]) -> None:
        """Keep a result, and plan what follows from it."""
        self._done += 1
        self._pace.settle(job.sort, time.monotonic() - job.began_s)
        self.counts["examined"] += 1
        answer = done.answer if done.fault is None else self._failed_by(job, done.fault)
        if answer is None or answer.outcome is None:
            self.changed.update(job.paths)
            self._release(job)
            return
        outcome = answer.outcome
        if outcome.sort in ("unreadable", "refused"):
            self._failed += 1
        if self.journal.was_answered_otherwise(job.task.key, self.keys):
            self.counts["again"] += 1
        # What another archive than the same around it would not refuse is tried again like a fault.
        is_final = done.fault is None and not answer.is_for_now
        answer_key = self.keys.answer if is_final else self.keys.fault
        self.journal.keep(job.task.key, answer_key, outcome, answer.pictures)
        if outcome.sort == "single":
            for single in reversed(job.singles):
                key = single.task.key
                if key not in self._known and self.journal.outcome(key, self.keys) is None:
                    self._add(single)
                    self._jobs.append(single)
        elif outcome.sort == "archive":
            self._enter(job, outcome, answer.extracted)
        self._release(job)

    def _enter(self, job: _Job, outcome: Outcome, extracted: dict[str, Path]) -> None:
        """Plan what an archive holds."""
        tree = _Tree(job.task.size) if job.source is None else job.source.tree
        tree.n_bytes += sum(held.size or 0 for held in outcome.held if held.sha256 is not None)
        tree.n_members += len(outcome.held)
        unpacked = _Unpacked(job.task.scratch, tree)
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
        if not job.task.is_unchanged():
            return None  # it was not this content that failed
        reason = fault.reason
        if fault.error is not None:
            said = without_path(str(fault.error), job.task.files[0])
            reason = f"{type(fault.error).__name__}: {said}"
        if job.steps:
            return Answer(*kept_of(job.steps, reason))
        if fault.error is not None:
            reason = f"could not be looked at ({reason})"
        if job.singles:
            return Answer(Outcome("single", reason))
        return Answer(failed(job.task.key, self.index, reason, is_limit=fault.kind == "late"))

    def _limit_s(self, task: Task) -> float:
        if self.time_limit_s is not None:
            return self.time_limit_s
        return _LIMIT_S + _LIMIT_S_PER_MIB * task.size / (1 << 20)

    def _tell(self, under_way: dict[int, _Job]) -> None:
        running = tuple(job.name for job in under_way.values())
        share, left_s = self._pace.share, self._pace.left_s
        self.on_progress(Standing(self._done, self._total, share, left_s, self._failed, running))
