"""Changes to the input of a parser: to its JSON, to words of its language, to single bytes. Seeded.

Owns the small driver that needs nothing but Python. What is guided by coverage is
`benchmarks.fuzz.guided`'s.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from random import Random
from typing import Any

from benchmarks.fuzz.mutate import extreme, flipped
from benchmarks.fuzz.targets import Target
from framematch.index.arrays import SIGNATURE

_LONGEST = 1 << 17
#: Values that code forgets about.
_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 10**30, 0.5, -0.0, 1e308),
    *(float("inf"), float("-inf"), float("nan"), "", "0", "a", "\0", "\ud800", "é" * 300, "../x"),
    *([], [[]], [None], {}, {"a": {}}, ["a"] * 100, [0, 1, 2], "1" * 5000),
)
_PREFIX = len(SIGNATURE) + 8


def changed(target: Target, seeds: Sequence[bytes], dice: Random) -> bytes:
    """Return other input for a target, made of one of its seeds, or of two."""
    data = dice.choice(seeds)
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5))):
        data = _once(target, data, seeds, dice)
    return data[:_LONGEST]


def _once(target: Target, data: bytes, seeds: Sequence[bytes], dice: Random) -> bytes:
    if dice.random() < 0.6:
        if data.startswith(SIGNATURE):
            return _array_head(data, dice)
        if target.is_json:
            return _json_line(data, dice)
    place, stop = sorted((dice.randrange(len(data) + 1), dice.randrange(len(data) + 1)))
    kind = dice.randrange(9)
    if kind == 0:
        return data[:place] + data[stop:]
    if kind == 1:
        return data[:stop] + data[place:stop] * dice.choice((1, 1, 2, 50)) + data[stop:]
    if kind in (2, 3) and target.tokens:
        end = place + dice.choice((0, 0, 1, 4))
        return data[:place] + dice.choice(target.tokens) + data[end:]
    if kind == 4:
        other = dice.choice(seeds)
        return data[:place] + other[dice.randrange(len(other) + 1) :]
    if kind == 5:
        return data[:place]
    if kind == 6:
        return _digits(data, dice)
    if kind == 7:
        return extreme(data, dice)
    return flipped(data, b"", dice)


def _digits(data: bytes, dice: Random) -> bytes:
    """Put another number where one is written in digits."""
    found = list(re.finditer(rb"[0-9]+", data[:_LONGEST]))
    if not found:
        return data + b"0"
    one = dice.choice(found)
    number = dice.choice((b"0", b"-1", b"00", b"9" * 30, b"9" * 5000, b"1e9", b"\xd9\xa3", b""))
    return data[: one.start()] + number + data[one.end() :]


def _json_line(data: bytes, dice: Random) -> bytes:
    """Change one value of the JSON, or of one of its lines."""
    try:
        return _json(data, dice)
    except (ValueError, RecursionError):
        pass
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    number = dice.randrange(len(lines))
    line = lines[number].strip()
    try:
        lines[number] = _json(line.removesuffix(b","), dice) + b","[: line.endswith(b",")] + b"\n"
    except (ValueError, RecursionError):
        return flipped(data, b"", dice)
    return b"".join(lines)


def _array_head(data: bytes, dice: Random) -> bytes:
    """Change the JSON head of an array file; its length and the filling behind it are put right."""
    n_bytes = int.from_bytes(data[len(SIGNATURE) : _PREFIX], "little")
    try:
        text = _json(data[_PREFIX : _PREFIX + n_bytes], dice)
    except (ValueError, RecursionError):
        return flipped(data, b"", dice)
    text += b" " * (-(_PREFIX + len(text)) % 64)
    return SIGNATURE + len(text).to_bytes(8, "little") + text + data[_PREFIX + n_bytes :]


def _json(data: bytes, dice: Random) -> bytes:
    root = json.loads(data)
    places = list(_places([root], 0))
    holder, key = dice.choice(places)
    value = holder[key]
    kind = dice.randrange(8)
    if kind == 0 and isinstance(holder, dict):
        del holder[key]
    elif kind == 1:
        other, name = dice.choice(places)
        holder[key] = other[name]
    elif kind == 2 and isinstance(value, int):
        holder[key] = value + dice.choice((-1, 1, 64, 2**32, 2**64))
    elif kind == 3 and isinstance(holder, dict):
        holder[f"{key}x"] = holder.pop(key)
    elif kind == 4:
        holder[key] = [value] * dice.choice((1, 2, 50))
    else:
        holder[key] = dice.choice(_VALUES)
    text = json.dumps(places[0][0][0], ensure_ascii=True)
    if dice.random() < 0.05:
        depth = dice.choice((100, 5000))
        text = '{"a":' * depth + text + "}" * depth
    return text.encode("ascii")


def _places(holder: Any, key: Any) -> Any:  # noqa: ANN401 - as JSON
    """Yield every place of a value: what holds it, and under which key."""
    yield holder, key
    value = holder[key]
    if isinstance(value, dict):
        for name in list(value):
            yield from _places(value, name)
    elif isinstance(value, list):
        for number in range(len(value)):
            yield from _places(value, number)
