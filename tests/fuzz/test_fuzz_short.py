"""A short, seeded run of what `python -m benchmarks.fuzz` runs for hours."""

from pathlib import Path
from random import Random

import pytest

from benchmarks.fuzz.campaign import Campaign
from benchmarks.fuzz.mutate import mutated
from benchmarks.fuzz.parse import parse
from benchmarks.fuzz.parsers import judged, seeded
from benchmarks.fuzz.seeds import seeds
from benchmarks.fuzz.targets import TARGETS, Target

#: Formats whose seeds take no encoder of video: those are in the long run.
PICTURES = ("png", "jpeg", "gif", "webp", "tiff", "psd", "exr", "clip", "pdf", "tga", "bmp", "ppm")
OTHERS = ("jpeg2000", "avif", "zip", "7z", "tar", "gzip", "bzip2", "xz")
VIDEOS = ("matroska", "mpegts")


@pytest.mark.parametrize("name", TARGETS)
def test_parser_given_mutated_input_raises_nothing_but_its_own_errors(name: str) -> None:
    assert list(seeded(TARGETS[name], runs=8, seed=6)) == []


def test_media_of_every_format_mutated_give_pictures_or_an_error_that_names_them(
    tmp_path: Path,
) -> None:
    campaign = Campaign(seeds((*PICTURES, *OTHERS, *VIDEOS)), tmp_path, seed=6)
    tally = campaign.run(lambda number: number < 92)
    assert tally.told == {}
    assert sum(tally.files.values()) == 92
    # Neither all of it refused nor all of it shown: the mutations reach what they are meant to.
    assert sum(tally.shown.values()) > 15
    assert sum(tally.refused.values()) > 15


def test_seed_of_any_format_is_written_back_as_it_was() -> None:
    for name, files in seeds((*PICTURES, *OTHERS)).items():
        for data in files:
            again = parse(name, data).write()
            # A tar file is filled up to whole records, which is left away.
            assert again.rstrip(b"\0") == data.rstrip(b"\0"), name


def test_mutation_with_the_same_dice_gives_the_same_file() -> None:
    files = seeds(("png",))["png"]
    made = [[mutated("png", files, Random(number)) for number in range(20)] for _ in range(2)]
    assert made[0] == made[1]
    assert len(set(made[0])) > 10


def test_target_that_raises_something_else_is_found(tmp_path: Path) -> None:
    def broken(data: bytes, folder: Path) -> None:
        raise (KeyError if b"x" in data else ValueError)(folder.name)

    target = Target("broken", lambda: (b"x",), broken, (ValueError,))
    assert judged(target, b"a", tmp_path) is None
    found = judged(target, b"x", tmp_path)
    assert found is not None
    assert found.kind == "raised"
    assert "KeyError" in found.where
