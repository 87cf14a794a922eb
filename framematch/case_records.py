"""Frozen records of a case: what a dump holds, what is said of each of its pictures, what moved.

Like `framematch.records`, they hold data and say how it is written down, nothing else. JSON keys
keep the order in which they stand here, every key is always present, and nothing in them knows a
clock or a host: a run over the same dump, index and release gives the same bytes. What does differ
from run to run is the run record, which is none of these.

Paths are text relative to the dump with ``/`` between names, as `framematch.triage.paths` writes
them: what is no UTF-8 or would move a cursor stands as ``%XX``, and so does ``%``. What lies inside
an archive follows ``!/``: ``drop/a.zip!/cut/045.png``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from framematch.records import Attribution, EpisodeId, IndexInfo, Reference
from framematch.verdicts import About
from framematch.verdicts import Entry as VerdictEntry

#: Version of the JSON that a case holds.
CASE_SCHEMA = 1

#: x, y, width and height as shares of a picture.
Box = tuple[float, float, float, float]

#: What became of a walked file.
Use = Literal[
    "media", "sequence", "archive", "other", "link", "special", "unreadable", "refused", "own"
]
#: Where a picture comes from within its file.
PartRole = Literal["whole", "layer", "page", "embedded"]
Relation = Literal["same-file", "same-picture", "differs", "work-in-progress", "undetermined"]
Basis = Literal["sha256", "reference-file", "index-thumbnail"]
Moved = Literal["new", "changed", "gone", "returned", "renamed"]
Script = Literal["Han", "Hangul", "Kana", "Latin"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that the walk through a dump found, or an archive holds: a line of files.csv.

    Attributes
    ----------
    path : str
        Where it is.
    size : int or None
        Bytes; ``None`` where that is not known, as of a link.
    sha256, md5 : str or None
        Digests of the bytes, ``None`` where they were not or could not be read.
    modified : str or None
        When it was changed last by its own folder or archive, ISO 8601 in UTC.
    use : str
        ``media`` (its findings say more), ``sequence`` (one of the pictures of a shot), ``archive``
        (its members have entries of their own), ``other`` (not media), ``link`` (not followed),
        ``special`` (device, pipe or socket: not opened), ``unreadable`` (its bytes cannot be read),
        ``refused`` (a limit was passed), ``own`` (the case itself).
    reason : str or None
        Why it is not media, or not all of it could be used.
    findings : tuple of str
        Keys of the findings about it.
    """

    path: str
    size: int | None
    sha256: str | None
    md5: str | None
    modified: str | None
    use: Use
    reason: str | None
    findings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as the case holds it."""
        return {
            "path": self.path,
            "size": self.size,
            "sha256": self.sha256,
            "md5": self.md5,
            "modified": self.modified,
            "use": self.use,
            "reason": self.reason,
            "findings": list(self.findings),
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pictures that show why: files in the case, as paths relative to its folder.

    Attributes
    ----------
    whole : str
        The picture that was judged, small and whole; for a clip its most telling frame.
    query, reference : str or None
        The picture laid over the frame that it was matched to, and that frame as the index keeps
        it: equal in size, pixel on pixel. ``None`` where nothing was matched.
    query_s : float
        Time of that picture in its file, in seconds.
    reference_s : float or None
        Time of the frame in its reference, in seconds.
    """

    whole: str
    query: str | None
    reference: str | None
    query_s: float
    reference_s: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``evidence``."""
        return {
            "whole": self.whole,
            "query": self.query,
            "reference": self.reference,
            "query_s": round(self.query_s, 3),
            "reference_s": None if self.reference_s is None else round(self.reference_s, 3),
        }


@dataclass(frozen=True, slots=True)
class Release:
    """How a matched picture stands to the released frame.

    Attributes
    ----------
    relation : str
        ``same-file`` (the very bytes of a reference), ``same-picture`` (no pixel differs by more
        than coding makes it: a received copy), ``differs`` (finished, but another picture: an
        earlier or other composite), ``work-in-progress`` (not finished: see `differs`),
        ``undetermined`` (too small, cropped or moving to tell).
    basis : str
        What it was held against: the digest, the frame in the reference file, or the index's small
        picture, at which small changes cannot be seen.
    frame_s : float or None
        Time of the frame, in seconds of the reference.
    psnr_db : float or None
        Peak signal-to-noise ratio where both lie on each other, in decibels; ``None`` where it was
        not measured or nothing differs at all.
    differing_share : float or None
        Share of the frame that differs visibly, 0 to 1.
    differs : tuple of str
        What differs, as sentences, the weightiest first.
    regions : tuple of Box
        Where, as shares of the frame, the largest first.
    """

    relation: Relation
    basis: Basis
    frame_s: float | None
    psnr_db: float | None
    differing_share: float | None
    differs: tuple[str, ...]
    regions: tuple[Box, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``release``."""
        share = self.differing_share
        return {
            "relation": self.relation,
            "basis": self.basis,
            "frame_s": None if self.frame_s is None else round(self.frame_s, 3),
            "psnr_db": None if self.psnr_db is None else round(self.psnr_db, 2),
            "differing_share": None if share is None else round(share, 4),
            "differs": list(self.differs),
            "regions": [[round(part, 4) for part in box] for box in self.regions],
        }


