"""The findings as the API answers with them: what a client can rely on, by names and types.

The rows are the page's own (`report.page_data`); parts of a finding that docs/handover.md describes
are objects here.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from framematch.case_records import Moved, PartRole, Relation, Script
from framematch.records import QueryKind, Verdict
from framematch.verdicts import Judgement

#: What people say of a finding in a word.
Human = Literal[
    "open", "confirmed", "other-show", "not-this-show", "not-ours", "unsure", "disputed"
]
Progress = Literal["completed", "in-progress", "untold"]

_Object = dict[str, Any]


class FindingRow(BaseModel):
    """A finding in short. Text that a file brought has what cannot be seen in it spelled out."""

    model_config = ConfigDict(extra="allow")

    key: str = Field(description="Its identity: SHA-256 of the content, with `:` and a part.")
    file: str = Field(description="The first path, with `#` and the part.")
    paths: list[str] = Field(description="Every place where the content lies.")
    verdict: Verdict = Field(description="The machine's.")
    show: str | None = Field(description="The show that the machine names.")
    nearest: str | None = Field(description="The first candidate, where it names none.")
    episode: str | None = Field(description="Episode or range, as it is written.")
    range: list[str] | None = Field(description="First and last episode, `S01E02`.")
    stage: str = Field(description="Such as `line-art`; `unknown` where none is told.")
    progress: Progress
    flags: list[str] = Field(description="What else was seen on it, such as `paper`.")
    confidence: float = Field(description="0 to 1, rounded to four digits.")
    media: QueryKind | None
    part: str | None = Field(description="Which part of its file; null for the whole.")
    relation: Relation | None = Field(description="How it stands to the released frame.")
    scripts: list[Script] = Field(description="Scripts of the writing on it.")
    notes: list[str] = Field(description="That writing, as far as it was read.")
    has_notes: bool
    code: str | None = Field(description="Production code in its name.")
    shot: str | None = Field(description="What its versions have in common.")
    turn: int | None = Field(description="Its turn among them, from 1.")
    moved: list[Moved] = Field(description="What moved between the last two runs.")
    last_run: int = Field(description="Last run that saw it; before the case's last: gone.")
    human: Human = Field(description="What people say, in a word.")
    picture: str | None = Field(description="Name of its small picture, for /pictures/{name}.")


class FindingsAnswer(BaseModel):
    """A part of the list."""

    total: int = Field(description="How many findings pass.")
    offset: int
    findings: list[FindingRow]
    counts: dict[str, dict[str, int]] = Field(
        description="By facet and value, how many pass all other filters and have that value."
    )


class Pictures(BaseModel):
    """Evidence: names for /pictures/{name}."""

    whole: str = Field(description="What was judged.")
    query: str | None = Field(description="The same, laid over the reference, pixel on pixel.")
    reference: str | None = Field(description="The frame that it was matched to.")
    query_s: float = Field(description="Time in the file, seconds.")
    reference_s: float | None = Field(description="Time in the reference, seconds.")


class Opinion(BaseModel):
    """The last verdict of one person."""

    who: str
    when: str = Field(description="ISO 8601, UTC.")
    judgement: Judgement
    show: str | None
    why: str
    number: int = Field(description="Number of its entry in the log.")
    about: _Object = Field(description="What the machine had said then.")


class Remark(BaseModel):
    """A note."""

    who: str
    when: str
    text: str
    number: int


class People(BaseModel):
    """What people say of a finding, as under `human` in findings.jsonl."""

    judgement: Judgement | None = Field(description="What is decided; null where they differ.")
    show: str | None
    disputed: bool
    opinions: list[Opinion]
    remarks: list[Remark]


class FindingDetail(BaseModel):
    """A finding with all that is shown of it; objects are as in findings.jsonl."""

    model_config = ConfigDict(extra="allow")

    row: FindingRow
    episodes: _Object | None = Field(description="first, last, mass, best.")
    stage: _Object | None = Field(description="label, confidence, flags.")
    candidates: list[_Object] = Field(description="show, confidence; the likeliest first.")
    matches: list[_Object] = Field(
        description="show, episode, reference, reference_s, query_s, duration_s, code, distance,"
        " similarity, score, mirrored, box; the best first."
    )
    expected_false_matches: float | None
    error: str | None
    stage_reasons: list[str]
    release: _Object | None = Field(
        description="relation, basis, frame_s, psnr_db, differing_share, differs, regions."
    )
    notes: list[_Object] = Field(description="box, scripts, text, confidence.")
    code: _Object | None = Field(description="What its name says.")
    siblings: _Object | None = Field(description="What the files beside it are.")
    metadata: list[_Object] = Field(description="field, value, source.")
    version: _Object | None = Field(description="shot, number, of, ordered_by.")
    first_run: int
    evidence: Pictures | None
    files: list[_Object] = Field(description="path, size, sha256, md5, modified.")
    human: People | None
    moves: list[_Object] = Field(description="path, moved, sha256, before.")


class FindingRecord(BaseModel):
    """A line of findings.jsonl, byte for byte; see docs/handover.md."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    schema_: int = Field(alias="schema", description="1")
    file: str
    sha256: str | None
    media: QueryKind | None
    verdict: Verdict
    show: str | None
    confidence: float
    episodes: _Object | None
    stage: _Object | None
    candidates: list[_Object]
    matches: list[_Object]
    expected_false_matches: float | None
    index: _Object
    error: str | None
    key: str
    paths: list[str]
    part: str | None
    role: PartRole
    stage_reasons: list[str]
    evidence: _Object | None
    release: _Object | None
    notes: list[_Object]
    code: _Object | None
    siblings: _Object | None
    metadata: list[_Object]
    version: _Object | None
    first_run: int
    last_run: int
    human: People | None


class Group(BaseModel):
    """Findings that belong together."""

    key: str = Field(description="The finding that was asked for.")
    shot: str | None = Field(description="The shot that they are versions of.")
    versions: list[FindingRow] = Field(
        description="The versions of the shot, this one included, in order of version; only"
        " itself where there is no other."
    )
    parts: list[FindingRow] = Field(
        description="Other pictures of the same file: its layers, pages, or the whole."
    )
    together: list[str] = Field(
        description="Keys of all of these of which the machine says the same show: what one"
        " verdict can decide."
    )
