"""What people decided about the same content in other cases, adopted by choice."""

from typing import Any

from fastapi import APIRouter

from framematch.verdicts import Recalled, acts_of, recallable
from framematch.web.desk import Desk
from framematch.web.problems import Refusal
from framematch.web.review import Review
from framematch.web.routes.opened import ONE_WRITE, OpenDesk, OpenReview
from framematch.web.routes.verdicts import Decided, Keys, Strict, Who, decided

router = APIRouter(tags=["verdicts"])


class RecallRequest(Strict):
    """Verdicts of other cases to be adopted."""

    who: Who
    keys: Keys


@router.get("/recall")
def offered(desk: OpenDesk, review: OpenReview) -> list[dict[str, Any]]:
    """Return what can be adopted here of the cases that the desk was started with."""
    return [one.to_dict() for one in _offered(desk, review)]


@router.post("/recall", status_code=201, dependencies=[ONE_WRITE])
def adopt(desk: OpenDesk, review: OpenReview, request: RecallRequest) -> list[Decided]:
    """Adopt what other cases say of some findings, under the name of who asks for it."""
    wanted = set(request.keys)
    found = [one for one in _offered(desk, review) if one.about.key in wanted]
    if not found:
        raise Refusal(
            404, "nothing-recalled", "no other case says anything of these that can be adopted"
        )
    return [decided(review, review.add(request.who, act)) for act in acts_of(found)]


def _offered(desk: Desk, review: Review) -> tuple[Recalled, ...]:
    if not desk.others:
        return ()
    about = review.about([finding.key for finding in review.case.findings])
    return recallable(desk.others, about, review.standings, review.log)
