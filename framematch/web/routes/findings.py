"""The findings of the case: the list, one of them, its pictures."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from framematch.web.problems import Refusal
from framematch.web.routes.opened import OpenReview

router = APIRouter(tags=["findings"])

_KINDS = {"webp": "image/webp", "jpg": "image/jpeg", "png": "image/png"}


@router.get("/finding")
def finding(
    review: OpenReview, key: Annotated[str, Query(description="Key of the finding.")]
) -> dict[str, Any]:
    """Return a finding as the page shows it: the row of the list, and all else."""
    try:
        return review.detail(key)
    except LookupError as error:
        raise Refusal(404, "no-finding", "the case has no finding of this key") from error


@router.get("/pictures/{name}", response_class=Response)
def picture(review: OpenReview, name: str) -> Response:
    """Return an evidence picture by its name in a row or a finding."""
    try:
        content = review.picture(name)
    except LookupError as error:
        raise Refusal(404, "no-picture", "no finding shows a picture of this name") from error
    kind = _KINDS[name.rpartition(".")[2]]
    return Response(content, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})
