"""Whether the desk is well, and what it has open."""

from collections import Counter, defaultdict
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from framematch.version import __version__
from framematch.web.routes.opened import OpenDesk, OpenMatcher

router = APIRouter(tags=["about"])


class CaseSummary(BaseModel):
    """The case that is open."""

    source: str = Field(description="The dump, as it was given.")
    run: int = Field(description="Number of its last run.")
    findings: int
    log_entries: int = Field(description="Entries of the verdict log.")
    log_head: str = Field(description="SHA-256 of its last entry.")


class IndexSummary(BaseModel):
    """The index that is open."""

    id: str = Field(description="Digest of its content.")
    frames: int
    spec: str = Field(description="Both hash specifications in short.")
    references: int


class Health(BaseModel):
    """What the desk has open."""

    status: str = Field(description="`ok`.")
    version: str
    reviewer: str = Field(description="Name that is suggested for who decides.")
    case: CaseSummary | None
    index: IndexSummary | None
    index_missing: str | None = Field(description="Why no index is open.")


class ShowSummary(BaseModel):
    """A show of the index."""

    show: str
    references: int
    duration_s: float = Field(description="Length of its references together, in seconds.")


class IndexContent(IndexSummary):
    """The index, and its shows."""

    shows: list[ShowSummary]


@router.get("/health")
def health(desk: OpenDesk) -> Health:
    """Say whether the desk is well, and what is open."""
    review, matcher = desk.review, desk.matcher
    return Health(
        status="ok",
        version=__version__,
        reviewer=desk.reviewer,
        case=None
        if review is None
        else CaseSummary(
            source=review.case.source,
            run=review.case.run,
            findings=len(review.case.findings),
            log_entries=len(review.log),
            log_head=review.head,
        ),
        index=None if matcher is None else IndexSummary(**_summary(matcher)),
        index_missing=desk.index_missing,
    )


@router.get("/index")
def index(matcher: OpenMatcher) -> IndexContent:
    """Return what the index holds, by shows."""
    references: Counter[str] = Counter()
    lengths: defaultdict[str, float] = defaultdict(float)
    for one in matcher.index.references():
        references[one.show] += 1
        lengths[one.show] += one.duration_s
    shows = [
        ShowSummary(show=show, references=n, duration_s=round(lengths[show], 3))
        for show, n in sorted(references.items())
    ]
    return IndexContent(**_summary(matcher), shows=shows)


def _summary(matcher: OpenMatcher) -> dict[str, Any]:
    info = matcher.index.info
    return {**info.to_dict(), "references": len(matcher.index.references())}
