"""`framematch serve`: the review desk."""

import contextlib
import getpass
import tempfile
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from framematch.cli.decoders import note_missing_walls
from framematch.cli.exits import EXIT_INTERRUPTED
from framematch.cli.render import counted, note, write
from framematch.cli.session import session_of
from framematch.errors import ConfigError, MissingExtraError

#: A shorter token could be tried out.
_SHORTEST_TOKEN = 16


def serve(
    ctx: typer.Context,
    case: Annotated[
        Path | None,
        typer.Argument(metavar="CASE", help="Folder of a case, to review its findings."),
    ] = None,
    recall: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OTHER",
            help="Case whose verdicts on the same content are offered; may be repeated.",
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(metavar="NUMBER", min=0, max=65535, help="Port; 0 takes any that is free."),
    ] = 8765,
    name: Annotated[
        str | None,
        typer.Option("--as", metavar="NAME", help="Who decides; the page lets others, too."),
    ] = None,
    open_browser: Annotated[
        bool, typer.Option("--open", help="Open the page in the system's browser.")
    ] = False,
    token: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            envvar="FRAMEMATCH_TOKEN",
            help="Token to ask for, 16 characters or more; by default each start draws another. The"
            " environment hides it from others.",
        ),
    ] = None,
) -> None:
    """Serve a page on 127.0.0.1 where a person decides, and an HTTP API.

    Without CASE: drop a file onto the page and get its attribution. With CASE: its findings, to be
    confirmed or rejected; verdicts are kept in CASE/review. The address that is printed holds a
    token, without which nothing is answered. Ctrl-C ends it.
    """
    session = session_of(ctx)
    if token is not None and (len(token) < _SHORTEST_TOKEN or not token.isascii()):
        raise ConfigError(f"a token has at least {_SHORTEST_TOKEN} plain characters; leave it out")
    try:
        from framematch.web.desk import Desk
        from framematch.web.serving import serve as serve_desk
        from framematch.web.settings import Door
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("fastapi", "uvicorn", "starlette"):
            raise
        raise MissingExtraError(
            "the review desk wants FastAPI; install it with: pip install 'framematch[web]'"
        ) from error

    note_missing_walls()
    with (
        contextlib.ExitStack() as undo,
        Desk.open(
            session.index, case, name or _who(), recall or (), reviewer_given=bool(name)
        ) as desk,
    ):
        if desk.index_missing is not None:
            note(f"warning: no files can be attributed: {desk.index_missing}")

        def ready(door: Door) -> None:
            if desk.review is not None:
                note(f"{case}: {counted(len(desk.review.case.findings), 'finding')} to review")
            write(door.address)
            note("open this address; Ctrl-C ends the desk")
            if open_browser:
                _show(door.address, undo)

        try:
            serve_desk(desk, port, token, on_ready=ready)
        except KeyboardInterrupt:
            note("stopped; what was decided is kept")
            raise typer.Exit(EXIT_INTERRUPTED) from None


def _show(address: str, undo: contextlib.ExitStack) -> None:
    """Open an address in the browser, by a file of this user's: a command line is seen by all."""
    folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix="framematch-open-")))
    page = folder / "desk.html"
    page.write_text(f'<!doctype html><meta http-equiv="refresh" content="0; url={address}">')
    try:
        opened = webbrowser.open(page.as_uri())
    except (webbrowser.Error, OSError):
        opened = False
    if not opened:
        note("warning: no browser could be opened; open the address yourself")


def _who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no such user in the system's list
        return "reviewer"
