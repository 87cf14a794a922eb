"""The line of a finding in findings.csv: which columns there are, and what stands in them.

How cells are written is `framematch.report.tables`'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from framematch.case_records import Finding, MetadataItem
from framematch.verdicts import Standing

#: A value of a cell; of several values a sequence.
Cell = str | int | float | bool | Iterable[str] | None

FINDING_COLUMNS = (
    "key",
    "file",
    "paths",
    "n_paths",
    "part",
    "role",
    "media",
    "sha256",
    "verdict",
    "show",
    "confidence",
    "first_episode",
    "last_episode",
    "episodes_mass",
    "best_episode",
    "stage",
    "stage_confidence",
    "stage_flags",
    "stage_reasons",
    "candidates",
    "n_matches",
    "match_show",
    "match_episode",
    "match_reference",
    "match_reference_s",
    "match_query_s",
    "match_duration_s",
    "match_code",
    "match_distance",
    "match_score",
    "match_mirrored",
    "expected_false_matches",
    "release_relation",
    "release_basis",
    "release_frame_s",
    "release_psnr_db",
    "release_differing_share",
    "release_differs",
    "n_notes",
    "note_scripts",
    "note_text",
    "code_text",
    "code_show",
    "code_season",
    "code_episode",
    "code_scene",
    "code_shot",
    "code_version",
    "code_agrees",
    "siblings_group",
    "siblings_show",
    "siblings_n_show",
    "siblings_n_other",
    "siblings_n_none",
    "siblings_agree",
    "metadata_created",
    "metadata_software",
    "metadata",
    "version_shot",
    "version_number",
    "version_of",
    "version_ordered_by",
    "evidence_whole",
    "evidence_query",
    "evidence_reference",
    "first_run",
    "last_run",
    "gone",
    "error",
    "human_judgement",
    "human_show",
    "human_not_show",
    "human_disputed",
    "human_opinions",
    "human_remarks",
)


def finding_cells(finding: Finding, run: int, standing: Standing | None = None) -> dict[str, Cell]:
    """Return the line of a finding, by names of columns.

    Parameters
    ----------
    finding : Finding
        What the machine says.
    run : int
        Number of the case's last run.
    standing : Standing, optional
        What people say.
    """
    answer = finding.attribution
    return {
        "key": finding.key,
        "file": answer.file,
        "paths": finding.paths,
        "n_paths": len(finding.paths),
        "part": finding.part,
        "role": finding.role,
        "media": answer.media,
        "sha256": answer.sha256,
        "verdict": answer.verdict,
        "show": answer.show,
        "confidence": round(answer.confidence, 4),
        **_episodes(finding),
        **_stage(finding),
        "candidates": [
            f"{candidate.show} {candidate.confidence:.4f}" for candidate in answer.candidates
        ],
        **_best_match(finding),
        "expected_false_matches": answer.to_dict()["expected_false_matches"],
        **_release(finding),
        **_notes(finding),
        **_code(finding),
        **_siblings(finding),
        **_metadata(finding.metadata),
        **_version(finding),
        **_evidence(finding),
        "first_run": finding.first_run,
        "last_run": finding.last_run,
        "gone": finding.last_run != run,
        "error": answer.error,
        **human_cells(standing),
    }


def human_cells(standing: Standing | None) -> dict[str, Cell]:
    """Return the cells of what people decided on a finding."""
    opinions = [] if standing is None else standing.opinions
    remarks = [] if standing is None else standing.remarks
    decided = None if standing is None else standing.decided
    return {
        "human_judgement": None if decided is None else decided.judgement,
        "human_show": None if decided is None else decided.claims or None,
        "human_not_show": decided.show if decided and decided.claims is None else None,
        "human_disputed": standing is not None and standing.disputed,
        "human_opinions": [
            " ".join(filter(None, (one.when, one.who, one.judgement, one.show, one.why)))
            for one in opinions
        ],
        "human_remarks": [f"{one.when} {one.who} {one.text}" for one in remarks],
    }


def _episodes(finding: Finding) -> dict[str, Cell]:
    known = finding.attribution.episodes
    best = None if known is None else known.best
    return {
        "first_episode": None if known is None else str(known.first),
        "last_episode": None if known is None else str(known.last),
        "episodes_mass": None if known is None else round(known.mass, 4),
        "best_episode": None if best is None else str(best),
    }


def _stage(finding: Finding) -> dict[str, Cell]:
    known = finding.attribution.stage
    return {
        "stage": None if known is None else known.label,
        "stage_confidence": None if known is None else round(known.confidence, 4),
        "stage_flags": None if known is None else known.flags,
        "stage_reasons": finding.stage_reasons,
    }


def _best_match(finding: Finding) -> dict[str, Cell]:
    matches = finding.attribution.matches
    first = matches[0].to_dict() if matches else {}
    return {
        "n_matches": len(matches),
        "match_show": first.get("show"),
        "match_episode": first.get("episode"),
        "match_reference": first.get("reference"),
        "match_reference_s": first.get("reference_s"),
        "match_query_s": first.get("query_s"),
        "match_duration_s": first.get("duration_s"),
        "match_code": first.get("code"),
        "match_distance": first.get("distance"),
        "match_score": first.get("score"),
        "match_mirrored": first.get("mirrored"),
    }


def _release(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.release is None else finding.release.to_dict()
    return {
        "release_relation": known.get("relation"),
        "release_basis": known.get("basis"),
        "release_frame_s": known.get("frame_s"),
        "release_psnr_db": known.get("psnr_db"),
        "release_differing_share": known.get("differing_share"),
        "release_differs": known.get("differs"),
    }


def _notes(finding: Finding) -> dict[str, Cell]:
    scripts = {script for note in finding.notes for script in note.scripts}
    return {
        "n_notes": len(finding.notes),
        "note_scripts": sorted(scripts),
        "note_text": [note.text for note in finding.notes if note.text is not None],
    }


def _code(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.code is None else finding.code.to_dict()
    return {
        "code_text": known.get("text"),
        "code_show": known.get("show"),
        "code_season": known.get("season"),
        "code_episode": known.get("episode"),
        "code_scene": known.get("scene"),
        "code_shot": known.get("shot"),
        "code_version": known.get("version"),
        "code_agrees": known.get("agrees"),
    }


def _siblings(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.siblings is None else finding.siblings.to_dict()
    return {
        "siblings_group": known.get("group"),
        "siblings_show": known.get("show"),
        "siblings_n_show": known.get("n_show"),
        "siblings_n_other": known.get("n_other"),
        "siblings_n_none": known.get("n_none"),
        "siblings_agree": known.get("agrees"),
    }


def _metadata(items: Sequence[MetadataItem]) -> dict[str, Cell]:
    return {
        "metadata_created": [item.value for item in items if item.field == "created"],
        "metadata_software": [item.value for item in items if item.field == "software"],
        "metadata": [f"{item.field}: {item.value} ({item.source})" for item in items],
    }


def _version(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.version is None else finding.version.to_dict()
    return {
        "version_shot": known.get("shot"),
        "version_number": known.get("number"),
        "version_of": known.get("of"),
        "version_ordered_by": known.get("ordered_by"),
    }


def _evidence(finding: Finding) -> dict[str, Cell]:
    known = {} if finding.evidence is None else finding.evidence.to_dict()
    return {
        "evidence_whole": known.get("whole"),
        "evidence_query": known.get("query"),
        "evidence_reference": known.get("reference"),
    }
