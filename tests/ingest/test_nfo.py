"""What `.nfo` files say, and that a bad one is a note."""

import os
from pathlib import Path

import pytest

from framematch.ingest.nfo import MAX_BYTES, NfoReader

EPISODE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<episodedetails>
  <title>A Deal</title>
  <showtitle>Invincible &amp; Co</showtitle>
  <season>3</season>
  <episode>2</episode>
  <actor><name>Somebody</name><role>Season</role></actor>
</episodedetails>
"""


def _written(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_nfo_of_an_episode_names_show_season_and_episode(tmp_path: Path) -> None:
    _written(tmp_path / "a.nfo", EPISODE)
    nfo = NfoReader().read(tmp_path / "a.mkv", None)
    assert (nfo.show, nfo.season, nfo.episode, nfo.kind) == ("Invincible & Co", 3, 2, "episode")
    assert nfo.note is None


def test_nfo_of_two_episodes_counts_as_the_first(tmp_path: Path) -> None:
    _written(tmp_path / "a.nfo", EPISODE + EPISODE.partition("\n")[2].replace(">2<", ">3<"))
    assert NfoReader().read(tmp_path / "a.mkv", None).episode == 2


def test_nfo_of_the_show_in_a_folder_above_names_the_show(tmp_path: Path) -> None:
    _written(tmp_path / "Show" / "tvshow.nfo", "<tvshow><title>The Show</title></tvshow>")
    reader = NfoReader()
    for season in ("Season 01", "Season 02"):
        nfo = reader.read(tmp_path / "Show" / season / "x.mkv", tmp_path)
        assert (nfo.show, nfo.kind) == ("The Show", None)


def test_nfo_of_the_show_outside_the_given_folder_is_not_looked_for(tmp_path: Path) -> None:
    _written(tmp_path / "tvshow.nfo", "<tvshow><title>Elsewhere</title></tvshow>")
    root = tmp_path / "library"
    (root / "Show").mkdir(parents=True)
    assert NfoReader().read(root / "Show" / "x.mkv", root).show is None


@pytest.mark.parametrize("name", ["movie.nfo", "Film.nfo"])
def test_nfo_of_a_film_names_it(tmp_path: Path, name: str) -> None:
    _written(tmp_path / name, "<movie><title>The Film</title><year>2019</year></movie>")
    nfo = NfoReader().read(tmp_path / "Film.mkv", None)
    assert (nfo.show, nfo.kind, nfo.episode) == ("The Film", "film", None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><movie>&a;</movie>', "document"),
        ("<movie><title>x</movie>", "mismatched tag"),
        (b"<movie><title>" + b"x" * MAX_BYTES, "larger than"),
    ],
    ids=["entity", "damaged", "large"],
)
def test_nfo_that_cannot_be_used_is_a_note(tmp_path: Path, text: str | bytes, reason: str) -> None:
    bad = _written(tmp_path / "a.nfo", text)
    nfo = NfoReader().read(tmp_path / "a.mkv", None)
    assert nfo.show is None
    assert nfo.note is not None
    assert nfo.note.startswith(f"{bad}: not used (")
    assert reason in nfo.note


def test_nfo_with_an_address_only_says_nothing(tmp_path: Path) -> None:
    _written(tmp_path / "a.nfo", "https://example.org/title/tt123\n")
    nfo = NfoReader().read(tmp_path / "a.mkv", None)
    assert (nfo.show, nfo.note) == (None, None)


def test_nfo_numbers_that_are_none_say_nothing(tmp_path: Path) -> None:
    _written(tmp_path / "a.nfo", EPISODE.replace(">3<", ">-1<").replace(">2<", ">two<"))
    nfo = NfoReader().read(tmp_path / "a.mkv", None)
    assert (nfo.season, nfo.episode) == (None, None)


def test_nfo_in_an_encoding_that_nobody_knows_is_a_note(tmp_path: Path) -> None:
    _written(tmp_path / "a.nfo", '<?xml version="1.0" encoding="foo-bar"?><movie/>')
    nfo = NfoReader().read(tmp_path / "a.mkv", None)
    assert nfo.show is None
    assert "a.nfo: not used (" in (nfo.note or "")


@pytest.mark.parametrize("number", ["9" * 5000, "9" * 20, "123456"])
def test_nfo_number_of_too_many_digits_says_nothing(tmp_path: Path, number: str) -> None:
    _written(tmp_path / "a.nfo", EPISODE.replace(">3<", f">{number}<").replace(">2<", ">00002<"))
    nfo = NfoReader().read(tmp_path / "a.mkv", None)
    assert (nfo.season, nfo.episode) == (None, 2)


def test_nfo_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "tvshow.nfo")
    assert "not a regular file" in (NfoReader().read(tmp_path / "a.mkv", None).note or "")
