"""Records to JSON and back without loss, for the journal: floats to their last bit.

`to_dict` of a record is what programs read, rounded; what is here is the journal's own and read by
the same release only. Knows no record: it follows their types.
"""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def encode(record: object) -> str:
    """Return a frozen dataclass, with those inside it, as one line of JSON."""
    return json.dumps(_plain(record), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decode(kind: type[Record], text: str) -> Record:
    """Return the record of type `kind` that `encode` has written.

    Raises
    ------
    ValueError
        `text` is no such record: damaged, or of another release.
    """
    try:
        record: Record = _made(kind, json.loads(text))
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return record


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if is_dataclass(value):
        return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return float(value)  # numpy's own would be written the same, but not by every version
    return value


@lru_cache(maxsize=64)
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:  # noqa: ANN401 - a type and what is to be of it
    """Return a value as its type wants it; what does not fit raises."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        if value is None and type(None) in inner:
            return None
        (wanted,) = (each for each in inner if each is not type(None))
        return _made(wanted, value)
    if origin is Literal:
        if value not in inner:
            raise TypeError(f"{value!r} is none of {inner}")
        return value
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            return tuple(_made(inner[0], each) for each in value)
        return tuple(_made(each, one) for each, one in zip(inner, value, strict=True))
    if is_dataclass(kind):
        hints = _hints(kind)  # type: ignore[arg-type]  # a dataclass, not an object of one
        return kind(
            **{each.name: _made(hints[each.name], value[each.name]) for each in fields(kind)}
        )  # type: ignore[operator]
    if kind is float:
        return float(value)
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind}")
    return value
