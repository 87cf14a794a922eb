"""Write sbom.cdx.json, in CycloneDX 1.6: the packages of the lock, what native code they bring.

    scripts/sbom            write it
    scripts/sbom --check    say whether it is what would be written, and valid

What is needed with no extra is `required`, what the extras cluster, demo, ocr and web add is
`optional`; what only develops the project is left out. The same lock gives the same bytes.
Libraries that a wheel brings are asked for in the packages that are installed, so they are those of
this platform;
`--check` compares them only on the platform that the file was written on. What the system and the
interpreter bring (zlib, bz2, lzma, SQLite, Tesseract) is not in any wheel and not in the file.
"""

import hashlib
import json
import platform
import sys
import tomllib
import uuid
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from lockfile import REQUIREMENTS, ROOT, Pin, read_lock
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from framematch.media.decoders import installed_decoders
from framematch.version import __version__

SBOM = ROOT / "sbom.cdx.json"
LOCK = REQUIREMENTS / "product.txt"

#: Extras of the product; what they add is optional.
EXTRAS = ("cluster", "demo", "ocr", "web")

_BUILT_ON = "framematch:native-libraries-of"


def main(arguments: list[str]) -> int:
    """Write or check the file; return 1 where the check fails."""
    text = sbom()
    complaints = [str(error) for error in [_invalid(text)] if error]
    if arguments != ["--check"]:
        SBOM.write_text(text)
        print(f"{SBOM.name}: {len(json.loads(text)['components'])} packages")
    elif not SBOM.is_file() or _comparable(SBOM.read_text()) != _comparable(text):
        complaints.append("is not what the lock gives; write it anew with scripts/sbom")
    for complaint in complaints:
        print(f"{SBOM.name}: {complaint}", file=sys.stderr)
    return bool(complaints)


def _invalid(text: str) -> str | None:
    error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    return None if error is None else f"not valid CycloneDX 1.6: {error}"


def _comparable(text: str) -> object:
    """Return what is compared: without native libraries where they are another platform's."""
    document = json.loads(text)
    here = document["metadata"]["properties"]
    if any(one["name"] == _BUILT_ON and one["value"] != _platform() for one in here):
        for component in document["components"]:
            component.pop("components", None)
        document["metadata"]["properties"] = []
    return document


def _platform() -> str:
    version = ".".join(platform.python_version_tuple()[:2])
    return f"{platform.python_implementation()} {version}, {platform.system()} {platform.machine()}"


def sbom() -> str:
    """Return the document."""
    pins = read_lock(LOCK)
    scopes = _scopes(pins)
    native = _native_of({pin.name for pin in pins if pin.name in scopes})
    product = Component(
        name="framematch",
        version=__version__,
        type=ComponentType.APPLICATION,
        bom_ref="framematch",
        purl=PackageURL("pypi", None, "framematch", __version__),
    )
    parts = {
        _reference(pin): _component(pin, scopes[pin.name], native.get((pin.name, str(pin.version))))
        for pin in pins
        if pin.name in scopes
    }
    bom = Bom(components=parts.values())
    bom.metadata.component = product
    bom.metadata.properties.add(Property(name=_BUILT_ON, value=_platform()))
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    bom.metadata.properties.add(Property(name="framematch:lock-sha256", value=digest))
    bom.serial_number = uuid.uuid5(uuid.NAMESPACE_URL, f"framematch:{__version__}:{digest}")
    bom.register_dependency(
        product, (parts[_reference(pin)] for pin in pins if _direct(pin, scopes))
    )
    for pin in pins:
        if pin.name in scopes:
            needs = (one for one in pins if one.name in scopes and pin.name in one.wanted_by)
            bom.register_dependency(
                parts[_reference(pin)], (parts[_reference(one)] for one in needs)
            )
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    # When it was written says nothing, and would make every file another one.
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, sort_keys=True) + "\n"


def _reference(pin: Pin) -> str:
    return f"{pin.name}=={pin.version}"


def _component(pin: Pin, scope: ComponentScope, native: Iterable[Component] | None) -> Component:
    where = [] if pin.marker is None else [Property(name="framematch:where", value=str(pin.marker))]
    return Component(
        name=pin.name,
        version=str(pin.version),
        type=ComponentType.LIBRARY,
        bom_ref=_reference(pin),
        scope=scope,
        purl=PackageURL("pypi", None, pin.name, str(pin.version)),
        properties=where,
        components=native,
    )


def _direct(pin: Pin, scopes: Mapping[str, ComponentScope]) -> bool:
    return pin.name in scopes and any("pyproject.toml" in name for name in pin.wanted_by)


def _scopes(pins: list[Pin]) -> dict[str, ComponentScope]:
    """Return the scope of each package that the product needs, with or without its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    added = [text for extra in EXTRAS for text in project["optional-dependencies"][extra]]
    found: dict[str, ComponentScope] = {}
    for texts, scope in (
        (added, ComponentScope.OPTIONAL),
        (project["dependencies"], ComponentScope.REQUIRED),
    ):
        names = {str(canonicalize_name(Requirement(text).name)) for text in texts}
        while names:
            found |= dict.fromkeys(names, scope)
            reached = {pin.name for pin in pins if names & set(pin.wanted_by)}
            names = {name for name in reached if found.get(name) is not scope}
    return found


def _native_of(names: set[str]) -> dict[tuple[str, str], list[Component]]:
    """Return what the installed packages bring beside Python, by package and version."""
    asked: dict[str, dict[str, str]] = {}
    for name, version in installed_decoders().items():
        package, _, library = name.partition("/")
        if library:
            asked.setdefault(package, {})[library] = version
    found = {}
    for name in sorted(names):
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue
        parts = _libraries(distribution, asked.get(name, {}), f"{name}=={distribution.version}")
        if parts:
            found[name, distribution.version] = parts
    return found


def _libraries(
    distribution: metadata.Distribution, asked: Mapping[str, str], parent: str
) -> list[Component]:
    """Return the libraries that a package says it brings (PEP 770), and its shared objects."""
    said = dict(asked)
    objects: dict[str, Path] = {}
    for file in distribution.files or ():
        if ".dist-info/sboms/" in str(file) and file.name.endswith(".json"):
            own = distribution.name.replace("-", "_").lower()
            for part in json.loads(file.read_text()).get("components", ()):
                name, version = (
                    part["name"].partition(" / ")[2] or part["name"],
                    part.get("version"),
                )
                if version and name.lower().replace("-", "_") != own and "." not in name:
                    said.setdefault(name.lower() if name.lower() in asked else name, version)
        elif ".so" in file.suffixes and ".libs/" in str(file):
            objects[str(file)] = Path(str(file.locate()))
    return [
        Component(
            name=name,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"{parent}/{name}@{version}",
        )
        for name, version in sorted(said.items())
    ] + [
        Component(
            name=name,
            type=ComponentType.FILE,
            bom_ref=f"{parent}/{name}",
            hashes=[
                HashType(
                    alg=HashAlgorithm.SHA_256,
                    content=hashlib.sha256(path.read_bytes()).hexdigest(),
                )
            ],
        )
        for name, path in sorted(objects.items())
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
