"""A manifest: a CSV or YAML file in which a person says what the files of a library are.

Owns its format and which row speaks of which file. Opens no media.
"""

import csv
import glob
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, get_args

from framematch.errors import ConfigError
from framematch.given import read_given
from framematch.ingest.absolute import absolute
from framematch.records import ReferenceKind

COLUMNS = ("path", "show", "season", "episode", "kind")

_KINDS: tuple[ReferenceKind, ...] = get_args(ReferenceKind)
_GLOB = frozenset("*?[")
#: How YAML writes an empty cell, beside writing nothing.
_YAML_NOTHING = ("~", "null")
#: A row for each of a hundred thousand files; more is no manifest.
_MAX_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """What one row says of the files that its path means.

    Attributes
    ----------
    path : str
        A file, a folder with all that is below it, or a pattern; relative to the manifest.
    show : str or None
        Empty cells say nothing.
    season, episode : int or None
        As in broadcast.
    kind : str or None
        What the files are.
    place : str
        Where the row stands, for messages.
    """

    path: str
    show: str | None
    season: int | None
    episode: int | None
    kind: ReferenceKind | None
    place: str

    @property
    def counts(self) -> bool:
        """Whether files of this kind are expected to have an episode."""
        return self.kind in (None, "episode")


class Manifest:
    """The rows of a manifest, and which of them were used.

    Parameters
    ----------
    path : Path
        The file, which rows are relative to.
    rows : sequence of ManifestRow
        In order: where two speak of a file, a filled cell of the later one wins.
    notes : sequence of str
        What a person should know about the file.
    """

    def __init__(self, path: Path, rows: Sequence[ManifestRow], notes: Sequence[str] = ()) -> None:
        self.path = path
        self.rows = tuple(rows)
        self.notes = tuple(notes)
        self._used: set[int] = set()
        self._exact: dict[Path, list[int]] = {}
        self._patterns: list[tuple[int, tuple[str, ...]]] = []
        # The folders of the manifest itself are no pattern, whatever they are called.
        above = Path(glob.escape(str(absolute(path.parent))))
        for number, row in enumerate(rows):
            self._exact.setdefault(absolute(path.parent / row.path), []).append(number)
            if _GLOB & set(row.path):
                self._patterns.append((number, absolute(above / row.path).parts))

    @classmethod
    def load(cls, path: Path) -> "Manifest":
        """Read a manifest: YAML where the name ends so, else CSV.

        Raises
        ------
        ConfigError
            It cannot be read, or a row says what cannot be.
        """
        try:
            text = read_given(path, _MAX_BYTES, "manifest").decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: is not UTF-8 text; save it as UTF-8") from error
        is_yaml = path.suffix.lower() in (".yaml", ".yml")
        cells = list(_yaml_rows(path, text) if is_yaml else _csv_rows(path, text))
        rows = [_row(path, place, found) for place, found in cells]
        unknown = sorted({name for _, found in cells for name in found if name not in COLUMNS})
        notes = (
            [f"{path}: not used: {', '.join(unknown)}; columns are {', '.join(COLUMNS)}"]
            if unknown
            else []
        )
        return cls(path, rows, notes)

    def places(self) -> tuple[Path, ...]:
        """Return where the files are that rows name: its folder, and what is there beside it.

        A row such as `/library/Show/01.mkv` names a file outside of the manifest's folder.
        """
        folder = absolute(self.path.parent)
        named = [absolute(folder / row.path) for row in self.rows]
        outside = [place for place in named if not place.is_relative_to(folder) and place.exists()]
        here = () if outside and len(outside) == len(named) else (self.path.parent,)
        return (*here, *dict.fromkeys(outside))

    def says(self, path: Path) -> ManifestRow | None:
        """Return what the rows together say of a file; ``None`` where none of them means it."""
        file = absolute(path)
        numbers: set[int] = set()
        for place in (file, *file.parents):
            numbers.update(self._exact.get(place, ()))
        parts = file.parts
        numbers.update(number for number, pattern in self._patterns if _matches(pattern, parts))
        if not numbers:
            return None
        self._used |= numbers
        told = [self.rows[number] for number in sorted(numbers, reverse=True)]
        return ManifestRow(
            path=str(path),
            show=_first(row.show for row in told),
            season=_first(row.season for row in told),
            episode=_first(row.episode for row in told),
            kind=_first(row.kind for row in told),
            place=told[0].place,
        )

    def unused(self) -> tuple[ManifestRow, ...]:
        """Return the rows that no file was asked about which they mean."""
        return tuple(row for number, row in enumerate(self.rows) if number not in self._used)


