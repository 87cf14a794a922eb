"""What is read from where a file lies and what it is called."""

from pathlib import Path

import pytest
from guessit import guessit

from framematch.ingest.naming import read_names


def _read(path: str, root: str | None = "library") -> tuple[str | None, str | None, str]:
    names = read_names(Path(path), None if root is None else Path(root))
    episode = names.episode_id()
    return names.show, None if episode is None else str(episode), names.kind


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "library/Invincible/Season 03/Invincible - S03E02 - A Deal.mkv",
            ("Invincible", "S03E02", "episode"),
        ),
        ("library/Octonauts/Season 1/04 - The Whale.mp4", ("Octonauts", "S01E04", "episode")),
        ("library/Octonauts/oct.1x04.mp4", ("Octonauts", "S01E04", "episode")),
        ("library/The_Show.Name/S02/ep 11.mkv", ("The Show Name", "S02E11", "episode")),
        (
            "library/Iyanu Child of Wonder [1080p]/[Group] Iyanu - 07.mkv",
            ("Iyanu Child of Wonder", "S01E07", "episode"),
        ),
        ("library/Show/Specials/Show - S00E03.mkv", ("Show", "S00E03", "episode")),
        ("library/Show/Season 02/Show - S02 Trailer.mkv", ("Show", None, "trailer")),
        ("library/Show/NCOP1.mkv", ("Show", None, "opening")),
        ("library/Show/model sheet 12.png", ("Show", None, "model-sheet")),
        ("library/Show/frames/0012.png", ("Show", None, "still")),
        ("library/Show/still S01E02.png", ("Show", "S01E02", "still")),
        ("library/Show S03E02.mkv", ("Show", "S03E02", "episode")),
        ("library/Sintel (2010).mkv", ("Sintel", None, "film")),
        ("library/intro.mp4", (None, None, "other")),
        ("library/shorts/dragon_24.flv", ("shorts", None, "other")),
        ("library/Show/INV_305_sc045_v03.mov", ("Show", None, "other")),
        ("library/Show/\u7b2c03\u8a71.mkv", ("Show", "S01E03", "episode")),
    ],
)
def test_names_in_a_library_are_read(
    path: str, expected: tuple[str | None, str | None, str]
) -> None:
    assert _read(path) == expected


