"""What the methods page says: what made the findings, how often it errs, what it does not say."""

import json
from typing import Any

from framematch.case_records import Case
from framematch.report import words
from framematch.report.shell import asset


def methods_values(case: Case) -> dict[str, Any]:
    """Return what the template of the methods page shows."""
    return {
        "case": case,
        "methods": case.methods,
        "accuracy": json.loads(asset("accuracy.json")),
        "words": words,
    }
