"""Has Tesseract read pictures of single lines. Knows its command line, its limits, its table.

What counts is the processor's time, not the clock's: a busy machine reads what an idle one reads,
and two runs over a dump say the same. Whatever ends a reading early is said, never an empty text.
"""

import os
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from framematch.walls import launch

Plane = npt.NDArray[np.uint8]

# Seconds of a processor that the lines of one picture may take in one language: a line takes a
# twentieth of one. By the clock it is given up only where the machine stands nearly still.
_PROCESSOR_S, _CLOCK_S = 60, 900
# What it is told of where it runs: nothing that could be a secret.
_KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "OMP_THREAD_LIMIT", "TESSDATA_PREFIX")
_COLUMNS = 12


class ReadingStoppedError(Exception):
    """Tesseract ended before its time, or had to be ended; the message says how."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that Tesseract read, how sure it is, 0 to 100, and where it begins and ends."""

    text: str
    sure: float
    left: int
    right: int


def words_of(images: Sequence[Plane], language: str) -> list[list[Word]]:
    """Return the words that Tesseract reads on each picture of one line.

    One call reads all of them: starting it takes longer than reading a line.

    Raises
    ------
    ReadingStoppedError
        It did not come to its end.
    """
    if not images:
        return []
    with tempfile.TemporaryDirectory(prefix="framematch-notes-") as folder:
        paths = [Path(folder) / f"{number:04d}.png" for number in range(len(images))]
        for path, image in zip(paths, images, strict=True):
            Image.fromarray(image).save(path, dpi=(300, 300))
        listed = Path(folder) / "lines.txt"
        listed.write_text("".join(f"{path}\n" for path in paths), encoding="utf-8")
        table = _table(listed, Path(folder), language)
    pages: list[list[Word]] = [[] for _ in images]
    for row in table.splitlines()[1:]:
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) < _COLUMNS:
            continue
        text, sure, left = cells[11].strip(), float(cells[10]), int(cells[6])
        if text and sure >= 0:
            pages[int(cells[1]) - 1].append(Word(text, sure, left, left + int(cells[8])))
    return pages


def _table(listed: Path, folder: Path, language: str) -> str:
    """Return the table that Tesseract writes of the pictures in a list."""
    import pytesseract

    program, output = pytesseract.pytesseract.tesseract_cmd, folder / "read"
    asked = (str(listed), str(output), "-l", language, "--psm", "7")
    command = launch.command(_PROCESSOR_S, folder, program, *asked, "-c", "tessedit_create_tsv=1")
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - a list of our own making
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_CLOCK_S,
            check=False,
            env=environment,
        )
        if done.returncode == 0:
            return output.with_suffix(".tsv").read_text(encoding="utf-8", errors="replace")
    except subprocess.TimeoutExpired:
        raise ReadingStoppedError(f"Tesseract ({language}) was at it for {_CLOCK_S} s") from None
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ReadingStoppedError(f"Tesseract ({language}) cannot be run: {reason}") from error
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise ReadingStoppedError(
            f"Tesseract ({language}) took {_PROCESSOR_S} s of a processor, or all memory"
        )
    raise ReadingStoppedError(f"Tesseract ({language}) failed with {done.returncode}")
