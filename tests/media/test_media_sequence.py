"""Numbered pictures: which names are one sequence, and which of its files are looked at."""

from pathlib import Path

import pytest

from framematch.media import NumberedSequence, group_sequences

FOLDER = Path("leak") / "sc045"


def numbered(numbers: range, name: str = "shot_{:04d}.png") -> list[Path]:
    return [FOLDER / name.format(number) for number in numbers]


def only(paths: list[Path]) -> NumberedSequence:
    (found,) = group_sequences(paths)
    assert isinstance(found, NumberedSequence)
    return found


def test_group_sequences_numbered_files_are_one_sequence_by_number() -> None:
    paths = numbered(range(1, 13))
    found = only(paths[::-1])
    assert found.paths == tuple(paths)
    assert found.numbers == tuple(range(1, 13))
    assert found.name == str(FOLDER / "shot_[0001-0012].png")


@pytest.mark.parametrize(("n", "expected"), [(4, 4), (5, 1)])
def test_group_sequences_needs_five_files(n: int, expected: int) -> None:
    assert len(group_sequences(numbered(range(1, n + 1)))) == expected


def test_group_sequences_keeps_the_order_and_every_other_file() -> None:
    frames = numbered(range(1, 7))
    others = [FOLDER / "a.png", FOLDER / "b2.png", FOLDER / "clip.mp4"]
    found = group_sequences([others[0], frames[3], others[1], *frames[:3], *frames[4:], others[2]])
    assert found[0] == others[0]
    assert isinstance(found[1], NumberedSequence)
    assert found[1].paths == tuple(frames)
    assert found[2:] == [others[1], others[2]]


def test_group_sequences_of_a_long_shot_looks_at_each_name_a_few_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    frames = numbered(range(1, 1001))
    asked = 0
    real = Path.__hash__

    def counted(path: Path) -> int:
        nonlocal asked
        asked += 1
        return real(path)

    monkeypatch.setattr(type(frames[0]), "__hash__", counted)
    assert len(only(frames).paths) == 1000
    assert asked < 50 * 1000


@pytest.mark.parametrize(
    "name",
    ["{:d}.tga", "A_{:04d}.tga", "sc045_v2_{:03d}.JPG", "take 3 frame{:d} final.png"],
)
def test_group_sequences_finds_the_number_that_changes(name: str) -> None:
    found = only(numbered(range(95, 106), name))
    assert found.numbers == tuple(range(95, 106))


def test_group_sequences_other_folder_shot_or_suffix_is_another_sequence() -> None:
    shots = numbered(range(1, 6)) + numbered(range(1, 6), "shot_{:04d}.tif")
    shots += numbered(range(1, 6), "other_{:04d}.png")
    shots += [Path("elsewhere") / path.name for path in numbered(range(1, 6))]
    assert [len(one.paths) for one in group_sequences(shots) if not isinstance(one, Path)] == [
        5
    ] * 4


def test_group_sequences_drawings_on_fours_are_one_and_a_long_gap_begins_another() -> None:
    held = numbered(range(1, 41, 4))
    assert only(held).numbers == tuple(range(1, 41, 4))
    found = group_sequences(held + numbered(range(100, 140, 4)))
    assert [one.name for one in found if not isinstance(one, Path)] == [
        str(FOLDER / "shot_[0001-0037].png"),
        str(FOLDER / "shot_[0100-0136].png"),
    ]


def test_group_sequences_thinly_numbered_files_and_videos_are_single() -> None:
    thin = numbered(range(1, 200, 20))
    videos = numbered(range(1, 9), "episode {:02d}.mp4")
    assert group_sequences(thin) == thin
    assert group_sequences(videos) == videos
    assert group_sequences([]) == []


def test_sequence_time_is_counted_from_the_first_file_at_24_per_second() -> None:
    found = only(numbered(range(101, 150, 2)))
    assert [found.timestamp_s(position) for position in (0, 12, 24)] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("numbers", "most", "looked_at"),
    [
        (range(1, 6), 120, range(1, 6)),
        (range(1, 145), 120, range(1, 145, 6)),
        (range(1, 49), 120, range(1, 49, 4)),
        (range(1, 10_000), 100, range(1, 10_000, 100)),
    ],
)
def test_sequence_sample_is_even_and_no_larger_than_asked(
    numbers: range, most: int, looked_at: range
) -> None:
    found = only(numbered(numbers))
    assert [found.numbers[position] for position in found.sample(most)] == list(looked_at)


def test_sequence_sample_of_held_drawings_takes_the_one_that_stands_and_each_once() -> None:
    found = only([FOLDER / f"shot_{number:04d}.png" for number in (1, 2, 3, 4, 5, 6, 8, 30, 34)])
    assert found.sample(120) == sorted(set(found.sample(120)))
    assert [found.numbers[position] for position in found.sample(5)] == [1, 8]
