"""The list of a dump's files for `hashdeep -a`, the audit that a forensic reader has at hand.

Owns the format of https://md5deep.sourceforge.net, version 1.0 as hashdeep 4.4 writes it: size,
MD5, SHA-256 and the name in the bytes of the file system, a file a line. Lists what lies on the
disk: members of archives have no name there. Links, pipes and devices are no files, for which
``-o f`` has to be said: `hashdeep` would follow the one and wait for the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import unquote_to_bytes

from framematch.case_records import Entry

#: Between an archive and what it holds, as `framematch.triage.paths` writes it.
_INSIDE = "!/"

#: The first line tells programs what it is, the second what the columns are; ``##`` is a comment.
_HEAD = (
    b"%%%% HASHDEEP-1.0\n"
    b"%%%% size,md5,sha256,filename\n"
    b"## To check the dump: cd DIR && hashdeep -r -l -o f -a -vv -k CASE/hashdeep.txt .\n"
    b"##\n"
)
# Stands before a line that hashdeep does not read as it is meant. It keeps 2,048 bytes of a line.
_UNHELD = (
    b"## hashdeep cannot read the next name (a line break, or too long), so its audit fails, as"
    b" if the file had moved; check it with: framematch case verify CASE --dump DIR\n"
)
_LONGEST = 2046


def hashdeep_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield hashdeep.txt by lines: every entry that is a file on the disk and could be read."""
    yield _HEAD
    for entry in entries:
        if entry.size is None or entry.sha256 is None or entry.md5 is None:
            continue
        if _INSIDE not in entry.path:
            name = unquote_to_bytes(entry.path)
            broken = b"\n" in name
            held = entry.path.encode("utf-8", "replace") if broken else name
            line = b"%d,%s,%s,./%s" % (
                entry.size,
                entry.md5.encode(),
                entry.sha256.encode(),
                held,
            )
            # The format has no way to write a line break: hashdeep fails on its own list of such a
            # file. The name keeps the form that the case gives it; the audit finds the content.
            if broken or len(line) > _LONGEST:
                yield _UNHELD
            yield line + b"\n"
