"""Every error that FrameMatch raises on purpose, each with its exit code.

::

    FrameMatchError
    ├─ ConfigError (ValueError)                 2
    ├─ InputError                               4
    │  ├─ UnreadableMediaError (OSError)
    │  ├─ UnsupportedFormatError
    │  ├─ MediaTooLargeError
    │  └─ DecodeTimeoutError (TimeoutError)
    ├─ IndexStoreError                          5
    │  ├─ IndexNotFoundError (FileNotFoundError)
    │  ├─ IndexCorruptError
    │  ├─ IndexVersionError
    │  ├─ IndexMismatchError
    │  └─ IndexLockedError
    ├─ CaseError                                5
    │  └─ CaseLockedError
    ├─ MissingExtraError (ImportError)          2
    └─ WorkerError (RuntimeError)               1
       └─ WorkerStartError

A message says what happened, to which file, and what to do next. This module imports nothing.
"""

from typing import ClassVar


class FrameMatchError(Exception):
    """Base of every error that FrameMatch raises on purpose."""

    exit_code: ClassVar[int] = 1


class ConfigError(FrameMatchError, ValueError):
    """A setting or argument is not usable."""

    exit_code = 2


class InputError(FrameMatchError):
    """An input file could not be used."""

    exit_code = 4


class UnreadableMediaError(InputError, OSError):
    """A file is missing, damaged or not what its name says."""


class UnsupportedFormatError(InputError):
    """A file is of a format that is not on the allow-list."""


class MediaTooLargeError(InputError):
    """A file exceeds the pixel, frame or duration limit."""


class DecodeTimeoutError(InputError, TimeoutError):
    """Decoding took longer than the time limit."""


class IndexStoreError(FrameMatchError):
    """The index on disk could not be used."""

    exit_code = 5


class IndexNotFoundError(IndexStoreError, FileNotFoundError):
    """There is no index at the given place."""


class IndexCorruptError(IndexStoreError):
    """A file of the index is missing, cut short or fails its checksum."""


class IndexVersionError(IndexStoreError):
    """The index was written in a format version that this release does not read."""


class IndexMismatchError(IndexStoreError):
    """Codes of one hash specification were offered to an index of another."""


class IndexLockedError(IndexStoreError):
    """Another process is writing to the index."""


class CaseError(FrameMatchError):
    """The case on disk could not be used."""

    exit_code = 5


class CaseLockedError(CaseError):
    """Another process is writing to the case."""


class MissingExtraError(FrameMatchError, ImportError):
    """A capability needs an optional dependency that is not installed."""

    exit_code = 2


class WorkerError(FrameMatchError, RuntimeError):
    """A process that was to do a part of the work died."""


class WorkerStartError(WorkerError):
    """A process could not be started, or not with this function."""
