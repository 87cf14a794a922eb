"""The methods page: figures as documented, words as in the glossary, nothing beyond them."""

import json
import re
from pathlib import Path

import pytest
from sample import sample

from framematch.report import words
from framematch.report.page import methods_page
from framematch.report.shell import asset

_DOCS = Path(__file__).resolve().parents[2] / "docs"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def test_error_rates_are_those_of_the_documentation() -> None:
    documented = _plain((_DOCS / "accuracy.md").read_text(encoding="utf-8"))
    known = json.loads(asset("accuracy.json"))

    assert known["measured"] in documented
    for row in known["figures"]:
        assert row["quote"] in documented, f"docs/accuracy.md no longer says {row['quote']!r}"


@pytest.mark.parametrize("labels", ["STAGES", "FLAGS"])
def test_words_are_all_in_the_glossary(labels: str) -> None:
    glossary = (_DOCS / "glossary.md").read_text(encoding="utf-8")

    for label in getattr(words, labels):
        assert f"| `{label}` |" in glossary


def test_methods_page_names_what_made_the_findings_and_how_often_it_errs() -> None:
    case = sample(5).case

    page = methods_page(case).decode()

    for text in (case.methods.version, case.methods.index.id, case.methods.reader, "735 of 737"):
        assert text is not None
        assert text in page
    assert "<script>" not in page


def test_methods_page_does_not_claim_who_leaked_and_says_that_a_person_must_decide() -> None:
    page = _plain(methods_page(sample(5).case).decode())

    assert "It is not a statement about who made, received or leaked a file" in page
    assert "given this reference set" in page
    assert "human verdict is missing" in page
