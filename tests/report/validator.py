"""CASE's own validator, for graphs of thousands of files: `python tests/report/validator.py GRAPH`.

Asks exactly what `case_validate` asks. That one parses the same four questions anew for every node,
which is nine tenths of its time; here what was parsed is kept.
"""

import functools
import sys
import warnings
from typing import Protocol

import pytest


class Result(Protocol):
    """What the validator answers."""

    conforms: bool
    text: str
    undefined_concepts: set[str]


def validate(path: str, patch: pytest.MonkeyPatch) -> Result:
    """Return whether the graph in a file conforms to the newest ontology, and what is wrong."""
    from case_utils import case_validate
    from rdflib.plugins.sparql import processor

    parse, translate = processor.parseQuery, processor.translateQuery

    @functools.cache
    def prepared(text: str, base: object, prefixes: tuple[tuple[str, object], ...]) -> object:
        return translate(parse(text), base, dict(prefixes))

    def kept(text: str, base: object = None, prefixes: dict[str, object] | None = None) -> object:
        return prepared(text, base, tuple(sorted((prefixes or {}).items())))

    with patch.context() as patched, warnings.catch_warnings():
        patched.setattr(processor, "parseQuery", lambda text: text)
        patched.setattr(processor, "translateQuery", kept)
        # What its own libraries warn of is not about the graph; concepts that are none are an
        # answer of their own.
        warnings.simplefilter("ignore")
        return case_validate.validate(path)


if __name__ == "__main__":
    result = validate(sys.argv[1], pytest.MonkeyPatch())
    sys.stdout.write(result.text + "\n".join(sorted(result.undefined_concepts)))
    sys.exit(not result.conforms)
