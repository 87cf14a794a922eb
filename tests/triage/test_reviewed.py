"""Which files of reviewed cases a calibration is given, and why it is not given the others."""

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from made import finding
from typer.testing import CliRunner

from framematch.calibration import Figures, Refit, Reviewed, ReviewedFigures, ReviewedPart
from framematch.case_records import Case, Finding, Methods
from framematch.cli import app
from framematch.errors import CaseError
from framematch.index import Index
from framematch.matching.confidence import EVIDENCE, Model
from framematch.records import IndexInfo
from framematch.triage import reviewed_files
from framematch.triage.journal import NAME, Journal
from framematch.triage.kept import keep_case
from framematch.verdicts import About, Judgement, VerdictLog, judged

METHODS = Methods("0.1.0", IndexInfo("id", 1, "spec"), (), "shipped", (), (), None)

Said = tuple[str, Judgement, str | None]


def of(*paths: str, show: str | None = "Alpha", key: str = "", **more: object) -> Finding:
    """Return a finding of a content with a digest of its own."""
    one = finding(*paths, show=show, key=(key or paths[0]).ljust(64, "0"), at_s=12.5, **more)  # type: ignore[arg-type]
    sha256 = one.key.partition(":")[0]
    return replace(one, attribution=replace(one.attribution, sha256=sha256, file=paths[0]))


def make(case: Path, dump: Path, *decided: tuple[Finding, Sequence[Said]]) -> Path:
    """Write a case of a dump, and what people said of its findings."""
    (case / "run").mkdir(parents=True)
    with Journal(case / "run" / NAME) as journal:
        journal.say("source", os.fsencode(dump).hex())
    findings = tuple(one for one, _ in decided)
    keep_case(case, Case("dump", 1, (), findings, (), (), METHODS))
    with VerdictLog(case) as log:
        for one, said in decided:
            answer = one.attribution
            about = About(one.key, answer.verdict, answer.show, 0.9, "id")
            for who, judgement, show in said:
                log.add(who, judged([about], judgement, show))
    return case


@pytest.fixture
def dump(tmp_path: Path) -> Path:
    folder = tmp_path / "dump"
    (folder / "cut").mkdir(parents=True)
    for name in ("a.png", "cut/b.png", "c.psd", "n.png", "100%\udcff.png"):
        (folder / name).write_bytes(b"")
    return folder


def test_decided_findings_are_files_with_their_true_show_and_where_it_was_seen(
    dump: Path, tmp_path: Path
) -> None:
    case = make(
        tmp_path / "case",
        dump,
        (of("gone.png", "a.png"), [("Kim", "confirmed", None)]),
        (of("cut/b.png"), [("Kim", "not-this-show", None), ("Lee", "other-show", "Beta")]),
        (of("c.psd", part="layer/Lines"), [("Kim", "confirmed", None)]),
        (of("n.png", show=None), [("Kim", "not-ours", None)]),
        (of("100%25%FF.png"), [("Kim", "unsure", None), ("Lee", "confirmed", None)]),
        (of("looked.png"), [("Kim", "unsure", None)]),
        (of("open.png"), []),
    )

    reviewed, skipped = reviewed_files([case])

    assert skipped == []
    assert [(one.file.relative_to(dump), one.show, one.judgement) for one in reviewed] == [
        (Path("a.png"), "Alpha", "confirmed"),
        (Path("cut/b.png"), "Beta", "other-show"),
        (Path("c.psd"), "Alpha", "confirmed"),
        (Path("n.png"), None, "not-ours"),
        (Path("100%\udcff.png"), "Alpha", "confirmed"),
    ]
    assert [one.places for one in reviewed[:2]] == [(("ref", 12.5),), ()]
    assert (reviewed[2].part, reviewed[2].sha256) == ("layer/Lines", "c.psd".ljust(64, "0"))
    assert reviewed[3].group == "(not ours) case"


