"""What people decide: verdicts, notes, what is taken back, and the case written with them."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from framematch.verdicts import Entry, Judgement, judged, noted, standing_of
from framematch.verdicts.records import MOST_FINDINGS, MOST_NAME, MOST_REASON
from framematch.web.review import Review
from framematch.web.routes.opened import ONE_WRITE, OpenReview

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


class Decided(BaseModel):
    """An entry of the log, and what stands by it now of the findings that it is about."""

    entry: dict[str, Any] = Field(description="As the log holds it; see docs/handover.md.")
    standings: dict[str, dict[str, Any]] = Field(
        description="By key of finding: `label`, and `human` as in findings.jsonl."
    )


class LogAnswer(BaseModel):
    """The verdict log."""

    head: str = Field(description="SHA-256 of the last entry.")
    entries: list[dict[str, Any]]


class Written(BaseModel):
    """What the case was written with."""

    findings: int
    decided: int
    disputed: int
    log_entries: int


@router.get("/verdicts")
def log(review: OpenReview) -> LogAnswer:
    """Return everything that was decided, in order."""
    return LogAnswer(head=review.head, entries=[_said(entry) for entry in review.log])


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
        standings[about.key] = {
            "label": "open" if standing is None else standing.label,
            "human": None if standing is None else standing.to_dict(),
        }
    return Decided(entry=_said(entry), standings=standings)


def _said(entry: Entry) -> dict[str, Any]:
    return {**entry.to_dict(), "sha256": entry.sha256}
