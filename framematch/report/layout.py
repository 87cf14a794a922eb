"""What a case folder holds, by name.

A case is a bag (RFC 8493): the pictures that show why are its payload, everything that is said of
the dump are tag files beside it, and the run record is a tag folder that no manifest lists, since
it is the one part that differs from run to run.
"""

from __future__ import annotations

FINDINGS_JSON = "findings.jsonl"
FINDINGS_CSV = "findings.csv"
FILES_CSV = "files.csv"
CHANGES_CSV = "changes.csv"
HASHDEEP = "hashdeep.txt"
LINKED_DATA = "case.jsonld"
REPORT = "report.html"
METHODS = "methods.html"

DECLARATION = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"

#: The payload, and the one folder in it.
PAYLOAD = "data"
EVIDENCE = f"{PAYLOAD}/evidence"

#: What knows a clock and a host; in no manifest.
RUN_FOLDER = "run"
RUN_RECORD = f"{RUN_FOLDER}/record.json"
#: Key of the run record under which the SHA-256 of the tag manifest stands.
SEAL = "tagmanifest_sha256"

#: Every tag file that the tag manifest lists, in its order.
TAG_FILES = tuple(
    sorted(
        (
            FINDINGS_JSON,
            FINDINGS_CSV,
            FILES_CSV,
            CHANGES_CSV,
            HASHDEEP,
            LINKED_DATA,
            REPORT,
            METHODS,
            DECLARATION,
            BAG_INFO,
            MANIFEST,
        )
    )
)
