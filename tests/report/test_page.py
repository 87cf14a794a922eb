"""report.html as bytes: what is in it, that it stays text, and that it is the same each time."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from sample import HOSTILE, sample

from framematch.errors import UnsupportedFormatError
from framematch.report.inert import json_element, picture_element, visible
from framematch.report.page import case_page, methods_page
from framematch.report.shell import asset


@pytest.fixture(scope="module")
def page() -> str:
    made = sample(60)
    return b"".join(case_page(made.case, made.picture)).decode()


class Elements(HTMLParser):
    """The elements of a page as a browser would see them, with the text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.all: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.all.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script" and self.scripts:
            attributes, text = self.scripts[-1]
            self.scripts[-1] = attributes, text + data


def test_page_of_the_same_case_has_the_same_bytes() -> None:
    one, other = sample(30), sample(30)

    pages = [b"".join(case_page(made.case, made.picture)) for made in (one, other)]

    assert pages[0] == pages[1]
    assert methods_page(one.case) == methods_page(other.case)


def test_page_has_one_running_script_and_no_handler_whatever_names_say(page: str) -> None:
    elements = Elements(page)

    running = [text for attributes, text in elements.scripts if "type" not in attributes]
    assert len(running) == 1
    assert not [
        (tag, name)
        for tag, attributes in elements.all
        for name in attributes
        if name.startswith("on") or name == "style" or name == "src"
    ]
    assert not [tag for tag, _ in elements.all if tag in ("img", "iframe", "object", "base", "form")
                and tag != "form"]  # fmt: skip


def test_page_policy_names_the_digests_of_its_script_and_style_and_nothing_else(page: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    script = re.search(r"<script>(.*?)</script>", page, re.DOTALL)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert policy
    assert script
    assert style
    allowed = dict(
        part.strip().split(" ", 1) for part in policy[1].replace("&#39;", "'").split(";")
    )

    assert allowed["default-src"] == "'none'"
    assert allowed["img-src"] == "data: blob:"
    for directive, text in (("script-src", script[1]), ("style-src", style[1])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert allowed[directive] == f"'sha256-{digest}'"


def test_page_holds_every_finding_with_all_that_is_said_of_it(page: str) -> None:
    case = sample(60).case
    held = {attributes.get("id"): text for attributes, text in Elements(page).scripts}

    rows = json.loads(held["rows"])

    assert [row["key"] for row in rows] == [finding.key for finding in case.findings]
    for number, finding in enumerate(case.findings):
        said = json.loads(held[f"d{number}"])
        assert said["stage_reasons"] == list(finding.stage_reasons)
        assert [file["path"] for file in said["files"]] == [visible(p) for p in finding.paths]
        assert len(said["matches"]) == len(finding.attribution.matches)


def test_page_shares_a_frame_that_several_findings_have(page: str) -> None:
    made = sample(60)
    shared = base64.b64encode(made.picture("data/evidence/frame-3.jpg")).decode()

    named = [f for f in made.case.findings if f.evidence and f.evidence.reference
             and f.evidence.reference.endswith("frame-3.jpg")]  # fmt: skip

    assert len(named) > 1
    assert page.count(shared) == 1


def test_json_element_with_hostile_text_cannot_be_left_and_reads_back() -> None:
    written = json_element("x", list(HOSTILE))

    inner = written.removeprefix(b'<script type="application/json" id="x">')
    inner = inner.removesuffix(b"</script>\n")
    assert not re.search(rb"[<>&\x80-\xff]", inner)
    assert json.loads(inner) == list(HOSTILE)


@pytest.mark.parametrize("code", [0x202E, 0x2066, 0x2028, 0x200B, 0x07, 0xFEFF])
def test_visible_spells_out_what_cannot_be_seen(code: int) -> None:
    assert visible(f"a{chr(code)}b") == f"a[U+{code:04X}]b"


def test_visible_leaves_writing_of_all_scripts_alone() -> None:
    for text in ("눈을 더 크게", "背景再亮一点", "口パク", "naïve café\n", "مرحبا"):
        assert visible(text) == text


def test_picture_element_of_no_picture_is_refused() -> None:
    with pytest.raises(UnsupportedFormatError, match="neither PNG nor JPEG nor WebP"):
        picture_element("p0", b"<svg onload=alert(1)>")


def test_page_of_an_empty_case_is_a_page() -> None:
    made = sample(0, run=1)

    text = b"".join(case_page(made.case, made.picture)).decode()

    assert "No file was attributed to a show." in text
    assert text.endswith("</html>\n")


def test_scripts_never_parse_text_as_markup() -> None:
    from framematch.report.page import SCRIPTS

    for name in (*SCRIPTS, "compare.js"):
        text = asset(name)
        for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(",
                    "new Function", "</script"):  # fmt: skip
            assert way not in text, f"{name} uses {way}"
