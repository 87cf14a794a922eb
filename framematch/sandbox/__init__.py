"""Around everything that reads hostile files: processes that can do nothing but decode.

A decoder is forked from a process that holds no secrets, and gives up before its first file: memory
and time without limit, privileges, the file system (Landlock), and every system call that decoding
does not take (seccomp). It is handed the descriptor of the one file, and hands back JSON and arrays
of bytes. Knows no format; docs/security.md has the threats and what holds where.
"""

from framematch.sandbox.broker import Broker, Conversation
from framematch.sandbox.confine import Confinement, DecoderLimits
from framematch.sandbox.wire import Array, Message
from framematch.sandbox.worker import Call, Operation

__all__ = [
    "Array",
    "Broker",
    "Call",
    "Confinement",
    "Conversation",
    "DecoderLimits",
    "Message",
    "Operation",
]
