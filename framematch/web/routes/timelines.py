"""The references on a line of time, with every file of the dump that lies on them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from framematch.report.inert import visible
from framematch.report.places import Place, Timeline
from framematch.web.problems import AsciiAnswer
from framematch.web.routes.opened import OpenReview
from framematch.web.shapes import Human

router = APIRouter(tags=["findings"])


class PlaceOfFinding(BaseModel):
    """A stretch of a reference that a finding shows."""

    key: str = Field(description="Key of the finding.")
    file: str
    stage: str
    start_s: float = Field(description="Seconds of the reference.")
    end_s: float = Field(description="The same for a still.")
    sure: bool = Field(
        description="Whether this is the reference that matches best; else the same picture is"
        " here, too."
    )
    human: Human


class ReferenceTimeline(BaseModel):
    """A reference, and what the case shows of it."""

    reference: str = Field(description="SHA-256 of the file.")
    show: str
    episode: str | None = Field(description="`S01E02`")
    path: str
    duration_s: float
    findings: int = Field(description="How many have a sure place.")
    touched_s: int = Field(description="Seconds in which a sure place lies.")
    touched_minutes: int
    minutes: int = Field(description="All of them, begun ones included.")
    places: list[PlaceOfFinding] = Field(description="In order of time.")


class TimelinesAnswer(BaseModel):
    """Every reference that has a length, by show and episode."""

    timelines: list[ReferenceTimeline]


@router.get("/timelines", response_model=TimelinesAnswer)
def timelines(
    review: OpenReview,
    show: Annotated[str, Query(max_length=1000, description="References of this show only.")] = "",
    key: Annotated[
        str, Query(max_length=1000, description="References that show this finding only.")
    ] = "",
) -> AsciiAnswer:
    """Return where the findings lie in the references.

    Findings with the verdict `match` whose files were there in the last run.
    """
    rows = review.rows()
    wanted = [
        line
        for line in review.timelines
        if (not show or visible(line.reference.show) == show)
        and (not key or any(rows[place.finding]["key"] == key for place in line.places))
    ]
    # Thousands of places: held against the model by a test, not each time.
    return AsciiAnswer({"timelines": [_said(line, rows) for line in wanted]})


def _said(line: Timeline, rows: list[dict[str, Any]]) -> dict[str, Any]:
    reference = line.reference
    return {
        "reference": reference.sha256,
        "show": visible(reference.show),
        "episode": None if reference.episode is None else str(reference.episode),
        "path": visible(reference.path),
        "duration_s": round(reference.duration_s, 3),
        "findings": line.n_findings,
        "touched_s": line.touched_s,
        "touched_minutes": line.touched_minutes,
        "minutes": line.minutes,
        "places": [_place(place, rows[place.finding]) for place in line.places],
    }


def _place(place: Place, row: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": row["key"],
        "file": row["file"],
        "stage": place.stage,
        "start_s": round(place.start_s, 3),
        "end_s": round(place.end_s, 3),
        "sure": place.sure,
        "human": row["human"],
    }
