"""Verdicts over HTTP: who decided what is there at once, and in what is written afterwards."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from desks import Served

from framematch.triage import verify
from framematch.verdicts import read_log, standing_of


def test_verdict_is_in_the_rows_at_once(served: Served) -> None:
    key = next(one.key for one in served.made.case.findings if one.attribution.show)

    said = served.post("/verdicts", {"who": "Kim", "keys": [key], "judgement": "confirmed"})

    assert said["standings"][key]["label"] == "confirmed"
    assert served.get("/finding", key=key)["row"]["human"] == "confirmed"


def test_export_is_written_and_says_how_much_is_decided(served: Served) -> None:
    key = next(one.key for one in served.made.case.findings if one.attribution.show)
    served.post("/verdicts", {"who": "Kim", "keys": [key], "judgement": "confirmed"})

    said = served.post("/export", {}, 200)

    assert said == {"findings": 20, "decided": 1, "disputed": 0, "log_entries": 1}


def shows_of(served: Served) -> dict[str, list[str]]:
    """Return the keys of findings by the show that the machine names."""
    shows: dict[str, list[str]] = {}
    for row in served.review.rows():
        if row["show"]:
            shows.setdefault(row["show"], []).append(row["key"])
    return shows


def test_group_of_one_show_is_decided_at_once_and_one_of_several_not_at_all(
    served: Served,
) -> None:
    first, second, *_ = shows_of(served).values()
    head = served.get("/health")["case"]["log_head"]

    refused = served.post(
        "/verdicts",
        {"who": "Kim", "keys": [first[0], second[0]], "judgement": "confirmed"},
        422,
    )

    assert "one show at a time" in refused["error"]["message"]
    assert served.get("/health")["case"]["log_head"] == head
    assert served.get("/findings", human="open")["total"] == 20
    said = served.post("/verdicts", {"who": "Kim", "keys": first[:3], "judgement": "confirmed"})
    assert [one["key"] for one in said["entry"]["findings"]] == first[:3]
    assert {one["key"] for one in served.get("/findings", human="confirmed")["findings"]} == set(
        first[:3]
    )


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"keys": ["0" * 64]}, "no finding"),
        ({"who": " "}, "nobody is named"),
        ({"judgement": "other-show"}, "no name"),
        ({"judgement": "not-ours", "show": "Tin & Robots"}, "leave the show out"),
        ({"judgement": "maybe"}, "judgement"),
        ({"why": "a\x00b"}, "not shown"),
        ({"reason": "x"}, "reason"),
    ],
)
def test_verdict_that_says_nothing_is_refused_and_not_kept(
    looked_at: Served, wrong: dict[str, Any], why: str
) -> None:
    key = shows_of(looked_at).popitem()[1][0]
    request = {"who": "Kim", "keys": [key], "judgement": "confirmed", **wrong}
    head = looked_at.review.head

    refused = looked_at.post("/verdicts", request, 422)

    assert why in refused["error"]["message"]
    assert looked_at.get("/verdicts")["head"] == head


def test_head_moves_with_every_entry_and_each_names_the_one_before(served: Served) -> None:
    key = shows_of(served).popitem()[1][0]
    heads = [served.get("/health")["case"]["log_head"]]
    for path, request in (
        ("/verdicts", {"keys": [key], "judgement": "confirmed"}),
        ("/notes", {"keys": [key], "text": "seen in the trailer"}),
        ("/undo", {"number": 1}),
    ):
        served.post(path, {"who": "Kim", **request})
        heads.append(served.get("/health")["case"]["log_head"])

    log = served.get("/verdicts")
    assert [entry["previous"] for entry in log["entries"]] == heads[:-1]
    assert [entry["sha256"] for entry in log["entries"]] == heads[1:]
    assert log["head"] == heads[-1]
    assert served.get("/finding", key=key)["row"]["human"] == "open"


def test_undo_of_what_another_decided_is_refused(served: Served) -> None:
    key = shows_of(served).popitem()[1][0]
    served.post("/verdicts", {"who": "Kim", "keys": [key], "judgement": "confirmed"})

    refused = served.post("/undo", {"who": "Lee", "number": 1}, 422)

    assert "only they take it back" in refused["error"]["message"]
    served.post("/undo", {"who": "Kim", "number": 1})
    again = served.post("/undo", {"who": "Kim", "number": 1}, 422)
    assert "taken back already" in again["error"]["message"]
    unknown = served.post("/undo", {"who": "Kim", "number": 9}, 422)
    assert "no entry 9" in unknown["error"]["message"]


def test_dispute_ends_when_one_takes_it_back(served: Served) -> None:
    key = shows_of(served).popitem()[1][0]
    served.post("/verdicts", {"who": "Kim", "keys": [key], "judgement": "confirmed"})
    said = served.post("/verdicts", {"who": "Lee", "keys": [key], "judgement": "not-this-show"})

    assert said["standings"][key]["label"] == "disputed"
    assert said["standings"][key]["human"]["judgement"] is None
    assert [row["key"] for row in served.get("/findings", human="disputed")["findings"]] == [key]

    served.post("/undo", {"who": "Lee", "number": 2, "why": "the wrong key"})

    assert served.get("/findings", human="disputed")["total"] == 0
    assert [row["key"] for row in served.get("/findings", human="confirmed")["findings"]] == [key]


def test_two_people_at_once_lose_nothing(served: Served) -> None:
    keys = [row["key"] for row in served.review.rows()]

    def decide(who: str) -> list[int]:
        return [
            served.post("/verdicts", {"who": who, "keys": [key], "judgement": "not-ours"})["entry"][
                "number"
            ]
            for key in keys
        ]

    with ThreadPoolExecutor(2) as people:
        numbers = list(people.map(decide, ("Kim", "Lee")))

    assert all(one == sorted(one) for one in numbers)
    assert sorted(numbers[0] + numbers[1]) == list(range(1, 2 * len(keys) + 1))
    kept = read_log(served.folder, served.get("/health")["case"]["log_head"])
    assert [entry.who for entry in kept].count("Kim") == len(keys)
    standing = standing_of(kept)
    for row in served.get("/findings")["findings"]:
        assert row["human"] == "not-ours"
        assert {one.who for one in standing[row["key"]].opinions} == {"Kim", "Lee"}


def test_verdicts_while_the_case_is_written_are_in_the_next_export(served: Served) -> None:
    keys = [row["key"] for row in served.review.rows()]

    def decide() -> None:
        for key in keys:
            served.post("/verdicts", {"who": "Kim", "keys": [key], "judgement": "unsure"})

    with ThreadPoolExecutor(3) as people:
        exports = [people.submit(served.post, "/export", {}, 200) for _ in range(2)]
        people.submit(decide).result()
        during = [one.result()["log_entries"] for one in exports]

    assert all(0 <= number <= len(keys) for number in during)
    assert served.post("/export", {}, 200)["log_entries"] == len(keys)
    assert verify(served.folder) == ()
    lines = (served.folder / "findings.jsonl").read_text(encoding="ascii").splitlines()
    said = [json.loads(line)["human"] for line in lines]
    assert [one["opinions"][0]["judgement"] for one in said] == ["unsure"] * len(keys)
