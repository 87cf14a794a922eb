"""The README's commands do what it says.

A ``console`` block is run where the line before it is ``<!-- runnable -->``: every ``$ framematch``
line of it, in one folder that holds a drawn `library/` and a `leak/`; the other lines are what it
prints. A line with ``...`` in it stands for anything.
"""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from scenes import scene, write_image, write_library

README = Path(__file__).resolve().parents[2] / "README.md"

_BLOCK = re.compile(r"^<!-- runnable -->\n+```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _runnable(text: str) -> list[tuple[str, list[str]]]:
    """Return the marked commands, each with the lines that it is said to print."""
    commands: list[tuple[str, list[str]]] = []
    for block in _BLOCK.findall(text):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line[2:], []))
            elif commands:
                commands[-1][1].append(line)
    return commands


def test_readme_marked_commands_work_as_printed(tmp_path: Path) -> None:
    commands = _runnable(README.read_text(encoding="utf-8"))
    if not commands:
        pytest.skip("README.md marks no block as runnable")
    write_library(tmp_path / "library")
    write_image(tmp_path / "leak" / "known.png", scene(1))
    write_image(tmp_path / "leak" / "unknown.png", scene(999))
    for command, printed in commands:
        program, *arguments = shlex.split(command, comments=True)
        assert program == "framematch", f"only framematch is run here: {command}"
        done = subprocess.run(
            [sys.executable, "-m", "framematch", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stderr}"
        for line in printed:
            if line.strip() and "..." not in line:
                assert line.rstrip() in done.stdout.splitlines(), command


def test_runnable_block_is_read_with_what_it_prints() -> None:
    text = "<!-- runnable -->\n```console\n$ framematch --version\nframematch 1\n```\n"
    assert _runnable(text) == [("framematch --version", ["framematch 1"])]
    assert _runnable(text.replace("<!-- runnable -->", "")) == []
