"""A lock in requirements/: packages, their versions, where they apply, hashes, and who wants them.

Owns the reading of what `scripts/lock` writes. Imports nothing of the product.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"

#: The interpreters that the lock is for.
PYTHONS = ("3.11", "3.12", "3.13")


@dataclass(frozen=True, slots=True)
class Pin:
    """One package in one version.

    Attributes
    ----------
    name : str
        Normalised.
    version : Version
        The only one that may be installed.
    marker : Marker or None
        Where it applies; ``None`` is everywhere.
    hashes : tuple of str
        SHA-256 of every file that may be installed, 64 hexadecimal digits, sorted.
    wanted_by : tuple of str
        Names of the packages that depend on it; of the file that lists it where the project does.
    """

    name: str
    version: Version
    marker: Marker | None
    hashes: tuple[str, ...]
    wanted_by: tuple[str, ...]

    def applies(self, python: str) -> bool:
        """Return whether CPython of that version, as ``3.12``, on Linux needs it."""
        return self.marker is None or self.marker.evaluate(environment(python))


def environment(python: str) -> dict[str, str]:
    """Return what markers ask for, of CPython of that version on Linux."""
    return {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "extra": "",
    }


def read_lock(path: Path) -> list[Pin]:
    """Return the pins of a lock in the order of the file.

    Raises
    ------
    ValueError
        A line is none that `scripts/lock` writes, or a package has no hash.
    """
    blocks = re.split(r"\n(?=[a-z0-9])", _without_head(path.read_text()))
    return [_pin(block, path) for block in blocks if block.strip()]


def _without_head(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.startswith("#"))


def _pin(block: str, path: Path) -> Pin:
    head, *rest = (line.strip().removesuffix("\\").strip() for line in block.splitlines())
    requirement = Requirement(head)
    (specifier,) = requirement.specifier
    if specifier.operator != "==":
        raise ValueError(f"{path}: {head}: not pinned to one version")
    hashes = [line.removeprefix("--hash=sha256:") for line in rest if line.startswith("--hash=")]
    if not hashes or not all(re.fullmatch("[0-9a-f]{64}", digest) for digest in hashes):
        raise ValueError(f"{path}: {head}: without SHA-256; make the lock anew with scripts/lock")
    comments = [line.removeprefix("#").strip() for line in rest if line.startswith("#")]
    wanted_by = [line.removeprefix("via").strip() for line in comments]
    return Pin(
        name=canonicalize_name(requirement.name),
        version=Version(specifier.version),
        marker=requirement.marker,
        hashes=tuple(sorted(hashes)),
        wanted_by=tuple(name for name in wanted_by if name),
    )
