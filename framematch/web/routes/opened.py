"""What every path is given: the desk, and that which is missing said in one way."""

from typing import Annotated

from fastapi import Depends, Request

from framematch.matcher import Matcher
from framematch.web.desk import Desk
from framematch.web.limits import Bucket
from framematch.web.problems import Refusal
from framematch.web.review import Review


def _desk(request: Request) -> Desk:
    found = request.app.state.desk
    assert isinstance(found, Desk)  # noqa: S101 - `create_app` put it there
    return found


OpenDesk = Annotated[Desk, Depends(_desk)]


def _review(desk: OpenDesk) -> Review:
    if desk.review is None:
        raise Refusal(
            404, "no-case", "no case is open; start the desk with one: framematch serve CASE"
        )
    return desk.review


def _matcher(desk: OpenDesk) -> Matcher:
    if desk.matcher is None:
        raise Refusal(
            503, "no-index", f"no index is open ({desk.index_missing}); start the desk with one"
        )
    return desk.matcher


def _one_write(request: Request) -> None:
    bucket: Bucket = request.app.state.writes
    bucket.take()


OpenReview = Annotated[Review, Depends(_review)]
OpenMatcher = Annotated[Matcher, Depends(_matcher)]
#: A dependency of paths that change something.
ONE_WRITE = Depends(_one_write)
