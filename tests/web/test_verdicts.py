"""Verdicts over HTTP: who decided what is there at once, and in what is written afterwards."""

from desks import Served


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
