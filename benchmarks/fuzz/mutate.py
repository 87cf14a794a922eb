"""Changes to a file: to its elements, to numbers in them, to single bytes. Seeded.

Pure functions on bytes and trees; the same dice give the same file.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.fuzz.parse import parse
from benchmarks.fuzz.tree import Node

#: Numbers that code forgets about, by the bytes that they are written in.
_EXTREMES = {
    width: tuple(
        sorted(
            {0, 1, 2, 0x7F, 0xFF, (1 << top - 1) - 1, 1 << top - 1, (1 << top) - 1, 1 << top - 2}
        )
    )
    for width, top in ((1, 8), (2, 16), (4, 32), (8, 64))
}
_LONGEST = 1 << 20
_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "bzip2": bz2.compress,
    "xz": lzma.compress,
}
_UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.decompress,
    "bzip2": bz2.decompress,
    "xz": lzma.decompress,
}


def mutated(name: str, seeds: Sequence[bytes], dice: Random) -> bytes:
    """Return another file of the format `name`, made of one of its seeds, or of two."""
    data = dice.choice(seeds)
    if name in _PACKERS and dice.random() < 0.5:
        # Inside of what is compressed there is a tar file.
        inner = mutated("tar", [_UNPACKERS[name](each) for each in seeds], dice)
        return _PACKERS[name](inner)
    if dice.random() < 0.75:
        root = parse(name, data)
        donor = parse(name, dice.choice(seeds))
        for _ in range(dice.choice((1, 1, 1, 2, 2, 3, 5))):
            dice.choice(_ON_TREES)(root, donor, dice)
        data = root.write()
    if dice.random() < 0.35:
        for _ in range(dice.choice((1, 1, 2, 4, 8))):
            data = dice.choice(_ON_BYTES)(data, dice.choice(seeds), dice)
    return data[:_LONGEST]


def extreme(data: bytes, dice: Random) -> bytes:
    """Return the bytes with a number in them that is as large, or as small, as numbers get."""
    if not data:
        return data
    width = dice.choice((1, 2, 2, 4, 4, 8))
    place = dice.randrange(len(data))
    place -= place % min(width, dice.choice((1, width)))
    now = int.from_bytes(data[place : place + width], "little")
    value = dice.choice((*_EXTREMES[width], now + 1, now - 1, now * 2, now ^ 1 << 8 * width - 1))
    number = (value & (1 << 8 * width) - 1).to_bytes(width, dice.choice(("little", "big")))
    return data[:place] + number + data[place + width :]


def flipped(data: bytes, other: bytes, dice: Random) -> bytes:
    """Return the bytes with some bits turned, most of them near the beginning."""
    if not data:
        return data
    del other
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 2, 4, 16))):
        reach = min(len(data), dice.choice((16, 64, 512, len(data))))
        changed[dice.randrange(reach)] ^= 1 << dice.randrange(8)
    return bytes(changed)


def _one(root: Node, dice: Random) -> Node:
    return dice.choice(root.all())


def _parent(root: Node, dice: Random) -> Node:
    return dice.choice([node for node in root.all() if node.children])


def _drop(root: Node, donor: Node, dice: Random) -> None:
    del donor
    above = _parent(root, dice)
    if len(root.all()) > 2:
        above.children.pop(dice.randrange(len(above.children)))
    if not root.children:
        root.children.append(Node(root.form))


def _repeat(root: Node, donor: Node, dice: Random) -> None:
    del donor
    children = _parent(root, dice).children
    place = dice.randrange(len(children))
    times = dice.choice((1, 1, 2, 3, 30, 300))
    times = min(times, 1 + _LONGEST // 4 // max(1, len(children[place].write())))
    for _ in range(times):
        children.insert(dice.randrange(len(children) + 1), children[place].copy())


def _swap(root: Node, donor: Node, dice: Random) -> None:
    del donor
    children = _parent(root, dice).children
    one, two = dice.randrange(len(children)), dice.randrange(len(children))
    children[one], children[two] = children[two], children[one]


def _take_over(root: Node, donor: Node, dice: Random) -> None:
    """Put an element of another file anywhere."""
    children = _parent(root, dice).children
    children.insert(dice.randrange(len(children) + 1), _one(donor, dice).copy())


def _replace(root: Node, donor: Node, dice: Random) -> None:
    """Put the content of another element, of this file or another, into one."""
    node, other = _one(root, dice), _one(dice.choice((root, donor)), dice)
    node.content = other.content


def _lie(root: Node, donor: Node, dice: Random) -> None:
    del donor
    node = _one(root, dice)
    true = len(node.write())
    node.lie = dice.choice((*_EXTREMES[4], *_EXTREMES[8], true + 1, true - 1, true * 2, true // 2))


def _rename(root: Node, donor: Node, dice: Random) -> None:
    node, other = _one(root, dice), _one(donor, dice)
    named = len(node.name) == len(other.name) and dice.random() < 0.6
    node.name = other.name if named else flipped(node.name, b"", dice)


def _number(root: Node, donor: Node, dice: Random) -> None:
    del donor
    nodes = [node for node in root.all() if node.content]
    if nodes:
        node = dice.choice(nodes)
        head = min(len(node.content), dice.choice((16, 64, len(node.content))))
        node.content = extreme(node.content[:head], dice) + node.content[head:]


def _head_number(root: Node, donor: Node, dice: Random) -> None:
    """Change a number where a head stands in the name: pages of Ogg, headers of tar."""
    nodes = [node for node in root.all() if len(node.name) > 8]
    if nodes:
        node = dice.choice(nodes)
        node.name = extreme(node.name, dice)[: len(node.name)]
    else:
        _number(root, donor, dice)


def _bits(root: Node, donor: Node, dice: Random) -> None:
    del donor
    node = _one(root, dice)
    node.content = flipped(node.content, b"", dice)


def _resize(root: Node, donor: Node, dice: Random) -> None:
    """Cut the content, or make it longer; its length stays true."""
    del donor
    node = _one(root, dice)
    content = node.content
    if dice.random() < 0.6:
        node.content = content[: dice.randrange(len(content) + 1)]
    else:
        node.content = content + dice.choice((b"\0", b"\xff", content[:64] or b"\0")) * dice.choice(
            (1, 4, 100, 5000)
        )


def _cut_short(data: bytes, other: bytes, dice: Random) -> bytes:
    del other
    return data[: dice.randrange(len(data) + 1)] or data


def _splice(data: bytes, other: bytes, dice: Random) -> bytes:
    return data[: dice.randrange(len(data) + 1)] + other[dice.randrange(len(other) + 1) :]


def _append(data: bytes, other: bytes, dice: Random) -> bytes:
    return data + dice.choice((other, dice.randbytes(64), bytes(4096)))


def _extreme_anywhere(data: bytes, other: bytes, dice: Random) -> bytes:
    del other
    reach = min(len(data), dice.choice((64, 512, len(data))))
    return extreme(data[:reach], dice) + data[reach:]


_ON_TREES = (
    *(_drop, _repeat, _swap, _take_over, _replace, _lie, _rename, _resize),
    *(_number, _number, _number, _bits, _bits, _head_number),
)
_ON_BYTES = (flipped, flipped, _cut_short, _splice, _append, _extreme_anywhere, _extreme_anywhere)
