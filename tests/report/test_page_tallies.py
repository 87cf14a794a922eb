"""What the report counts: stages by show and episode, coverage of an episode, shots in stages."""

from dataclasses import replace

from sample import sample

from framematch.case_records import Case, Finding, Release, Version
from framematch.records import EpisodeId, EpisodeRange, Match, Stage
from framematch.report.places import timelines
from framematch.report.plots import clock, stage_bar, timeline_plot
from framematch.report.tallies import by_show, shots_in_several_stages, totals

_CASE = sample(60).case


def _case(*findings: Finding) -> Case:
    return replace(_CASE, findings=findings)


def _finding(
    at_s: float = 10.0,
    *,
    length_s: float = 0.0,
    stage: str = "final",
    episode: int = 1,
    wide: bool = False,
) -> Finding:
    """Return a finding of the first reference's show, matched at `at_s` of an episode."""
    first = next(f for f in _CASE.findings if f.attribution.verdict == "match" and f.last_run == 2)
    references = {r.episode: r for r in _CASE.references if r.show == _CASE.references[0].show}
    reference = references[EpisodeId(1, episode)]
    match = Match(
        reference.show, reference.episode, reference.sha256, at_s, 0.0, length_s,
        "structure", 40, 0.9, 0.9, False, (0.0, 0.0, 1.0, 1.0),
    )  # fmt: skip
    at = EpisodeId(1, episode)
    episodes = EpisodeRange(at, EpisodeId(1, 4) if wide else at, 0.95, None if wide else at)
    answer = replace(
        first.attribution,
        show=reference.show,
        matches=(match,),
        episodes=episodes,
        stage=Stage(stage, 0.9),
    )
    return replace(first, attribution=answer, release=None, version=None)


def test_timeline_of_overlapping_clips_counts_each_second_once() -> None:
    case = _case(_finding(10.0, length_s=5.0), _finding(12.0, length_s=5.0), _finding(59.5))

    line = timelines(case)[0]

    assert (line.touched_s, line.touched_minutes, line.n_findings) == (8, 1, 3)
    assert line.minutes == 12


def test_timeline_of_a_still_touches_one_second() -> None:
    assert timelines(_case(_finding(30.0)))[0].touched_s == 1


def test_timeline_leaves_out_findings_that_are_gone_or_not_attributed() -> None:
    gone = replace(_finding(), last_run=1)
    unsure = _finding()
    unsure = replace(
        unsure, attribution=replace(unsure.attribution, verdict="inconclusive", show=None)
    )

    assert timelines(_case(gone, unsure))[0].places == ()


def test_timeline_of_an_opening_is_sure_in_the_best_reference_only() -> None:
    one, other = _finding(episode=1), _finding(episode=2)
    both = replace(
        one,
        attribution=replace(
            one.attribution, matches=one.attribution.matches + other.attribution.matches
        ),
    )

    first, second = timelines(_case(both))[:2]

    assert [place.sure for place in first.places + second.places] == [True, False]
    assert (first.touched_s, second.touched_s) == (1, 0)


def test_timeline_of_a_match_beyond_the_end_stays_inside() -> None:
    line = timelines(_case(_finding(666.5, length_s=50.0)))[0]
    mark = timeline_plot(line).lanes[0].marks[0]

    assert line.touched_s == 1
    assert mark.x + mark.width <= 1000


def test_tallies_tell_completed_from_in_progress_by_episode() -> None:
    case = _case(
        _finding(stage="final"), _finding(stage="rough"), _finding(stage="unknown", episode=2),
        _finding(stage="line-art", wide=True),
    )  # fmt: skip

    (show,) = by_show(case)

    assert (show.completed, show.in_progress, show.untold, show.n) == (1, 2, 1, 4)
    assert [(part.title, part.n) for part in show.parts] == [
        ("S01E01", 2), ("S01E02", 1), ("S01E01 to S01E04", 1),
    ]  # fmt: skip
    assert show.stages == (("final", 1), ("line-art", 1), ("rough", 1), ("unknown", 1))


def test_tallies_take_the_release_itself_for_completed_whatever_its_stage() -> None:
    copy = Release("same-picture", "reference-file", 10.0, 44.0, 0.0, (), ())

    (show,) = by_show(_case(replace(_finding(stage="flat-colour"), release=copy)))

    assert (show.completed, show.received, show.in_progress) == (1, 1, 0)


def test_tallies_never_count_more_copies_of_the_release_than_completed_pictures() -> None:
    for show in by_show(_CASE):
        assert all(tally.received <= tally.completed for tally in (show, *show.parts))


def test_tallies_of_a_show_are_the_sum_of_its_episodes() -> None:
    for show in by_show(_CASE):
        assert show.n == sum(part.n for part in show.parts)
        assert sum(n for _, n in show.stages) == show.n
        assert show.completed + show.in_progress + show.untold == show.n


def test_totals_account_for_every_walked_file() -> None:
    counted = totals(_CASE)

    assert sum(n for _, n in counted.uses) == counted.paths == len(_CASE.entries)
    assert sum(n for _, n in counted.verdicts) + counted.gone == len(_CASE.findings)
    assert sum(n for _, n in counted.moved) == len(_CASE.changes)


def test_shots_are_named_where_their_versions_differ_in_stage() -> None:
    def version(shot: str, number: int, stage: str) -> Finding:
        return replace(_finding(stage=stage), version=Version(shot, number, 2, "name"))

    case = _case(
        version("b", 2, "final"), version("b", 1, "rough"),
        version("a", 1, "final"), version("a", 2, "final"),
        version("c", 1, "final"), version("c", 2, "unknown"),
    )  # fmt: skip

    (shot,) = shots_in_several_stages(case)

    assert shot.name == "b"
    assert shot.versions == ((1, "rough"), (0, "final"))


def test_stage_bar_segments_follow_each_other_and_fill_their_share() -> None:
    (show,) = by_show(_case(_finding(stage="final"), _finding(stage="rough")))

    bar = stage_bar(show, 4)

    assert [(part.x, part.width) for part in bar] == [(0.0, 250.0), (250.0, 250.0)]


def test_clock_reads_as_a_person_writes_it() -> None:
    assert [clock(s) for s in (0, 65.9, 3605)] == ["0:00", "1:05", "1:00:05"]
