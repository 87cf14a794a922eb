"""What looking into one file has brought to light: what a process hands back and the journal keeps.

Records only. Nothing in them names a path of this machine: equal content has an equal outcome.
"""

from dataclasses import dataclass
from typing import Literal

from framematch.case_records import Evidence, MetadataItem, Note, PartRole, Release
from framematch.records import Attribution

#: What a content turned out to be. ``single`` are numbered pictures that are no shot together.
Sort = Literal[
    "picture", "document", "archive", "sequence", "single", "other", "unreadable", "refused"
]


@dataclass(frozen=True, slots=True)
class Looked:
    """One picture or clip that was examined.

    Attributes
    ----------
    part : str or None
        Which part of its file, ``None`` for the whole.
    role : str
        What sort of part.
    attribution : Attribution
        The answer; its `file` is empty, since a content may lie in several places.
    stage_reasons : tuple of str
        What decided the stage.
    evidence : Evidence or None
        Names of the pictures that show why.
    release : Release or None
        How it stands to the released frame.
    notes : tuple of Note
        Writing on it.
    """

    part: str | None
    role: PartRole
    attribution: Attribution
    stage_reasons: tuple[str, ...]
    evidence: Evidence | None
    release: Release | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One member of an archive.

    Attributes
    ----------
    name : str
        As the archive has it.
    size : int or None
        Bytes, as far as known.
    modified : str or None
        By the archive, ISO 8601.
    sha256, md5 : str or None
        Digests, ``None`` where it was not unpacked.
    reason : str or None
        Why it was not.
    """

    name: str
    size: int | None
    modified: str | None
    sha256: str | None
    md5: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one content, or of one numbered sequence.

    Attributes
    ----------
    sort : str
        What it is.
    reason : str or None
        Why it is not media, or why not all of it could be read.
    looked : tuple of Looked
        Its pictures.
    held : tuple of Held
        Its members, of an archive.
    metadata : tuple of MetadataItem
        What it says of itself.
    """

    sort: Sort
    reason: str | None = None
    looked: tuple[Looked, ...] = ()
    held: tuple[Held, ...] = ()
    metadata: tuple[MetadataItem, ...] = ()
