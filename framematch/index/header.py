"""`header.json`: that a folder is an index, of which format version, and of which codes.

Owns that file and the names of the files beside it. Must not import the hashing package: the
specifications are the caller's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args

from framematch.errors import (
    ConfigError,
    IndexCorruptError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexVersionError,
)
from framematch.records import CodeName, HashSpec

MAGIC = "framematch-index"

#: Version of the whole folder; raised whenever a reader of the last one would misread the new one.
FORMAT_VERSION = 2

#: Version of the catalogue's tables. Version 2 is read, and brought up to date by the next writer.
CATALOGUE_VERSION = 3

HEADER = "header.json"
CATALOGUE = "catalogue.sqlite"
JOURNAL = "catalogue.jsonl"
SEGMENTS = "segments"

#: The codes of every index, in the order of the header.
CODE_NAMES: tuple[CodeName, ...] = get_args(CodeName)


@dataclass(frozen=True, slots=True)
class Header:
    """What `header.json` says.

    Attributes
    ----------
    specs : mapping of CodeName to HashSpec
        Specification of each code.
    decoder : mapping of str to str
        Versions of the libraries that decoded the first references: informative only.
    sha256 : str
        Digest of the file's bytes; the catalogue keeps it too.
    """

    specs: Mapping[CodeName, HashSpec]
    decoder: Mapping[str, str]
    sha256: str

    @property
    def spec(self) -> str:
        """Both specifications in short."""
        return "+".join(str(self.specs[name]) for name in CODE_NAMES)


def encode_header(specs: Mapping[CodeName, HashSpec], decoder: Mapping[str, str]) -> bytes:
    """Return the bytes of `header.json`."""
    missing = [name for name in CODE_NAMES if name not in specs]
    if missing:
        raise ConfigError(f"an index needs a hash specification for {' and '.join(missing)}")
    content = {
        "magic": MAGIC,
        "format_version": FORMAT_VERSION,
        "specs": {name: specs[name].to_dict() for name in CODE_NAMES},
        "decoder": dict(sorted(decoder.items())),
    }
    return (json.dumps(content, indent=2, ensure_ascii=True) + "\n").encode("ascii")


def read_header(folder: Path) -> Header:
    """Return the header of the index `folder`.

    Raises
    ------
    IndexNotFoundError
        There is no index.
    IndexVersionError
        It is of another format version.
    IndexCorruptError
        The header is damaged, or missing while there are segments.
    """
    path = folder / HEADER
    try:
        raw = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        if has_segments(folder) or (folder / JOURNAL).exists():
            raise IndexCorruptError(
                f"{path}: missing, although {folder} holds an index; run `framematch index repair`"
            ) from error
        raise no_index(folder) from error
    return parse_header(raw, path)


def no_index(folder: Path) -> IndexNotFoundError:
    """Return the error for a folder that is no index."""
    return IndexNotFoundError(
        f"{folder}: there is no index; make one with `framematch index add`,"
        " or name another folder with --index"
    )


def parse_header(raw: bytes, path: Path) -> Header:
    """Return the header that the bytes `raw` of the file `path` are.

    Raises
    ------
    IndexVersionError
        It is of another format version.
    IndexCorruptError
        It is damaged.
    """
    try:
        content = json.loads(raw)
        magic, version = content["magic"], int(content["format_version"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise _corrupt(path, error) from error
    if magic != MAGIC:
        raise _corrupt(path, f"magic is {magic!r}")
    if version != FORMAT_VERSION:
        raise IndexVersionError(
            f"{path}: format version {version}, this release reads and writes {FORMAT_VERSION};"
            " use the release that wrote it, or index the library again into an empty folder"
        )
    try:
        return _parse(content, hashlib.sha256(raw).hexdigest())
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise _corrupt(path, error) from error


def _parse(content: Mapping[str, Any], sha256: str) -> Header:
    """Return the header; ValueError and its like where entries are missing."""
    specs = {name: HashSpec.from_dict(content["specs"][name]) for name in CODE_NAMES}
    for name, spec in specs.items():
        if spec.bits <= 0 or spec.bits % 8:
            raise ValueError(f"{name} codes have {spec.bits} bits")
    decoder = {str(name): str(version) for name, version in content["decoder"].items()}
    return Header(MappingProxyType(specs), MappingProxyType(decoder), sha256)


def _corrupt(path: Path, error: Exception | str) -> IndexCorruptError:
    return IndexCorruptError(f"{path}: damaged ({error}); run `framematch index repair`")


def check_specs(folder: Path, header: Header, specs: Mapping[CodeName, HashSpec]) -> None:
    """Refuse to mix codes of other specifications into the index `folder`.

    Raises
    ------
    IndexMismatchError
        A specification differs from the header's.
    """
    for name in CODE_NAMES:
        if specs.get(name) != header.specs[name]:
            raise IndexMismatchError(
                f"{folder}: holds {name} codes of {_in_full(header.specs[name])},"
                f" this release makes {_in_full(specs.get(name))};"
                " index the library again into another folder,"
                " or use the release that wrote it"
            )


def _in_full(spec: HashSpec | None) -> str:
    """Return a specification with its parameters, without which two may look equal."""
    if spec is None:
        return "no specification"
    listed = ", ".join(f"{key}={value}" for key, value in spec.parameters)
    return f"{spec} ({listed})" if listed else str(spec)


def has_segments(folder: Path) -> bool:
    """Return whether the index `folder` holds a segment file."""
    return any((folder / SEGMENTS).glob("*.fms"))