@dataclass(frozen=True, slots=True)
class Note:
    """Writing on a picture.

    Attributes
    ----------
    box : Box
        Where it stands.
    scripts : tuple of str
        Which scripts it is in, as far as that is told, in alphabetical order.
    text : str or None
        What it says, ``None`` where it was not read.
    confidence : float or None
        How sure the reader is of the text, 0 to 1: its own figure, not calibrated.
    """

    box: Box
    scripts: tuple[Script, ...]
    text: str | None
    confidence: float | None

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``notes``."""
        confidence = self.confidence
        return {
            "box": [round(part, 4) for part in self.box],
            "scripts": list(self.scripts),
            "text": self.text,
            "confidence": None if confidence is None else round(confidence, 4),
        }


@dataclass(frozen=True, slots=True)
class ProductionCode:
    """What a file or folder name says, read by a pattern: corroboration, never confidence.

    Attributes
    ----------
    text : str
        The part of the name that the pattern read.
    show : str or None
        Show that it names, ``None`` where the pattern is not a show's.
    season, episode : int or None
        As far as it says.
    scene, shot : str or None
        As it is written.
    version : int or None
        The number after ``v``.
    agrees : bool or None
        Whether show and episode are those that the picture was attributed to; ``None`` where either
        does not say.
    """

    text: str
    show: str | None
    season: int | None
    episode: int | None
    scene: str | None
    shot: str | None
    version: int | None
    agrees: bool | None

    @property
    def episode_id(self) -> EpisodeId | None:
        """The episode, where season and episode are told."""
        if self.season is None or self.episode is None:
            return None
        return EpisodeId(self.season, self.episode)

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``code``."""
        return {
            "text": self.text,
            "show": self.show,
            "season": self.season,
            "episode": self.episode,
            "scene": self.scene,
            "shot": self.shot,
            "version": self.version,
            "agrees": self.agrees,
        }


