"""Production codes in names: what ``INV_305_sc045_v03.psd`` says of itself.

Corroboration from names, kept apart from what was seen. Owns the general pattern; those of single
shows are a user's (`framematch.triage.patterns`). Opens no file.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from framematch.case_records import ProductionCode
from framematch.records import Attribution, EpisodeId
from framematch.triage.paths import INSIDE

#: Of a longer name only the beginning is read: no pattern shall take its time.
LONGEST_NAME = 200

_NUMBER = re.compile(r"\d{1,5}", re.ASCII)

#: Parts of names that say something by themselves, wherever they stand.
_EPISODE = re.compile(
    r"(?<![a-z0-9])s(?P<season>\d{1,2})[ _.-]?e(?P<episode>\d{1,3})(?![0-9])"
    r"|(?<![a-z0-9])(?P<season_x>\d{1,2})x(?P<episode_x>\d{2,3})(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
#: A prefix of letters and a number of three or four digits, season before episode, where a scene
#: follows: without one such a number may be anything.
_NUMBERED = re.compile(
    r"(?<![a-z0-9])[a-z]{2,8}[_-](?P<season>\d{1,2})(?P<episode>\d{2})(?=[_-](?:sc|sq|seq|sh|cut|c)\d)",
    re.IGNORECASE | re.ASCII,
)
_SCENE = re.compile(
    r"(?<![a-z0-9])(?:scene|seq|sc|sq)[ _-]?(?P<scene>\d{1,5}(?:[a-z]\d{0,3})?)(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_SHOT = re.compile(
    r"(?<![a-z0-9])(?:shot|cut|sh)[ _-]?(?P<shot>\d{1,5}(?:[a-z]\d{0,3})?)(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_VERSION = re.compile(
    r"(?<![a-z0-9])v(?:er|ersion)?[ _-]?(?P<version>\d{1,4})(?![a-z0-9])", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class ShowPattern:
    """A pattern that a user gives for a show.

    Attributes
    ----------
    show : str
        Name of the show, as in the index.
    pattern : re.Pattern
        With any of the groups ``season``, ``episode``, ``scene``, ``shot`` and ``version``.
    """

    show: str
    pattern: re.Pattern[str]


def code_of(
    paths: Iterable[str], patterns: Sequence[ShowPattern], attribution: Attribution
) -> ProductionCode | None:
    """Return what the first path says that says anything; its name first, then its folders.

    Parameters
    ----------
    paths : iterable of str
        As a case writes them, in order.
    patterns : sequence of ShowPattern
        A user's, in order: the first that reads a name counts. Then the general one.
    attribution : Attribution
        What the code is held against.
    """
    for path in paths:
        for name in reversed(path.replace(INSIDE, "/").split("/")):
            code = read_name(name[:LONGEST_NAME], patterns)
            if code is not None:
                return _held_against(code, attribution)
    return None


def read_name(name: str, patterns: Sequence[ShowPattern] = ()) -> ProductionCode | None:
    """Return what a name says; a version alone says nothing."""
    for one in patterns:
        found = one.pattern.search(name)
        if found is not None and found[0]:
            return _by_user(one.show, found)
    return _by_habit(name)


def _by_user(show: str, found: re.Match[str]) -> ProductionCode:
    said = found.groupdict()
    return ProductionCode(
        text=found[0],
        show=show,
        season=_number(said.get("season")),
        episode=_number(said.get("episode")),
        scene=said.get("scene"),
        shot=said.get("shot"),
        version=_number(said.get("version")),
        agrees=None,
    )


def _by_habit(name: str) -> ProductionCode | None:
    # Underscores are no letters here, unlike to \b and \w.
    episode = _EPISODE.search(name) or _NUMBERED.search(name)
    scene, shot, version = (each.search(name) for each in (_SCENE, _SHOT, _VERSION))
    telling = [found for found in (episode, scene, shot) if found is not None]
    if not telling:
        return None
    said = {} if episode is None else episode.groupdict()
    spans = [found.span() for found in (*telling, version) if found is not None]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    return ProductionCode(
        text=name[first:last],
        show=None,
        season=_number(said.get("season") or said.get("season_x")),
        episode=_number(said.get("episode") or said.get("episode_x")),
        scene=None if scene is None else scene["scene"],
        shot=None if shot is None else shot["shot"],
        version=None if version is None else _number(version["version"]),
        agrees=None,
    )


def _number(text: str | None) -> int | None:
    """Return a number; ``None`` for what is none or longer than any number of an episode."""
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _held_against(code: ProductionCode, attribution: Attribution) -> ProductionCode:
    """Say whether a code and what was seen agree, as far as both say anything."""
    return ProductionCode(
        code.text,
        code.show,
        code.season,
        code.episode,
        code.scene,
        code.shot,
        code.version,
        _agrees(code, attribution),
    )


def _agrees(code: ProductionCode, attribution: Attribution) -> bool | None:
    if attribution.verdict != "match" or attribution.show is None:
        return None
    # An episode without a show is every show's.
    if code.show is None:
        return None
    if code.show.casefold() != attribution.show.casefold():
        return False
    span, episode = attribution.episodes, code.episode_id
    if span is None or episode is None:
        return True
    return _within(episode, span.first, span.last)


def _within(episode: EpisodeId, first: EpisodeId, last: EpisodeId) -> bool:
    return first <= episode <= last
