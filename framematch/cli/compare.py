"""`framematch compare`: two files side by side."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

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
) -> None:
    """Compare two files: distances of their codes, alignment, what differs. Needs no index."""
    from framematch.comparison import compare as compare_files

    if out is not None:
        _check_out(out, (one, other))
    with Meter() as meter:
        meter.update(f"{one} and {other}", 0, 1)
        comparison = compare_files(one, other)
    if out is not None:
        _save(comparison.picture, out)
    if json_line:
        write_json(comparison.to_dict())
    else:
        for name, value in _flat(comparison.to_dict()):
            write(f"{name:<22} {value}")


def _check_out(out: Path, inputs: tuple[Path, ...]) -> None:
    """Refuse a place for the picture that cannot be, before any work is done."""
    if out.suffix.lower() != ".png":
        raise ConfigError(f"{out}: the picture is written as PNG; give a name that ends in .png")
    if not out.parent.is_dir():
        raise ConfigError(f"{out}: no such folder; create {out.parent} first")
    if any(out.exists() and path.exists() and out.samefile(path) for path in inputs):
        raise ConfigError(f"{out}: is one of the files compared; give another name")


def _save(picture: "npt.NDArray[np.uint8]", out: Path) -> None:
    from PIL import Image

    Image.fromarray(picture).save(out, format="PNG")


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
