"""One run over a dump: walk, identify, look into what is new, conclude, write.

Owns the order of the phases and what each is held to. Knows no command line.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from framematch.case_records import Case, Finding, Methods
from framematch.errors import CaseError, ConfigError, IndexStoreError
from framematch.index import Index
from framematch.matching.confidence import Model
from framematch.notes import missing
from framematch.report import exported_head, write_case
from framematch.triage.assembling import Assembly, findings_of
from framematch.triage.codes import ShowPattern
from framematch.triage.entries import laid_out
from framematch.triage.examining import Examiner, Standing
from framematch.triage.folder import explained, opened
from framematch.triage.found import OutcomeOf
from framematch.triage.identifying import identified, readable
from framematch.triage.journal import AnswerKeys, Journal
from framematch.triage.kept import keep_case
from framematch.triage.looking import Looking
from framematch.triage.methods import answer_key, methods_of
from framematch.triage.moves import changes, out_of_sight
from framematch.triage.outcome import Outcome
from framematch.triage.paths import INSIDE, text_of
from framematch.triage.patterns import read_patterns
from framematch.triage.reading import reader_name
from framematch.triage.record import clock, write_record
from framematch.triage.walk import Walked, walk
from framematch.verdicts import read_log
from framematch.workers import usable_processors

#: Outcomes that are kept decoded while entries and findings are made.
_KEPT_OUTCOMES = 4096


@dataclass(frozen=True, slots=True)
class Wanted:
    """A run as somebody asks for it.

    Attributes
    ----------
    dump : Path
        The folder to look through; nothing in it is written.
    case : Path
        Folder of the case.
    patterns : Path or None
        File of patterns of production codes.
    calibration : Path or None
        File for the confidence.
    processes : int or None
        How many look into files; one for each usable processor by default.
    reads_notes : bool
        Whether notes are read where a reader is installed.
    time_limit_s : float or None
        Seconds that a file may take.
    reread : bool
        Whether files are read that look as they did, and tried again that took too long.
    moved : bool
        Whether the dump may lie elsewhere than before.
    emptied : bool
        Whether a dump that held files before may be empty now.
    """

    dump: Path
    case: Path
    patterns: Path | None = None
    calibration: Path | None = None
    processes: int | None = None
    reads_notes: bool = True
    time_limit_s: float | None = None
    reread: bool = False
    moved: bool = False
    emptied: bool = False


@dataclass(slots=True)
class Listener:
    """What is told while a run goes on; each does nothing by default."""

    on_walk: Callable[[int], None] = lambda _: None
    on_read: Callable[[str, int, int], None] = lambda *_: None
    on_progress: Callable[[Standing], None] = lambda _: None
    on_remark: Callable[[str], None] = lambda _: None
    on_phase: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Report:
    """What a run has done.

    Attributes
    ----------
    case : Case
        What was written.
    walked : int
        Things that the walk found.
    counts : Counter of str
        ``read`` and ``unchanged`` files; contents ``examined`` and ``reused``, and those of the
        examined that had an answer by other means before (``again``).
    """

    case: Case
    walked: int
    counts: Counter[str] = field(default_factory=Counter)


def triage(wanted: Wanted, index: Index, listener: Listener | None = None) -> Report:
    """Look through a dump and write its case; go on where an earlier run stopped.

    Parameters
    ----------
    wanted : Wanted
        What is asked for.
    index : Index
        What is known, open for searching.
    listener : Listener, optional
        Told meanwhile.

    Raises
    ------
    ConfigError
        The dump cannot be listed, the folder of the case holds something else, or a file of
        settings is none.
    IndexStoreError
        The index changed meanwhile.
    CaseError
        The case cannot be written, or another run writes to it.
    """
    listener = listener or Listener()
    patterns = () if wanted.patterns is None else read_patterns(wanted.patterns)
    looking = _looking(wanted, index)
    reader = reader_name(reads=wanted.reads_notes)
    methods = methods_of(looking, index.info, reader, wanted.calibration, wanted.patterns)
    started = clock()
    # Listed before the case is made: a dump that is none leaves nothing behind.
    next(walk(wanted.dump, wanted.case), None)
    with opened(wanted.case, wanted.dump, moved=wanted.moved) as (journal, scratch):
        try:
            report = _run(wanted, index, looking, methods, patterns, journal, scratch, listener)
            paths = {
                "dump": str(wanted.dump.resolve()),
                "case": str(wanted.case.resolve()),
                "index": looking.index,
            }
            write_record(wanted.case, report.case, report.walked, report.counts, started, paths)
        except OSError as error:
            raise explained(wanted.case, error) from error
        hidden = out_of_sight(report.case.entries, journal.places())
        journal.finish_run(report.case.run, report.case.entries, _present(report.case), hidden)
    return report


def _run(
    wanted: Wanted,
    index: Index,
    looking: Looking,
    methods: Methods,
    patterns: tuple[ShowPattern, ...],
    journal: Journal,
    scratch: Path,
    listener: Listener,
) -> Report:
    key = answer_key(methods)
    keys = AnswerKeys.of(key, wanted.time_limit_s)
    if wanted.reread:
        journal.forget_faults()
    if wanted.reads_notes and (lacking := missing()) is not None:
        listener.on_remark(f"notes are found, but not all can be read: {lacking}")
    if damaged := journal.mend(wanted.case):
        listener.on_remark(
            f"the journal is damaged where it says what came of {damaged} contents: they are"
            " examined again; pictures of findings that are gone are gone with them"
        )
    number, key_before = journal.begin_run(key)
    if key_before not in (None, key):
        listener.on_remark(
            "release, index, calibration, reader or settings are not those of the last run: every"
            " file is examined again"
        )
    processes = wanted.processes or usable_processors()
    counts: Counter[str] = Counter()
    listener.on_phase("walking")
    walked = _walked(wanted, listener)
    _check_walked(wanted, walked, journal)
    listener.on_phase("reading")
    locals_ = identified(
        walked, journal, processes, counts, reread=wanted.reread, on_read=listener.on_read
    )
    listener.on_phase("examining")
    examiner = Examiner(
        journal, keys, looking, index.info, scratch, wanted.time_limit_s, listener.on_progress
    )
    examiner.run(readable(locals_), processes)
    _check_index(index)
    listener.on_phase("writing")
    outcome_of = _outcomes(journal, keys)
    found = [local.found for local in locals_]
    depth = looking.archives.max_depth
    laid = laid_out(found, outcome_of, depth, frozenset(examiner.changed))
    n_entries = sum(INSIDE not in entry.path for entry in laid.entries)
    if n_entries != len(walked):
        raise CaseError(
            f"{wanted.case}: {len(walked)} files were walked, but {n_entries} accounted for; this"
            " is a fault of FrameMatch, please report it"
        )
    findings = findings_of(Assembly(journal, number, patterns), laid, outcome_of)
    case = Case(
        source=text_of(os.fsencode(wanted.dump)),
        run=number,
        entries=tuple(laid.entries),
        findings=findings,
        changes=changes(laid.entries, journal.places(), journal.last_complete_run()),
        references=index.references(),
        methods=methods,
        verdicts=read_log(wanted.case, exported_head(wanted.case)),
    )
    write_case(case, wanted.case, journal.picture)
    keep_case(wanted.case, case)
    return Report(case, len(walked), counts + examiner.counts)


def _looking(wanted: Wanted, index: Index) -> Looking:
    model = None if wanted.calibration is None else Model.load(wanted.calibration)
    return Looking(
        index=str(index.path.absolute()),
        index_id=index.info.id,
        backend=index.backend,
        min_information=index.min_information,
        model=model,
        reads_notes=wanted.reads_notes,
    )


def _walked(wanted: Wanted, listener: Listener) -> list[Walked]:
    walked: list[Walked] = []
    for one in walk(wanted.dump, wanted.case):
        walked.append(one)
        listener.on_walk(len(walked))
    return walked


def _check_walked(wanted: Wanted, walked: list[Walked], journal: Journal) -> None:
    """Refuse to say that everything is gone where the dump is rather not there."""
    if wanted.emptied or any(one.kind != "own" for one in walked):
        return
    last = journal.last_complete_run()
    held = sum(place.last_run == last for place in journal.places().values())
    if held:
        raise ConfigError(
            f"{wanted.dump}: is empty, and held {held} files in run {last}; see whether its disk is"
            " mounted, or say --emptied if they are really gone"
        )


def _check_index(index: Index) -> None:
    """Refuse to conclude from an index that is not what the findings name."""
    with Index.open(index.path, min_information=index.min_information, backend="linear") as now:
        if now.info.id != index.info.id:
            raise IndexStoreError(
                f"{index.path}: changed while the dump was looked through; run the same command"
                " again: every file is then asked of the index as it is"
            )


def _outcomes(journal: Journal, keys: AnswerKeys) -> OutcomeOf:
    @lru_cache(maxsize=_KEPT_OUTCOMES)
    def outcome_of(content: str) -> Outcome | None:
        return journal.outcome(content, keys)

    return outcome_of


def _present(case: Case) -> Iterator[Finding]:
    return (one for one in case.findings if one.last_run == case.run)
