"""Whether the locks in requirements/ are what pyproject.toml asks for; needs no network.

Checked are every lock, for every Python that the project supports: each dependency has one pin that
its range admits, each pin has hashes and is wanted by something that is there, and the locks agree
with each other. Of the interpreter that runs this, what is installed too: that each package's own
requirements are in the lock, and that nothing was left out of it.
"""

import sys
import tomllib
from collections.abc import Iterator
from importlib import metadata

from lockfile import PYTHONS, REQUIREMENTS, ROOT, Pin, environment, read_lock
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

#: The locks, by the extras that they are made for.
LOCKS = {
    ("dev",): REQUIREMENTS / "dev.txt",
    ("demo",): REQUIREMENTS / "demo.txt",
    ("cluster", "demo", "ocr", "web"): REQUIREMENTS / "product.txt",
}

#: What builds the project is locked with it.
_BUILD = REQUIREMENTS / "build.in"


def main() -> int:
    """Say what disagrees; return 1 where something does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    locks = {path: read_lock(path) for path in LOCKS.values()}
    of_dev = {(pin.name, pin.version) for pin in locks[LOCKS["dev",]]}
    complaints = []
    for extras, path in LOCKS.items():
        pins, name = locks[path], path.relative_to(ROOT)
        found = [*_complaints(pins, _wanted(project, extras))]
        found += [
            f"{pin.name} {pin.version} is not in dev.txt"
            for pin in pins
            if (pin.name, pin.version) not in of_dev
        ]
        complaints += [f"{name}: {complaint}" for complaint in found]
    for complaint in complaints:
        print(complaint, file=sys.stderr)
    if complaints:
        print("make the locks anew with scripts/lock", file=sys.stderr)
    return bool(complaints)


def _wanted(project: dict[str, dict[str, object]], extras: tuple[str, ...]) -> list[Requirement]:
    """Return what the project asks for directly with some extras, and what builds it."""
    table = project["project"]
    optional = table["optional-dependencies"]
    assert isinstance(optional, dict)  # noqa: S101 - pyproject.toml has it, or nothing works
    listed = [*_texts(table["dependencies"]), *_texts(project["build-system"]["requires"])]
    listed += [line for line in _BUILD.read_text().splitlines() if line and line[0] != "#"]
    asked, seen = list(extras), set[str]()
    while asked:
        name = asked.pop()
        if name in seen:
            continue
        seen.add(name)
        for text in _texts(optional[name]):
            requirement = Requirement(text)
            if canonicalize_name(requirement.name) == "framematch":
                asked += requirement.extras
            else:
                listed.append(text)
    return [Requirement(text) for text in listed]


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)  # noqa: S101 - as above
    return [str(text) for text in value]


def _complaints(pins: list[Pin], wanted: list[Requirement]) -> Iterator[str]:
    for python in PYTHONS:
        there: dict[str, Version] = {}
        for pin in pins:
            if pin.applies(python):
                if pin.name in there:
                    yield f"{pin.name} has two versions on Python {python}"
                there[pin.name] = pin.version
        for requirement in wanted:
            yield from _unmet(requirement, there, f"pyproject.toml, on Python {python}")
    names = {pin.name for pin in pins}
    direct = {canonicalize_name(requirement.name) for requirement in wanted}
    for pin in pins:
        by_package = {name for name in pin.wanted_by if canonicalize_name(name) in names}
        if pin.name not in direct and not by_package:
            yield f"nothing wants {pin.name}"
    yield from _unmet_by_installed(pins)


def _unmet(requirement: Requirement, there: dict[str, Version], where: str) -> Iterator[str]:
    version = there.get(canonicalize_name(requirement.name))
    if version is None:
        yield f"{requirement} is missing, wanted by {where}"
    elif not requirement.specifier.contains(version, prereleases=True):
        yield f"has {requirement.name} {version}, but {requirement} is wanted by {where}"


def _unmet_by_installed(pins: list[Pin]) -> Iterator[str]:
    """Yield what packages that are installed as the lock says require beyond it."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    there = {pin.name: pin.version for pin in pins if pin.applies(python)}
    for name, version in there.items():
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # the lock of another extra
        if Version(distribution.version) != version:
            yield f"{name} {distribution.version} is installed instead of {version}"
            continue
        for text in distribution.requires or ():
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or marker.evaluate(environment(python)):
                yield from _unmet(requirement, there, f"{name} {version}")


if __name__ == "__main__":
    sys.exit(main())
