"""The command line says what it can do, at once and in full."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.core import TyperCommand
from typer.main import get_command
from typer.testing import CliRunner

from framematch.cli import app, main
from framematch.version import __version__

ROOT = Path(__file__).resolve().parents[2]

#: What no `--help` may wait for.
HEAVY = ("numpy", "rich", "av", "faiss", "numba", "PIL", "guessit", "skia", "scipy", "sqlite3")


def _commands(command: TyperCommand, *names: str) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    yield names, command
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, *names, name)


COMMANDS = list(_commands(get_command(app)))


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys\n"
        "from framematch.cli import app\n"
        "try:\n    app(['--help'])\n"
        "except SystemExit:\n    pass\n"
        f"sys.exit(' '.join(m for m in {HEAVY!r} if m in sys.modules) or 0)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert "query" in done.stdout


def test_module_prints_the_version() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "framematch", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, f"framematch {__version__}\n")


@pytest.mark.parametrize("names", [names for names, _ in COMMANDS], ids=" ".join)
def test_command_asked_for_help_says_what_it_does(names: tuple[str, ...]) -> None:
    answer = CliRunner().invoke(app, [*names, "--help"])
    assert answer.exit_code == 0
    assert "Usage:" in answer.stdout


@pytest.mark.parametrize(("names", "command"), COMMANDS, ids=lambda value: str(value)[:40])
def test_every_command_and_parameter_is_documented(
    names: tuple[str, ...], command: TyperCommand
) -> None:
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{' '.join(names)}: {parameter.name} has no help"


def test_documented_reference_is_what_the_commands_say() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "cli_reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_exit_code_of_an_error_is_documented() -> None:
    from framematch import errors

    text = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    for name in dir(errors):
        value = getattr(errors, name)
        if isinstance(value, type) and issubclass(value, errors.FrameMatchError):
            assert f"| {value.exit_code} |" in text, name


@pytest.mark.parametrize(
    "arguments",
    [["no-such-command"], ["query"], ["index", "add"], ["query", "--no-such-option", "x"]],
    ids=" ".join,
)
def test_wrong_usage_exits_two_with_the_usage(arguments: list[str]) -> None:
    answer = CliRunner().invoke(app, arguments)
    assert answer.exit_code == 2
    assert "Usage:" in answer.stderr
    assert answer.stdout == ""


def test_completion_for_a_shell_is_offered() -> None:
    answer = CliRunner().invoke(app, ["--help"])
    assert "--install-completion" in answer.stdout


@pytest.mark.parametrize(("given", "kept"), [(None, "1"), ("4", "4")])
def test_main_keeps_linear_algebra_to_one_thread_unless_told(
    monkeypatch: pytest.MonkeyPatch, given: str | None, kept: str
) -> None:
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", given or "")
    if given is None:
        monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    monkeypatch.setattr("sys.argv", ["framematch", "--version"])
    with pytest.raises(SystemExit):
        main()
    assert os.environ["OPENBLAS_NUM_THREADS"] == kept
