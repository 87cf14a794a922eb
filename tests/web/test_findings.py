"""The list of findings over HTTP: the filters of the page, groups, records."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from desks import Served, serve_sample

from framematch.report import words
from framematch.report.shell import asset
from framematch.web.routes.timelines import TimelinesAnswer
from framematch.web.selecting import ORDERS

#: Choices as the page's state has them; what is left out is as usual.
CHOICES: tuple[dict[str, Any], ...] = (
    {},
    {"q": "INV_1 v01"},
    {"q": "눈을"},
    {"show": "Tin & Robots", "sort": "episode", "dir": "down"},
    {"episode": "S01E02", "verdict": ["match"], "sort": "confidence"},
    {"stage": ["line-art", "rough"], "relation": ["work-in-progress"], "sort": "stage"},
    {"from": 0.4, "to": 0.9, "sort": "confidence", "dir": "down"},
    {"folder": "inbox/tin", "flag": ["annotations"], "sort": "show"},
    {"folder": "inbox/harbour/e03/parcel.zip", "sort": "relation"},
    {"moved": ["gone", "renamed"], "sort": "moved"},
    {"now": True, "script": ["Han", "Latin"], "progress": ["in-progress"], "sort": "verdict"},
    {"human": ["confirmed", "disputed"]},
    {"shot": "sc0004"},
    {"human": ["open"], "verdict": ["no-match", "inconclusive"], "dir": "down"},
)


@pytest.fixture(scope="module")
def decided(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a desk at which two people have said something, to be looked at."""
    for desk in serve_sample(tmp_path_factory.mktemp("decided") / "case"):
        keys = [one.key for one in desk.made.case.findings if one.attribution.show]
        desk.post("/verdicts", {"who": "Kim", "keys": keys[:2], "judgement": "confirmed"})
        desk.post("/verdicts", {"who": "Lee", "keys": [keys[1]], "judgement": "not-ours"})
        yield desk


