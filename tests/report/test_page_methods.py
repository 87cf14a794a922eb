"""The methods page: figures as documented, words as in the glossary, nothing beyond them."""

import json
import re
from dataclasses import replace
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


def test_methods_page_of_a_large_index_names_its_shows_and_only_the_files_it_speaks_of() -> None:
    case = sample(20).case
    others = tuple(
        replace(case.references[0], sha256=f"{n:064x}", path=f"other/{n}.mkv", show="Another")
        for n in range(3_000)
    )

    page = methods_page(replace(case, references=case.references + others)).decode()

    assert "Another" in page
    assert "3,000" in page
    assert "other/7.mkv" not in page
    assert {r.sha256 for r in case.references if r.sha256 in page}