@pytest.mark.parametrize(
    ("path", "show"),
    [
        ("Octonauts/Season 1/a S01E01.mkv", "Octonauts"),
        ("downloads/Invincible S03E02.mkv", "Invincible"),
        ("Invincible S03E02.mkv", "Invincible"),
        ("Season 03/Invincible - S03E02.mkv", "Invincible"),
        ("downloads/clip.mp4", None),
        ("downloads/dragon_24.flv", None),
        ("disk/s3/shows/Octonauts - S01E02.mkv", "Octonauts"),
    ],
)
def test_show_of_a_single_file_is_told_from_its_season_folder_or_name(
    path: str, show: str | None
) -> None:
    assert _read(path, None)[0] == show


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        # identifiers and years, as Plex, Jellyfin and Sonarr write them
        ("Show (2019)/Season 01/Show (2019) - S01E02 - Title.mkv", ("Show", "S01E02", "episode")),
        ("Show (2019) [tvdbid-123]/Season 01/Show - s01e02.mkv", ("Show", "S01E02", "episode")),
        ("Show {tmdb-123} {edition-Cut}/Season 1/x - 1x02.mkv", ("Show", "S01E02", "episode")),
        ("Coco (2017) {imdb-tt2380307}/Coco (2017) [1080p].mkv", ("Coco", None, "film")),
        ("Movies/Coco (2017)/Coco (2017).mkv", ("Coco", None, "film")),
        ("TV Shows/Show/Season 02/Show - S02E01.mkv", ("Show", "S02E01", "episode")),
        # specials
        ("Show/Season 00/Show - S00E03 - Making of.mkv", ("Show", "S00E03", "episode")),
        ("Show/Specials/03 - Making of.mkv", ("Show", "S00E03", "episode")),
        ("Show/Season 01 [1080p]/Show - S01E03.mkv", ("Show", "S01E03", "episode")),
        # extras
        ("Show/Trailers/Trailer 2.mkv", ("Show", None, "trailer")),
        ("Show/Season 01/Trailers/Teaser - 01.mkv", ("Show", None, "trailer")),
        ("Show/Behind The Scenes/02 - Storyboards.mkv", ("Show", None, "other")),
        ("Show/Season 01/Featurettes/1 - Music.mkv", ("Show", None, "other")),
        ("Show/Extras/Show - S00E07 - Pilot.mkv", ("Show", "S00E07", "episode")),
        ("Coco (2017)/Coco (2017)-trailer.mkv", ("Coco", None, "trailer")),
        ("Coco (2017)/03 Land-behindthescenes.mkv", ("Coco", None, "other")),
        # several episodes
        ("Show/Season 01/Show - S01E01-E02.mkv", ("Show", "S01E01", "episode")),
        ("Show/Season 01/Show - S01E04E05E06.mkv", ("Show", "S01E04", "episode")),
        ("Show/Season 01/Show - S01E04-06.mkv", ("Show", "S01E04", "episode")),
        # by date: the year is the season, month and day are the episode
        ("Show/Show - 2019-03-14 - Title.mkv", ("Show", "S2019E314", "episode")),
        ("Show/Season 2019/Show.2019.11.02.720p.mkv", ("Show", "S2019E1102", "episode")),
        ("Show/Season 03/Show - 2019-03-14.mkv", ("Show", "S03E314", "episode")),
        # guessit does not see the number of a second version
        ("Show/[Group] Show - S01E02v2 [1080p].mkv", ("Show", "S01E02", "episode")),
        # numbered through
        ("Show/[Group] Show - 137 [1080p].mkv", ("Show", "S01E137", "episode")),
        ("One Piece/One Piece 1071.mkv", ("One Piece", "S01E1071", "episode")),
        ("One Piece/One Piece - 137 - Title.mkv", ("One Piece", "S01E137", "episode")),
        # the resolution is no episode
        ("Show/Season 01/Show - S01E02-720p.mkv", ("Show", "S01E02", "episode")),
    ],
)
def test_names_of_media_servers_are_read(
    path: str, expected: tuple[str | None, str | None, str]
) -> None:
    assert _read(f"library/{path}") == expected


@pytest.mark.parametrize(
    "name",
    [
        *("Show - S01E02 - Title", "show.s01e02.1080p.web-grp", "Show S01E02-E03", "s2e5"),
        *("Show - S00E03 - A 2x04 Title", "Show S01E02-03 Title", "x s1e2 y"),
        *("Show - S01 E02", "Show_S01.E02_x264", "Show S2019E0314"),
    ],
)
def test_plain_names_are_read_as_guessit_reads_them(name: str) -> None:
    guess = guessit(f"{name}.mkv", {"episode_prefer_number": True})
    episodes = guess["episode"] if isinstance(guess["episode"], list) else [guess["episode"]]
    names = read_names(Path(f"library/Show/{name}.mkv"), Path("library"))
    assert (names.season, names.episode) == (guess["season"], episodes[0])
    assert (names.note is None) == (len(episodes) == 1)


def test_folder_wins_over_the_name_of_the_file() -> None:
    assert _read("library/Right/Season 01/Wrong - S01E02.mkv")[0] == "Right"


def test_given_folder_without_others_inside_names_the_show(tmp_path: Path) -> None:
    (tmp_path / "Octonauts" / "Season 1").mkdir(parents=True)
    root = tmp_path / "Octonauts"
    assert read_names(root / "clip.mp4", root).show == "Octonauts"


def test_given_folder_with_others_inside_names_no_show(tmp_path: Path) -> None:
    (tmp_path / "material" / "Octonauts").mkdir(parents=True)
    root = tmp_path / "material"
    assert read_names(root / "clip.mp4", root).show is None


def test_several_episodes_in_a_file_count_as_the_first_and_are_noted() -> None:
    names = read_names(Path("library/Show/Show S01E03-E04.mkv"), Path("library"))
    assert names.episode == 3
    assert names.note == "Show S01E03-E04.mkv holds several episodes: indexed as the first"


def test_episode_without_a_season_is_noted() -> None:
    names = read_names(Path("library/Show/Show - 05.mkv"), Path("library"))
    assert (names.season, names.episode) == (1, 5)
    assert names.note == "the path names no season: taken as season 1"
