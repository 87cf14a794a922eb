"""docs/handover.md in step with what is written."""

import re
from pathlib import Path

from framematch.report import layout
from framematch.report.finding_row import FINDING_COLUMNS
from framematch.report.hashdeep import hashdeep_lines

PAGE = Path(__file__).resolve().parents[2] / "docs" / "handover.md"


def test_handover_explains_every_column_of_findings_csv_in_its_order() -> None:
    table = PAGE.read_text(encoding="utf-8").partition("| columns |")[2].partition("\n\n")[0]

    first_cells = [row.split("|")[1] for row in table.splitlines()[2:]]

    assert tuple(re.findall(r"`(\w+)`", " ".join(first_cells))) == FINDING_COLUMNS


def test_handover_names_every_file_of_a_case() -> None:
    text = PAGE.read_text(encoding="utf-8")

    assert not [
        name for name in (*layout.TAG_FILES, layout.TAG_MANIFEST) if f"`{name}`" not in text
    ]


def test_handover_gives_the_command_that_the_list_gives() -> None:
    head = b"".join(hashdeep_lines([])).decode()

    command = re.search(r"hashdeep -r .*$", head, re.MULTILINE)

    assert f"$ {command[0]}\n" in PAGE.read_text(encoding="utf-8")
