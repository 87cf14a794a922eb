"""Looking into one file of a dump: what it is, its pictures and their answers, what it holds.

Runs in a process that the file may take down (`framematch.crew`), and hands back records and small
pictures only. Writes nowhere but into the scratch folder that an archive is given.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from framematch.case_records import MetadataItem, PartRole
from framematch.config import ArchiveLimits, MediaLimits, PartLimits
from framematch.errors import (
    CaseError,
    DecodeTimeoutError,
    IndexStoreError,
    InputError,
    MediaTooLargeError,
    UnsupportedFormatError,
)
from framematch.index import Backend, Index
from framematch.ingest.seen import Stamp
from framematch.matcher import Examined, Matcher
from framematch.matching.confidence import Model
from framematch.media import (
    NumberedSequence,
    Part,
    metadata_of,
    open_media,
    parts_of,
    sort_of,
    unpack,
)
from framematch.records import Attribution, IndexInfo
from framematch.released import held_against_release
from framematch.triage.evidence import evidence_of
from framematch.triage.identity import digests_of, reason_of, without_path
from framematch.triage.outcome import Held, Looked, Outcome, Sort
from framematch.triage.reading import notes_of
from framematch.triage.shot import is_one_shot
from framematch.triage.steps import Step, Tell

_SPENT = (
    "the archives around it hold more together than one of their size may, as bombs do: this one is"
    " not unpacked"
)


@dataclass(frozen=True, slots=True)
class Looking:
    """How files are looked at: the same for all files of a run.

    Attributes
    ----------
    index : str
        Folder of the index, absolute.
    index_id : str
        What the index must hold.
    backend : str
        How it is searched.
    min_information : int
        As the index was opened with.
    model : Model or None
        Turns evidence into confidence; the shipped one for ``None``.
    reads_notes : bool
        Whether notes are read, not only found.
    media, parts, archives
        What a file may cost.
    """

    index: str
    index_id: str
    backend: Backend
    min_information: int
    model: Model | None
    reads_notes: bool
    media: MediaLimits = field(default_factory=MediaLimits)
    parts: PartLimits = field(default_factory=PartLimits)
    archives: ArchiveLimits = field(default_factory=ArchiveLimits)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to look into.

    Attributes
    ----------
    key : str
        Digest of the content; of a sequence that of its digests.
    files : tuple of Path
        The file; of a sequence all of them, by number.
    stamps : tuple of (Stamp or None)
        How the files looked when their digests were taken.
    numbers : tuple of int
        Of a sequence, empty else.
    scratch : Path
        An absent folder that an archive may be unpacked into.
    size : int
        Of all files, in bytes.
    unpacks : bool
        Whether an archive is unpacked.
    """

    key: str
    files: tuple[Path, ...]
    stamps: tuple[Stamp | None, ...]
    numbers: tuple[int, ...]
    scratch: Path
    size: int = 0
    unpacks: bool = True

    def is_unchanged(self) -> bool:
        """Return whether the files look as they did when their digests were taken."""
        return all(
            stamp is None or Stamp.of(file) == stamp
            for file, stamp in zip(self.files, self.stamps, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task.

    Attributes
    ----------
    outcome : Outcome or None
        ``None`` where a file changed meanwhile.
    pictures : dict of str to bytes
        By the names in `Evidence`.
    extracted : dict of str to Path
        Members of an archive in the scratch folder, by their SHA-256.
    is_for_now : bool
        Whether the content alone does not decide the outcome: elsewhere it may be another.
    """

    outcome: Outcome | None
    pictures: dict[str, bytes] = field(default_factory=dict)
    extracted: dict[str, Path] = field(default_factory=dict)
    is_for_now: bool = False


def look_into(looking: Looking, task: Task, tell: Tell = lambda _: None) -> Answer:
    """Return what a task brings to light, having told what is known step by step.

    Raises
    ------
    IndexStoreError
        The index changed or is damaged.
    CaseError
        The disk of the scratch folder is full.
    """
    answer = _sequence(looking, task, tell) if task.numbers else _file(looking, task, tell)
    return answer if task.is_unchanged() else Answer(None)


def _file(looking: Looking, task: Task, tell: Tell) -> Answer:
    file = task.files[0]
    try:
        sort = sort_of(file)
    except UnsupportedFormatError as error:
        return Answer(Outcome("other", reason_of(error, file)))
    except InputError as error:
        return _unreadable(looking, task, error)
    if sort == "archive" and not task.unpacks:
        return Answer(Outcome("refused", _SPENT), is_for_now=True)
    if sort == "archive":
        return _archive(looking, task)
    try:
        look = _document if sort == "document" else _picture
        return look(looking, task, tell)
    except InputError as error:
        return _unreadable(looking, task, error)


def _picture(looking: Looking, task: Task, tell: Tell) -> Answer:
    """Look at a picture, an animated picture or a video."""
    file = task.files[0]
    try:
        # Said by its class: which limit was passed is no matter of wording.
        with open_media(file, looking.media):
            pass
    except UnsupportedFormatError as error:
        return Answer(Outcome("other", reason_of(error, file)))
    matcher = _matcher(looking)
    examined = matcher.examine(file)
    if examined.attribution.sha256 != task.key:
        return Answer(None)
    examined = _nameless(examined, file)
    reason = examined.attribution.error
    sort: Sort = "unreadable" if examined.attribution.verdict == "unreadable" else "picture"
    so_far = _SoFar(sort, reason, tell=tell)
    looked, drawn = _looked(looking, examined, task.key, None, "whole", so_far)
    outcome = Outcome(sort, looked.attribution.error, (looked,), metadata=_metadata(file))
    return Answer(outcome, drawn)


def _document(looking: Looking, task: Task, tell: Tell) -> Answer:
    """Look at every part of a file that holds several pictures."""
    file = task.files[0]
    matcher = _matcher(looking)
    found: list[Looked] = []
    pictures: dict[str, bytes] = {}
    failed: list[str] = []
    for part in _parts(file, looking, failed):
        said = None if part.error is None else without_path(part.error, file)
        if said is not None or part.frame is None:
            failed.append(f"{part.name or 'the whole'}: {said or 'has no picture'}")
        if part.frame is None:
            continue
        examined = matcher.examine_picture(part.frame, "", task.key)
        examined = replace(examined, attribution=replace(examined.attribution, error=said))
        so_far = _SoFar("document", "; ".join(failed) or None, tell=tell)
        looked, drawn = _looked(looking, examined, task.key, part.name, part.role, so_far)
        if said is None and looked.attribution.error is not None:
            failed.append(f"{part.name or 'the whole'}: {looked.attribution.error}")
        found.append(looked)
        pictures |= drawn
    reason = "; ".join(failed) or None
    if not found:
        return _unreadable(looking, task, InputError(f"{file}: {reason or 'holds no picture'}"))
    return Answer(Outcome("document", reason, tuple(found), metadata=_metadata(file)), pictures)


def _parts(file: Path, looking: Looking, failed: list[str]) -> Iterator[Part]:
    """Yield the parts of a document; what ends them early costs none of those before."""
    n_given = 0
    try:
        for part in parts_of(file, looking.parts, looking.media):
            yield part
            n_given += 1
    except InputError as error:
        if not n_given:
            raise
        failed.append(f"the rest: {reason_of(error, file)}")


def _sequence(looking: Looking, task: Task, tell: Tell) -> Answer:
    """Look at numbered pictures as one shot, if they are one."""
    verdict = is_one_shot(task.files, looking.media)
    if verdict.against is not None:
        return Answer(Outcome("single", verdict.against))
    folder = task.files[0]
    examined = _matcher(looking).examine_sequence(NumberedSequence("", task.files, task.numbers))
    if examined.attribution.sha256 != task.key:
        return Answer(None)
    examined = _nameless(examined, folder)
    broken = tuple(
        Held(str(position), None, None, None, None, without_path(why, task.files[position]))
        for position, why in verdict.broken
    )
    reason = examined.attribution.error
    so_far = _SoFar("sequence", reason, broken, tell)
    looked, drawn = _looked(looking, examined, task.key, None, "whole", so_far)
    metadata = _metadata(task.files[0])
    return Answer(Outcome("sequence", looked.attribution.error, (looked,), broken, metadata), drawn)


def _archive(looking: Looking, task: Task) -> Answer:
    """Unpack an archive into the scratch folder; its members are tasks of their own."""
    file = task.files[0]
    held: list[Held] = []
    extracted: dict[str, Path] = {}
    reason: str | None = None
    try:
        task.scratch.mkdir(parents=True)
        for member in unpack(file, task.scratch, looking.archives):
            said = None if member.reason is None else without_path(member.reason, file)
            if not member.name:  # how the archive broke off
                reason = said
                continue
            sha256 = md5 = None
            if member.path is not None:
                sha256, md5 = digests_of(member.path)
                if extracted.setdefault(sha256, member.path) != member.path:
                    member.path.unlink()
            held.append(Held(member.name, member.size, member.modified, sha256, md5, said))
    except InputError as error:
        sort: Sort = "refused" if isinstance(error, MediaTooLargeError) else "unreadable"
        return Answer(Outcome(sort, reason_of(error, file)))
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise CaseError(
                f"{task.scratch}: the disk is full while an archive is unpacked; make room, then"
                " run the same command again: what is finished stays"
            ) from error
        return Answer(Outcome("unreadable", reason_of(error, file)))
    return Answer(Outcome("archive", reason, held=tuple(held)), extracted=extracted)


@dataclass(frozen=True, slots=True)
class _SoFar:
    """What is known of a file beside its pictures, and who is told."""

    sort: Sort
    reason: str | None
    held: tuple[Held, ...] = ()
    tell: Tell = lambda _: None

    def say(self, looked: Looked, doing: str, pictures: dict[str, bytes] | None = None) -> None:
        self.tell(Step(self.sort, doing, looked, pictures or {}, self.reason, self.held))


def _looked(
    looking: Looking,
    examined: Examined,
    key: str,
    part: str | None,
    role: PartRole,
    so_far: _SoFar,
) -> tuple[Looked, dict[str, bytes]]:
    """Return what there is to say of an attributed picture; what that may cost, it does not."""
    index = _matcher(looking).index
    stage = examined.attribution.stage
    reasons = () if stage is None else stage.reasons
    looked = Looked(part, role, examined.attribution, reasons, None, None, ())
    so_far.say(looked, "drawing what shows it")
    drawn = evidence_of(index, examined, key, part)
    looked = replace(looked, evidence=drawn.evidence)
    so_far.say(looked, "holding it against the release", drawn.pictures)
    release = held_against_release(index, examined, limits=looking.media)
    looked = replace(looked, release=release)
    so_far.say(looked, "finding and reading its notes")
    notes, lost = notes_of(examined.frame, reads=looking.reads_notes)
    looked = replace(looked, notes=notes)
    if lost is not None:
        error = looked.attribution.error
        said = lost if error is None else f"{error}; {lost}"
        looked = replace(looked, attribution=replace(looked.attribution, error=said))
    so_far.say(looked, "reading what else the file holds")
    return looked, drawn.pictures


def unread(key: str, index: IndexInfo, reason: str | None) -> Attribution:
    """Return the answer for what cannot be read."""
    return Attribution(
        file="",
        sha256=key,
        media=None,
        verdict="unreadable",
        show=None,
        confidence=0.0,
        episodes=None,
        stage=None,
        candidates=(),
        matches=(),
        expected_false_matches=None,
        index=index,
        error=reason or "has no picture",
    )


def _unreadable(looking: Looking, task: Task, error: InputError) -> Answer:
    reason = reason_of(error, task.files[0])
    is_limit = isinstance(error, MediaTooLargeError | DecodeTimeoutError)
    return Answer(failed(task.key, _matcher(looking).index.info, reason, is_limit=is_limit))


def failed(key: str, index: IndexInfo, reason: str, *, is_limit: bool) -> Outcome:
    """Return the outcome of media that could not be looked at."""
    looked = Looked(None, "whole", unread(key, index, reason), (), None, None, ())
    return Outcome("refused" if is_limit else "unreadable", reason, (looked,))


def _nameless(examined: Examined, file: Path) -> Examined:
    """Return an answer that does not say where the content lies: it may lie in several places."""
    attribution = examined.attribution
    error = None if attribution.error is None else without_path(attribution.error, file)
    return replace(examined, attribution=replace(attribution, file="", error=error))


def _metadata(file: Path) -> tuple[MetadataItem, ...]:
    try:
        return metadata_of(file)
    except InputError:
        return ()


@lru_cache(maxsize=1)
def _matcher(looking: Looking) -> Matcher:
    """Return the matcher that this process keeps open, over the index that was meant."""
    index = Index.open(
        Path(looking.index), min_information=looking.min_information, backend=looking.backend
    )
    if index.info.id != looking.index_id:
        index.close()
        raise IndexStoreError(
            f"{looking.index}: changed while the dump was looked through; run the same command"
            " again: what the index before has answered is answered anew"
        )
    return Matcher(index, limits=looking.media, model=looking.model)
