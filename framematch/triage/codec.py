"""Records to JSON and back without loss, for the journal: floats to their last bit.

`to_dict` of a record is what programs read, rounded; what is here is the journal's own and read by
the same release only. Knows no record: it follows their types.
"""

import json
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def encode(record: object) -> str:
    """Return a frozen dataclass, with those inside it, as one line of JSON."""
    return json.dumps(plain(record), ensure_ascii=True, allow_nan=False, separators=(",", ":"))


def decode(kind: type[Record], text: str) -> Record:
    """Return the record of type `kind` that `encode` has written.

    Raises
    ------
    ValueError
        `text` is no such record: damaged, or of another release.
    """
    try:
        content = json.loads(text)
    except RecursionError as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return made(kind, content)


def made(kind: type[Record], content: object) -> Record:
    """Return the record of type `kind` that `plain` has taken apart.

    Raises
    ------
    ValueError
        `content` is no such record.
    """
    try:
        record: Record = _maker(kind)(content)  # type: ignore[arg-type]  # every class can be hashed
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error
    return record


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    """Return a frozen dataclass, with those inside it, as dictionaries, lists and values."""
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, tuple):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return float(value)  # numpy's own would be written the same, but not by every version
    return value


@lru_cache(maxsize=256)
def _maker(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - a type
    """Return what makes a value as a type wants it; what does not fit raises.

    Made once for each type: a case of a hundred thousand files is read in a minute, not in ten.
    """
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        (wanted,) = (each for each in inner if each is not type(None))
        make = _maker(wanted)
        return (
            (lambda value: None if value is None else make(value)) if type(None) in inner else make
        )
    if origin is Literal:
        return lambda value: _one_of(inner, value)
    if origin is tuple:
        if len(inner) == 2 and inner[1] is Ellipsis:
            each_of = _maker(inner[0])
            return lambda value: tuple(map(each_of, value))
        makers = tuple(_maker(each) for each in inner)
        return lambda value: tuple(make(one) for make, one in zip(makers, value, strict=True))
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        # In the order of the fields, which is that of the arguments.
        parts = tuple((each.name, _maker(hints[each.name])) for each in fields(kind))
        made: Callable[..., Any] = kind  # type: ignore[assignment]  # a dataclass, not one of them
        return lambda value: made(*[make(value[name]) for name, make in parts])
    if kind is float:
        return float
    return lambda value: _a(kind, value)


def _one_of(wanted: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if value not in wanted:
        raise TypeError(f"{value!r} is none of {wanted}")
    return value


def _a(kind: type, value: Any) -> Any:  # noqa: ANN401 - whatever a record holds
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind}")
    return value
