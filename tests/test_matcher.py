"""Unknown files to answers, over a small library: what an investigator would notice."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from drawings import drawing, inside, resized
from PIL import Image
from scenes import SIZE, write_image, write_video

from framematch.hashing import SPECS
from framematch.hashing.panels import overlap
from framematch.index import Index
from framematch.ingest import IngestItem, add
from framematch.matcher import Matcher
from framematch.matching.confidence import shipped_model
from framematch.media import NumberedSequence, group_sequences
from framematch.records import Attribution, EpisodeId, MediaInfo

Pixels = npt.NDArray[np.uint8]
Ask = Callable[..., Attribution]

#: Every episode of Alpha begins with its opening; then come scenes of its own, two seconds each.
#: Beta changes its picture twice a second. Gamma is a film.
OPENING = 100
ALPHA = {episode: [10 * episode + number for number in range(3)] for episode in (1, 2, 3)}
BETA = [200 + number for number in range(16)]
FILM = [300, 301]
STRANGERS = (900, 901, 902)


def small(seed: int) -> Pixels:
    return resized(drawing(seed), *SIZE)


@pytest.fixture(scope="module")
def index_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("matcher")
    items = [
        IngestItem(
            write_video(root / f"alpha{episode}.mp4", [small(s) for s in (OPENING, *seeds)]),
            "Alpha",
            EpisodeId(1, episode),
            "episode",
        )
        for episode, seeds in ALPHA.items()
    ]
    beta = write_video(root / "beta.mp4", [small(s) for s in BETA], each_s=0.5)
    items.append(IngestItem(beta, "Beta", EpisodeId(4, 7), "episode"))
    film = write_video(root / "film.mp4", [small(s) for s in FILM])
    items.append(IngestItem(film, "Gamma", None, "film"))
    report = add(root / "index", items)
    assert (len(report.added), report.failures) == (5, ())
    return root / "index"


@pytest.fixture(scope="module")
def matcher(index_path: Path) -> Matcher:
    return Matcher.open(index_path)


@pytest.fixture
def ask(matcher: Matcher, tmp_path: Path) -> Ask:
    def attribute(pixels: Pixels, name: str = "unknown.png") -> Attribution:
        return matcher.attribute(write_image(tmp_path / name, pixels))

    return attribute


def is_from(answer: Attribution, show: str, episode: str | None) -> None:
    """Assert that an answer names a show and, where there is one, a single episode."""
    assert (answer.verdict, answer.show) == ("match", show)
    assert answer.confidence >= 0.8
    if episode is None:
        assert answer.episodes is None
    else:
        assert answer.episodes is not None
        assert [str(end) for end in (answer.episodes.first, answer.episodes.last)] == [episode] * 2


def letterboxed(picture: Pixels) -> Pixels:
    return inside(picture, np.zeros((400, 512, 3), dtype=np.uint8), 0, 56)


@pytest.mark.parametrize(
    ("name", "edit"),
    [
        ("low-quality.jpg", lambda p: p),
        ("thumbnail.png", lambda p: resized(p, 160, 90)),
        ("letterboxed.png", letterboxed),
        ("cropped.png", lambda p: np.ascontiguousarray(p[14:270, 20:490])),
        ("negative.png", lambda p: 255 - p),
    ],
)
def test_attribute_edited_frame_names_its_episode(
    ask: Ask, name: str, edit: Callable[[Pixels], Pixels]
) -> None:
    answer = ask(edit(drawing(ALPHA[2][1])), name)
    is_from(answer, "Alpha", "S01E02")
    best = answer.matches[0]
    # The opening stands for two seconds, the first own scene for two more.
    assert best.reference_s == pytest.approx(4.0, abs=0.6)
    assert not best.mirrored
    assert answer.error is None


def test_attribute_letterboxed_frame_gives_the_box_inside_its_bars(ask: Ask) -> None:
    best = ask(letterboxed(drawing(ALPHA[3][0]))).matches[0]
    assert overlap(best.box, (0, 56 / 400, 1, 288 / 400)) > 0.85


def test_attribute_mirrored_frame_is_found_and_said_to_be_mirrored(ask: Ask) -> None:
    answer = ask(np.ascontiguousarray(drawing(ALPHA[1][2])[:, ::-1]))
    is_from(answer, "Alpha", "S01E01")
    assert answer.matches[0].mirrored
    assert answer.stage is not None
    assert "mirrored" in answer.stage.flags


def test_attribute_line_drawing_is_a_match_of_the_stage_line_art(ask: Ask) -> None:
    answer = ask(drawing(ALPHA[3][1], "lines"))
    is_from(answer, "Alpha", "S01E03")
    assert answer.stage is not None
    assert answer.stage.label == "line-art"
    assert answer.matches[0].code == "structure"


def test_attribute_drawing_on_a_sheet_is_found_where_it_lies(ask: Ask) -> None:
    sheet = np.full((600, 900, 3), 250, dtype=np.uint8)
    answer = ask(inside(drawing(ALPHA[2][0], "lines"), sheet, 300, 200))
    is_from(answer, "Alpha", "S01E02")
    assert overlap(answer.matches[0].box, (300 / 900, 200 / 600, 512 / 900, 288 / 600)) > 0.7


def test_attribute_frame_of_every_episode_gives_the_whole_range(ask: Ask) -> None:
    answer = ask(drawing(OPENING))
    assert (answer.verdict, answer.show) == ("match", "Alpha")
    assert answer.episodes is not None
    assert str(answer.episodes.first) == "S01E01"
    assert str(answer.episodes.last) == "S01E03"
    assert answer.episodes.best is None
    assert {str(match.episode) for match in answer.matches} == {"S01E01", "S01E02", "S01E03"}


def test_attribute_frame_of_a_film_is_a_match_without_a_range(ask: Ask) -> None:
    answer = ask(drawing(FILM[1]))
    is_from(answer, "Gamma", None)
    assert answer.matches[0].episode is None
    assert answer.to_dict()["episodes"] is None


@pytest.mark.parametrize("stage", ["final", "lines"])
@pytest.mark.parametrize("seed", STRANGERS[:2])
def test_attribute_stranger_is_no_match(ask: Ask, seed: int, stage: str) -> None:
    answer = ask(drawing(seed, stage))
    assert answer.verdict == "no-match"
    assert (answer.show, answer.episodes, answer.matches) == (None, None, ())
    assert answer.stage is not None


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_attribute_flat_picture_is_inconclusive(ask: Ask, grey: int) -> None:
    answer = ask(np.full((180, 320, 3), grey, dtype=np.uint8))
    assert (answer.verdict, answer.show, answer.confidence) == ("inconclusive", None, 0.0)
    assert (answer.candidates, answer.matches) == ((), ())


def test_attribute_black_clip_is_inconclusive(matcher: Matcher, tmp_path: Path) -> None:
    black = write_video(tmp_path / "black.mp4", [np.zeros((144, 256, 3), dtype=np.uint8)])
    answer = matcher.attribute(black)
    assert (answer.verdict, answer.media) == ("inconclusive", "video")


def test_attribute_twice_gives_the_same_bytes(index_path: Path, tmp_path: Path) -> None:
    file = write_image(tmp_path / "unknown.png", drawing(ALPHA[1][1], "lines"))
    # Two matchers, of which one has answered something else before.
    first, second = Matcher.open(index_path), Matcher.open(index_path)
    second.attribute(write_image(tmp_path / "other.png", drawing(BETA[3])))
    lines = [json.dumps(each.attribute(file).to_dict()) for each in (first, second)]
    assert lines[0] == lines[1]


def test_attribute_writes_every_key_in_the_order_of_the_contract(ask: Ask) -> None:
    record = ask(drawing(BETA[5])).to_dict()
    assert list(record) == [
        *("schema", "file", "sha256", "media", "verdict", "show", "confidence", "episodes"),
        *("stage", "candidates", "matches", "expected_false_matches", "index", "error"),
    ]
    assert list(record["episodes"]) == ["first", "last", "mass", "best"]
    assert list(record["stage"]) == ["label", "confidence", "flags"]
    assert list(record["candidates"][0]) == ["show", "confidence"]
    assert list(record["matches"][0]) == [
        *("show", "episode", "reference", "reference_s", "query_s", "duration_s"),
        *("code", "distance", "similarity", "score", "mirrored", "box"),
    ]
    assert list(record["index"]) == ["id", "frames", "spec"]
    assert record["schema"] == 1
    assert record["media"] == "image"
    assert len(record["sha256"]) == 64
    assert 0 <= record["expected_false_matches"] < 1
    assert all(0 <= share <= 1 for share in record["matches"][0]["box"])
    # Candidates and "none of them" together are a distribution.
    assert sum(each["confidence"] for each in record["candidates"]) <= 1


def test_attribute_clip_gives_the_segment_on_both_timelines(
    matcher: Matcher, tmp_path: Path
) -> None:
    clip = write_video(tmp_path / "clip.mp4", [small(s) for s in BETA[4:12]], each_s=0.5)
    answer = matcher.attribute(clip)
    is_from(answer, "Beta", "S04E07")
    assert answer.media == "video"
    best = answer.matches[0]
    assert best.reference_s - best.query_s == pytest.approx(2.0, abs=0.5)
    assert best.query_s <= 1.0
    assert best.query_s + best.duration_s == pytest.approx(4.0, abs=1.0)


def test_attribute_clip_of_strangers_is_no_match(matcher: Matcher, tmp_path: Path) -> None:
    clip = write_video(tmp_path / "clip.mp4", [small(s) for s in STRANGERS], each_s=0.5)
    answer = matcher.attribute(clip)
    assert answer.verdict == "no-match"
    assert answer.matches == ()


def test_attribute_animation_is_looked_at_in_time(matcher: Matcher, tmp_path: Path) -> None:
    drawn = [Image.fromarray(resized(drawing(s, "lines"), 320, 180)) for s in BETA[2:6]]
    file = tmp_path / "pencil test.gif"
    drawn[0].save(file, save_all=True, append_images=drawn[1:], duration=500, loop=0)
    answer = matcher.attribute(file)
    assert answer.media == "animation"
    is_from(answer, "Beta", "S04E07")
    assert answer.stage is not None
    assert answer.stage.label == "line-art"


def sequence_of(folder: Path, pictures: dict[int, Pixels]) -> NumberedSequence:
    """Write numbered pictures and return the sequence that they are."""
    for number, pixels in pictures.items():
        write_image(folder / f"shot_{number:04d}.png", pixels)
    (found,) = group_sequences(sorted(folder.iterdir()))
    assert isinstance(found, NumberedSequence)
    return found


@pytest.mark.parametrize("on", [1, 2], ids=["as-shown", "one-number-a-drawing-on-twos"])
def test_attribute_sequence_of_line_art_is_laid_on_its_episode(
    matcher: Matcher, tmp_path: Path, on: int
) -> None:
    # Beta changes twice a second: twelve numbers as shown, six where drawings stand for two.
    each = 12 // on
    drawn = {seed: drawing(seed, "lines") for seed in BETA[3:9]}
    shown = [drawn[BETA[3 + number // each]] for number in range(6 * each)]
    sequence = sequence_of(tmp_path / "shot", dict(enumerate(shown, start=1)))
    answer = matcher.attribute_sequence(sequence)
    is_from(answer, "Beta", "S04E07")
    assert answer.media == "sequence"
    assert answer.file == str(tmp_path / "shot" / f"shot_[0001-{6 * each:04d}].png")
    assert answer.error is None
    assert len(answer.sha256 or "") == 64
    best = answer.matches[0]
    assert best.reference_s - on * best.query_s == pytest.approx(1.5, abs=0.8)


def test_attribute_sequence_names_what_it_could_not_read(matcher: Matcher, tmp_path: Path) -> None:
    pictures = {number: drawing(ALPHA[1][1]) for number in range(1, 7)}
    sequence = sequence_of(tmp_path / "shot", pictures)
    sequence.paths[2].write_bytes(b"no picture")
    answer = matcher.attribute_sequence(sequence)
    is_from(answer, "Alpha", "S01E01")
    assert answer.error is not None
    assert answer.error.startswith("1 of 6 pictures cannot be read; ")
    assert "shot_0003.png" in answer.error
    for path in sequence.paths:
        path.write_bytes(b"no picture")
    assert matcher.attribute_sequence(sequence).verdict == "unreadable"


def test_attribute_montage_holds_every_episode_that_it_is_cut_from(
    matcher: Matcher, tmp_path: Path
) -> None:
    scenes = [small(ALPHA[1][0]), small(ALPHA[3][1]), small(ALPHA[1][2])]
    answer = matcher.attribute(write_video(tmp_path / "trailer.mp4", scenes))
    assert (answer.verdict, answer.show) == ("match", "Alpha")
    assert answer.episodes is not None
    assert str(answer.episodes.first) == "S01E01"
    assert str(answer.episodes.last) == "S01E03"
    assert answer.episodes.best is None
    laid = {(str(m.episode), round(m.query_s), round(m.reference_s)) for m in answer.matches}
    assert {("S01E01", 0, 2), ("S01E03", 2, 4), ("S01E01", 4, 6)} <= laid


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.png", b""),
        ("text.png", b"not a picture at all"),
        ("cut.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        ("cut.mp4", b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"),
    ],
)
def test_attribute_unreadable_file_says_why(
    matcher: Matcher, tmp_path: Path, name: str, content: bytes
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    answer = matcher.attribute(file)
    assert (answer.verdict, answer.show, answer.stage) == ("unreadable", None, None)
    assert answer.error is not None
    assert str(file) in answer.error
    assert answer.sha256 is not None
    assert json.loads(json.dumps(answer.to_dict()))["candidates"] == []


def test_attribute_missing_file_and_folder_are_unreadable(matcher: Matcher, tmp_path: Path) -> None:
    for path in (tmp_path / "gone.png", tmp_path):
        answer = matcher.attribute(path)
        assert (answer.verdict, answer.sha256, answer.media) == ("unreadable", None, None)
        assert answer.error is not None
        assert answer.file == str(path)


def test_attribute_against_an_empty_index_is_no_match(tmp_path: Path) -> None:
    with Index.create(tmp_path / "index", SPECS) as empty:
        answer = Matcher(empty).attribute(write_image(tmp_path / "a.png", drawing(1)))
        clip = write_video(tmp_path / "clip.mp4", [small(1), small(2)], each_s=1.0)
        moving = Matcher(empty).attribute(clip)
    assert (answer.verdict, answer.candidates, answer.error) == ("no-match", (), None)
    assert (moving.verdict, moving.candidates, moving.error) == ("no-match", (), None)


def test_attribute_gives_the_path_as_it_was_given(
    matcher: Matcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_image(tmp_path / "a.png", np.zeros((90, 160, 3), dtype=np.uint8))
    monkeypatch.chdir(tmp_path)
    assert matcher.attribute("./a.png").file == "./a.png"
    assert matcher.attribute(Path("a.png")).file == "a.png"


def test_rate_of_a_file_that_claims_to_be_very_short_is_usable(matcher: Matcher) -> None:
    info = MediaInfo("video", "mp4", "mpeg4", 256, 144, 0.0001, None)
    rate = matcher._rate(info)
    assert rate is not None
    assert 0 < rate <= 2


def test_attribute_clip_claims_no_longer_stretch_than_it_shares(
    matcher: Matcher, tmp_path: Path
) -> None:
    # Two seconds of the opening, which all episodes have, then four that only the first has.
    scenes = [small(seed) for seed in (OPENING, *ALPHA[1][:2])]
    answer = matcher.attribute(write_video(tmp_path / "clip.mp4", scenes))
    is_from(answer, "Alpha", "S01E01")
    assert answer.matches[0].duration_s > 4
    others = [match for match in answer.matches if str(match.episode) != "S01E01"]
    assert others
    assert max(match.duration_s for match in others) <= 2.5


def test_attribute_frame_of_thirty_episodes_gives_all_of_them(tmp_path: Path) -> None:
    items = []
    for episode in range(1, 31):
        opening = small(OPENING)
        opening[0, 0] = episode  # files of different bytes, pictures that look the same
        for name, pixels in (("opening", opening), ("own", small(400 + episode))):
            path = write_image(tmp_path / f"{name}{episode}.png", pixels)
            items.append(IngestItem(path, "Alpha", EpisodeId(1, episode), "episode"))
    assert len(add(tmp_path / "index", items).added) == 60
    unknown = write_image(tmp_path / "unknown.png", drawing(OPENING))
    answer = Matcher.open(tmp_path / "index").attribute(unknown)
    assert answer.episodes is not None
    # Nine tenths of thirty equal episodes are twenty-seven of them.
    assert answer.episodes.last.episode - answer.episodes.first.episode + 1 >= 27


def test_matcher_opened_with_a_calibration_is_as_sure_as_that_says(
    index_path: Path, tmp_path: Path
) -> None:
    unknown = write_image(tmp_path / "unknown.png", small(ALPHA[2][1]))
    file = tmp_path / "calibration.json"
    file.write_text(json.dumps({**shipped_model().to_dict(), "bias": -100.0}), encoding="utf-8")
    as_shipped, doubtful = (
        Matcher.open(index_path, calibration=given).attribute(unknown) for given in (None, file)
    )
    assert (as_shipped.verdict, as_shipped.show) == ("match", "Alpha")
    assert doubtful.verdict == "no-match"
    assert doubtful.confidence < 0.01
