"""Which nodes the CASE/UCO graph of a case has: the run, the tool, the files, what was concluded.

The run is an investigative action: its instrument is FrameMatch as it was configured, its object
the dump, its result the conclusions. Every file is an observable object with its digests, members
of archives and parts of files are related to what they come from, and every finding is an analytic
result about the files that it was found in, with the calibrated probability of each show. Nothing
here says more than that probability, and nothing knows a clock: who ran it and when is the run
record's. What people decided is beside it, see `framematch.report.decisions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from framematch.case_records import Case, Entry, Finding, Methods
from framematch.report.decisions import action_name, decision_nodes
from framematch.report.linked_data import Node, date_time, name, node, plain

#: Between an archive and what it holds, as `framematch.triage.paths` writes it.
_INSIDE = "!/"

#: Keys of a node that has a name and a type only.
_BARE = 2

_KINDS = {
    "archive": "uco-observable:ArchiveFile",
    "link": "uco-observable:SymbolicLink",
    "special": "uco-observable:ObservableObject",
    "own": "uco-observable:ObservableObject",
}


def nodes(case: Case, evidence: Mapping[str, str]) -> Iterator[Node]:
    """Yield the nodes of the graph.

    Parameters
    ----------
    case : Case
        What the case says.
    evidence : mapping
        SHA-256 of every picture in the case, by name.
    """
    known = {entry.path: entry_name(entry.path, entry.sha256) for entry in case.entries}
    run = name("action", *_identity(case))
    yield from _frame(case, run, list(known.values()))
    yield from _tool(case.methods)
    for entry in case.entries:
        yield _file(entry)
        yield from _containment(entry, known)
    for picture in sorted(evidence):
        yield _picture(picture, evidence[picture])
    gone: set[str] = set()
    for finding in case.findings:
        yield from _gone_files(finding, known, gone)
        yield from _conclusion(finding, known, evidence, case, run)
    yield from decision_nodes(case.verdicts, _results(case), run)


def entry_name(path: str, sha256: str | None) -> str:
    """Return the name of the node of a file: where it lies and what it holds."""
    return name("file", path, sha256)


def result_name(key: str, means: tuple[str, str, str]) -> str:
    """Return the name of the node of a finding.

    Parameters
    ----------
    key : str
        The finding's.
    means : tuple of str
        Release, identity of the index and calibration, without which it would be another one.
    """
    return name("result", key, *means)


def _results(case: Case) -> dict[str, str]:
    """Return the names of the nodes of all findings, by key."""
    means = _means(case.methods)
    return {finding.key: result_name(finding.key, means) for finding in case.findings}


def _means(methods: Methods) -> tuple[str, str, str]:
    return methods.version, methods.index.id, methods.calibration


def _identity(case: Case) -> tuple[object, ...]:
    """Return what makes the run of a case this one: its means and everything that it saw."""
    return (
        *_means(case.methods),
        case.run,
        *(name for entry in case.entries for name in (entry.path, entry.sha256)),
    )


def _frame(case: Case, run: str, files: Sequence[str]) -> Iterator[Node]:
    """Yield the investigation, the run, what it was given and what came of it."""
    decided = [name("decisions", run)] if case.verdicts else []
    dump = node(
        "dump",
        "case-investigation:ProvenanceRecord",
        run,
        uco_core__description="The files that the walk through the dump found.",
        uco_core__object=list(files),
    )
    conclusions = node(
        "conclusions",
        "case-investigation:ProvenanceRecord",
        run,
        uco_core__description="What was concluded of the files, as likelihoods.",
        uco_core__object=list(_results(case).values()),
    )
    yield node(
        "investigation",
        "case-investigation:Investigation",
        run,
        uco_core__name="Attribution of animation files to known shows",
        case_investigation__focus="Which known show, episodes and production stage the "
        "pictures of a dump are likely to be from",
        uco_core__object=[
            *(run, dump["@id"], conclusions["@id"]),
            *(action_name(entry) for entry in case.verdicts),
            *decided,
        ],
    )
    yield {
        "@id": run,
        "@type": ["case-investigation:InvestigativeAction", "uco-analysis:Analysis"],
        "uco-core:name": f"Run {case.run} of FrameMatch {case.methods.version}",
        "uco-action:instrument": name("configured-tool", *_settings(case.methods)),
        "uco-action:object": dump["@id"],
        "uco-action:result": conclusions["@id"],
    }
    yield dump
    yield conclusions


def _settings(methods: Methods) -> list[tuple[str, str]]:
    """Return everything that decided the answers, by name."""
    return [
        ("index", methods.index.id),
        ("index frames", str(methods.index.frames)),
        ("index specification", methods.index.spec),
        *((f"hash specification {row}", spec) for row, spec in enumerate(methods.specs, 1)),
        ("calibration", methods.calibration),
        ("reader of notes", methods.reader or "none"),
        *methods.settings,
    ]


def _tool(methods: Methods) -> Iterator[Node]:
    """Yield the tool, and the tool as it was configured."""
    settings = _settings(methods)
    tool = node(
        "tool",
        "uco-tool:AnalyticTool",
        methods.version,
        uco_core__name="FrameMatch",
        uco_tool__version=methods.version,
        uco_tool__toolType="perceptual hashing and matching of animation frames",
    )
    entries = [
        node(
            "setting",
            "uco-configuration:ConfigurationEntry",
            item,
            value,
            uco_configuration__itemName=item,
            uco_configuration__itemValue=value,
        )
        for item, value in settings
    ]
    libraries = [
        node(
            "library",
            "uco-configuration:Dependency",
            library,
            version,
            uco_configuration__dependencyType="library",
            uco_configuration__dependencyDescription=f"{library} {version}",
        )
        for library, version in methods.libraries
    ]
    configuration = node(
        "configuration",
        "uco-configuration:Configuration",
        *settings,
        *methods.libraries,
        uco_configuration__configurationEntry=entries,
        uco_configuration__dependencies=libraries,
    )
    yield tool
    yield node(
        "configured-tool",
        "uco-tool:ConfiguredTool",
        *settings,
        uco_core__name="FrameMatch, as it was configured",
        uco_configuration__isConfigurationOf=tool["@id"],
        uco_configuration__usesConfiguration=configuration,
    )


def _file(entry: Entry) -> Node:
    """Return the node of a walked file."""
    about = (entry.path, entry.sha256)
    facets = [
        node(
            "file-facet",
            "uco-observable:FileFacet",
            *about,
            uco_observable__fileName=entry.path.rpartition("/")[2],
            uco_observable__filePath=entry.path,
            uco_observable__isDirectory=False if entry.sha256 is not None else None,
            uco_observable__sizeInBytes=entry.size,
            uco_observable__modifiedTime=date_time(entry.modified),
        )
    ]
    if entry.sha256 is not None:
        hashes = [_hash("SHA256", entry.sha256, *about)]
        if entry.md5 is not None:
            hashes.append(_hash("MD5", entry.md5, *about))
        facets.append(_content(hashes, entry.size, *about))
    return node(
        "file",
        _KINDS.get(entry.use, "uco-observable:File"),
        *about,
        uco_core__tag=entry.use,
        uco_core__description=entry.reason,
        uco_core__hasFacet=facets,
    )


def _content(hashes: list[Node], size: int | None, *about: object) -> Node:
    return node(
        "content-facet",
        "uco-observable:ContentDataFacet",
        *about,
        uco_observable__sizeInBytes=size,
        uco_observable__hash=hashes,
    )


def _hash(method: str, value: str, *about: object) -> Node:
    return node(
        "hash",
        "uco-types:Hash",
        method,
        *about,
        uco_types__hashMethod=method,
        uco_types__hashValue=value.upper(),
    )


def _containment(entry: Entry, known: Mapping[str, str]) -> Iterator[Node]:
    """Yield how the member of an archive is related to it."""
    archive = entry.path.rpartition(_INSIDE)[0]
    if archive in known:
        yield _relationship("Contained_Within", known[entry.path], known[archive])


def _relationship(kind: str, source: str, target: str) -> Node:
    return node(
        "relationship",
        "uco-observable:ObservableRelationship",
        kind,
        source,
        target,
        uco_core__source=source,
        uco_core__target=target,
        uco_core__kindOfRelationship=kind,
        uco_core__isDirectional=True,
    )


def _picture(path: str, sha256: str) -> Node:
    """Return the node of a picture that shows why."""
    about = ("evidence", path, sha256)
    facets = [
        node(
            "file-facet",
            "uco-observable:FileFacet",
            *about,
            uco_observable__fileName=path.rpartition("/")[2],
            uco_observable__filePath=path,
        ),
        _content([_hash("SHA256", sha256, *about)], None, *about),
    ]
    return node(
        "evidence",
        "uco-observable:File",
        path,
        sha256,
        uco_core__tag="evidence",
        uco_core__hasFacet=facets,
    )


def _gone_files(finding: Finding, known: Mapping[str, str], gone: set[str]) -> Iterator[Node]:
    """Yield the files of a finding that the walk did not find any more, each once."""
    # The digest of a sequence is not that of any of its files.
    answer = finding.attribution
    sha256 = None if answer.media == "sequence" else answer.sha256
    for path in finding.paths:
        if path not in known and path not in gone:
            gone.add(path)
            facets = [
                node(
                    "file-facet",
                    "uco-observable:FileFacet",
                    path,
                    "gone",
                    uco_observable__fileName=path.rpartition("/")[2],
                    uco_observable__filePath=path,
                )
            ]
            if sha256 is not None:
                facets.append(_content([_hash("SHA256", sha256, path, "gone")], None, path, "gone"))
            yield node(
                "gone", "uco-observable:File", path, uco_core__tag="gone", uco_core__hasFacet=facets
            )


def _conclusion(
    finding: Finding, files: Mapping[str, str], evidence: Mapping[str, str], case: Case, run: str
) -> Iterator[Node]:
    """Yield what was concluded of a finding, and the part of a file that it is about."""
    about = [files.get(path, name("gone", path)) for path in finding.paths]
    if finding.part is not None:
        part = node(
            "part",
            "uco-observable:ObservableObject",
            finding.key,
            uco_core__name=finding.part,
            uco_core__tag=finding.role,
        )
        yield part
        yield from (_relationship("Extracted_From", part["@id"], file) for file in about)
        about = [part["@id"]]
    means = (finding.key, *_means(case.methods))
    facet = node(
        "classification-facet",
        "uco-analysis:ArtifactClassificationResultFacet",
        *means,
        uco_analysis__classification=list(_classes(finding, means)),
    )
    shown = finding.evidence
    pictures = () if shown is None else (shown.whole, shown.query, shown.reference)
    yield node(
        "result",
        ["uco-analysis:AnalyticResult", "uco-core:Annotation"],
        *means,
        uco_core__object=about,
        uco_core__statement=[plain(text) for text in _statements(finding)],
        uco_core__hasFacet=[facet] if len(facet) > _BARE else None,
        uco_analysis__originatingAnalysis=run,
        uco_analysis__resultContent=[
            name("evidence", picture, evidence[picture])
            for picture in pictures
            if picture is not None
        ],
    )


def _classes(finding: Finding, means: tuple[str, ...]) -> Iterator[Node]:
    """Yield what a picture may be, each with the probability of it where there is one."""
    answer = finding.attribution
    sure: list[tuple[str, float | None]] = [
        (f"show: {candidate.show}", candidate.confidence) for candidate in answer.candidates
    ]
    if answer.stage is not None:
        sure.append((f"production stage: {answer.stage.label}", answer.stage.confidence))
    if finding.release is not None:
        sure.append((f"relation to the released frame: {finding.release.relation}", None))
    for label, confidence in sure:
        share = None if confidence is None else f"{confidence:.4f}"
        yield node(
            "classification",
            "uco-analysis:ArtifactClassification",
            label,
            *means,
            uco_analysis__class=label,
            uco_analysis__classificationConfidence=share,
        )


def _statements(finding: Finding) -> Iterator[str]:
    """Yield what is said of a picture, as sentences that claim no more than a likelihood."""
    answer = finding.attribution
    likely = f"calibrated probability {answer.confidence:.4f}"
    if answer.verdict == "match":
        yield f"Likely from {answer.show}: {likely}."
    elif answer.verdict == "inconclusive":
        yield f"Inconclusive: {likely} for the first candidate, too little to name it."
    elif answer.verdict == "no-match":
        yield "No show of the index is likely enough to be named."
    else:
        yield f"Not examined: {answer.error}"
    if answer.verdict != "unreadable" and answer.error is not None:
        yield f"Examined in part: {answer.error}"
    if answer.episodes is not None:
        known = answer.episodes
        yield f"If so, from {known.first} to {known.last} with probability {known.mass:.4f}."
    if answer.stage is not None:
        yield f"Production stage judged to be {answer.stage.label}."
    if finding.release is not None:
        held = finding.release
        yield f"Against the released frame, by {held.basis}: {held.relation}."
