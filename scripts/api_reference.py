"""Write docs/api.md and docs/openapi.json from the desk itself; with --check, say if up to date."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from framematch.web.app import create_app
from framematch.web.desk import Desk
from framematch.web.settings import Door

DOCS = Path(__file__).resolve().parent.parent / "docs"
REFERENCE, OPENAPI = DOCS / "api.md", DOCS / "openapi.json"

HEAD = """\
# HTTP API of the review desk

Written by `scripts/api_reference.py` from the desk itself: change that, then run it again. The same
as OpenAPI: [openapi.json](openapi.json), which a running desk serves as `/api/v1/openapi.json`.
What a desk is, who is let in, limits, and a client in a few lines: [desk.md](desk.md). The version
in openapi.json is the API's, that in a running desk the release's.

Every request bears the token: `Authorization: Bearer TOKEN`. Every answer with a status of 400 and
above has one shape: `{"error": {"status": 404, "code": "no-finding", "message": "..."}}`.
"""

Object = Mapping[str, Any]


def document() -> dict[str, Any]:
    """Return the OpenAPI document, the release left out: it would change with every one."""
    app = create_app(Desk(None, None, None, "reviewer"), Door(8765, "no-token-is-served-with"))
    found = app.openapi()
    found["info"]["version"] = "1"
    return found


def reference(api: Object) -> str:
    """Return the text that docs/api.md must hold."""
    return "\n".join([HEAD, *_paths(api)])


def _paths(api: Object) -> Iterator[str]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield "\n".join(_operation(api, f"{method.upper()} {path}", operation))


def _operation(api: Object, title: str, operation: Object) -> Iterator[str]:
    yield f"## {title}\n"
    yield f"{operation.get('description', operation['summary'])}\n"
    rows = [
        (one["name"], _kind(one["schema"]), one.get("description", ""))
        for one in operation.get("parameters", ())
    ]
    yield from _table("Parameter", rows)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield from _body(api, f"Body, `{kind}`", content.get("schema", {}))
    for status, answer in operation["responses"].items():
        if status.startswith("2"):
            for kind, content in answer.get("content", {}).items():
                yield from _body(api, f"Answer {status}, `{kind}`", content.get("schema", {}))


def _body(api: Object, title: str, schema: Object) -> Iterator[str]:
    """Yield what a body holds, one level deep."""
    name = _name(schema)
    if name is None:
        yield f"{title}: {_kind(schema)}\n"
        return
    found = api["components"]["schemas"][name]
    yield f"{title}: {found.get('description', name)}\n"
    yield from _table(
        "Key",
        [
            (key, _kind(part), part.get("description", ""))
            for key, part in found.get("properties", {}).items()
        ],
    )


def _name(schema: Object) -> str | None:
    return schema["$ref"].rpartition("/")[2] if "$ref" in schema else None


def _kind(schema: Object) -> str:
    """Return a type in words, with its bounds and its default."""
    bounds = [
        f"{said} {schema[name]:g}"
        for name, said in (("minimum", "from"), ("maximum", "to"))
        if name in schema
    ]
    if schema.get("default") not in (None, ""):
        bounds.append(f"by default {schema['default']}")
    return ", ".join((_bare_kind(schema), *bounds))


def _bare_kind(schema: Object) -> str:
    if "$ref" in schema:
        return str(_name(schema))
    if "anyOf" in schema:
        return " or ".join(_kind(part) for part in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type", "anything"))


def _table(head: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    if not rows:
        return
    yield f"| {head} | Type | |\n|---|---|---|"
    for name, kind, text in rows:
        yield f"| `{name}` | {kind} | {' '.join(text.split())} |".replace("  |", " |")
    yield ""


def main() -> int:
    """Write or check; return the exit status."""
    api = document()
    wanted = {REFERENCE: reference(api), OPENAPI: json.dumps(api, indent=1) + "\n"}
    if "--check" in sys.argv[1:]:
        for path, text in wanted.items():
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"docs/{path.name} is out of date; run: .venv/bin/python {sys.argv[0]}")
                return 1
        return 0
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
