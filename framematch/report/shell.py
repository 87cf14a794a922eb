"""The frame around a page: templates, one style sheet, one script, the policy that binds them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from framematch.report.inert import policy

if TYPE_CHECKING:
    import jinja2

_ASSETS = Path(__file__).with_name("assets")


def asset(name: str) -> str:
    """Return the text of a file beside this module's templates."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def script_of(*names: str) -> str:
    """Return one script made of several files, which share a scope of their own."""
    return scoped(asset(name) for name in names)


def scoped(texts: Iterable[str]) -> str:
    """Return one script made of several, in a scope of their own."""
    parts = "\n".join(texts)
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


def templates(folder: Path) -> "jinja2.Environment":
    """Return what fills the templates of a folder: all is escaped, and nothing may be missing."""
    # Taken late: the command line does not wait for it.
    import jinja2

    from framematch.report.inert import visible

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    return environment


def render(template: str, scripts: tuple[str, ...], values: Mapping[str, Any]) -> bytes:
    """Return a page up to its last element, to which data can be added; see `END`.

    Parameters
    ----------
    template : str
        Name of the template.
    scripts : tuple of str
        The files of its script, in order; none where it has no script.
    values : mapping
        What the template shows. Everything is escaped.
    """
    from markupsafe import Markup

    from framematch.report.plots import clock

    environment = templates(_ASSETS)
    environment.filters["clock"] = clock
    style, script = asset("page.css"), script_of(*scripts) if scripts else ""
    page = environment.get_template(template).render(
        values,
        # Both are the product's own files, and stand in elements where nothing is escaped.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        policy=policy(script, style),
    )
    # A byte that is no text must not cost the page, wherever a template forgot it.
    return page.encode("utf-8", "backslashreplace")


#: What closes a page.
END = b"</body>\n</html>\n"
