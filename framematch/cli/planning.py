"""What the paths, options and manifest of `index add` mean, now and at a later look.

Owns what a person is told of it. Must not parse options.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from framematch.cli.inputs import find
from framematch.cli.render import complain, counted, note
from framematch.errors import ConfigError

if TYPE_CHECKING:
    from framematch.ingest import FoundFile, Given, IngestItem, Manifest, Stamp
    from framematch.records import ItemFailure

#: Rows of a manifest named one by one; beyond it only their number is said.
_NAMED_AT_MOST = 10


class Plan:
    """What the paths, options and manifest of a command mean.

    Parameters
    ----------
    paths : tuple of Path
        As given; none where the manifest names the files.
    given : Given
        What the options say.
    manifest : Path or None
        The manifest.
    apart_from : Path
        The index itself, which is not walked.

    Raises
    ------
    ConfigError
        The manifest is wrong.
    """

    def __init__(
        self, paths: tuple[Path, ...], given: "Given", manifest: Path | None, *, apart_from: Path
    ) -> None:
        self._given = given
        self._apart_from = apart_from
        self._manifest: Manifest | None = None
        self._stamp: Stamp | None = None
        if manifest is not None:
            self._load(manifest)
        self.paths = paths or (() if self._manifest is None else self._manifest.places())
        # Without paths, what the manifest does not name is not meant.
        self._only_named = not paths

    def _load(self, manifest: Path) -> None:
        from framematch.ingest import Manifest, Stamp

        self._stamp = Stamp.of(manifest)
        self._manifest = Manifest.load(manifest)
        self._has_told = False
        for remark in self._manifest.notes:
            note(f"warning: {remark}")

    def refresh(self) -> bool:
        """Read the manifest again where it has changed; return whether it says something new.

        One that cannot be used is told, and what it said before holds on.
        """
        from framematch.ingest import Stamp

        if self._manifest is None:
            return False
        stamp = Stamp.of(self._manifest.path)
        if stamp is None or stamp == self._stamp:
            return False
        try:
            self._load(self._manifest.path)
        except ConfigError as error:
            note(f"{error}; what it said before holds until then")
            return False
        note(f"{self._manifest.path}: read again")
        return True

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders among the paths."""
        from framematch.ingest import is_folder

        return tuple(path for path in self.paths if is_folder(path))

    def lost(self) -> set[Path]:
        """Return the paths that are not there."""
        from framematch.ingest import is_there

        return {path for path in self.paths if not is_there(path)}

    def files(self) -> "tuple[FoundFile, ...]":
        """Return the files that are meant, after saying what is left out."""
        return self._named(find(self.paths, apart_from=self._apart_from))

    def files_now(self) -> "tuple[FoundFile, ...]":
        """Return the files that are meant, as far as they are there, without a word."""
        from framematch.ingest import walk

        lost = self.lost()
        there = [path for path in self.paths if path not in lost]
        return self._named(walk(there, apart_from=self._apart_from).files)

    def _named(self, files: "tuple[FoundFile, ...]") -> "tuple[FoundFile, ...]":
        if self._manifest is None or not self._only_named:
            return files
        return tuple(found for found in files if self._manifest.says(found.path) is not None)

    def made(self, files: "Sequence[FoundFile]") -> "tuple[list[IngestItem], list[ItemFailure]]":
        """Return what files would become, and those of which nobody can say it."""
        from framematch.ingest import plan_files

        return plan_files(files, self._given, self._manifest)

    def tell(self, failures: "Sequence[ItemFailure]") -> None:
        """Say what failed, and what of the manifest meant no file."""
        for failure in failures:
            complain(failure.reason)
        if self._manifest is None:
            return
        unused = () if self._has_told else self._manifest.unused()
        self._has_told = True
        for row in unused[:_NAMED_AT_MOST]:
            note(f"warning: {self._manifest.path}, {row.place}: {row.path} means no file here")
        if len(unused) > _NAMED_AT_MOST:
            more = counted(len(unused) - _NAMED_AT_MOST, "more row")
            note(f"warning: {self._manifest.path}: {more} that mean no file here")
