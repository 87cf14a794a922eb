"""A made-up case of any size, the same each time: findings of all sorts, and pictures to show.

Everything that a real case can hold is in it: all verdicts, stages and relations, duplicates,
sequences, layers and pages, archives, versions, files that moved, what was skipped and why, and
names and writing that try to break out of whatever they are written into.
"""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from framematch.case_records import (
    Case,
    Change,
    Entry,
    Evidence,
    Finding,
    MetadataItem,
    Methods,
    Moved,
    Note,
    PartRole,
    ProductionCode,
    Relation,
    Release,
    Script,
    Siblings,
    Use,
    Version,
)
from framematch.records import (
    Attribution,
    Candidate,
    EpisodeId,
    EpisodeRange,
    IndexInfo,
    Match,
    QueryKind,
    Reference,
    Stage,
    Verdict,
)

SHOWS = ("Harbour Lights", "Tin & Robots", "うみのうた")
EPISODES = 4
DURATION_S = 660.0
STAGES = ("final", "flat-colour", "line-art", "rough", "storyboard", "model-sheet", "unknown")

#: What hostile names, notes and metadata say; none of it may ever run or move a cursor.
HOSTILE = (
    "<script>window.broken=1</script>",
    "</script><script>window.broken=1</script>",
    '"><img src=x onerror="window.broken=1">',
    "{{ 7 * 7 }}\u2028window.broken=1\u2029<!--<script>",
    "photo\u202egnp.exe\u202c\u2066a\u2069",
    '=HYPERLINK("http://example.invalid","a"),\'b\'\n\tc',
)

