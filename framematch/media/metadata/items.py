"""One thing that a file says of itself, cut to a length, and dates as ISO 8601 has them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from framematch.case_records import MetadataItem

#: Longer values are cut.
LONGEST_VALUE = 500
#: More things than this are not told of one file.
MOST_ITEMS = 200
_DATES = frozenset(("created", "modified", "digitized"))
# EXIF: 2024:05:06 07:08:09; PDF: D:20240506070809+09'00'.
_EXIF_DATE = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d:\d\d:\d\d)")
_PDF_DATE = re.compile(r"D:(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(Z|[+-]\d\d'?\d\d)?")


def item(field: str, value: object, source: str) -> MetadataItem | None:
    """Return what is said under `source`, ``None`` where nothing is."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    text = text.strip(" \0\r\n\t")
    if not text:
        return None
    if field in _DATES:
        text = iso_date(text)
    return MetadataItem(field, text[:LONGEST_VALUE], source)


def iso_date(text: str) -> str:
    """Return a date as ISO 8601 where it is one of EXIF or PDF, else as it is."""
    found = _EXIF_DATE.match(text)
    if found:
        year, month, day, clock = found.groups()
        rest = text[found.end() :].strip()
        return f"{year}-{month}-{day}T{clock}{rest}"
    found = _PDF_DATE.match(text)
    if found:
        year, month, day, hour, minute, second, zone = found.groups()
        date = "-".join(each for each in (year, month, day) if each)
        if not hour:
            return date
        clock = ":".join(each or "00" for each in (hour, minute, second))
        zone = (zone or "").replace("'", "")
        return f"{date}T{clock}{zone if len(zone) < 2 else f'{zone[:3]}:{zone[3:]}'}"
    return text


def distinct(items: Iterable[MetadataItem | None]) -> tuple[MetadataItem, ...]:
    """Return the items in their order, each once, as many as are told of one file."""
    kept = dict.fromkeys(each for each in items if each is not None)
    return tuple(kept)[:MOST_ITEMS]
