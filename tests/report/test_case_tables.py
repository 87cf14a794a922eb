"""The CSV files of a case: one record a line, in a form that pandas and a spreadsheet read."""

import csv
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sample import HOSTILE, sample

from framematch.case_records import Entry
from framematch.report import tables
from framematch.report.finding_row import FINDING_COLUMNS, finding_cells


def rows_of(pieces: object) -> list[dict[str, str]]:
    text = b"".join(pieces).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def entry(path: str, reason: str | None = None) -> Entry:
    return Entry(path, 1, "ab" * 32, "cd" * 16, None, "media", reason, ())


def test_findings_csv_has_a_line_per_finding_and_a_cell_per_column() -> None:
    case = sample(40).case

    data = b"".join(tables.findings_csv(case))

    assert data.count(b"\n") == data.count(b"\r\n") == len(case.findings) + 1
    rows = rows_of([data])
    assert [row["key"] for row in rows] == [finding.key for finding in case.findings]
    assert all(None not in row and None not in row.values() for row in rows)


def test_finding_cells_of_any_finding_are_the_columns() -> None:
    case = sample(60).case

    for finding in case.findings:
        assert tuple(finding_cells(finding, case.run)) == FINDING_COLUMNS


def test_findings_csv_says_what_the_record_says() -> None:
    case = sample(40).case
    finding = next(f for f in case.findings if f.release and f.notes and f.code)

    row = next(row for row in rows_of(tables.findings_csv(case)) if row["key"] == finding.key)

    assert row["show"] == finding.attribution.show
    assert float(row["confidence"]) == round(finding.attribution.confidence, 4)
    assert row["release_relation"] == finding.release.relation
    assert row["note_text"].split(tables.JOINT) == [n.text for n in finding.notes if n.text]
    assert int(row["code_version"]) == finding.code.version
    assert row["gone"] == "false"


@pytest.mark.parametrize(
    "text", ["=1+1", "+a", "-a", "@a", " =1", "'quoted", "\N{FULLWIDTH EQUALS SIGN}1"]
)
def test_cell_that_a_spreadsheet_would_compute_is_guarded_and_can_be_read_back(text: str) -> None:
    (row,) = rows_of(tables.files_csv([entry(text)]))

    assert row["path"] == f"'{text}"
    assert tables.unguarded(row["path"]) == text


def test_cells_of_hostile_text_never_begin_a_formula() -> None:
    rows = rows_of(tables.findings_csv(sample(len(HOSTILE)).case))

    cells = [cell.lstrip() for row in rows for cell in row.values()]

    assert any("=HYPERLINK" in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1))
def test_path_of_any_characters_comes_back_from_files_csv(path: str) -> None:
    (row,) = rows_of(tables.files_csv([entry(path)]))

    assert tables.unguarded(row["path"]) == path


@settings(deadline=None)
@given(st.text())
def test_text_of_any_characters_stays_on_its_line(reason: str) -> None:
    data = b"".join(tables.files_csv([entry("a", reason)]))

    assert data.count(b"\n") == 2
    assert not set(data.replace(b"\r\n", b"")) & set(range(32))
    assert len(rows_of([data])) == 1


def test_several_values_with_the_joint_in_them_come_apart_again() -> None:
    several = replace(entry("a"), findings=("one | two", "three"))

    (row,) = rows_of(tables.files_csv([several]))

    assert row["findings"].split(tables.JOINT) == ["one %7C two", "three"]


def test_cell_longer_than_a_spreadsheets_is_cut_and_says_so() -> None:
    many = replace(entry("a"), findings=tuple(f"{number:064d}" for number in range(1000)))

    (row,) = rows_of(tables.files_csv([many]))

    assert len(row["findings"]) < 32_767
    assert row["findings"].endswith(tables.CUT)


def test_tables_as_pandas_reads_them_have_numbers_truths_and_korean() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed; scripts/setup dev")
    case = sample(60).case

    findings = pandas.read_csv(io.BytesIO(b"".join(tables.findings_csv(case))))
    files = pandas.read_csv(io.BytesIO(b"".join(tables.files_csv(case.entries))))

    assert tuple(findings.columns) == FINDING_COLUMNS
    assert len(findings) == len(case.findings)
    assert findings["confidence"].dtype == float
    assert findings["match_distance"].max() < 512
    assert findings["gone"].dtype == bool
    assert int(findings["gone"].sum()) == sum(f.last_run != case.run for f in case.findings)
    assert findings["note_text"].str.contains("눈을 더 크게").any()
    assert tuple(files.columns) == tables.FILE_COLUMNS
    assert int(files["size"].sum()) == sum(known.size or 0 for known in case.entries)
    assert set(files["path"].str.removeprefix("'")) == {known.path for known in case.entries}
