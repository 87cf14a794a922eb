"""What a file might have a decoder do once it has taken it over; each is a request to a decoder.

An attack says ``done`` where it succeeded, and raises what the system answered where it did not.
"""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from multiprocessing import shared_memory
from pathlib import Path

import numpy as np

from framematch.errors import InputError
from framematch.sandbox import Call, Operation


def read_another_file(call: Call) -> None:
    Path(call.told["secret"]).read_bytes()


def read_another_file_by_system_call(call: Call) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if library.open(os.fsencode(call.told["secret"]), os.O_RDONLY) < 0:
        raise OSError(ctypes.get_errno(), "open")


def read_the_memory_of_the_parent(call: Call) -> None:
    with Path(f"/proc/{os.getppid()}/environ").open("rb") as file:
        file.read()


def list_a_folder(call: Call) -> None:
    os.listdir(Path(call.told["secret"]).parent)  # noqa: PTH208 - the plainest call


def write_a_file(call: Call) -> None:
    Path(call.told["target"]).write_bytes(b"written")


def write_into_its_file(call: Call) -> None:
    os.write(call.files[0], b"written")


def remove_a_file(call: Call) -> None:
    Path(call.told["secret"]).unlink()


def change_rights(call: Call) -> None:
    Path(call.told["secret"]).chmod(0o777)


def link_a_file(call: Call) -> None:
    Path(call.told["target"]).symlink_to(call.told["secret"])


def open_a_tcp_socket(call: Call) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()


def open_a_udp_socket(call: Call) -> None:
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close()


def open_a_unix_socket(call: Call) -> None:
    socket.socket(socket.AF_UNIX, socket.SOCK_STREAM).close()


def run_a_program(call: Call) -> None:
    subprocess.run([sys.executable, "-c", ""], check=True)


def become_a_program(call: Call) -> None:
    os.execv("/bin/true", ["true"])  # noqa: S606 - the point


def fork(call: Call) -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def kill_the_parent(call: Call) -> None:
    os.kill(os.getppid(), signal.SIGCONT)


def trace_the_parent(call: Call) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    attach, detach = 16, 17
    if library.ptrace(attach, os.getppid(), 0, 0) < 0:
        raise OSError(ctypes.get_errno(), "ptrace")
    os.waitpid(os.getppid(), 0) if False else library.ptrace(detach, os.getppid(), 0, 0)


def share_memory(call: Call) -> None:
    memory = shared_memory.SharedMemory(create=True, size=16)
    memory.close()
    memory.unlink()


def open_another_descriptor(call: Call) -> None:
    os.pidfd_open(os.getppid())


#: By the name in a test.
ATTACKS: tuple[Callable[[Call], None], ...] = (
    read_another_file,
    read_another_file_by_system_call,
    read_the_memory_of_the_parent,
    list_a_folder,
    write_a_file,
    remove_a_file,
    change_rights,
    link_a_file,
    open_a_tcp_socket,
    open_a_udp_socket,
    open_a_unix_socket,
    run_a_program,
    become_a_program,
    fork,
    kill_the_parent,
    share_memory,
    open_another_descriptor,
)


def _tried(attack: Callable[[Call], None]) -> Operation:
    def attempt(call: Call) -> None:
        try:
            attack(call)
        except Exception as error:  # noqa: BLE001 - whatever the system answers
            call.say({"refused": f"{type(error).__name__}: {error}"})
        else:
            call.say({"done": True})

    return attempt


def read_the_file(call: Call) -> None:
    call.say({"text": os.pread(call.files[0], 100, 0).decode()})


def environment(call: Call) -> None:
    call.say({"names": sorted(os.environ), "user": os.geteuid()})


def descriptors(call: Call) -> None:
    found = []
    for number in range(64):
        try:
            os.fstat(number)
        except OSError:
            continue
        found.append(number)
    call.say({"open": found})


def crash(call: Call) -> None:
    os.kill(os.getpid(), signal.SIGSEGV) if False else ctypes.string_at(0)


def abort(call: Call) -> None:
    os.abort()


def loop(call: Call) -> None:
    while True:
        pass


def sleep(call: Call) -> None:
    call.ask({"waiting": True})


def take_memory(call: Call) -> None:
    held = [np.empty(1 << 24, np.float64) for _ in range(64)]
    call.say({"bytes": sum(each.nbytes for each in held)})


def talk_nonsense(call: Call) -> None:
    call._wire._end.sendall(b"\xff" * 64)


def claim_too_much(call: Call) -> None:
    call._wire._end.sendall(b"\x02\0\0\0\xff\xff\xff\xff{}")


def claim_an_odd_shape(call: Call) -> None:
    text = b'{"said": {}, "_shapes": [[-1, 5]]}'
    call._wire._end.sendall(len(text).to_bytes(4, "little") + bytes(4) + text)


def claim_another_error(call: Call) -> None:
    call._wire.send({"error": "SystemExit", "reason": "x" * 100_000})


def nest(call: Call) -> None:
    text = b'{"said":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    call._wire._end.sendall(len(text).to_bytes(4, "little") + bytes(4) + text)


def raise_an_error(call: Call) -> None:
    raise InputError("a.png: is broken")


def raise_another_error(call: Call) -> None:
    raise RuntimeError("a library's own")


def count(call: Call) -> None:
    for number in range(call.told["to"]):
        call.say({"number": number}, [np.full((10, 10), number % 256, np.uint8)])


def answer(call: Call) -> None:
    call.say({"sum": sum(call.ask({"asked": n})["number"] for n in range(3))})


OPERATIONS: dict[str, Operation] = {
    **{
        attack.__name__: _tried(attack)
        for attack in (*ATTACKS, write_into_its_file, trace_the_parent)
    },
    **{
        each.__name__: each
        for each in (
            *(read_the_file, environment, descriptors, crash, abort, loop, sleep, take_memory),
            *(talk_nonsense, claim_too_much, claim_an_odd_shape, claim_another_error, nest),
            *(raise_an_error, raise_another_error, count, answer),
        )
    },
}
