"""Findings made up for the tests of what is concluded from them."""

from framematch.case_records import Finding
from framematch.records import (
    Attribution,
    EpisodeId,
    EpisodeRange,
    IndexInfo,
    Match,
    Stage,
)


def attribution(
    show: str | None, *, at_s: float = 0.0, stage: str = "final", reference: str = "ref"
) -> Attribution:
    """Return an answer: a match of S03E05 at a time, or none."""
    episode = EpisodeId(3, 5)
    match = Match(
        show or "",
        episode,
        reference,
        at_s,
        0.0,
        0.0,
        "structure",
        9,
        0.9,
        0.9,
        False,
        (0, 0, 1, 1),
    )
    return Attribution(
        file="",
        sha256=None,
        media="image",
        verdict="match" if show else "no-match",
        show=show,
        confidence=0.9,
        episodes=EpisodeRange(episode, episode, 1.0, episode) if show else None,
        stage=Stage(stage, 0.9),
        candidates=(),
        matches=(match,) if show else (),
        expected_false_matches=None,
        index=IndexInfo("id", 1, "spec"),
        error=None,
    )


def finding(
    *paths: str,
    show: str | None = None,
    key: str | None = None,
    part: str | None = None,
    at_s: float = 0.0,
    stage: str = "final",
) -> Finding:
    """Return a finding of one content."""
    own = key or paths[0]
    return Finding(
        key=own if part is None else f"{own}:{part}",
        paths=paths,
        part=part,
        role="whole" if part is None else "layer",
        attribution=attribution(show, at_s=at_s, stage=stage),
        stage_reasons=(),
        evidence=None,
        release=None,
        notes=(),
        code=None,
        siblings=None,
        metadata=(),
        version=None,
        first_run=1,
        last_run=1,
    )
