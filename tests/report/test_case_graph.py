"""case.jsonld against the validator of CASE/UCO, and what the graph says."""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import validator
from sample import sample

from framematch.case_records import Case, Entry, Use
from framematch.report import graph
from framematch.report.linked_data import date_time, document, name, nodes_of
from framematch.report.writing import pictures_of
from framematch.verdicts import About, VerdictLog, judged, noted, undone

#: What nobody may read into a likelihood.
BOASTS = re.compile(r"\b(proves?|proven|certain(ly)?|identified|definite(ly)?|guilty|stolen)\b")


def written(case: Case) -> bytes:
    evidence = dict.fromkeys(pictures_of(case.findings), "ab" * 32)
    return b"".join(document(graph.nodes(case, evidence)))


def nodes(case: Case) -> list[dict[str, Any]]:
    return list(nodes_of(written(case).splitlines(keepends=True)))


def in_archive(case: Case) -> Case:
    """Return the case with an archive in an archive more."""
    uses: dict[str, Use] = {
        "a.zip": "archive", "a.zip!/b.zip": "archive", "a.zip!/b.zip!/c.png": "media"
    }  # fmt: skip
    more = (
        Entry(path, 5, "cd" * 32, "ef" * 16, "1980-00-00T00:00:00Z", use, None, ())
        for path, use in uses.items()
    )
    return replace(case, entries=(*more, *case.entries))


def reviewed(case: Case, folder: Path) -> Case:
    """Return the case with a verdict on two findings, another one, a note, and one taken back."""
    named = [finding for finding in case.findings if finding.attribution.show]
    about = [About(one.key, "match", one.attribution.show, 0.9, "index") for one in named[:2]]
    elsewhere = About("ab" * 32, "no-match", None, 0.1, "index")
    with VerdictLog(folder) as log:
        log.add("Kim", judged([*about, elsewhere], "not-ours", why="a trailer\nof nobody"))
        log.add("Lee", judged(about[:1], "confirmed"))
        log.add("Lee", noted(about[1:], "<script>눈</script>"))
        log.add("Lee", undone(log.entries[1], "looked again"))
        return replace(case, verdicts=log.entries)


def of_type(found: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [node for node in found if kind in node["@type"]]


@pytest.fixture
def validated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[bytes], validator.Result]:
    """Return CASE's validator, asked about a document."""
    pytest.importorskip("case_utils", reason="case-utils is not installed; scripts/setup dev")
    path = tmp_path / "case.jsonld"

    def check(text: bytes) -> validator.Result:
        path.write_bytes(text)
        return validator.validate(str(path), monkeypatch)

    return check


def test_graph_of_a_reviewed_case_conforms_to_the_ontology_without_a_warning(
    tmp_path: Path, validated: Callable[[bytes], validator.Result]
) -> None:
    # So many hold a layer, a page, a sequence and a file that is gone.
    result = validated(written(reviewed(in_archive(sample(17).case), tmp_path)))

    assert result.conforms, result.text
    assert not result.undefined_concepts
    assert "Info" not in result.text
    assert "Warning" not in result.text


def test_graph_with_a_digest_that_is_none_does_not_conform(
    validated: Callable[[bytes], validator.Result],
) -> None:
    text = written(sample(1).case)
    digest = re.search(rb'"uco-types:hashValue": "([0-9A-F]{64})"', text)

    assert not validated(text.replace(digest[1], b"no digest")).conforms


def test_graph_has_a_node_per_file_and_a_result_per_finding() -> None:
    case = sample(60).case

    found = nodes(case)

    paths = {
        facet["uco-observable:filePath"]
        for node in found
        if node["@id"].startswith("kb:file-")
        for facet in node["uco-core:hasFacet"]
        if facet["@type"] == "uco-observable:FileFacet"
    }
    assert paths == {entry.path for entry in case.entries}
    assert len(of_type(found, "uco-analysis:AnalyticResult")) == len(case.findings)


def test_graph_names_no_node_twice_and_every_link_has_an_end(tmp_path: Path) -> None:
    found = nodes(reviewed(sample(60).case, tmp_path))

    names = [node["@id"] for node in found]
    linked = {
        link
        for node in found
        for key in ("uco-core:object", "uco-core:source", "uco-core:target",
                    "uco-action:instrument", "uco-action:object", "uco-action:result",
                    "uco-action:performer", "case-investigation:wasInformedBy",
                    "uco-analysis:originatingAnalysis", "uco-analysis:resultContent")
        for link in ([node[key]] if isinstance(node.get(key), str) else node.get(key, []))
    }  # fmt: skip

    assert len(set(names)) == len(names)
    assert linked
    assert linked <= set(names)


