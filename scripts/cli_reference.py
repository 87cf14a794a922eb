"""Write docs/cli.md from the commands themselves; with --check, say whether it is up to date."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from typer.main import get_command

from framematch.cli import app

REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "cli.md"

HEAD = """\
# Command line

Written by `scripts/cli_reference.py` from the commands themselves: change those, then run it again.
Results go to stdout, everything else to stderr. Exit codes: [exit-codes.md](exit-codes.md).
"""

#: Options of the shell, not of the product.
COMPLETION = frozenset(("install_completion", "show_completion"))


def reference() -> str:
    """Return the text that docs/cli.md must hold."""
    return "\n".join([HEAD, *_sections(get_command(app), "framematch")])


def _sections(command: Any, path: str) -> Iterator[str]:  # noqa: ANN401 - typer's tree has no public type
    """Yield one section per command, in the order of the help."""
    below = getattr(command, "commands", {})
    parameters = [known for known in command.params if known.name not in COMPLETION]
    arguments = [_argument(known) for known in parameters if known.param_type_name == "argument"]
    usage = " ".join((path, "[OPTIONS]", *arguments, *(["COMMAND ..."] if below else [])))
    text = [line.strip() for line in command.help.strip().splitlines()]
    lines = [f"## {path}", "", *text, "", "```", usage, "```", ""]
    if parameters:
        lines += ["| | |", "|---|---|", *map(_row, parameters), ""]
    yield "\n".join(lines)
    for name, single in below.items():
        yield from _sections(single, f"{path} {name}")


def _argument(parameter: Any) -> str:  # noqa: ANN401
    """Return an argument as it stands in a usage line."""
    dots = "" if parameter.nargs == 1 else "..."
    name = f"{parameter.metavar}{dots}"
    return name if parameter.required else f"[{name}]"


def _row(parameter: Any) -> str:  # noqa: ANN401
    """Return the table row of one argument or option."""
    if parameter.param_type_name == "argument":
        name = _argument(parameter)
    else:
        name = ", ".join(parameter.opts)
        if not parameter.is_flag:
            name += f" {parameter.metavar}"
    text = parameter.help
    if parameter.default is not None and not getattr(parameter, "is_flag", False):
        text += f" Default: {parameter.default}."
    return f"| `{_cell(name)}` | {_cell(text)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> int:
    """Write or check; return the exit status."""
    wanted = reference()
    if "--check" in sys.argv[1:]:
        found = REFERENCE.read_text(encoding="utf-8") if REFERENCE.exists() else ""
        if found != wanted:
            print("docs/cli.md is out of date; run: .venv/bin/python scripts/cli_reference.py")
            return 1
        return 0
    REFERENCE.write_text(wanted, encoding="utf-8")
    print(f"wrote {REFERENCE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