@dataclass(frozen=True, slots=True)
class Siblings:
    """What the other pictures of the same folder, archive or document were attributed to.

    Evidence of its own: it never enters the visual confidence, and a file is no sibling of itself.

    Attributes
    ----------
    group : str
        The folder, archive or document.
    show : str or None
        Show that more than half of the matched siblings are from; ``None`` where there is none.
    n_show, n_other, n_none : int
        Siblings attributed to that show, to another one, and to none.
    agrees : bool or None
        Whether the picture itself is attributed to that show; ``None`` where either has none.
    """

    group: str
    show: str | None
    n_show: int
    n_other: int
    n_none: int
    agrees: bool | None

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``siblings``."""
        return {
            "group": self.group,
            "show": self.show,
            "n_show": self.n_show,
            "n_other": self.n_other,
            "n_none": self.n_none,
            "agrees": self.agrees,
        }


@dataclass(frozen=True, slots=True)
class MetadataItem:
    """One thing that a file says of itself; anybody can write anything there.

    Attributes
    ----------
    field : str
        What it is about: ``created``, ``modified``, ``digitized``, ``software``, ``author``,
        ``title``, ``device``, ``copyright``, ``description``, ``history``, ``document-id``.
    value : str
        As the file has it, cut after 500 characters; a date in ISO 8601 where it can be read as
        one.
    source : str
        Where it stands, such as ``EXIF DateTimeOriginal`` or ``XMP xmp:CreatorTool``.
    """

    field: str
    value: str
    source: str

    def to_dict(self) -> dict[str, Any]:
        """Return one object of ``metadata``."""
        return {"field": self.field, "value": self.value, "source": self.source}


@dataclass(frozen=True, slots=True)
class Version:
    """Which version of which shot a picture is.

    Attributes
    ----------
    shot : str
        What its versions have in common: a name without its version, or a place in a show.
    number : int
        Its turn among them, from 1.
    of : int
        How many there are.
    ordered_by : {"name", "content"}
        By the numbers in their names, or by how finished they are.
    """

    shot: str
    number: int
    of: int
    ordered_by: Literal["name", "content"]

    def to_dict(self) -> dict[str, Any]:
        """Return the object under ``version``."""
        return {
            "shot": self.shot,
            "number": self.number,
            "of": self.of,
            "ordered_by": self.ordered_by,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What is said of one picture or clip of a dump: a line of findings.jsonl.

    Attributes
    ----------
    key : str
        Its identity: the SHA-256 of the content, of a part followed by ``:`` and `part`.
    paths : tuple of str
        Every place where the content lies, sorted; of a sequence all its files.
    part : str or None
        Which part of the file: ``layer/Lines``, ``page/3``, ``page/3/picture/1``; ``None`` for the
        whole.
    role : str
        What sort of part.
    attribution : Attribution
        As `query` gives it; its `file` is the first path, with ``#`` and the part.
    stage_reasons : tuple of str
        What decided the stage, as sentences.
    evidence : Evidence or None
        ``None`` where there is no picture to show.
    release : Release or None
        ``None`` where nothing was matched.
    notes : tuple of Note
        Writing on the picture, from top to bottom.
    code : ProductionCode or None
        What its name says.
    siblings : Siblings or None
        What its folder says; ``None`` where it lies alone.
    metadata : tuple of MetadataItem
        What the file says of itself.
    version : Version or None
        ``None`` where there is one only.
    first_run, last_run : int
        Runs of the case, from 1, that saw it first and last: it is gone where the last is not the
        case's last.
    """

    key: str
    paths: tuple[str, ...]
    part: str | None
    role: PartRole
    attribution: Attribution
    stage_reasons: tuple[str, ...]
    evidence: Evidence | None
    release: Release | None
    notes: tuple[Note, ...]
    code: ProductionCode | None
    siblings: Siblings | None
    metadata: tuple[MetadataItem, ...]
    version: Version | None
    first_run: int
    last_run: int

    def about(self) -> About:
        """Return the finding as the verdict log names it, with what the machine says of it."""
        said = self.attribution
        return About(self.key, said.verdict, said.show, said.confidence, said.index.id)

    def to_dict(self) -> dict[str, Any]:
        """Return the line of findings.jsonl: that of `query --json`, and what the case adds."""
        return {
            **self.attribution.to_dict(),
            "key": self.key,
            "paths": list(self.paths),
            "part": self.part,
            "role": self.role,
            "stage_reasons": list(self.stage_reasons),
            "evidence": None if self.evidence is None else self.evidence.to_dict(),
            "release": None if self.release is None else self.release.to_dict(),
            "notes": [note.to_dict() for note in self.notes],
            "code": None if self.code is None else self.code.to_dict(),
            "siblings": None if self.siblings is None else self.siblings.to_dict(),
            "metadata": [item.to_dict() for item in self.metadata],
            "version": None if self.version is None else self.version.to_dict(),
            "first_run": self.first_run,
            "last_run": self.last_run,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """What moved between the run before and this one: a line of changes.csv.

    Attributes
    ----------
    path : str
        The file, now, or then where it is gone.
    moved : {"new", "changed", "gone", "returned", "renamed"}
        ``returned``: was gone in the run before, known from an earlier one. ``renamed``: the same
        content lay under `before` only.
    sha256 : str or None
        Digest now, ``None`` where it is gone or cannot be read.
    before : str or None
        Digest then; of a renamed file the path then.
    """

    path: str
    moved: Moved
    sha256: str | None
    before: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the change as the case holds it."""
        return {
            "path": self.path,
            "moved": self.moved,
            "sha256": self.sha256,
            "before": self.before,
        }


@dataclass(frozen=True, slots=True)
class Methods:
    """What the findings were made with.

    Attributes
    ----------
    version : str
        Of FrameMatch.
    index : IndexInfo
        The index that was asked.
    specs : tuple of str
        Both hash specifications in full, as JSON.
    calibration : str
        Which calibration the confidence is from: ``shipped`` or the SHA-256 of the file given.
    settings : tuple of (str, str)
        What else decided the answers, names and values in a fixed order.
    libraries : tuple of (str, str)
        Names and versions of the libraries that decoded and searched.
    reader : str or None
        What read the notes, ``None`` where no reader is installed.
    """

    version: str
    index: IndexInfo
    specs: tuple[str, ...]
    calibration: str
    settings: tuple[tuple[str, str], ...]
    libraries: tuple[tuple[str, str], ...]
    reader: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a case says, ready to be written.

    Attributes
    ----------
    source : str
        The dump, as it was given.
    run : int
        Number of the run, from 1.
    entries : tuple of Entry
        What the walk of this run found, in order of path.
    findings : tuple of Finding
        In order of the first path and part; those that are gone behind the others.
    changes : tuple of Change
        Since the run before, in order of path; empty in the first run.
    references : tuple of Reference
        What the index holds, for names and timelines.
    methods : Methods
        What made them.
    verdicts : tuple of framematch.verdicts.Entry
        What people decided about the findings, in order; kept apart from what the machine says.
    """

    source: str
    run: int
    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    changes: tuple[Change, ...]
    references: tuple[Reference, ...]
    methods: Methods
    verdicts: tuple[VerdictEntry, ...] = ()
