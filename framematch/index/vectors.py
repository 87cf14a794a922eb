"""Vector instructions of the sieve, written for LLVM: 256 rows counted and compared at once.

Bits are counted on their side, in carry-save adders (Harley and Seal; see Muła, Kurz and Lemire,
The Computer Journal 2018), from sums of three planes that are tabulated once a block for all
queries, as in the method of four Russians. LLVM makes AVX2, AVX-512 or NEON of it, whatever the
processor has. Imports numba: only `framematch.index.kernels` may import this.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from framematch.index.planes import GROUP, WORDS

_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, WORDS)
_VECTOR_BYTES = 8 * WORDS
_ZERO = ir.Constant(_VECTOR, [0] * WORDS)
_ONES = ir.Constant(_VECTOR, [-1] * WORDS)


def _word(value: int) -> Any:
    return ir.Constant(_WORD, value)


class _Memory:
    """The data of an array argument, read and written a vector at a time."""

    def __init__(self, context: Any, builder: Any, kind: Any, array: Any) -> None:
        data = context.make_array(kind)(context, builder, array).data
        self._builder = builder
        self._start = builder.ptrtoint(data, _WORD)

    def _at(self, offset: Any) -> Any:
        address = self._builder.add(self._start, offset)
        return self._builder.inttoptr(address, _VECTOR.as_pointer())

    def read(self, offset: Any) -> Any:
        return self._builder.load(self._at(offset), align=8)

    def write(self, vector: Any, offset: Any) -> None:
        self._builder.store(vector, self._at(offset), align=8)


def _add(builder: Any, a: Any, b: Any, c: Any) -> tuple[Any, Any]:
    """Return sum and carry of three vectors of bits."""
    either = builder.xor(a, b)
    carry = builder.or_(builder.and_(a, b), builder.and_(either, c))
    return builder.xor(either, c), carry


def _splat(builder: Any, word: Any) -> Any:
    """Return a vector that repeats a word."""
    index = ir.IntType(32)
    nothing = ir.Constant(_VECTOR, ir.Undefined)
    first = builder.insert_element(nothing, word, ir.Constant(index, 0))
    return builder.shuffle_vector(
        first, nothing, ir.Constant(ir.VectorType(index, WORDS), [0] * WORDS)
    )


@intrinsic
def tabulate(_: Any, planes: Any, table: Any, groups: Any) -> Any:
    """Write sum and carry of each three planes for each pattern of three query bits.

    ``planes`` is uint64 (P, 4), ``table`` uint64 with 64 words a group, ``groups`` a tuple of as
    many numbers as there are groups: its type says how much code is made.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        source = _Memory(context, builder, signature.args[0], values[0])
        target = _Memory(context, builder, signature.args[1], values[1])
        for group in range(len(signature.args[2])):
            plane = [
                source.read(_word((GROUP * group + number) * _VECTOR_BYTES))
                for number in range(GROUP)
            ]
            turned = [builder.not_(vector) for vector in plane]
            odd = builder.xor(builder.xor(plane[0], plane[1]), plane[2])
            even = builder.not_(odd)
            place = group * 8
            for pattern in range(8):
                total = even if pattern.bit_count() % 2 else odd
                target.write(total, _word((place + pattern) * 2 * _VECTOR_BYTES))
            for pattern in range(4):
                chosen = [
                    turned[number] if pattern >> number & 1 else plane[number]
                    for number in range(GROUP)
                ]
                _, carry = _add(builder, *chosen)
                target.write(carry, _word(((place + pattern) * 2 + 1) * _VECTOR_BYTES))
                opposite = place + 7 - pattern
                target.write(builder.not_(carry), _word((opposite * 2 + 1) * _VECTOR_BYTES))
        return context.get_dummy_value()

    return types.void(planes, table, groups), generate


@intrinsic
def sift(_: Any, table: Any, lookups: Any, groups: Any, bound: Any, out: Any) -> Any:
    """Write which of 256 rows differ from a query in at most ``bound`` planes; say if any does.

    ``table`` is that of `tabulate`, ``lookups`` the int64 (P / 3,) of one query, ``out`` uint64
    (4,), bit ``r % 64`` of word ``r // 64`` for row r.
    """

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        source = _Memory(context, builder, signature.args[0], values[0])
        places = context.make_array(signature.args[1])(context, builder, values[1]).data
        n_groups = len(signature.args[2])
        n_levels = (GROUP * n_groups).bit_length()
        waiting: list[list[Any]] = [[] for _ in range(n_levels + 3)]

        def count(level: int, vector: Any) -> None:
            waiting[level].append(vector)
            while len(waiting[level]) == GROUP:
                total, carry = _add(builder, *waiting[level])
                waiting[level] = [total]
                level += 1
                waiting[level].append(carry)

        for group in range(n_groups):
            place = builder.load(builder.gep(places, [_word(group)]))
            count(0, source.read(place))
            count(1, source.read(builder.add(place, _word(_VECTOR_BYTES))))
        fewer, level_so_far = _ZERO, _ONES
        for digit, number in reversed(list(enumerate(_digits(builder, waiting, n_levels)))):
            bit = builder.and_(builder.lshr(values[3], _word(digit)), _word(1))
            wanted = _splat(builder, builder.sub(_word(0), bit))
            below = builder.and_(builder.and_(level_so_far, wanted), builder.not_(number))
            fewer = builder.or_(fewer, below)
            level_so_far = builder.and_(level_so_far, builder.not_(builder.xor(number, wanted)))
        target = _Memory(context, builder, signature.args[4], values[4])
        result = builder.or_(fewer, level_so_far)
        target.write(result, _word(0))
        whole = ir.IntType(_VECTOR_BYTES * 8)
        return builder.icmp_unsigned("!=", builder.bitcast(result, whole), ir.Constant(whole, 0))

    return types.boolean(table, lookups, groups, bound, out), generate


def _digits(builder: Any, waiting: list[list[Any]], n_levels: int) -> list[Any]:
    """Return the binary digits of the counts, the lowest first, of what waits on each level."""
    digits = []
    for level in range(n_levels):
        left = waiting[level]
        if len(left) == 2:
            waiting[level + 1].append(builder.and_(left[0], left[1]))
            left = [builder.xor(left[0], left[1])]
        if len(waiting[level + 1]) == GROUP:
            total, carry = _add(builder, *waiting[level + 1])
            waiting[level + 1] = [total]
            waiting[level + 2].append(carry)
        digits.append(left[0] if left else _ZERO)
    return digits


@intrinsic
def ones(_: Any, word: Any) -> Any:
    """Return how many bits of a word are set."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.ctpop(values[0])

    return types.uint64(types.uint64), generate


@intrinsic
def lowest(_: Any, word: Any) -> Any:
    """Return the place of the lowest set bit of a word that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        return builder.cttz(values[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate
