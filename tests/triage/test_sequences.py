"""Which numbered files may be one shot."""

import pytest

from framematch.triage.sequences import Numbered, numbered


def names(pattern: str, numbers: range) -> list[str]:
    return [pattern.format(number) for number in numbers]


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("cut/INV_305_sc045_{:04d}.png", "cut/INV_305_sc045_[0001-0008].png"),
        ("shot_{:04d}.png", "shot_[0001-0008].png"),
        ("a.zip!/sc045_v02.{:04d}.tif", "a.zip!/sc045_v02.[0001-0008].tif"),
        ("{:d}.jpg", "[1-8].jpg"),
        ("%FF_{:03d}.png", "%FF_[001-008].png"),
    ],
)
def test_numbered_frames_are_one(pattern: str, name: str) -> None:
    paths = names(pattern, range(1, 9))
    assert numbered(paths) == [Numbered(name, tuple(paths), tuple(range(1, 9)))]


@pytest.mark.parametrize(
    "pattern",
    [
        "INV_305_sc045_v{:02d}.png",
        "INV_305_sc045_ver_{:02d}.png",
        "INV_305_sc{:03d}.png",
        "OCTO_s02e14_sc010_sh{:03d}.jpg",
        "Show S01E{:02d}.png",
        "page{:d}.png",
        "INV_305_{:03d}.psd",
    ],
)
def test_numbered_versions_scenes_and_layered_drawings_stay_apart(pattern: str) -> None:
    paths = names(pattern, range(1, 9))
    assert numbered(paths) == paths


def test_numbered_versions_of_a_shot_are_a_sequence_each() -> None:
    paths = [
        f"sc045_v{version:02d}_{frame:04d}.png" for version in range(1, 8) for frame in range(1, 7)
    ]
    found = numbered(paths)
    assert [one.name for one in found if isinstance(one, Numbered)] == [
        f"sc045_v{version:02d}_[0001-0006].png" for version in range(1, 8)
    ]


def test_members_whose_names_only_look_different_are_both_kept() -> None:
    assert numbered(["a.tar!/./1.png", "a.tar!/1.png", "a.tar!/b//2.png"]) == [
        "a.tar!/./1.png",
        "a.tar!/b//2.png",
        "a.tar!/1.png",
    ]
