"""seccomp: from here on the kernel refuses a process all calls but those that decoding takes.

The filter is made by libseccomp, which knows the numbers of the architecture; it is the system's
(Debian: libseccomp2). What is refused fails with an error, so that a library that tries something
it can do without goes on.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable
from functools import lru_cache

_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_EQUAL, _MASKED_EQUAL = 4, 7
_THREAD = 0x00010000  # CLONE_THREAD
_EMPTY_PATH = 0x1000  # AT_EMPTY_PATH

#: Memory, threads of this process, clocks, and reading and writing of what is open already. Nothing
#: here takes the name of a file, an address, or another process.
DECODING = (
    *("brk", "madvise", "mmap", "mprotect", "mremap", "munmap", "membarrier"),
    *("futex", "futex_time64", "futex_waitv", "get_robust_list", "set_robust_list", "rseq"),
    *("sched_getaffinity", "sched_yield", "set_tid_address", "gettid", "getpid", "arch_prctl"),
    *("clock_getres", "clock_gettime", "clock_gettime64", "clock_nanosleep", "gettimeofday"),
    *("clock_nanosleep_time64", "nanosleep", "time", "times"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "restart_syscall"),
    *("read", "readv", "pread64", "preadv", "preadv2", "write", "writev"),
    *("recvfrom", "recvmsg", "sendto", "sendmsg", "lseek", "_llseek", "close", "dup"),
    *("fcntl", "fcntl64", "fstat", "fstat64", "poll", "ppoll", "ppoll_time64"),
    *("select", "_newselect", "pselect6", "pselect6_time64"),
    *("getrandom", "getrusage", "sysinfo", "uname", "exit", "exit_group"),
    *("getrlimit", "ugetrlimit", "setrlimit"),
)


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("operator", ctypes.c_int),
        ("first", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Return libseccomp; it has to be called once before the file system is out of reach.

    Raises
    ------
    OSError
        It is not installed.
    """
    try:
        found = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    except OSError as error:
        raise OSError("libseccomp is not installed (Debian: libseccomp2)") from error
    found.seccomp_init.restype = ctypes.c_void_p
    found.seccomp_init.argtypes = (ctypes.c_uint32,)
    found.seccomp_release.argtypes = (ctypes.c_void_p,)
    found.seccomp_load.argtypes = (ctypes.c_void_p,)
    found.seccomp_syscall_resolve_name.argtypes = (ctypes.c_char_p,)
    found.seccomp_rule_add_array.argtypes = (
        ctypes.c_void_p,
        ctypes.c_uint32,
        ctypes.c_int,
        ctypes.c_uint,
        ctypes.POINTER(_Comparison),
    )
    return found


def allow_decoding() -> None:
    """Refuse this process all calls but `DECODING`, threads, and to end by a signal of its own.

    Raises
    ------
    OSError
        libseccomp is missing, or the kernel has no seccomp or does not allow it.
    """
    found = library()
    filter_ = _Filter(found, _ERRNO | errno.EPERM)
    try:
        filter_.add(DECODING, _ALLOW)
        # A thread is a process that shares all: a copy is refused.
        filter_.add(("clone",), _ALLOW, _Comparison(0, _MASKED_EQUAL, _THREAD, _THREAD))
        # Limits of its own: it may lower them, and raise that of processor time, which the clock
        # bounds.
        filter_.add(("prlimit64",), _ALLOW, _Comparison(0, _EQUAL, 0, 0))
        # What the C library asks the size of an open file with.
        empty = _Comparison(3, _MASKED_EQUAL, _EMPTY_PATH, _EMPTY_PATH)
        filter_.add(("newfstatat", "fstatat64"), _ALLOW, empty)
        # Its flags lie in memory, where no filter can look: the C library then takes the old one.
        filter_.add(("clone3",), _ERRNO | errno.ENOSYS)
        filter_.add(("tgkill",), _ALLOW, _Comparison(0, _EQUAL, os.getpid(), 0))
        filter_.load()
    finally:
        filter_.release()


def refuse_network() -> None:
    """Refuse this process, and all that it starts, sockets and looking into other processes.

    Raises
    ------
    OSError
        As of `allow_decoding`.
    """
    found = library()
    filter_ = _Filter(found, _ALLOW)
    refused = ("socket", "socketpair", "ptrace", "process_vm_readv", "process_vm_writev", "bpf")
    further = ("io_uring_setup", "keyctl", "mount", "setns", "unshare", "userfaultfd", "kexec_load")
    try:
        filter_.add((*refused, *further), _ERRNO | errno.EPERM)
        filter_.load()
    finally:
        filter_.release()


class _Filter:
    """A filter of libseccomp that is being put together."""

    def __init__(self, found: ctypes.CDLL, otherwise: int) -> None:
        self._library = found
        self._context = found.seccomp_init(otherwise)
        if not self._context:
            raise OSError("seccomp: no filter could be made")

    def add(self, names: Iterable[str], action: int, *comparisons: _Comparison) -> None:
        """Add a rule for each call; those that the architecture does not have are left out."""
        given = (_Comparison * len(comparisons))(*comparisons)
        for name in names:
            number = self._library.seccomp_syscall_resolve_name(name.encode("ascii"))
            if number >= 0:
                self._check(
                    self._library.seccomp_rule_add_array(
                        self._context, action, number, len(comparisons), given
                    )
                )

    def load(self) -> None:
        """Put the filter in force."""
        self._check(self._library.seccomp_load(self._context))

    def release(self) -> None:
        """Give back its memory; what is in force stays."""
        self._library.seccomp_release(self._context)

    @staticmethod
    def _check(result: int) -> None:
        if result < 0:
            raise OSError(-result, f"seccomp: {os.strerror(-result)}")