def as_the_page(desk: Served, tmp_path: Path) -> list[dict[str, Any]]:
    """Return what the page's own script gives for `CHOICES`."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
    if program is None:
        pytest.skip("chromium is not on the path; it runs the page's script to compare with")
    told = {"run": desk.review.case.run, "words": words.for_scripts(), "has_case": True}
    read = json.dumps({"data": told, "rows": desk.review.rows()}).replace("<", "\\u003c")
    page = tmp_path / "choose.html"
    page.write_text(
        f"<meta charset=utf-8><body><script>const read = {read};\n"
        "const readJson = (name) => read[name];\n"
        f"{asset('rows.js')}\n"
        "const usual = { q: '', show: '', episode: '', at: '', folder: '', shot: '', now: '',\n"
        "  from: 0, to: 1, sort: 'path', dir: 'up' };\n"
        "for (const facet of FACETS) usual[facet.name] = [];\n"
        f"const found = {json.dumps(CHOICES)}.map((one) => select({{ ...usual, ...one }}));\n"
        "document.body.textContent = JSON.stringify(found.map(({ shown, counts }) => ({\n"
        "  keys: shown.map((row) => row.key),\n"
        "  counts: Object.fromEntries(Object.entries(counts).map(([facet, numbers]) =>\n"
        "    [facet, Object.fromEntries(numbers)])),\n"
        "})));\n</script>",
        encoding="utf-8",
    )
    options = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
    done = subprocess.run(
        [program, *options, f"--user-data-dir={tmp_path / 'browser'}", page.as_uri()],
        check=True,
        capture_output=True,
    )
    text = html.unescape(re.sub("<[^>]*>", "", done.stdout.decode()))
    answer: list[dict[str, Any]] = json.loads(text)
    return answer


def test_filters_give_what_the_page_gives(decided: Served, tmp_path: Path) -> None:
    sizes = set()
    for choice, page in zip(CHOICES, as_the_page(decided, tmp_path), strict=True):
        found = decided.get("/findings", **choice)

        assert [row["key"] for row in found["findings"]] == page["keys"], choice
        assert found["counts"] == page["counts"], choice
        assert found["total"] == len(page["keys"]) > 0, choice
        sizes.add(found["total"])
    assert len(sizes) > 5  # the filters did choose


def test_list_is_handed_out_in_parts(decided: Served) -> None:
    whole = decided.get("/findings", sort="confidence")
    parts = [decided.get("/findings", sort="confidence", offset=at, limit=7) for at in (0, 7, 56)]

    assert whole["total"] == 60
    assert [len(part["findings"]) for part in parts] == [7, 7, 4]
    assert parts[0]["findings"] + parts[1]["findings"] == whole["findings"][:14]
    assert parts[2]["findings"] == whole["findings"][56:]
    assert {part["total"] for part in parts} == {60}
    confidences = [row["confidence"] for row in whole["findings"]]
    assert all(one >= other for one, other in pairwise(confidences))


@pytest.mark.parametrize(
    "asked",
    [
        {"verdict": "maybe"},
        {"human": "nobody"},
        {"sort": "colour"},
        {"episode": "1x02"},
        {"from": "nan"},
        {"from": 1.5},
        {"limit": 1001},
        {"limit": 0},
        {"offset": -1},
        {"shwo": "Tin & Robots"},
    ],
)
def test_filter_that_is_none_is_refused(looked_at: Served, asked: dict[str, Any]) -> None:
    answer = looked_at.client.get("/api/v1/findings", params=asked)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"
    assert next(iter(asked)) in answer.json()["error"]["message"]


def test_every_facet_of_the_page_can_be_asked_for(looked_at: Served) -> None:
    described = looked_at.client.get("/api/v1/openapi.json").json()
    taken = {one["name"] for one in described["paths"]["/api/v1/findings"]["get"]["parameters"]}

    assert taken >= set(ORDERS)
    assert taken >= {"show", "episode", "at", "folder", "shot", "from", "to", "q", "now"}


def test_two_people_who_differ_are_seen_in_the_row(decided: Served) -> None:
    (row,) = decided.get("/findings", human="disputed")["findings"]

    people = decided.get("/finding", key=row["key"])["human"]
    assert people["disputed"]
    assert [(one["who"], one["judgement"]) for one in people["opinions"]] == [
        ("Kim", "confirmed"),
        ("Lee", "not-ours"),
    ]


def test_group_is_the_shot_in_order_of_version(decided: Served) -> None:
    rows = decided.get("/findings", limit=1000)["findings"]
    one = next(row for row in rows if row["shot"] == "sc0004")

    group = decided.get("/finding/group", key=one["key"])

    assert group["shot"] == "sc0004"
    assert {row["key"] for row in group["versions"]} == {
        row["key"] for row in rows if row["shot"] == "sc0004"
    }
    turns = [row["turn"] for row in group["versions"]]
    assert turns == sorted(turns)
    assert len(turns) > 1
    assert set(group["together"]) == {
        row["key"] for row in group["versions"] if row["show"] == one["show"]
    }


def test_group_of_a_finding_that_is_alone_is_itself(decided: Served) -> None:
    rows = decided.get("/findings", limit=1000)["findings"]
    one = next(row for row in rows if row["shot"] is None)

    group = decided.get("/finding/group", key=one["key"])

    assert [row["key"] for row in group["versions"]] == group["together"] == [one["key"]]
    assert group["parts"] == []


@pytest.mark.parametrize("path", ["/finding", "/finding/record", "/finding/group"])
def test_finding_that_is_not_there_is_told(looked_at: Served, path: str) -> None:
    answer = looked_at.client.get(f"/api/v1{path}", params={"key": "0" * 64})

    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "no-finding"


def test_record_is_the_line_of_the_export(served: Served) -> None:
    key = next(one.key for one in served.made.case.findings if one.attribution.show)
    served.post("/verdicts", {"who": "Kim", "keys": [key], "judgement": "confirmed"})
    served.post("/export", {}, 200)

    lines = (served.folder / "findings.jsonl").read_bytes().splitlines(keepends=True)

    asked = [{"key": json.loads(line)["key"]} for line in lines]
    said = [served.client.get("/api/v1/finding/record", params=one).content for one in asked]
    assert said == lines
    assert any(b'"who": "Kim"' in line for line in lines)


def test_timelines_have_every_place_with_what_people_say(decided: Served) -> None:
    answer = decided.get("/timelines")
    TimelinesAnswer.model_validate(answer, strict=True)
    lines = answer["timelines"]
    rows = {row["key"]: row for row in decided.get("/findings", limit=1000)["findings"]}
    placed = {place["key"] for line in lines for place in line["places"]}

    run = decided.review.case.run
    assert placed == {
        key for key, row in rows.items() if row["verdict"] == "match" and row["last_run"] == run
    }
    for line in lines:
        for place in line["places"]:
            row = rows[place["key"]]
            assert (place["human"], place["stage"]) == (row["human"], row["stage"])
            assert 0 <= place["start_s"] <= place["end_s"] <= line["duration_s"]
    assert {"confirmed", "disputed", "open"} == {
        place["human"] for line in lines for place in line["places"]
    }


def test_timelines_of_a_finding_are_those_that_show_it(decided: Served) -> None:
    key = next(
        one.key
        for one in decided.made.case.findings
        if len(one.attribution.matches) > 1 and one.attribution.show
    )

    lines = decided.get("/timelines", key=key)["timelines"]

    assert len(lines) == 4  # the same picture is in each episode
    sure = [[one["sure"] for one in line["places"] if one["key"] == key] for line in lines]
    assert sorted(sure) == [[False], [False], [False], [True]]
    assert any(one["key"] != key for line in lines for one in line["places"])
