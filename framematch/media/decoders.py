"""Which decoders this installation has: packages, and the libraries that they bring.

Owns the asking. Two installations with equal versions make equal pixels of a file, and so equal
codes; with others a code may differ by some bits (`framematch.hashing.REFERENCE_DECODERS`).
"""

from importlib.metadata import version

#: What decodes, by the name that it is installed under.
PACKAGES = ("av", "openexr", "pillow", "psd-tools", "pypdfium2")

#: What Pillow calls its libraries, and what everybody else does.
_OF_PILLOW = {
    "avif": "libavif",
    "jpg_2000": "openjpeg",
    "libjpeg_turbo": "libjpeg-turbo",
    "libtiff": "libtiff",
    "littlecms2": "littlecms2",
    "webp": "libwebp",
    "zlib": "zlib",
    "zlib_ng": "zlib-ng",
}


def installed_decoders() -> dict[str, str]:
    """Return the version of each decoder, sorted by name.

    A library that a package brings is named after it: ``pillow/libjpeg-turbo``. What the package
    was built without is left out. Imports the decoders, which takes a quarter of a second once.
    """
    found = {package: version(package) for package in PACKAGES}
    found |= {f"av/{name}": text for name, text in _of_av().items()}
    found |= {f"pillow/{name}": text for name, text in _of_pillow().items()}
    found["pypdfium2/pdfium"] = _pdfium()
    return dict(sorted(found.items()))


def _of_av() -> dict[str, str]:
    import av

    found = {name: ".".join(map(str, parts)) for name, parts in av.library_versions.items()}
    return {"ffmpeg": str(av.ffmpeg_version_info)} | found


def _of_pillow() -> dict[str, str]:
    from PIL import features

    found = {name: features.version(theirs) for theirs, name in _OF_PILLOW.items()}
    if found["zlib-ng"] is not None:
        del found["zlib"]  # the version of zlib that zlib-ng stands in for
    return {name: str(text) for name, text in found.items() if text is not None}


def _pdfium() -> str:
    from pypdfium2.version import PDFIUM_INFO

    return str(PDFIUM_INFO.version).partition("@")[0]
