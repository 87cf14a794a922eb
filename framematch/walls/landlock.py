"""Landlock: a process gives up, for good, all access to files that it has not opened yet.

The kernel's interface has no wrapper in the C library, hence its three calls by number, which are
the same on every architecture. Source: the kernel's `Documentation/userspace-api/landlock.rst`.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_CREATE, _ADD_RULE, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _BENEATH = 1, 1
_SET_NO_NEW_PRIVS = 38

#: Rights of files, by the version of the interface that knows them.
_FILES = {1: 0x1FFF, 2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
#: Binding and connecting of TCP; signals and abstract sockets that lead out.
_NETWORK, _SCOPES = (4, 0b11), (6, 0b11)
#: To run, to read a file, to list a folder.
EXECUTE, READ, LIST = 1 << 0, 1 << 2, 1 << 3
_WRITE, _MAKE_AND_REMOVE, _TRUNCATE = 1 << 1, 0b1_1111_1111 << 4, 1 << 14
#: To do anything in a folder but run what lies there.
EVERYTHING = READ | LIST | _WRITE | _MAKE_AND_REMOVE | _TRUNCATE
_OF_FILES = EXECUTE | READ | _WRITE | _TRUNCATE


@dataclass(frozen=True, slots=True)
class Allowed:
    """What stays allowed at a place and below.

    Attributes
    ----------
    path : Path
        A file or folder; where there is none, nothing is allowed.
    rights : int
        `EXECUTE`, `READ`, `LIST`, or `EVERYTHING`.
    """

    path: Path
    rights: int


def version() -> int:
    """Return the version of the kernel's interface, 0 where it has none or it is switched off."""
    return max(0, _call(_CREATE, None, 0, _VERSION_FLAG))


def restrict(allowed: Iterable[Allowed] = ()) -> int:
    """Take from this thread, and from all that it starts, every access but `allowed`.

    Returns
    -------
    int
        Version of the interface; from 4 on TCP is refused too, from 6 on signals to others.

    Raises
    ------
    OSError
        The kernel does not have it, or does not allow it.
    """
    known = version()
    if not known:
        raise OSError("the kernel has no Landlock, or it is switched off")
    rights = sum(bits for since, bits in _FILES.items() if since <= known)
    attributes = struct.pack("=Q", rights)
    for since, bits in (_NETWORK, _SCOPES):
        if since <= known:
            attributes += struct.pack("=Q", bits)
    ruleset = _checked(_call(_CREATE, attributes, len(attributes), 0))
    try:
        for each in allowed:
            _allow(ruleset, each, rights)
        no_new_privileges()
        _checked(_call(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)
    return known


def no_new_privileges() -> None:
    """Have no program that this thread starts gain rights, which both walls ask for."""
    library = ctypes.CDLL(None, use_errno=True)
    _checked(int(library.prctl(_SET_NO_NEW_PRIVS, 1, 0, 0, 0)))


def _allow(ruleset: int, each: Allowed, handled: int) -> None:
    try:
        place = os.open(each.path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = each.rights & handled
        if not each.path.is_dir():
            rights &= _OF_FILES
        _checked(_call(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", rights, place), 0))
    finally:
        os.close(place)


def _call(number: int, *arguments: int | bytes | None) -> int:
    library = ctypes.CDLL(None, use_errno=True)
    given = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(library.syscall(ctypes.c_long(number), *given))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
