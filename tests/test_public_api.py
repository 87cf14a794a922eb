"""The public names: whoever changes one changes this list in the same commit."""

import subprocess
import sys

import framematch

PUBLIC = [
    *("Attribution", "InProcessExecutor", "Index", "LocalExecutor", "Matcher"),
    *("add", "compare", "merge", "open_media", "plan"),
]


def test_public_names_are_these_in_sorted_order() -> None:
    assert list(framematch.__all__) == PUBLIC
    assert sorted(framematch.__all__) == PUBLIC


def test_every_public_name_is_there_and_documented() -> None:
    for name in framematch.__all__:
        assert getattr(framematch, name).__doc__, name
    assert set(framematch.__all__) <= set(dir(framematch))


def test_importing_the_package_imports_nothing_heavy() -> None:
    program = "import sys, framematch; sys.exit('numpy' in sys.modules or 'av' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_process_that_looks_into_a_dump_imports_nothing_that_fits_or_writes() -> None:
    # One is started for each run of a triage, and anew for each file that takes it down.
    program = (
        "import sys, framematch.triage.looking; sys.exit(any(name in sys.modules for name in"
        " ('framematch.calibration', 'framematch.report', 'scipy.optimize')))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
