"""`framematch compare`: two files side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framematch.cli.decoders import note_missing_walls
from framematch.cli.progress import Meter
from framematch.cli.render import write, write_json
from framematch.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def compare(
    one: Annotated[Path, typer.Argument(metavar="A", help="A file.", show_default=False)],
    other: Annotated[
        Path, typer.Argument(metavar="B", help="The file to hold it against.", show_default=False)
    ],
    json_line: Annotated[bool, typer.Option("--json", help="Write one JSON object.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="PICTURE.png", help="Save both pictures side by side."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(metavar="PAGE.html", help="Save it as one page that opens offline."),
    ] = None,
) -> None:
    """Compare two files: distances of their codes, alignment, what differs. Needs no index.

    B is taken as the released frame: "release" says whether A is a copy of it, an earlier or other
    picture, or unfinished. Of videos the pair of frames that is most alike is compared.
    """
    from framematch.comparison import compare as compare_files

    for place, suffix in ((out, ".png"), (html, ".html")):
        if place is not None:
            _check_place(place, suffix, (one, other))
    with Meter() as meter:
        meter.update(f"{one} and {other}", 0, 1)
        comparison = compare_files(one, other)
    note_missing_walls()
    if out is not None:
        _save(_png(comparison.picture), out)
    if html is not None:
        from framematch.report.compare_page import compare_page

        names = ("a", "b", "difference")
        shown = (*comparison.pair, comparison.apart)
        pictures = {name: _png(picture) for name, picture in zip(names, shown, strict=True)}
        _save(compare_page(comparison.to_dict(), pictures), html)
    if json_line:
        write_json(comparison.to_dict())
    else:
        for name, value in _flat(comparison.to_dict()):
            write(f"{name:<22} {value}")


def _check_place(place: Path, suffix: str, inputs: tuple[Path, ...]) -> None:
    """Refuse a place that cannot be written to, before any work is done."""
    if place.suffix.lower() != suffix:
        sort = {".png": "the picture is written as PNG", ".html": "the page is written as HTML"}
        raise ConfigError(f"{place}: {sort[suffix]}; give a name that ends in {suffix}")
    if not place.parent.is_dir():
        raise ConfigError(f"{place}: no such folder; create {place.parent} first")
    if any(place.exists() and path.exists() and place.samefile(path) for path in inputs):
        raise ConfigError(f"{place}: is one of the files compared; give another name")


def _png(picture: "npt.NDArray[np.uint8]") -> bytes:
    import io

    from PIL import Image

    data = io.BytesIO()
    Image.fromarray(picture).save(data, format="PNG")
    return data.getvalue()


def _save(data: bytes, place: Path) -> None:
    from framematch.durable import write_durably

    try:
        write_durably(place, [data])
    except OSError as error:
        raise ConfigError(
            f"{place}: cannot be written ({error.strerror or error}); give another place"
        ) from error


def _flat(record: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Return the record as names and values, nested names joined by spaces."""
    lines: list[tuple[str, str]] = []
    for name, value in record.items():
        spoken = f"{prefix}{name}".replace("_", " ")
        if isinstance(value, dict):
            lines.extend(_flat(value, f"{spoken} "))
        elif isinstance(value, list):
            lines.append((spoken, ", ".join(map(str, value)) or "-"))
        else:
            lines.append((spoken, "-" if value is None else str(value)))
    return lines
