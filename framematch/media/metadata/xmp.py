"""XMP packets: found by their tags in the bytes of any file, parsed with limits.

The packet is written so that it can be found without knowing the format around it (XMP
Specification, part 3, 1.2); compressed ones are not found. Owns which properties are told.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from framematch.case_records import MetadataItem
from framematch.media.metadata.items import item

# Packets stand near the beginning or the end; of larger files the middle is not searched.
_SEARCHED = 16 << 20
_LONGEST_PACKET = 4 << 20
_MOST_PACKETS = 4
_MOST_HISTORY = 50
_START, _END = b"<x:xmpmeta", b"</x:xmpmeta>"

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "pdf": "http://ns.adobe.com/pdf/1.3/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
}
_PROPERTIES = (
    ("xmp:CreateDate", "created"),
    ("photoshop:DateCreated", "created"),
    ("exif:DateTimeOriginal", "created"),
    ("xmp:ModifyDate", "modified"),
    ("xmp:MetadataDate", "modified"),
    ("xmp:CreatorTool", "software"),
    ("pdf:Producer", "software"),
    ("dc:creator", "author"),
    ("dc:title", "title"),
    ("dc:description", "description"),
    ("dc:rights", "copyright"),
    ("tiff:Make", "device"),
    ("tiff:Model", "device"),
    ("xmpMM:DocumentID", "document-id"),
    ("xmpMM:InstanceID", "document-id"),
    ("xmpMM:OriginalDocumentID", "document-id"),
)
_EVENT = "{http://ns.adobe.com/xap/1.0/sType/ResourceEvent#}"
_EVENT_FIELDS = ("action", "when", "softwareAgent", "parameters", "changed")


def of_any_file(stream: IO[bytes]) -> Iterator[MetadataItem | None]:
    """Yield what the packets in a file say, the first packet first."""
    for packet in _packets(stream):
        root = _parsed(packet)
        if root is not None:
            yield from _of_packet(root)


def _packets(stream: IO[bytes]) -> list[bytes]:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    data = stream.read(_SEARCHED)
    if size > 2 * _SEARCHED:
        stream.seek(size - _SEARCHED)
    data += stream.read(_SEARCHED)
    found: list[bytes] = []
    place = 0
    # No pattern: one that looks for the end from every start would take a hostile file hours.
    while len(found) < _MOST_PACKETS and (end := data.find(_END, place)) >= 0:
        start = data.rfind(_START, max(place, end - _LONGEST_PACKET), end)
        place = end + len(_END)
        if start >= 0:
            found.append(data[start:place])
    return list(dict.fromkeys(found))


def _parsed(packet: bytes) -> Element | None:
    """Return the packet's tree; ``None`` where it is broken or would unfold into more."""
    from defusedxml import ElementTree
    from defusedxml.common import DefusedXmlException

    try:
        root: Element = ElementTree.fromstring(packet, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        return None
    return root


def _of_packet(root: Element) -> Iterator[MetadataItem | None]:
    descriptions = list(root.iter(f"{_RDF}Description"))
    for name, field in _PROPERTIES:
        prefix, _, local = name.partition(":")
        key = f"{{{_NAMESPACES[prefix]}}}{local}"
        for description in descriptions:
            if key in description.attrib:
                yield item(field, description.attrib[key], f"XMP {name}")
            for child in description.findall(key):
                values = [entry.text or "" for entry in child.iter(f"{_RDF}li")]
                for value in values or [child.text or ""]:
                    yield item(field, value, f"XMP {name}")
    history = root.iter(f"{{{_NAMESPACES['xmpMM']}}}History")
    events = [event for each in history for event in each.iter(f"{_RDF}li")]
    for event in events[:_MOST_HISTORY]:
        yield item("history", _event(event), "XMP xmpMM:History")


def _event(event: Element) -> str:
    """Return what happened, when, and in which program, in one line."""
    told = []
    for name in _EVENT_FIELDS:
        value = event.get(f"{_EVENT}{name}")
        if value is None:
            value = next((each.text for each in event.iter(f"{_EVENT}{name}") if each.text), None)
        if value:
            told.append(value.strip())
    return ", ".join(told)
