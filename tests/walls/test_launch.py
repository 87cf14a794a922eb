import subprocess
import sys
from pathlib import Path

import pytest

from framematch.walls import landlock, launch, seccomp

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or not landlock.version(), reason="this kernel has no Landlock"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "its own"
    folder.mkdir()
    (folder / "given.txt").write_text("given\n")
    (tmp_path / "secret.txt").write_text("a secret\n")
    return folder


def shut_in(folder: Path, *program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        launch.command(10, folder, *program), capture_output=True, text=True, check=False
    )


def free(folder: Path, *program: str) -> "subprocess.CompletedProcess[str]":
    del folder
    return subprocess.run(program, capture_output=True, text=True, check=False)


def test_program_reads_and_writes_its_folder(folder: Path) -> None:
    assert shut_in(folder, "cat", str(folder / "given.txt")).stdout == "given\n"
    copied = shut_in(folder, "cp", str(folder / "given.txt"), str(folder / "copy.txt"))
    assert (copied.returncode, (folder / "copy.txt").read_text()) == (0, "given\n")


@pytest.mark.parametrize(
    "program",
    [
        ("cat", "{outside}/secret.txt"),
        ("cp", "{folder}/given.txt", "{outside}/written.txt"),
        ("rm", "{outside}/secret.txt"),
        ("ls", "{outside}"),
        ("sh", "-c", "/bin/true"),
    ],
    ids=["reads", "writes", "removes", "lists", "runs"],
)
def test_program_that_leaves_its_folder_is_refused_and_would_else_succeed(
    folder: Path, program: tuple[str, ...]
) -> None:
    command = [each.format(folder=folder, outside=folder.parent) for each in program]
    refused = shut_in(folder, *command)
    assert refused.returncode != 0
    assert "Permission denied" in refused.stderr
    assert (folder.parent / "secret.txt").read_text() == "a secret\n"
    assert not (folder.parent / "written.txt").exists()
    assert free(folder, *command).returncode == 0


def test_program_reaches_no_network(folder: Path) -> None:
    try:
        seccomp.library()
    except OSError as error:
        pytest.skip(str(error))
    connect = ("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9")
    assert "Operation not permitted" in shut_in(folder, *connect).stderr
    assert "Connection refused" in free(folder, *connect).stderr


def test_program_that_is_not_there_is_told(folder: Path) -> None:
    answer = shut_in(folder, "no-such-program")
    assert answer.returncode == 1
    assert answer.stderr == "no-such-program: not found\n"
