"""What names say, by habit and by a user's patterns."""

import re
from pathlib import Path

import pytest
from made import attribution

from framematch.errors import ConfigError
from framematch.triage.codes import ShowPattern, code_of, read_name
from framematch.triage.patterns import read_patterns


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("INV_305_sc045_v03.psd", ("INV_305_sc045_v03", 3, 5, "045", None, 3)),
        ("OCTO_s02e14_sc010_sh020.png", ("s02e14_sc010_sh020", 2, 14, "010", "020", None)),
        ("Show - S03E05 - Title.mkv", ("S03E05", 3, 5, None, None, None)),
        ("show.3x05.avi", ("3x05", 3, 5, None, None, None)),
        ("TDK_1102_sc012a_v3.png", ("TDK_1102_sc012a_v3", 11, 2, "012a", None, 3)),
        ("ONW_101_sc004a00_v02.png", ("ONW_101_sc004a00_v02", 1, 1, "004a00", None, 2)),
        ("sc045", ("sc045", None, None, "045", None, None)),
    ],
)
def test_read_name_by_habit(name: str, said: tuple[object, ...]) -> None:
    code = read_name(name)
    assert code is not None
    found = (code.text, code.season, code.episode, code.scene, code.shot, code.version)
    assert found == said


@pytest.mark.parametrize(
    "name",
    ["scan_0042.png", "IMG_1920x1080.png", "clip_1080p.mp4", "v03.png", "DSC_1234.jpg", "x264.mkv"],
)
def test_read_name_that_says_nothing_is_none(name: str) -> None:
    assert read_name(name) is None


def test_code_agrees_with_the_picture_or_does_not() -> None:
    seen = attribution("Invincible")
    by_show = [ShowPattern("Invincible", re.compile(r"INV_(?P<season>\d)(?P<episode>\d\d)"))]
    assert code_of(["INV_305_sc1.png"], by_show, seen).agrees is True  # type: ignore[union-attr]
    assert code_of(["INV_306_sc1.png"], by_show, seen).agrees is False  # type: ignore[union-attr]
    assert code_of(["INV_305_sc1.png"], by_show, attribution(None)).agrees is None  # type: ignore[union-attr]


def test_code_without_a_show_agrees_with_none() -> None:
    # The name may be another show's: its episode is the same by chance.
    code = code_of(["CQF_305_sc1.png"], (), attribution("Invincible"))
    assert code is not None
    assert (code.season, code.episode, code.agrees) == (3, 5, None)


def test_code_of_a_show_pattern_names_the_show() -> None:
    pattern = ShowPattern("Invincible", re.compile(r"INV(?P<episode>\d\d)"))
    code = code_of(["a/INV05.png"], [pattern], attribution("Octonauts"))
    assert code is not None
    assert (code.show, code.season, code.episode, code.agrees) == ("Invincible", None, 5, False)


def test_code_of_a_nameless_file_is_that_of_its_folder() -> None:
    code = code_of(["drop/INV_305_sc045.zip!/0001.png"], (), attribution(None))
    assert code is not None
    assert (code.episode, code.scene) == (5, "045")


def test_patterns_are_read_in_order(tmp_path: Path) -> None:
    file = tmp_path / "p.yaml"
    file.write_text("shows:\n  B: ['b(?P<shot>\\d+)', 'c']\n  A:\n    - 'a(?P<version>\\d+)'\n")
    assert [(one.show, one.pattern.pattern) for one in read_patterns(file)] == [
        ("B", r"b(?P<shot>\d+)"),
        ("B", "c"),
        ("A", r"a(?P<version>\d+)"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("shows:\n  A: ['(']\n", r"line 2: '\(' is no pattern"),
        ("shows:\n  A:\n    - 'x'\n    - '(?P<reel>.)'\n", "line 4: nobody knows the group 'reel'"),
        ("shows:\n  A: ['(a+)+$']\n", "line 2: .* takes too long"),
        ("shows:\n  A: 'x'\n", "line 2: write the patterns of a show as a list"),
        ("show:\n  A: ['x']\n", "line 1: nobody knows the key 'show'"),
        ("shows: [", "line 1: is no YAML"),
        ("", "has the key shows"),
        ("shows: {}", "holds no patterns"),
    ],
)
def test_patterns_that_are_wrong_are_named_by_file_and_line(
    tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "p.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=said) as caught:
        read_patterns(file)
    assert str(file) in str(caught.value)