def _first(values: Iterable[Any]) -> Any:  # noqa: ANN401 - as the cells
    return next((value for value in values if value is not None), None)


def _matches(pattern: tuple[str, ...], parts: tuple[str, ...]) -> bool:
    """Return whether a path matches, part by part; ``**`` stands for any number of folders."""
    # Positions in the pattern that the parts so far may have led to.
    reached = _skipping({0}, pattern)
    for part in parts:
        after = {at for at in reached if at < len(pattern) and pattern[at] == "**"}
        after |= {
            at + 1
            for at in reached
            if at < len(pattern) and pattern[at] != "**" and fnmatchcase(part, pattern[at])
        }
        reached = _skipping(after, pattern)
        if not reached:
            return False
    return len(pattern) in reached


def _skipping(reached: set[int], pattern: tuple[str, ...]) -> set[int]:
    """Return positions with those behind a ``**`` that stands for nothing."""
    more = set(reached)
    for start in reached:
        at = start
        while at < len(pattern) and pattern[at] == "**":
            at += 1
            more.add(at)
    return more


def _csv_rows(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reader = csv.DictReader(text.splitlines(), skipinitialspace=True)
    try:
        names = [(name or "").strip().lower() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise ConfigError(f"{path}, line 1: {error}; write it as CSV") from error
    if "path" not in names:
        raise ConfigError(
            f"{path}: the first line must name the columns {', '.join(COLUMNS)}, path at least"
        )
    reader.fieldnames = names
    try:
        for cells in reader:
            if cells.pop(None, None):  # what has no column
                raise ConfigError(
                    f"{path}, line {reader.line_num}: more cells than columns;"
                    ' put cells with commas into quotes: "Hello, World"'
                )
            yield f"line {reader.line_num}", cells
    except csv.Error as error:
        raise ConfigError(f"{path}, line {reader.line_num}: {error}; write it as CSV") from error


def _yaml_rows(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    import yaml  # only those who have such a manifest wait for it

    try:
        # All that stands there is text: a show may be called No, 1984 or 2019-03-14.
        content = yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes text, lists, mappings
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: is no YAML ({' '.join(str(error).split())})") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: nested too deep; write a list of entries") from error
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise ConfigError(f"{path}: must be a list of entries such as {{path: x.mkv, show: X}}")
    for number, row in enumerate(content, start=1):
        cells = {str(name).strip().lower(): value for name, value in row.items()}
        for name in COLUMNS:
            if not isinstance(cells.get(name, ""), str):
                raise ConfigError(f"{path}, entry {number}: {name} is no single value; write text")
        yield f"entry {number}", {n: None if v in _YAML_NOTHING else v for n, v in cells.items()}


def _row(path: Path, place: str, cells: Mapping[str, Any]) -> ManifestRow:
    """Return a row, its cells checked."""
    where = f"{path}, {place}"
    text = {name: "" if cells.get(name) is None else str(cells[name]).strip() for name in COLUMNS}
    if not text["path"]:
        raise ConfigError(f"{where}: no path; name a file, a folder or a pattern")
    kind = text["kind"].lower() or None
    if kind is not None and kind not in _KINDS:
        raise ConfigError(f"{where}: kind {kind!r} is none of {', '.join(_KINDS)}")
    season, episode = (_number(where, name, text[name]) for name in ("season", "episode"))
    return ManifestRow(
        path=text["path"],
        show=text["show"] or None,
        season=season,
        episode=episode,
        kind=next((known for known in _KINDS if known == kind), None),
        place=place,
    )


def _number(where: str, name: str, text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise ConfigError(f"{where}: {name} {text!r} is not a number")
    return int(text)
