"""A case written anew from what its last run concluded, with what people have decided since."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from framematch.case_records import Case
from framematch.durable import write_durably
from framematch.errors import CaseError
from framematch.report import exported_head, write_case
from framematch.report.layout import RUN_RECORD, SEAL, TAG_MANIFEST
from framematch.report.run_record import decode_record, encode_record
from framematch.triage.folder import RUN, alone, explained
from framematch.triage.journal import NAME, Journal
from framematch.triage.kept import kept_case
from framematch.verdicts import read_log


def write_report(folder: Path) -> Case:
    """Write the files of a case anew, human verdicts included; return the case.

    Dump and index are not needed: nothing is looked at again, and no verdict of the machine moves.

    Parameters
    ----------
    folder : Path
        The case.

    Raises
    ------
    CaseError
        It is none, is damaged, or cannot be written.
    CaseLockedError
        A run writes to it.
    """
    case = kept_case(folder)
    with alone(folder):
        try:
            case = replace(kept_case(folder), verdicts=read_log(folder, exported_head(folder)))
            with Journal(folder / RUN / NAME) as journal:
                if journal.is_under_way():
                    raise CaseError(
                        f"{folder}: its last run has not come to its end; run framematch triage"
                        " again"
                    )
                write_case(case, folder, journal.picture)
            _reseal(folder)
        except OSError as error:
            raise explained(folder, error) from error
    return case


def _reseal(folder: Path) -> None:
    """Have the run record name the files as they are now."""
    path = folder / RUN_RECORD
    try:
        record = decode_record(path.read_bytes())
    except FileNotFoundError:
        return
    except ValueError as error:
        raise CaseError(f"{path}: was altered ({error}); run framematch triage again") from error
    record[SEAL] = hashlib.sha256((folder / TAG_MANIFEST).read_bytes()).hexdigest()
    write_durably(path, [encode_record(record)])