def test_graph_relates_members_to_archives_and_parts_to_files() -> None:
    case = in_archive(sample(60).case)
    found = nodes(case)

    related = [
        (node["uco-core:kindOfRelationship"], node["uco-core:source"], node["uco-core:target"])
        for node in of_type(found, "uco-observable:ObservableRelationship")
    ]

    archive, inner, picture = (
        graph.entry_name(path, "cd" * 32)
        for path in ("a.zip", "a.zip!/b.zip", "a.zip!/b.zip!/c.png")
    )
    assert [ends for ends in related if ends[0] == "Contained_Within"] == [
        ("Contained_Within", inner, archive),
        ("Contained_Within", picture, inner),
    ]
    assert sum(ends[0] == "Extracted_From" for ends in related) == sum(
        len(finding.paths) for finding in case.findings if finding.part is not None
    )


def test_graph_gives_each_show_its_probability_and_claims_no_more() -> None:
    case = sample(60).case
    found = nodes(case)
    finding = next(f for f in case.findings if f.attribution.verdict == "match")
    means = (case.methods.version, case.methods.index.id, case.methods.calibration)
    result = next(n for n in found if n["@id"] == graph.result_name(finding.key, means))

    classes = {
        known["uco-analysis:class"]: known.get("uco-analysis:classificationConfidence")
        for facet in result["uco-core:hasFacet"]
        for known in facet["uco-analysis:classification"]
    }

    for candidate in finding.attribution.candidates:
        assert classes[f"show: {candidate.show}"] == f"{candidate.confidence:.4f}"
    statements = [
        text
        for node in of_type(found, "uco-analysis:AnalyticResult")
        for text in node["uco-core:statement"]
    ]
    assert f"Likely from {finding.attribution.show}" in result["uco-core:statement"][0]
    assert not [text for text in statements if BOASTS.search(text)]


def test_graph_names_a_file_alike_in_the_next_run_and_its_conclusion_by_the_index() -> None:
    first, second = sample(20, run=1).case, sample(20, run=2).case

    def files(case: Case) -> set[str]:
        return {node["@id"] for node in nodes(case) if node["@id"].startswith("kb:file-")}

    assert files(second) <= files(first)
    assert written(second) == written(sample(20, run=2).case)


def test_graph_has_what_each_person_decided_apart_from_the_conclusions(tmp_path: Path) -> None:
    before = sample(20).case
    case = reviewed(before, tmp_path)
    found = nodes(case)
    at = {node["@id"]: node for node in found}

    actions = of_type(found, "case-investigation:InvestigativeAction")[1:]

    assert [at[act["uco-action:performer"]]["uco-core:name"] for act in actions] == [
        "Kim", "Lee", "Lee", "Lee"
    ]  # fmt: skip
    assert [act["uco-action:endTime"] for act in actions] == [one.when for one in case.verdicts]
    said = [at[act["uco-action:result"]] for act in actions[:3]]
    assert [one["uco-core:tag"] for one in said] == [
        ["human", "not-ours"], ["human", "confirmed", "taken back"], ["human", "noted"]
    ]  # fmt: skip
    assert said[0]["uco-core:statement"] == [
        "Of none of the shows that are looked after.",
        "Reason given: a trailer\nof nobody",
        "Also said of 1 finding(s) that are not in this case.",
    ]
    named = [one for one in case.findings if one.attribution.show]
    means = (case.methods.version, case.methods.index.id, case.methods.calibration)
    assert said[0]["uco-core:object"] == [graph.result_name(one.key, means) for one in named[:2]]
    assert actions[3]["case-investigation:wasInformedBy"] == actions[1]["@id"]
    assert "uco-action:result" not in actions[3]
    # What the machine says is the same, word for word.
    results = of_type(found, "uco-analysis:AnalyticResult")
    assert results == of_type(nodes(before), "uco-analysis:AnalyticResult")
    assert written(case) == written(case)


def test_graph_of_text_that_is_no_unicode_is_written() -> None:
    text = b"".join(document([{"@id": "kb:x", "@type": "t", "n": json.loads('"\\udc80"')}]))

    (found,) = nodes_of(text.splitlines(keepends=True))

    assert found["n"] == "\udc80"


def test_name_of_a_node_is_a_uuid_of_version_5_of_what_it_is_about() -> None:
    names = [name("file", "컷.png", number) for number in range(40)]

    found = [uuid.UUID(known.removeprefix("kb:file-")) for known in names]

    assert len(set(found)) == len(names)
    assert {(known.version, known.variant) for known in found} == {(5, uuid.RFC_4122)}
    assert [f"kb:file-{known}" for known in found] == names


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2025-01-02T03:04:05Z", True),
        ("2025-01-02T03:04:05.123456+09:00", True),
        ("1980-00-00T00:00:00Z", False),
        ("2025-01-02", False),
        ("yesterday", False),
        (None, False),
    ],
)
def test_date_time_of_what_is_no_time_is_left_out(text: str | None, kept: bool) -> None:
    assert date_time(text) == (text if kept else None)


@pytest.mark.parametrize("change", [b"kb", b"\n]}\n", b'{"@context"'])
def test_nodes_of_another_document_are_refused(change: bytes) -> None:
    text = written(sample(3).case).replace(change, b"", 1)

    with pytest.raises(ValueError):  # noqa: PT011 - json's own error or ours
        list(nodes_of(text.splitlines(keepends=True)))
