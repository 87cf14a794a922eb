"""What people decide: verdicts, notes, what is taken back, and the case written with them."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from framematch.verdicts import Entry, Judgement, heads, judged, noted, standing_of
from framematch.verdicts.records import MOST_FINDINGS, MOST_NAME, MOST_REASON, Kind
from framematch.web.review import Review
from framematch.web.routes.opened import ONE_WRITE, OpenReview
from framematch.web.shapes import Human, People

router = APIRouter(tags=["verdicts"])

Who = Annotated[str, Field(min_length=1, max_length=MOST_NAME, description="Name of the person.")]
Keys = Annotated[
    list[str], Field(min_length=1, max_length=MOST_FINDINGS, description="Keys of findings.")
]
_Why = Annotated[str, Field(max_length=MOST_REASON, description="The reason.")]


class Strict(BaseModel):
    """A body that holds nothing else."""

    model_config = ConfigDict(extra="forbid")


class VerdictRequest(Strict):
    """A verdict on one finding, or on several that are decided alike."""

    who: Who
    keys: Keys
    judgement: Judgement
    show: str | None = Field(
        default=None, max_length=MOST_NAME, description="The other show, for `other-show`."
    )
    why: _Why = ""


class NoteRequest(Strict):
    """A remark that decides nothing."""

    who: Who
    keys: Keys
    text: str = Field(min_length=1, max_length=MOST_REASON)


class UndoRequest(Strict):
    """An entry taken back by whoever made it."""

    who: Who
    number: int = Field(ge=1, description="Number of the entry.")
    why: _Why = ""


class AboutFinding(BaseModel):
    """A finding in an entry, and what the machine said of it then."""

    key: str
    machine: dict[str, Any] = Field(description="verdict, show, confidence, index.")


class LogEntry(BaseModel):
    """An entry as the log holds it; see docs/handover.md."""

    schema_: int = Field(alias="schema", description="1")
    number: int = Field(description="Its place, from 1.")
    when: str = Field(description="ISO 8601, UTC.")
    who: str
    kind: Kind
    judgement: Judgement | None = Field(description="Null for notes and what is taken back.")
    show: str | None
    why: str
    undoes: int | None = Field(description="Number of the entry that is taken back.")
    findings: list[AboutFinding]
    previous: str = Field(description="SHA-256 of the entry before.")
    sha256: str = Field(description="SHA-256 of all of the above.")


class Stands(BaseModel):
    """What people say of a finding by now."""

    label: Human
    human: People | None


class Decided(BaseModel):
    """An entry of the log, and what stands by it now of the findings that it is about."""

    entry: LogEntry
    standings: dict[str, Stands] = Field(description="By key of finding.")


class LogAnswer(BaseModel):
    """The verdict log."""

    head: str = Field(description="SHA-256 of the last entry.")
    entries: list[LogEntry]


class Written(BaseModel):
    """What the case was written with."""

    findings: int
    decided: int
    disputed: int
    log_entries: int


@router.get("/verdicts")
def log(review: OpenReview) -> LogAnswer:
    """Return everything that was decided, in order."""
    entries = review.log
    return LogAnswer(head=heads(entries[-1:])[-1], entries=[_said(entry) for entry in entries])


@router.post("/verdicts", status_code=201, dependencies=[ONE_WRITE])
def decide(review: OpenReview, request: VerdictRequest) -> Decided:
    """Add a verdict to the log. When this answers, it is on the disk."""
    act = judged(review.about(request.keys), request.judgement, request.show, request.why)
    return decided(review, review.add(request.who, act))


@router.post("/notes", status_code=201, dependencies=[ONE_WRITE])
def remark(review: OpenReview, request: NoteRequest) -> Decided:
    """Add a note to the log."""
    return decided(review, review.add(request.who, noted(review.about(request.keys), request.text)))


@router.post("/undo", status_code=201, dependencies=[ONE_WRITE])
def undo(review: OpenReview, request: UndoRequest) -> Decided:
    """Take an entry back, by a new one; the old one stays in the log."""
    return decided(review, review.undo(request.who, request.number, request.why))


@router.post("/export", dependencies=[ONE_WRITE])
def export(review: OpenReview) -> Written:
    """Write report, tables and manifests of the case anew, with the verdicts in them."""
    case = review.write()
    people = standing_of(case.verdicts).values()
    return Written(
        findings=len(case.findings),
        decided=sum(one.decided is not None for one in people),
        disputed=sum(one.disputed for one in people),
        log_entries=len(case.verdicts),
    )


def decided(review: Review, entry: Entry) -> Decided:
    """Return an entry that was just added, and what stands by it."""
    standings = {}
    for about in entry.act.findings:
        standing = review.standings.get(about.key)
        human = None if standing is None else People.model_validate(standing.to_dict())
        label = "open" if standing is None else standing.label
        standings[about.key] = Stands.model_validate({"label": label, "human": human})
    return Decided(entry=_said(entry), standings=standings)


def _said(entry: Entry) -> LogEntry:
    return LogEntry.model_validate({**entry.to_dict(), "sha256": entry.sha256})
