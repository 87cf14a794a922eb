"""Names in any bytes as text that a person can read and a program can turn back.

Owns how a case writes paths: UTF-8 stays, and what is no UTF-8, would move a cursor, turn the
writing direction or looks like nothing agreed on stands as ``%XX`` for each byte, and so does ``%``
itself. ``!/`` stands between
an archive and what it holds, so a ``!`` at the end of a name is ``%21``. Opens no file.
"""

import re
import unicodedata

#: Between an archive and its member.
INSIDE = "!/"

#: Categories of characters that a terminal obeys or hides, as `framematch.cli.render` has them, and
#: of those for private use, which look different everywhere.
_UNSHOWN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})

_ESCAPED = re.compile(rb"%([0-9A-F]{2})")


def text_of(path: bytes) -> str:
    """Return a path as a case writes it; names are separated by ``/`` as in the file system.

    >>> text_of(b"cut/100%\\xff.png")
    'cut/100%25%FF.png'
    """
    text = path.decode("utf-8", "surrogateescape")
    # Nearly every name is plain; they must not cost a step for each character.
    if text.isascii() and text.isprintable() and "%" not in text and "!" not in text:
        return text
    return "/".join("".join(map(_shown, _closed(name))) for name in text.split("/"))


def bytes_of(text: str) -> bytes:
    """Return the path that `text_of` has written, without what lies inside an archive.

    >>> bytes_of("cut/100%25%FF.png")
    b'cut/100%\\xff.png'
    """
    outer = text.partition(INSIDE)[0]
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), outer.encode("utf-8"))


def member_path(archive: str, name: str) -> str:
    """Return the path of what lies in an archive under `name`, whatever that is.

    >>> member_path("drop/a.zip", "cut/045.png")
    'drop/a.zip!/cut/045.png'
    """
    return f"{archive}{INSIDE}{text_of(_bytes(name))}"


def folder_of(path: str) -> str:
    """Return the folder or archive that a path lies in; of what lies at the top, ``.``.

    >>> folder_of("a/b.png"), folder_of("a/c.zip!/d.png"), folder_of("e.png")
    ('a', 'a/c.zip', '.')
    """
    head, separator, _ = path.rpartition("/")
    if not separator:
        return "."
    return head.removesuffix("!") or "."


def name_of(path: str) -> str:
    """Return the last name of a path."""
    return path.rpartition("/")[2]


def _bytes(name: str) -> bytes:
    """Return a name that somebody else decoded, whatever came of it."""
    try:
        return name.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")


def _closed(name: str) -> str:
    """Mark a ``!`` at the end, so that only an archive's is followed by ``/``."""
    return f"{name[:-1]}\udc21" if name.endswith("!") else name


def _shown(character: str) -> str:
    # A character that stands for a byte, and the mark of `_closed`: its last byte is the one meant.
    if "\udc21" <= character <= "\udcff":
        return f"%{ord(character) - 0xDC00:02X}"
    if character == "%" or unicodedata.category(character) in _UNSHOWN:
        return "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
    return character
