"""The journal's JSON keeps every bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made import finding

from framematch.case_records import Finding, Note
from framematch.triage.codec import decode, encode

SHARES = st.floats(0, 1)
NOTES = st.builds(
    Note,
    st.tuples(SHARES, SHARES, SHARES, SHARES),
    st.lists(st.sampled_from(["Han", "Kana"])).map(tuple),
    st.none() | st.text(),
    st.none() | SHARES,
)


@given(NOTES)
def test_record_turns_back_to_its_last_bit(note: Note) -> None:
    assert decode(Note, encode(note)) == note


def test_finding_turns_back() -> None:
    one = finding("a.png", "b.png", show="Alpha", part="layer/Lines", at_s=1 / 3)
    assert decode(Finding, encode(one)) == one


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"box": 1}', "null", "[" * 100_000])
def test_damaged_text_is_no_record(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever it says
        decode(Note, text)