def test_findings_that_cannot_be_used_are_named_with_the_reason(dump: Path, tmp_path: Path) -> None:
    (dump / "link.png").symlink_to(dump / "a.png")
    shot = of("a.png", "n.png")
    case = make(
        tmp_path / "case",
        dump,
        (of("a.png"), [("Kim", "confirmed", None), ("Lee", "not-ours", None)]),
        (of("cut/b.png"), [("Kim", "not-this-show", None)]),
        (of("old.zip!/in/b.png"), [("Kim", "confirmed", None)]),
        (of("link.png"), [("Kim", "confirmed", None)]),
        (
            replace(shot, key="s" * 64, attribution=replace(shot.attribution, media="sequence")),
            [("Kim", "confirmed", None)],
        ),
    )

    reviewed, skipped = reviewed_files([case])

    assert reviewed == []
    for one, said in zip(
        skipped,
        (
            "a.png: people differ on whose it is",
            "cut/b.png: is not from Alpha, which does not say whose it is",
            "old.zip!/in/b.png: lies in an archive",
            f"link.png: is not there any more ({dump / 'link.png'})",
            "a.png: is a sequence of pictures",
        ),
        strict=True,
    ):
        assert one.reason.startswith(f"{case}: {said}")


def test_content_of_two_cases_is_asked_about_once_and_not_where_they_differ(
    dump: Path, tmp_path: Path
) -> None:
    yes: list[Said] = [("Kim", "confirmed", None)]
    first = make(tmp_path / "first", tmp_path / "lost", (of("a.png"), yes), (of("n.png"), yes))
    second = make(
        tmp_path / "second",
        dump,
        (of("cut/b.png", key="a.png"), yes),
        (of("n.png"), [("Lee", "not-ours", None)]),
    )

    reviewed, skipped = reviewed_files([first, second])

    assert [one.file for one in reviewed] == [dump / "cut" / "b.png"]
    assert [one.reason for one in skipped] == [f"{first}: n.png: people differ on whose it is"]


def test_case_in_which_nobody_has_decided_is_refused(dump: Path, tmp_path: Path) -> None:
    case = make(tmp_path / "case", dump, (of("a.png"), []))

    with pytest.raises(CaseError, match="nobody has decided anything in it"):
        reviewed_files([case])


def calibrate(index: Path, *arguments: object) -> tuple[int, str, str]:
    answer = CliRunner().invoke(app, ["--index", str(index), "calibrate", *map(str, arguments)])
    return answer.exit_code, answer.stdout, answer.stderr


def test_calibrate_fits_to_verdicts_on_request_and_says_their_figures_apart(
    dump: Path, tmp_path: Path, index_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = make(
        tmp_path / "case",
        dump,
        (of("a.png"), [("Kim", "confirmed", None)]),
        (of("cut/b.png"), [("Kim", "not-this-show", None)]),
    )
    figures = Figures(0.991, 0.012, 0.9, 0.0043, 0.002, 0.1)
    given: list[Sequence[Reviewed]] = []

    def fitted(index: Index, *_: object, reviewed: Sequence[Reviewed], **__: object) -> Refit:
        given.append(reviewed)
        part = ReviewedPart(
            3, 1, 2, ReviewedFigures(0.05, 0.04, 0.2), ReviewedFigures(0.1, 0.03, 0.3)
        )
        model = Model((1.0,) * len(EVIDENCE), -9.0, 1000, 0.3, "a test")
        return Refit(model, index.info, 3, 180, figures, figures, part if reviewed else None)

    monkeypatch.setattr("framematch.calibration.calibrate", fitted)
    out = tmp_path / "own.json"

    plain = calibrate(index_path, "--out", out)
    code, said, warned = calibrate(index_path, "--out", out, "--verdicts", case)

    assert (plain[0], code) == (0, 0)
    assert [[one.file.name for one in reviewed] for reviewed in given] == [[], ["a.png"]]
    assert "reviewed" not in plain[1]
    assert "3 reviewed files beside them, 2 of 2 shows, 1 not ours" in said
    rows = [line.split() for line in said.splitlines()]
    assert ["shipped", "0.050", "0.040", "0.200"] in rows
    assert ["refit,", "shows", "held", "out", "0.100", "0.030", "0.300"] in rows
    assert "skipped " in warned
    assert "does not say whose it is" in warned
    assert "on the reviewed files alone, the refit is worse" in warned


def test_calibrate_with_verdicts_of_which_none_can_be_used_is_refused_at_once(
    tmp_path: Path, index_path: Path
) -> None:
    case = make(tmp_path / "case", tmp_path, (of("no.png"), [("Kim", "confirmed", None)]))

    code, _, said = calibrate(index_path, "--verdicts", case)

    assert code == 2
    assert "holds no finding to calibrate with" in said
    assert "is not there any more" in said
    assert calibrate(index_path, "--verdicts", tmp_path / "nowhere")[0] == 5
