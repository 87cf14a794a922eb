"""Data inside a page that can never act: JSON, pictures and scripts, and the page's policy.

Whatever a file name, a note or metadata says stays text. JSON is written in ASCII with ``<``, ``>``
and ``&`` escaped, so no value can end the element that it stands in or be read as markup, and the
policy lets nothing run but the scripts whose digests it names.
"""

import base64
import hashlib
import json
import re
from typing import Any

from framematch.errors import UnsupportedFormatError

# What moves or hides text without being seen, and what stands for a byte that is no text: written
# out, so that it cannot deceive the eye.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_SIGNATURES = ((b"\x89PNG", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def visible(text: str) -> str:
    """Return text with what cannot be seen in it spelled out, as in ``[U+202E]``."""
    return _UNSEEN.sub(lambda found: f"[U+{ord(found.group()):04X}]", text)


def json_element(name: str, data: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
    """Return an element that holds `data` as JSON under the id `name`."""
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
    text = text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
    return f'<script type="application/json" id="{name}">{text}</script>\n'.encode("ascii")


def picture_element(name: str, data: bytes) -> bytes:
    """Return an element that holds a picture file under the id `name`.

    Raises
    ------
    UnsupportedFormatError
        `data` is no PNG, JPEG or WebP file.
    """
    kind = _kind(name, data).encode("ascii")
    head = b'<script type="' + kind + b'" id="' + name.encode("ascii") + b'">'
    return head + base64.b64encode(data) + b"</script>\n"


def same_picture_element(name: str, other: str) -> bytes:
    """Return an element that says that a picture is the one under the id `other`."""
    return f'<script type="text/plain" id="{name}">{other}</script>\n'.encode("ascii")


def _kind(name: str, data: bytes) -> str:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    raise UnsupportedFormatError(
        f"picture {name} of a page: neither PNG nor JPEG nor WebP; write it as one of these"
    )


def policy(script: str, style: str) -> str:
    """Return the content security policy of a page with one script and one style sheet.

    Nothing is loaded from anywhere; pictures come from the page itself. The texts must stand in
    their elements exactly as they are given.
    """
    allowed = "default-src 'none'; img-src data: blob:; base-uri 'none'; form-action 'none'"
    return f"{allowed}; script-src {_source(script)}; style-src {_source(style)}"


def _source(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
