"""Paths of a case: readable, safe to print, and reversible."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from framematch.triage.paths import bytes_of, folder_of, member_path, text_of

#: Paths as a file system has them: no NUL, no empty names.
NAMES = st.binary(min_size=1, max_size=20).filter(lambda name: not {0, 47} & set(name))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map(b"/".join)
TEXTS = st.lists(st.text(st.characters(exclude_characters="\0/"), min_size=1), min_size=1).map(
    "/".join
)


@given(PATHS)
def test_text_of_any_bytes_turns_back(path: bytes) -> None:
    assert bytes_of(text_of(path)) == path


@given(TEXTS.filter(lambda text: not any("\ud800" <= c <= "\udfff" for c in text)))
def test_text_of_any_text_turns_back_and_keeps_to_one_line(text: str) -> None:
    written = text_of(text.encode())
    assert bytes_of(written) == text.encode()
    assert len(written.splitlines()) == 1


@given(PATHS)
def test_text_of_any_bytes_never_looks_like_inside_an_archive(path: bytes) -> None:
    assert "!/" not in text_of(path)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("drop/映像/컷 045.png".encode(), "drop/映像/컷 045.png"),
        (b"100%.png", "100%25.png"),
        (b"\xff\xfe.png", "%FF%FE.png"),
        (b"a\nb\x1b[31m.png", "a%0Ab%1B[31m.png"),
        ("gnp\u202e.exe".encode(), "gnp%E2%80%AE.exe"),
        (b"a.zip!/x.png", "a.zip%21/x.png"),
        (b"wow!.png", "wow!.png"),
    ],
)
def test_text_of_hostile_names_is_safe_to_print(path: bytes, text: str) -> None:
    assert text_of(path) == text


def test_folder_of_member_is_its_archive() -> None:
    inside = member_path("drop/a.zip", "b/c.zip")
    assert folder_of(member_path(inside, "d.png")) == "drop/a.zip!/b/c.zip"
    assert folder_of(inside) == "drop/a.zip!/b"
    assert folder_of(member_path("a.zip", "d.png")) == "a.zip"
