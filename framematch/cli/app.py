"""The command tree, its global options, and what an error looks like.

Owns the mapping from exceptions to one line on stderr and an exit code (docs/exit-codes.md). Must
not import anything heavier than typer.
"""

import logging
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from framematch.cli import (
    calibrate,
    case_recall,
    case_report,
    case_show,
    case_verify,
    compare,
    demo,
    hash_command,
    index_add,
    index_compact,
    index_export,
    index_list,
    index_merge,
    index_remove,
    index_repair,
    index_show,
    index_verify,
    query,
    serve,
    triage,
)
from framematch.cli.exits import EXIT_BROKEN_PIPE, EXIT_INTERRUPTED
from framematch.cli.render import complain
from framematch.cli.session import Session
from framematch.config import index_path
from framematch.errors import FrameMatchError
from framematch.shown import guard_streams
from framematch.version import __version__


class _Face(TyperGroup):
    """The outermost group: turns what commands raise into a line and an exit code."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - typer's own signature
        """Run the command; answer every error that was raised on purpose."""
        try:
            answer = super().invoke(ctx)
            sys.stdout.flush()
        except FrameMatchError as error:
            if isinstance(ctx.obj, Session) and ctx.obj.debug:
                raise
            complain(str(error))
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            complain("interrupted")
            raise typer.Exit(EXIT_INTERRUPTED) from error
        except BrokenPipeError as error:
            _silence_stdout()
            raise typer.Exit(EXIT_BROKEN_PIPE) from error
        except OSError as error:
            if isinstance(ctx.obj, Session) and ctx.obj.debug:
                raise
            where = f": {error.filename}" if error.filename else ""
            complain(f"{error.strerror or error}{where}; --debug shows where it happened")
            raise typer.Exit(1) from error
        return answer


def _silence_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's last flush has nobody to complain to."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError:  # a test's stdout has no descriptor
        return


app = typer.Typer(
    name="framematch",
    cls=_Face,
    no_args_is_help=True,
    # Plain help: the decorated one imports rich and takes three times as long.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
index_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Build and look after the index of known shows.",
)
case_app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look at a case that triage has written.",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"framematch {__version__}")
        raise typer.Exit


@app.callback()
def framematch(
    ctx: typer.Context,
    index: Annotated[
        Path | None,
        typer.Option(
            "--index",
            metavar="DIR",
            help="Folder of the index; else $FRAMEMATCH_INDEX, else ./index.",
        ),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show tracebacks and log messages on stderr.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Say which known show and episodes an unknown animation file belongs to."""
    if debug:
        logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
    ctx.obj = Session(index=index_path(index), debug=debug)


app.add_typer(index_app, name="index")
index_app.command("add")(index_add.index_add)
index_app.command("list")(index_list.index_list)
index_app.command("show")(index_show.index_show)
index_app.command("remove")(index_remove.index_remove)
index_app.command("merge")(index_merge.index_merge)
index_app.command("export")(index_export.index_export)
index_app.command("verify")(index_verify.index_verify)
index_app.command("repair")(index_repair.index_repair)
index_app.command("compact")(index_compact.index_compact)
app.add_typer(case_app, name="case")
case_app.command("show")(case_show.case_show)
case_app.command("report")(case_report.case_report)
case_app.command("recall")(case_recall.case_recall)
case_app.command("verify")(case_verify.case_verify)
app.command("query")(query.query)
app.command("triage")(triage.triage)
app.command("serve")(serve.serve)
app.command("compare")(compare.compare)
app.command("hash")(hash_command.hash_files)
app.command("calibrate")(calibrate.calibrate)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line: the console script."""
    # Matrices are small here: more threads of the linear algebra only wait for each other, and on a
    # busy machine they slow a query tenfold. It reads this when numpy is imported, which is later.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    guard_streams()
    app(prog_name="framematch")
