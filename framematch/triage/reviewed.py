"""The files of reviewed cases that people have decided on, found again in their dumps.

What they become is `framematch.calibration`'s. Reads the case and its log; opens no file of a dump.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.case_records import Finding
from framematch.errors import CaseError
from framematch.report import exported_head
from framematch.report.layout import RUN_FOLDER
from framematch.triage.journal import NAME, Journal
from framematch.triage.kept import kept_case
from framematch.triage.paths import INSIDE, bytes_of
from framematch.verdicts import Opinion, Standing, read_log, standing_of

if TYPE_CHECKING:
    from framematch.calibration import Reviewed, Skipped

# A clip is looked at twice a second: a match begins and ends that far from what it shows.
_NEAR_S = 0.5


def reviewed_files(cases: Sequence[Path]) -> tuple[list[Reviewed], list[Skipped]]:
    """Return the decided findings of cases as files to be asked about again, and the others.

    A content is returned once, whatever the number of cases it is in, and only where the people of
    all of them agree on whose it is. What nobody has decided is in neither list.

    Parameters
    ----------
    cases : sequence of Path
        Folders of cases.

    Raises
    ------
    CaseError
        One is no case, has no run folder or no verdict, or its log was changed or damaged.
    """
    from framematch.calibration import Reviewed  # takes longer than all else that a desk imports

    logs = [_opinions(case) for case in cases]
    reviewed: dict[str, Reviewed] = {}
    skipped: dict[str, Skipped] = {}
    for case, own in zip(cases, logs, strict=True):
        dump = _dump_of(case)
        for finding in kept_case(case).findings:
            key = finding.key
            if key not in own or key in reviewed:
                continue
            said = Standing([one for log in logs for one in log.get(key, ())])
            found = _reviewed(case, dump, finding, said)
            if isinstance(found, Reviewed):
                reviewed[key] = found
                skipped.pop(key, None)
            else:
                skipped.setdefault(key, found)
    return list(reviewed.values()), list(skipped.values())


def _opinions(case: Path) -> dict[str, list[Opinion]]:
    """Return what people think of findings, where anybody has decided."""
    entries = read_log(case, exported_head(case))
    if not entries:
        raise CaseError(
            f"{case}: nobody has decided anything in it; review it first, or leave it out"
        )
    return {
        key: standing.opinions
        for key, standing in standing_of(entries).items()
        if any(one.judgement != "unsure" for one in standing.opinions)
    }


def _dump_of(case: Path) -> bytes:
    """Return where the dump of a case lay when it was looked through last."""
    with Journal(case / RUN_FOLDER / NAME, read_only=True) as journal:
        source = journal.said("source")
    if source is None:
        raise CaseError(f"{case}: does not say where its dump lies; run framematch triage again")
    return bytes.fromhex(source)


def _reviewed(case: Path, dump: bytes, finding: Finding, said: Standing) -> Reviewed | Skipped:
    from framematch.calibration import Reviewed, Skipped

    name = f"{case}: {finding.attribution.file}"
    decided = said.decided
    files = [Path(os.fsdecode(path)) for path in _places(dump, finding)]
    there = [file for file in files if file.is_file() and not file.is_symlink()]
    why: str | None = None
    if decided is None:
        why = "people differ on whose it is"
    elif decided.judgement == "not-this-show":
        why = f"is not from {decided.show}, which does not say whose it is"
    elif finding.attribution.media == "sequence":
        why = "is a sequence of pictures; only single files are asked about again"
    elif finding.attribution.sha256 is None or finding.attribution.verdict == "unreadable":
        why = "could not be read"
    elif not files:
        why = "lies in an archive, which is not unpacked again"
    elif not there:
        why = f"is not there any more ({files[0]})"
    if why is not None or decided is None:
        return Skipped(name, f"{name}: {why}")
    return Reviewed(
        file=there[0],
        name=name,
        sha256=finding.attribution.sha256 or "",
        part=finding.part,
        time_s=0.0 if finding.evidence is None else finding.evidence.query_s,
        show=decided.claims or None,
        judgement=decided.judgement,
        group=f"(not ours) {case.resolve().name}",
        places=tuple(_seen(finding, decided)),
    )


def _places(dump: bytes, finding: Finding) -> Iterator[bytes]:
    for path in finding.paths:
        if INSIDE not in path:
            yield dump.rstrip(b"/") + b"/" + bytes_of(path)


def _seen(finding: Finding, decided: Opinion) -> Iterator[tuple[str, float]]:
    """Yield where a person has seen the picture who confirms what the machine names.

    Of a clip it is the place of the picture that decided, on each match that it lies on.
    """
    if decided.judgement != "confirmed":
        return
    shown = finding.evidence
    at_s = 0.0 if shown is None else shown.query_s
    for match in finding.attribution.matches:
        after_s = at_s - match.query_s
        if match.show == decided.show and -_NEAR_S <= after_s <= match.duration_s + _NEAR_S:
            yield match.reference, match.reference_s + after_s
