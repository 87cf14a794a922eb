"""The findings of the case: the list, one of them, what belongs together, the pictures."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from framematch.web.outline import OUTLINE_COLOUR, outline_of
from framematch.web.problems import Refusal
from framematch.web.routes.opened import OpenReview
from framematch.web.selecting import COLUMNS, ORDERS, Wanted
from framematch.web.shapes import (
    FindingDetail,
    FindingRecord,
    FindingsAnswer,
    Group,
)

router = APIRouter(tags=["findings"])

_KINDS = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}
#: A picture of a case never changes.
_KEPT = {"Cache-Control": "private, max-age=3600"}
_LONGEST = 1000

Key = Annotated[str, Query(description="Key of the finding.")]


def _labels(facet: str, what: str) -> Any:  # noqa: ANN401 - as pydantic's own
    """Return the field of a facet: labels of which a finding must have one."""
    return Field(
        default_factory=list,
        max_length=50,
        description=f"{what}, one of: {', '.join(ORDERS[facet])}. Several may be given.",
    )


def _one_of(labels: tuple[str, ...]) -> Any:  # noqa: ANN401
    return Field(pattern=f"^({'|'.join(labels)})$", json_schema_extra={"enum": list(labels)})


class FindingsQuery(BaseModel):
    """Filters, order and part of the list; of what is left out, all findings pass."""

    model_config = ConfigDict(extra="forbid")

    q: str = Field(
        default="",
        max_length=_LONGEST,
        description="Words that must all stand in path, notes, code, key or show; any case.",
    )
    show: str = Field(default="", max_length=_LONGEST, description="Show that the machine names.")
    episode: str = Field(
        default="",
        pattern=r"^(S[0-9]{1,4}E[0-9]{1,5})?$",
        description="`S01E02`: it lies within the finding's range.",
    )
    at: str = Field(default="", max_length=50, description="Episode or range as it is written.")
    folder: str = Field(
        default="",
        max_length=4096,
        description="Folder or archive of the dump, with all that lies in it.",
    )
    shot: str = Field(default="", max_length=_LONGEST)
    at_least: float = Field(
        default=0, ge=0, le=1, alias="from", description="Least confidence, inclusive."
    )
    at_most: float = Field(
        default=1, ge=0, le=1, alias="to", description="Greatest confidence, inclusive."
    )
    now: bool = Field(default=False, description="Without findings whose files are gone.")
    progress: list[Annotated[str, _one_of(ORDERS["progress"])]] = _labels("progress", "How far")
    verdict: list[Annotated[str, _one_of(ORDERS["verdict"])]] = _labels("verdict", "The machine's")
    stage: list[Annotated[str, _one_of(ORDERS["stage"])]] = _labels("stage", "Stage")
    relation: list[Annotated[str, _one_of(ORDERS["relation"])]] = _labels(
        "relation", "How it stands to the release"
    )
    script: list[Annotated[str, _one_of(ORDERS["script"])]] = _labels("script", "Writing on it")
    flag: list[Annotated[str, Field(max_length=50)]] = _labels("flag", "What was seen on it")
    moved: list[Annotated[str, _one_of(ORDERS["moved"])]] = _labels("moved", "What moved")
    human: list[Annotated[str, _one_of(ORDERS["human"])]] = _labels("human", "What people say")
    sort: Annotated[str, _one_of(COLUMNS)] = Field(
        default="path",
        description="Column to sort by; `up` starts with the most confident, the most finished,"
        " the first episode.",
    )
    dir: Annotated[str, _one_of(("up", "down"))] = "up"
    offset: int = Field(default=0, ge=0, le=10_000_000)
    limit: int = Field(default=100, ge=1, le=1000)

    def wanted(self) -> Wanted:
        """Return what is asked for."""
        return Wanted(
            q=self.q,
            show=self.show,
            at=self.at,
            episode=self.episode,
            folder=self.folder,
            shot=self.shot,
            at_least=self.at_least,
            at_most=self.at_most,
            now=self.now,
            chosen={facet: getattr(self, facet) for facet in ORDERS},
            sort=self.sort,
            down=self.dir == "down",
        )


@router.get("/findings", response_model=FindingsAnswer)
def findings(review: OpenReview, asked: Annotated[FindingsQuery, Query()]) -> dict[str, Any]:
    """Return the findings that pass the filters, a part of them at a time."""
    found = review.select(asked.wanted())
    return {
        "total": len(found.rows),
        "offset": asked.offset,
        "findings": found.rows[asked.offset : asked.offset + asked.limit],
        "counts": found.counts,
    }


@router.get("/finding", response_model=FindingDetail)
def finding(review: OpenReview, key: Key) -> dict[str, Any]:
    """Return a finding as the page shows it: the row of the list, and all else."""
    try:
        return review.detail(key)
    except LookupError as error:
        raise no_finding() from error


@router.get("/finding/record", response_model=FindingRecord)
def record(review: OpenReview, key: Key) -> Response:
    """Return a finding as the next export has it: its line of findings.jsonl, byte for byte."""
    try:
        return Response(review.line(key), media_type="application/json")
    except LookupError as error:
        raise no_finding() from error


@router.get("/finding/group", response_model=Group)
def group(review: OpenReview, key: Key) -> dict[str, Any]:
    """Return what belongs to a finding: versions of its shot, other pictures of its file."""
    try:
        versions = review.versions(key)
    except LookupError as error:
        raise no_finding() from error
    parts = review.parts(key)
    (this,) = (row for row in versions if row["key"] == key)
    together = (row for row in (*versions, *parts) if row["show"] == this["show"])
    return {
        "key": key,
        "shot": this["shot"],
        "versions": versions,
        "parts": parts,
        "together": list(dict.fromkeys(row["key"] for row in together)),
    }


@router.get(
    "/finding/outline",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}, "description": "A transparent PNG."}},
)
def outline(
    review: OpenReview,
    key: Key,
    colour: Annotated[
        str, Query(pattern="^[0-9a-fA-F]{6}$", description="Of the lines, as RRGGBB.")
    ] = OUTLINE_COLOUR,
) -> Response:
    """Return the lines of a finding's picture, to be laid over the frame that it was matched to.

    It covers the same as the picture `evidence.reference`, three times as fine.
    """
    try:
        path = review.laid(key)
    except LookupError as error:
        raise Refusal(
            404, "no-outline", "the case has no finding of this key that lies on a reference"
        ) from error
    return Response(outline_of(path, colour), media_type="image/png", headers=_KEPT)


@router.get("/pictures/{name}", response_class=Response)
def picture(review: OpenReview, name: str) -> Response:
    """Return an evidence picture by its name in a row or a finding."""
    try:
        content = review.picture(name)
    except LookupError as error:
        raise Refusal(404, "no-picture", "no finding shows a picture of this name") from error
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(content, media_type=kind, headers=_KEPT)


def no_finding() -> Refusal:
    """Return the refusal of a key that the case does not have."""
    return Refusal(404, "no-finding", "the case has no finding of this key")
