"""Which nodes the CASE/UCO graph of a case has for what people decided, apart from the machine's.

Every entry of the verdict log is an investigative action of a person with its time; its result is
an annotation on the machine's conclusions, which stay as they are. The names of the nodes come from
the digests of the entries, so that they stay from export to export. What the log does not have
appears nowhere, and what was taken back stays and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from framematch.report.linked_data import Node, date_time, name, node, plain
from framematch.verdicts import Entry

_SAID = {
    "confirmed": "Confirmed: from {show}.",
    "not-this-show": "Not from {show}.",
    "other-show": "From {show}.",
    "not-ours": "Of none of the shows that are looked after.",
    "unsure": "Looked at and not decided.",
}


def action_name(entry: Entry) -> str:
    """Return the name of the node of what a person did."""
    return name("verdict", entry.sha256)


def decision_nodes(
    entries: Sequence[Entry], results: Mapping[str, str], run: str
) -> Iterator[Node]:
    """Yield persons, actions, annotations, and the record of all of these; nothing of an empty log.

    Parameters
    ----------
    entries : sequence of Entry
        The verdict log.
    results : mapping
        Names of the nodes of the machine's conclusions, by keys of findings.
    run : str
        Name of the node of the run.
    """
    if not entries:
        return
    taken_back = {entry.act.undoes for entry in entries}
    known: dict[str, str] = {}
    annotations = []
    for entry in entries:
        if entry.who not in known:
            person = _person(entry.who)
            known[entry.who] = person["@id"]
            yield person
        about = [results[one.key] for one in entry.act.findings if one.key in results]
        annotation = None
        if entry.act.undoes is None:
            annotation = _annotation(entry, about, taken_back=entry.number in taken_back)
            annotations.append(annotation["@id"])
            yield annotation
        undone = None if entry.act.undoes is None else entries[entry.act.undoes - 1]
        yield node(
            "verdict",
            "case-investigation:InvestigativeAction",
            entry.sha256,
            uco_core__name="Taking back of a verdict" if undone else "Decision of a person",
            uco_core__description=f"Entry {entry.number} of the verdict log, SHA-256"
            f" {entry.sha256}." + (f" Reason given: {entry.act.why}" if undone else ""),
            uco_action__endTime=date_time(entry.when),
            uco_action__performer=known[entry.who],
            uco_action__object=about,
            uco_action__result=None if annotation is None else annotation["@id"],
            case_investigation__wasInformedBy=None if undone is None else action_name(undone),
        )
    yield node(
        "decisions",
        "case-investigation:ProvenanceRecord",
        run,
        uco_core__description="What people decided on the conclusions, by the verdict log.",
        uco_core__object=annotations,
    )


def _person(who: str) -> Node:
    return node(
        "person",
        "uco-identity:Person",
        who,
        uco_core__name=who,
        uco_core__description="Named as they named themselves; nobody has checked it.",
    )


def _annotation(entry: Entry, about: list[str], *, taken_back: bool) -> Node:
    """Return the node of what a person says of conclusions."""
    act = entry.act
    said = []
    if act.judgement is not None:
        said.append(_SAID[act.judgement].format(show=act.show))
    if act.why:
        said.append(f"Reason given: {act.why}" if said else f"Remark: {act.why}")
    gone = len(act.findings) - len(about)
    if gone:
        said.append(f"Also said of {gone} finding(s) that are not in this case.")
    return node(
        "opinion",
        "uco-core:Annotation",
        entry.sha256,
        uco_core__tag=["human", act.judgement or act.kind, *(["taken back"] if taken_back else [])],
        uco_core__object=about,
        uco_core__statement=[plain(text) for text in said],
    )