_INDEX = IndexInfo("5f0c" * 16, 12_345, "pdq-256 v1 + gradient-512 v2")
_NOTES: tuple[tuple[tuple[Script, ...], str], ...] = (
    (("Hangul",), "눈을 더 크게 그려 주세요"),
    (("Han",), "背景再亮一点"),
    (("Latin",), "hold 12 frames, then pan"),
    (("Han", "Kana"), "口パク修正"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A case, and what returns the bytes of its pictures by name."""

    case: Case
    picture: Callable[[str], bytes]


def sample(n: int = 60, *, run: int = 2) -> Sample:
    """Return a case of `n` findings; the first ones carry `HOSTILE` text.

    In a `run` after the first some files have moved and every 17th finding is gone.
    """
    findings: list[Finding] = []
    entries: dict[str, Entry] = {}
    for number in range(n):
        finding = _finding(number, run)
        findings.append(finding)
        if finding.last_run == run:
            for row, path in enumerate(finding.paths):
                _enter(entries, path, finding, row)
    _enter_the_rest(entries)
    findings.sort(key=lambda f: (f.last_run != run, f.paths[0], f.part or ""))
    changes = () if run == 1 else _changes(findings, run)
    case = Case(
        source="drop",
        run=run,
        entries=tuple(entries[path] for path in sorted(entries)),
        findings=tuple(findings),
        changes=changes,
        references=_references(),
        methods=Methods(
            version="0.1.0",
            index=_INDEX,
            specs=(
                '{"algorithm":"pdq","bits":256,"version":1}',
                '{"algorithm":"gradient","bits":512,"version":2}',
            ),
            calibration="shipped",
            settings=(("sampling.fps", "2.0"), ("limits.pixels", "268435456")),
            libraries=(("Pillow", "12.0.0"), ("PyAV", "18.0.0"), ("numpy", "2.1.0")),
            reader="Tesseract 5.3.0: chi_sim, eng, jpn, kor",
        ),
    )
    return Sample(case, picture)


def picture(name: str) -> bytes:
    """Return the JPEG file of a picture of the case."""
    kind, _, number = name.rpartition("/")[2].removesuffix(".jpg").partition("-")
    return _drawn(kind, int(number))


def digest(text: str) -> str:
    """Return a SHA-256 that stands for a file."""
    return hashlib.sha256(text.encode()).hexdigest()


def _references() -> tuple[Reference, ...]:
    return tuple(
        Reference(
            sha256=digest(f"{show}{episode}"),
            path=f"library/{show}/Season 01/{show} - S01E{episode:02d}.mkv",
            show=show,
            episode=EpisodeId(1, episode),
            kind="episode",
            media="video",
            width=1920,
            height=1080,
            duration_s=DURATION_S + 7 * episode,
        )
        for show in SHOWS
        for episode in range(1, EPISODES + 1)
    )


def _finding(number: int, run: int) -> Finding:
    dice = np.random.default_rng([number, 5])
    verdict: Verdict = "match"
    if number % 10 == 7:
        verdict = "no-match"
    elif number % 10 == 8:
        verdict = "inconclusive"
    elif number % 50 == 49:
        verdict = "unreadable"
    shot = number // 3
    show = SHOWS[shot % 7 % 3]
    episode = EpisodeId(1, 1 + shot % EPISODES)
    label = STAGES[int(dice.choice(len(STAGES), p=(0.3, 0.1, 0.3, 0.12, 0.08, 0.05, 0.05)))]
    sequence = number % 23 == 11
    name = _name(number, show, episode, shot, sequence)
    content = digest(f"content {number}")
    part, role = _part(number)
    matched = verdict == "match"
    attribution = _attribution(
        f"{name}#{part}" if part else name, content, verdict, show, episode, label, number, dice
    )
    paths = [name]
    if sequence:
        paths = [name.replace("[0001-0012]", f"{frame:04d}") for frame in range(1, 13)]
    elif number % 9 == 4:
        paths.append(f"copies/set {number % 5}/{name.rpartition('/')[2]}")
    return Finding(
        key=content if part is None else f"{content}:{part}",
        paths=tuple(sorted(paths)),
        part=part,
        role=role,
        attribution=attribution,
        stage_reasons=(
            "thin dark lines on a plain ground",
            "no colour, where the frame has it",
        )
        if matched
        else ("too little to see",),
        evidence=_evidence(number, shot, verdict, attribution),
        release=_release(number, label, attribution) if matched else None,
        notes=_notes(number),
        code=_code(number, show, episode, shot, matched),
        siblings=None
        if number % 6 == 5
        else Siblings(name.rpartition("/")[0], show, 7 + number % 5, 1, 2, matched or None),
        metadata=_metadata(number),
        version=Version(f"sc{shot:04d}", 1 + number % 3, 3, "name") if number % 4 < 3 else None,
        first_run=run if number % 11 == 3 else 1,
        last_run=run - 1 if run > 1 and number % 17 == 16 else run,
    )


def _name(number: int, show: str, episode: EpisodeId, shot: int, sequence: bool) -> str:
    if number < len(HOSTILE):
        # As paths are written: what would move a cursor, and what no path can hold, is escaped.
        text = HOSTILE[number].replace("//", "/")
        escaped = "".join(c if c.isprintable() and c != "%" else "".join(_hex(c)) for c in text)
        return f"inbox/hostile/{escaped}.png"
    folder = f"inbox/{show.split()[0].lower()}/e{episode.episode:02d}"
    if number % 13 == 5:
        return f"{folder}/parcel.zip!/cut/{shot:03d}_{number % 3}.png"
    if sequence:
        return f"{folder}/run_{number}/f_[0001-0012].png"
    ending = ("png", "jpg", "psd", "mp4", "pdf")[number % 5]
    return f"{folder}/INV_1{episode.episode:02d}_sc{shot:04d}_v{1 + number % 3:02d}.{ending}"


def _hex(character: str) -> list[str]:
    return [f"%{byte:02X}" for byte in character.encode()]


def _part(number: int) -> tuple[str | None, PartRole]:
    if number % 19 == 6:
        return "layer/Lines", "layer"
    if number % 19 == 12:
        return f"page/{1 + number % 4}", "page"
    return None, "whole"


def _attribution(
    file: str,
    sha256: str,
    verdict: Verdict,
    show: str,
    episode: EpisodeId,
    label: str,
    number: int,
    dice: np.random.Generator,
) -> Attribution:
    media: QueryKind | None = ("image", "image", "image", "video", "image")[number % 5]
    if "[0001-" in file:
        media = "sequence"
    if verdict == "unreadable":
        return Attribution(
            file, sha256, None, verdict, None, 0.0, None, None, (), (), None, _INDEX,
            "the file ends in the middle of a picture",
        )  # fmt: skip
    low, high = {"match": (0.8, 0.999), "inconclusive": (0.3, 0.8)}.get(verdict, (0.0, 0.3))
    confidence = float(dice.uniform(low, high))
    matches = ()
    if verdict != "no-match":
        matches = _matches(show, episode, number, media == "video", dice)
    other = SHOWS[(SHOWS.index(show) + 1) % 3]
    wide = number % 8 == 2
    episodes = EpisodeRange(
        EpisodeId(1, 1) if wide else episode,
        EpisodeId(1, EPISODES) if wide else episode,
        0.96,
        None if wide else episode,
    )
    return Attribution(
        file=file,
        sha256=sha256,
        media=media,
        verdict=verdict,
        show=show if verdict == "match" else None,
        confidence=confidence,
        episodes=episodes if verdict == "match" else None,
        stage=Stage(
            label, float(dice.uniform(0.5, 1.0)), ("annotations",) if number % 4 == 0 else ()
        ),
        candidates=(
            Candidate(show, confidence),
            Candidate(other, (1 - confidence) / 3),
        ),
        matches=matches,
        expected_false_matches=float(10 ** dice.uniform(-6, 1)),
        index=_INDEX,
        error=None,
    )


def _matches(
    show: str, episode: EpisodeId, number: int, clip: bool, dice: np.random.Generator
) -> tuple[Match, ...]:
    distance = int(dice.integers(20, 140))
    at = float((number // 3 * 37) % int(DURATION_S - 20)) + 0.25

    def match(of: EpisodeId, bits: int) -> Match:
        return Match(
            show=show,
            episode=of,
            reference=digest(f"{show}{of.episode}"),
            reference_s=at,
            query_s=0.0,
            duration_s=8.0 if clip else 0.0,
            code="structure" if number % 2 else "appearance",
            distance=bits,
            similarity=1 - bits / 512,
            score=float(dice.uniform(0.4, 0.95)),
            mirrored=number % 14 == 3,
            box=(0.0, 0.0, 1.0, 1.0) if number % 4 else (0.1, 0.08, 0.7, 0.7),
        )

    found = [match(episode, distance)]
    if number % 8 == 2:
        found += [match(EpisodeId(1, e), distance + e) for e in range(1, EPISODES + 1)
                  if e != episode.episode]  # fmt: skip
    return tuple(found)


def _evidence(number: int, shot: int, verdict: Verdict, answer: Attribution) -> Evidence | None:
    if verdict == "unreadable":
        return None
    label = answer.stage.label if answer.stage else "unknown"
    coloured = label in ("final", "flat-colour")
    whole = f"data/evidence/{'whole' if coloured else 'sheet'}-{number}.jpg"
    if verdict == "no-match":
        return Evidence(whole, None, None, 0.0, None)
    drawn = "cel" if coloured else "ink"
    return Evidence(
        whole,
        f"data/evidence/{drawn}-{number}.jpg",
        f"data/evidence/frame-{3 * shot}.jpg",
        0.0,
        answer.matches[0].reference_s,
    )


def _release(number: int, label: str, answer: Attribution) -> Release:
    frame_s = answer.matches[0].reference_s
    relation: Relation = "work-in-progress"
    if label == "final":
        relations: tuple[Relation, ...] = ("same-file", "same-picture", "same-picture", "differs")
        relation = relations[number % 4]
    elif label == "unknown":
        relation = "undetermined"
    if relation == "same-file":
        return Release(relation, "sha256", frame_s, None, 0.0, (), ())
    if relation == "same-picture":
        return Release(relation, "reference-file", frame_s, 41.5, 0.0, (), ())
    if relation == "undetermined":
        return Release(relation, "index-thumbnail", frame_s, None, None, (), ())
    differs = ("the background is another one", "colour is missing")
    regions = ((0.1, 0.2, 0.3, 0.4), (0.6, 0.1, 0.2, 0.2))
    return Release(relation, "index-thumbnail", frame_s, 17.25, 0.31, differs, regions)


def _notes(number: int) -> tuple[Note, ...]:
    if number < len(HOSTILE):
        return (Note((0.05, 0.05, 0.4, 0.12), ("Latin",), HOSTILE[number], 0.5),)
    if number % 4:
        return ()
    scripts, text = _NOTES[number // 4 % len(_NOTES)]
    unread = number % 16 == 12
    return (
        Note((0.05, 0.06, 0.38, 0.1), scripts, None if unread else text, None if unread else 0.83),
        Note((0.55, 0.82, 0.3, 0.09), ("Latin",), "SC 045", 0.91),
    )


def _code(
    number: int, show: str, episode: EpisodeId, shot: int, matched: bool
) -> ProductionCode | None:
    if number < len(HOSTILE) or number % 13 == 5 or number % 23 == 11:
        return None
    text = f"INV_1{episode.episode:02d}_sc{shot:04d}_v{1 + number % 3:02d}"
    named = show if number % 2 else None
    agrees = (number % 14 != 1) if named and matched else None
    return ProductionCode(
        text, named, 1, episode.episode, f"{shot:04d}", None, 1 + number % 3, agrees
    )


def _metadata(number: int) -> tuple[MetadataItem, ...]:
    if number < len(HOSTILE):
        return (MetadataItem("author", HOSTILE[-1 - number], "EXIF Artist"),)
    if number % 5 == 2:
        return (
            MetadataItem("created", "2024-03-05T14:22:10+09:00", "XMP xmp:CreateDate"),
            MetadataItem("software", "Adobe Photoshop 25.4 (Windows)", "XMP xmp:CreatorTool"),
        )
    return ()


def _enter(entries: dict[str, Entry], path: str, finding: Finding, row: int) -> None:
    sequence = len(finding.paths) == 12
    content = f"{finding.key}{row}" if sequence else finding.key.partition(":")[0]
    use: Use = "sequence" if sequence else "media"
    unreadable = finding.attribution.error
    entries[path] = Entry(
        path=path,
        size=40_000 + len(path) * 97,
        sha256=digest(content) if sequence else content,
        md5=hashlib.md5(content.encode(), usedforsecurity=False).hexdigest(),
        modified=f"2025-0{1 + row % 9}-11T08:30:00Z",
        use=use,
        reason=unreadable,
        findings=(finding.key,),
    )


def _enter_the_rest(entries: dict[str, Entry]) -> None:
    rest: tuple[tuple[str, Use, str | None], ...] = (
        ("inbox/harbour/e01/parcel.zip", "archive", None),
        ("inbox/readme.txt", "other", "no picture or video: plain text"),
        ("inbox/shortcut", "link", "symbolic link to ../elsewhere, not followed"),
        ("inbox/pipe", "special", "a pipe, not opened"),
        ("inbox/locked.png", "unreadable", "permission denied"),
        ("inbox/bomb.zip", "refused", "unpacks to more than 100 times its size"),
        ("inbox/case", "own", "the case itself"),
        (f"inbox/{HOSTILE[0]}.txt", "other", HOSTILE[2]),
    )
    for path, use, reason in rest:
        read = use in ("archive", "other", "refused")
        entries[path] = Entry(
            path=path,
            size=1_234 if read else None,
            sha256=digest(path) if read else None,
            md5=hashlib.md5(path.encode(), usedforsecurity=False).hexdigest() if read else None,
            modified="2025-01-02T03:04:05Z",
            use=use,
            reason=reason,
            findings=(),
        )


def _changes(findings: list[Finding], run: int) -> tuple[Change, ...]:
    changes: list[Change] = []
    for row, finding in enumerate(findings):
        sha256 = finding.attribution.sha256
        moved: Moved | None = None
        before = None
        if finding.last_run != run:
            moved, before = "gone", sha256
        elif finding.first_run == run:
            moved = "new"
        elif row % 31 == 5:
            moved, before = "renamed", f"old/{finding.paths[0]}"
        elif row % 31 == 9:
            moved, before = "changed", digest(f"before {row}")
        elif row % 31 == 14:
            moved = "returned"
        if moved is not None:
            changes.append(
                Change(finding.paths[0], moved, None if moved == "gone" else sha256, before)
            )
    return tuple(sorted(changes, key=lambda change: change.path))


@cache
def _drawn(kind: str, number: int) -> bytes:
    """Return a scene as a JPEG file; `ink` and `sheet` are drawings of the frame of the shot."""
    shot = number // 3
    dice = np.random.default_rng([shot, 9])
    lines = kind in ("ink", "sheet")
    size = (320, 200) if kind in ("whole", "sheet") else (256, 144)
    image = Image.new("RGB", (256, 144), "white" if lines else _colour(dice))
    pen = ImageDraw.Draw(image)
    for turn in range(12):
        x, y, width, height = (int(v) for v in dice.integers((0, 0, 20, 20), (230, 120, 110, 90)))
        colour = _colour(dice)
        shift = 6 if kind == "cel" and turn > 8 else 0
        at = (x + shift, y, x + shift + width, y + height)
        shape = pen.ellipse if turn % 2 else pen.rectangle
        shape(at, fill="white" if lines else colour, outline=(20, 20, 20), width=2)
    if size != image.size:
        image = image.resize(size)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=85)
    return out.getvalue()


def _colour(dice: np.random.Generator) -> tuple[int, int, int]:
    values: npt.NDArray[np.int64] = dice.integers(50, 240, 3)
    red, green, blue = (int(value) for value in values)
    return red, green, blue
