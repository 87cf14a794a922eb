"""Counts over a case: completed or in progress by show and episode, shots in several stages."""

from collections import Counter
from dataclasses import dataclass

from framematch.case_records import Case, Finding
from framematch.records import EpisodeRange
from framematch.report.words import MOVED, RECEIVED, RELATIONS, STAGES, USES, VERDICTS, progress


@dataclass(frozen=True, slots=True)
class Tally:
    """Findings of one show, or of one of its episodes.

    Attributes
    ----------
    title : str
        The show, or the episode range as it is written.
    n : int
        Findings.
    stages : tuple of (str, int)
        How many of each stage, the most finished first; those of which there are none are left out.
    completed, in_progress, untold : int
        The same in short.
    received : int
        Completed ones that look as released, as a received copy does.
    parts : tuple of Tally
        The episodes of a show, in order.
    """

    title: str
    n: int
    stages: tuple[tuple[str, int], ...]
    completed: int
    in_progress: int
    untold: int
    received: int
    parts: tuple["Tally", ...] = ()


@dataclass(frozen=True, slots=True)
class Shot:
    """A shot that is there in several stages.

    Attributes
    ----------
    name : str
        What its versions have in common.
    versions : tuple of (int, str)
        Position of each finding in the case, and its stage, in order of version.
    """

    name: str
    versions: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """The counts of a whole case; every label of words.py has its own, zeros included."""

    verdicts: tuple[tuple[str, int], ...]
    relations: tuple[tuple[str, int], ...]
    uses: tuple[tuple[str, int], ...]
    moved: tuple[tuple[str, int], ...]
    gone: int
    pictures_with_notes: int
    paths: int


def present(case: Case) -> list[tuple[int, Finding]]:
    """Return the findings whose files were there in the last run, with their positions."""
    return [pair for pair in enumerate(case.findings) if pair[1].last_run == case.run]


def totals(case: Case) -> Totals:
    """Count a whole case; findings that are gone are counted as such only."""
    here = [finding for _, finding in present(case)]
    relations: Counter[str] = Counter(f.release.relation for f in here if f.release is not None)
    verdicts: Counter[str] = Counter(f.attribution.verdict for f in here)
    uses: Counter[str] = Counter(entry.use for entry in case.entries)
    moved: Counter[str] = Counter(change.moved for change in case.changes)
    return Totals(
        verdicts=_by_label(VERDICTS, verdicts),
        relations=_by_label(RELATIONS, relations),
        uses=_by_label(USES, uses),
        moved=_by_label(MOVED, moved),
        gone=len(case.findings) - len(here),
        pictures_with_notes=sum(bool(f.notes) for f in here),
        paths=len(case.entries),
    )


def by_show(case: Case) -> tuple[Tally, ...]:
    """Return the findings with the verdict ``match`` by show, and within each by episode."""
    shows: dict[str, list[Finding]] = {}
    for _, finding in present(case):
        if finding.attribution.show is not None:
            shows.setdefault(finding.attribution.show, []).append(finding)
    return tuple(
        _tally(show, shows[show], tuple(_by_episode(shows[show]))) for show in sorted(shows)
    )


def _by_episode(findings: list[Finding]) -> list[Tally]:
    episodes: dict[tuple[bool, bool, str], list[Finding]] = {}
    for finding in findings:
        at = finding.attribution.episodes
        # Single episodes first, then ranges, then what has none.
        key = (at is None, at is not None and at.best is None and at.first != at.last, episode(at))
        episodes.setdefault(key, []).append(finding)
    return [_tally(key[2], episodes[key]) for key in sorted(episodes)]


def episode(at: EpisodeRange | None) -> str:
    """Return where a finding belongs, as it is written: an episode, a range, or neither."""
    if at is None:
        return "no episode"
    if at.best is not None:
        return str(at.best)
    return str(at.first) if at.first == at.last else f"{at.first} to {at.last}"


def _tally(title: str, findings: list[Finding], parts: tuple[Tally, ...] = ()) -> Tally:
    labels = Counter(stage_of(finding) for finding in findings)
    how_far = Counter(progress_of(finding) for finding in findings)
    received = sum(
        finding.release is not None and finding.release.relation in RECEIVED for finding in findings
    )
    return Tally(
        title=title,
        n=len(findings),
        stages=tuple((label, labels[label]) for label in STAGES if labels[label]),
        completed=how_far["completed"],
        in_progress=how_far["in-progress"],
        untold=how_far["untold"],
        received=received,
        parts=parts,
    )


def shots_in_several_stages(case: Case) -> tuple[Shot, ...]:
    """Return the shots of which versions in more than one stage are there, by name."""
    shots: dict[str, list[tuple[int, int, str]]] = {}
    for number, finding in present(case):
        if finding.version is not None:
            row = (finding.version.number, number, stage_of(finding))
            shots.setdefault(finding.version.shot, []).append(row)
    return tuple(
        Shot(name, tuple((number, label) for _, number, label in sorted(shots[name])))
        for name in sorted(shots)
        if len({label for _, _, label in shots[name] if label != "unknown"}) > 1
    )


def stage_of(finding: Finding) -> str:
    """Return the stage of a finding, ``unknown`` where it has none."""
    stage = finding.attribution.stage
    return "unknown" if stage is None else stage.label


def progress_of(finding: Finding) -> str:
    """Return how far a finding is, a label of `framematch.report.words.PROGRESS`."""
    relation = None if finding.release is None else finding.release.relation
    return progress(stage_of(finding), relation)


def _by_label(
    labels: dict[str, tuple[str, str]], counts: Counter[str]
) -> tuple[tuple[str, int], ...]:
    return tuple((label, counts[label]) for label in labels)
