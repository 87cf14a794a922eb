"""Looking into one file of a dump: what it is, its pictures and their answers, what it holds.

Runs in a process that the file may take down (`framematch.crew`), and hands back records and small
pictures only. Writes nowhere but into the scratch folder that an archive is given.
"""

import errno
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
    """

    key: str
    files: tuple[Path, ...]
    stamps: tuple[Stamp | None, ...]
    numbers: tuple[int, ...]
    scratch: Path


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
    """

    outcome: Outcome | None
    pictures: dict[str, bytes] = field(default_factory=dict)
    extracted: dict[str, Path] = field(default_factory=dict)


def look_into(looking: Looking, task: Task) -> Answer:
    """Return what a task brings to light.

    Raises
    ------
    IndexStoreError
        The index changed or is damaged.
    CaseError
        The disk of the scratch folder is full.
    """
    answer = _sequence(looking, task) if task.numbers else _file(looking, task)
    if any(
        stamp is not None and Stamp.of(file) != stamp
        for file, stamp in zip(task.files, task.stamps, strict=True)
    ):
        return Answer(None)
    return answer


def _file(looking: Looking, task: Task) -> Answer:
    file = task.files[0]
    try:
        sort = sort_of(file)
    except UnsupportedFormatError as error:
        return Answer(Outcome("other", reason_of(error, file)))
    except InputError as error:
        return _unreadable(looking, task, error)
    if sort == "archive":
        return _archive(looking, task)
    try:
        return _document(looking, task) if sort == "document" else _picture(looking, task)
    except InputError as error:
        return _unreadable(looking, task, error)


def _picture(looking: Looking, task: Task) -> Answer:
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
    looked, drawn = _looked(looking, examined, task.key, None, "whole")
    sort: Sort = "unreadable" if examined.attribution.verdict == "unreadable" else "picture"
    outcome = Outcome(sort, looked.attribution.error, (looked,), metadata=_metadata(file))
    return Answer(outcome, drawn)


def _document(looking: Looking, task: Task) -> Answer:
    """Look at every part of a file that holds several pictures."""
    file = task.files[0]
    matcher = _matcher(looking)
    found: list[Looked] = []
    pictures: dict[str, bytes] = {}
    failed: list[str] = []
    for part in parts_of(file, looking.parts, looking.media):
        said = None if part.error is None else without_path(part.error, file)
        if said is not None or part.frame is None:
            failed.append(f"{part.name or 'the whole'}: {said or 'has no picture'}")
        if part.frame is None:
            continue
        examined = matcher.examine_picture(part.frame, "", task.key)
        examined = replace(examined, attribution=replace(examined.attribution, error=said))
        looked, drawn = _looked(looking, examined, task.key, part.name, part.role)
        if said is None and looked.attribution.error is not None:
            failed.append(f"{part.name or 'the whole'}: {looked.attribution.error}")
        found.append(looked)
        pictures |= drawn
    reason = "; ".join(failed) or None
    if not found:
        return _unreadable(looking, task, InputError(f"{file}: {reason or 'holds no picture'}"))
    return Answer(Outcome("document", reason, tuple(found), metadata=_metadata(file)), pictures)


def _sequence(looking: Looking, task: Task) -> Answer:
    """Look at numbered pictures as one shot, if they are one."""
    verdict = is_one_shot(task.files, looking.media)
    if verdict.against is not None:
        return Answer(Outcome("single", verdict.against))
    folder = task.files[0]
    examined = _matcher(looking).examine_sequence(NumberedSequence("", task.files, task.numbers))
    if examined.attribution.sha256 != task.key:
        return Answer(None)
    examined = _nameless(examined, folder)
    looked, drawn = _looked(looking, examined, task.key, None, "whole")
    broken = tuple(
        Held(str(position), None, None, None, None, without_path(why, task.files[position]))
        for position, why in verdict.broken
    )
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


def _looked(
    looking: Looking,
    examined: Examined,
    key: str,
    part: str | None,
    role: PartRole,
) -> tuple[Looked, dict[str, bytes]]:
    index = _matcher(looking).index
    drawn = evidence_of(index, examined, key, part)
    attribution = examined.attribution
    notes, lost = notes_of(examined.frame, reads=looking.reads_notes)
    if lost is not None:
        said = lost if attribution.error is None else f"{attribution.error}; {lost}"
        attribution = replace(attribution, error=said)
    stage = attribution.stage
    looked = Looked(
        part=part,
        role=role,
        attribution=attribution,
        stage_reasons=() if stage is None else stage.reasons,
        evidence=drawn.evidence,
        release=held_against_release(index, examined, limits=looking.media),
        notes=notes,
    )
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
