"""Locks, bill of materials and audit: each check fails where what it checks is wrong."""

import datetime
import json
import re
import sys
import types
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Load = Callable[[str], types.ModuleType]
Check = Callable[..., tuple[int, str]]

TODAY = datetime.date(2026, 11, 27)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Import a file of scripts/ as a module."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))

    def load(name: str) -> types.ModuleType:
        sys.modules.pop(name, None)
        return import_module(name)

    return load


@pytest.fixture
def check(
    script: Load,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> Check:
    """Return a function that checks the lock of dev after a change, and what it says."""

    def run(change: tuple[str, str] | None = None) -> tuple[int, str]:
        module = script("lock_check")
        lock = tmp_path / "requirements" / "dev.txt"
        lock.parent.mkdir(exist_ok=True)
        text = (ROOT / "requirements" / "dev.txt").read_text()
        if change is not None:
            text, changes = re.subn(*change, text, count=1, flags=re.DOTALL)
            assert changes == 1
        lock.write_text(text)
        (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
        monkeypatch.setattr(module, "LOCKS", {("dev",): lock})
        monkeypatch.setattr(module, "ROOT", tmp_path)
        status = module.main()
        return status, capsys.readouterr().err

    return run


def test_lock_of_the_repository_agrees_with_pyproject(check: Check) -> None:
    assert check() == (0, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((r"\npillow==\S+ .*?(?=\n[a-z])", ""), "pillow<14,>=12 is missing"),
        ((r"\npillow==\S+", "\npillow==11.3.0"), "has pillow 11.3.0, but pillow<14,>=12 is wanted"),
        ((r"\n(mdurl==\S+)", "\nleftpad==1.0 \\\\\n    --hash=sha256:" + "0" * 64 + r"\n\1"),
         "nothing wants leftpad"),
        ((r"\nmarkupsafe==\S+ .*?(?=\n[a-z])", ""), "markupsafe>=2.0 is missing, wanted by jinja2"),
    ],
    ids=["missing", "another version", "not asked for", "missing below"],
)  # fmt: skip
def test_lock_that_disagrees_is_refused(check: Check, change: tuple[str, str], said: str) -> None:
    status, text = check(change)
    assert status == 1
    assert said.lower() in text.lower()


def test_lock_without_a_hash_cannot_be_read(script: Load, tmp_path: Path) -> None:
    lock = tmp_path / "dev.txt"
    lock.write_text("av==18.1.0\n    # via framematch (pyproject.toml)\n")
    with pytest.raises(ValueError, match="without SHA-256"):
        script("lockfile").read_lock(lock)


def test_bill_of_materials_names_the_decoders_and_leaves_out_what_only_develops(
    script: Load,
) -> None:
    pytest.importorskip("cyclonedx", reason="cyclonedx is not installed; scripts/setup dev")
    packages = {one["name"]: one for one in json.loads(script("sbom").sbom())["components"]}
    inside = {
        f"{name}/{part['name']}"
        for name, package in packages.items()
        for part in package.get("components", ())
    }
    assert {"av/ffmpeg", "av/libavcodec", "pillow/libjpeg-turbo", "pypdfium2/pdfium"} <= inside
    assert (packages["pillow"]["scope"], packages["ray"]["scope"]) == ("required", "optional")
    assert not {"pytest", "ruff", "mypy", "pip-audit"} & packages.keys()


def test_bill_of_materials_that_is_not_cyclonedx_is_said_to_be_invalid(script: Load) -> None:
    pytest.importorskip("cyclonedx", reason="cyclonedx is not installed; scripts/setup dev")
    sbom = script("sbom")
    document = json.loads((ROOT / "sbom.cdx.json").read_text())
    assert sbom._invalid(json.dumps(document)) is None
    document["components"][0]["type"] = "rumour"
    assert "rumour" in sbom._invalid(json.dumps(document))


def _answer(**vulnerability: object) -> str:
    package = {"name": "pillow", "version": "13.0.0", "vulns": [vulnerability]}
    return json.dumps({"dependencies": [package]})


def test_known_vulnerability_is_said_unless_it_or_its_alias_is_ignored(script: Load) -> None:
    audit = script("audit")
    answer = _answer(id="PYSEC-2026-1", aliases=["CVE-2026-1"], fix_versions=["13.0.1"])
    assert list(audit.known(answer, frozenset())) == [
        "pillow 13.0.0: PYSEC-2026-1; fixed in: 13.0.1"
    ]
    assert list(audit.known(answer, frozenset({"CVE-2026-1"}))) == []


def test_package_that_the_list_does_not_have_is_said(script: Load) -> None:
    answer = json.dumps({"dependencies": [{"name": "pillow", "skip_reason": "not found"}]})
    assert list(script("audit").known(answer, frozenset())) == ["pillow: not looked up (not found)"]


@pytest.mark.parametrize(
    ("entry", "counts"),
    [
        ('id = "A"\nreason = "not called"\nuntil = 2026-11-27', True),
        ('id = "A"\nreason = "not called"\nuntil = 2026-11-26', False),
        ('id = "A"\nreason = " "\nuntil = 2026-12-31', False),
        ('id = "A"\nreason = "not called"', False),
    ],
    ids=["good", "over", "without a reason", "without a date"],
)
def test_ignored_vulnerability_needs_a_reason_and_a_date(
    script: Load, entry: str, counts: bool
) -> None:
    names, complaints = script("audit").read_ignored(f"[[ignored]]\n{entry}\n", TODAY)
    assert (names == {"A"}, not complaints) == (counts, counts)


def test_audit_that_reaches_no_list_says_so_and_is_good(
    script: Load, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    audit = script("audit")
    monkeypatch.setattr(audit, "_answers", lambda service: False)
    assert audit.main() == 0
    assert "not looked up" in capsys.readouterr().out


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs/security.md").read_text())
    assert named
    for file, name in named:
        assert name == "" or f"def {name}(" in (ROOT / file).read_text(), (file, name)
